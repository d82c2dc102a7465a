"""Erasing: the one wish that a client, or the end of its time, has for a submission."""

from engine.context import Context
from store.erasure import Erasing


def erasing(
    context: Context, submission_id: str, key_id: str | None = None, *, upstream: bool = False
) -> Erasing:
    """With a `key_id` only that key's own; `upstream` is for the provider's asset as well."""
    return Erasing(
        submission_id=submission_id,
        key_id=key_id,
        upstream=upstream,
        copies=context.archive is not None,
        now=context.clock.now(),
        decide=context.decide,
    )
