"""The URLs that providers, phones and clients get from us; each carries a token in its path."""

from domain.submission import Submission
from domain.times import HOUR
from domain.upload import Upload
from engine.context import Context

WEBHOOK = "webhook"
CALLBACK = "liveness-callback"
SCAN = "scan"
FILE = "file"
UPLOAD = "upload"
UPLOAD_LINK_LIFE = 6 * HOUR


def webhook_url(context: Context, submission: Submission, provider: str) -> str | None:
    """Where the provider tells the outcome, if it can reach us."""
    if context.public_url is None:
        return None
    token = context.tokens.mint(f"{WEBHOOK}.{provider}", submission.id, submission.created_at)
    return f"{context.public_url}/webhooks/{provider}/{token}"


def webhook_tokens(context: Context, submission: Submission, provider: str) -> list[str]:
    """The tokens that the provider may have been given, by any key that still verifies."""
    if context.public_url is None:
        return []
    return context.tokens.mint_all(f"{WEBHOOK}.{provider}", submission.id, submission.created_at)


def callback_url(context: Context, submission: Submission) -> str:
    """Where a phone lands after a face scan. No query and no fragment: the provider appends its own."""
    token = context.tokens.mint(CALLBACK, submission.id, submission.created_at)
    return f"{context.public_url}/liveness/callback/{token}"


def scan_url(context: Context, submission_id: str, created_at: int) -> str:
    """Our own link for the person, which outlives every session."""
    return f"{context.base_url}/scan/{context.tokens.mint(SCAN, submission_id, created_at)}"


def upload_url(context: Context, upload: Upload) -> str:
    """Where a provider fetches an upload, for a few hours from now on."""
    token = context.tokens.mint(UPLOAD, upload.id, context.clock.now())
    return f"{context.public_url}/uploads/{token}"


def file_url(context: Context, submission: Submission, sha256: str) -> str:
    """Content that we keep; the link itself is the permission."""
    # No slash: a token is one segment of a path.
    token = context.tokens.mint(FILE, f"{submission.id}-{sha256}", submission.created_at)
    return f"{context.base_url}/files/{token}"
