"""What a worker does for each kind of task."""

from collections.abc import Awaitable, Callable

from domain.errors import NotFound
from domain.event import LinkExpired
from domain.submission import Submission
from domain.task import Claim, TaskKind
from engine import assets, jobs, scans
from engine.context import Context

Runner = Callable[[Context, Claim, Submission], Awaitable[None]]


async def run(context: Context, claim: Claim) -> None:
    """Do the task; a submission that is gone or final has nothing left to do."""
    try:
        submission = await context.store.submission(claim.task.submission_id)
    except NotFound:
        return
    if not submission.final:
        await RUNNERS[claim.task.kind](context, claim, submission)


async def end_of_link(context: Context, claim: Claim, submission: Submission) -> None:
    await context.tell(submission.id, LinkExpired(), claim)


RUNNERS: dict[TaskKind, Runner] = {
    TaskKind.SUBMIT: jobs.submit,
    TaskKind.SETTLE: jobs.settle,
    TaskKind.POLL: jobs.poll,
    TaskKind.OPEN_SESSION: scans.open_session,
    TaskKind.EXCHANGE: scans.exchange,
    TaskKind.CREATE_ASSET: assets.create_asset,
    TaskKind.POLL_ASSET: assets.poll_asset,
    TaskKind.LINK_EXPIRY: end_of_link,
}
