"""Canceling: what a client, or an operator, wants no more of."""

from domain.errors import Refused
from domain.event import CancelAsked
from domain.submission import Submission
from engine.context import Context


async def cancel(context: Context, submission: Submission, source: str = "client") -> Submission:
    """The submission after it; Refused when it had ended already."""
    ended = Refused(409, "already_final", "The submission has already ended.")
    if submission.final:
        raise ended
    outcome = await context.tell(submission.id, CancelAsked(source=source))
    after = await context.store.submission(submission.id)
    # One that is failing already, and only clears up, is shown as it is.
    if not outcome.changed and after.final:
        raise ended
    return after
