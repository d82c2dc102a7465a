"""A webhook in quarantine is read once more: after a mend, or when its job has become known.

Rules of this file:
- Its token and its signature were checked when it came (handlers/webhooks.py), and only then was it kept;
  they are not checked again, since the age of the signature could not hold any more.
- It goes through the provider's own parser and the one door for news, as it would have then.
- What was taken in leaves the quarantine; everything else stays, with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import BadFormat
from domain.event import Event, Hinted
from engine.context import Context
from providers.alltoken_video import read_hint
from providers.wavespeed_webhook import read_webhook
from store.news import Verdict
from store.quarantine import Quarantined


class Rerun(StrEnum):
    """What has become of it."""

    CHANGED = "changed"
    """It was taken in, and its submission has changed."""
    TAKEN = "taken"
    """It was taken in and changed nothing: its news was known, or came after the end."""
    UNREADABLE = "unreadable"
    OTHER_JOB = "other_job"
    """Nobody here has that job."""
    ERASED = "erased"
    """Its submission is no more, and so it is not kept either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """An outcome, the submission that it is about, and the parser's words where it could not be read."""

    outcome: Rerun
    submission_id: str
    reason: str | None = None

    @property
    def left(self) -> bool:
        """Whether it has left the quarantine."""
        return self.outcome not in (Rerun.UNREADABLE, Rerun.OTHER_JOB)


SAID: Mapping[Rerun, str] = {
    Rerun.CHANGED: "The webhook was read again and taken in: its submission has changed.",
    Rerun.TAKEN: (
        "The webhook was read again and taken in. Its news was known already, came after the end, or only "
        "makes us ask the provider, so nothing has changed at once."
    ),
    Rerun.UNREADABLE: "It still cannot be read: {reason}. It stays here.",
    Rerun.OTHER_JOB: (
        "It can be read, but it is about a job that no submission here has recorded. It stays here; try it "
        "again when its submission is known."
    ),
    Rerun.ERASED: "The submission of that webhook is erased, so the webhook is gone as well.",
}


def said(read: Reread) -> str:
    """The outcome in words."""
    return SAID[read.outcome].format(reason=read.reason)


def _hint(body: bytes, _now: int) -> Event:
    return Hinted(source="webhook", names=read_hint(body))


READERS: Mapping[str, Callable[[bytes, int], Event]] = {
    "wavespeed": read_webhook,
    "alltoken": _hint,
}


def _read(kept: Quarantined) -> Event:
    if kept.provider not in READERS:
        raise BadFormat(f"nobody here reads webhooks of {kept.provider}")
    # As of when it came: from then on the provider keeps what it links to.
    return READERS[kept.provider](kept.body, kept.received_at)


async def rerun(context: Context, kept: Quarantined) -> Reread:
    """Read it once more and take in what it says."""
    try:
        event = _read(kept)
    except BadFormat as error:
        return Reread(outcome=Rerun.UNREADABLE, submission_id=kept.submission_id, reason=str(error))
    about = kept.submission_id
    told = await context.tell(about, event)
    if told.verdict is Verdict.OTHER_JOB:
        # The provider has signed it, so it is as true when it came to the wrong address.
        named = getattr(event, "upstream_id", None)
        owner = await context.store.owner(named) if named is not None else None
        if owner is None or owner == about:
            return Reread(outcome=Rerun.OTHER_JOB, submission_id=about)
        about = owner
        told = await context.tell(about, event)
        if told.verdict is Verdict.OTHER_JOB:
            return Reread(outcome=Rerun.OTHER_JOB, submission_id=about)
    await context.store.quarantine.drop(kept.id)
    if told.verdict is Verdict.UNKNOWN:
        return Reread(outcome=Rerun.ERASED, submission_id=about)
    outcome = Rerun.CHANGED if told.changed else Rerun.TAKEN
    return Reread(outcome=outcome, submission_id=about)
