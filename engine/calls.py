"""A call that may cost money or leaves something behind: announced, sent once, told.

`Sending` is committed before the call leaves; without that commit there is no call. This stands here
and nowhere else.
"""

from collections.abc import Callable

from domain.event import Event, NotAccepted, OutcomeUnknown, Sending
from domain.task import Claim
from engine.context import Context
from engine.wire import Lost, send
from providers.base import Reply, Request


async def call_once(
    context: Context, claim: Claim, request: Request, what: str, read: Callable[[Reply], Event]
) -> None:
    """Make the call, if the submission still wants it. `what` tells the calls of a submission apart."""
    about_to = Sending(
        source="submit", key=f"sending:{what}{claim.task.attempt}", call=claim.holder
    )
    outcome = await context.tell(claim.task.submission_id, about_to, claim)
    if not outcome.changed or outcome.submission is None or outcome.submission.final:
        return
    answer = await send(context.calling, request, context.observed)
    event = no_answer(answer) if isinstance(answer, Lost) else read(answer)
    await context.keep_telling(claim, event)


def no_answer(lost: Lost) -> NotAccepted | OutcomeUnknown:
    """A call that never left may be made again; of any other, nobody knows."""
    if lost.left:
        return OutcomeUnknown(source="submit", reason=lost.reason)
    return NotAccepted(source="submit", reason=lost.reason)
