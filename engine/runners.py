"""What a worker does for each kind of task."""

from collections.abc import Awaitable, Callable

from structlog.contextvars import bind_contextvars

from domain.decision import overdue
from domain.errors import NotFound, StoreUnavailable
from domain.event import AskFailed, DeadlinePassed, Event
from domain.portrait_event import LinkExpired, ScanOver
from domain.submission import Submission
from domain.task import AFTER_THE_END, ASIDE, LANES, Claim, TaskKind
from domain.times import SECOND
from engine import archiving, assets, deliveries, groups, jobs, scans
from engine.context import Context

Runner = Callable[[Context, Claim, Submission], Awaitable[None]]
SPANS = {kind: f"task {kind.value}" for kind in TaskKind}


async def run(context: Context, claim: Claim) -> None:
    """Do the task, seen by logs, metrics and traces."""
    observed, task = context.observed, claim.task
    lane = task.lane if task.lane in LANES else task.kind.value
    observed.tasks[lane] += 1
    observed.task_lag.note(lane, max(context.clock.now() - task.due_at, 0) / SECOND)
    observed.running[lane] += 1
    # Whoever runs a task does it in an asyncio task of its own, which nothing else logs from.
    bind_contextvars(submission_id=task.submission_id, task=task.kind.value)
    try:
        with observed.span(SPANS[task.kind]) as span:
            span.tell(submission_id=task.submission_id, attempt=task.attempt)
            await _run(context, claim)
    finally:
        observed.running[lane] -= 1


async def _run(context: Context, claim: Claim) -> None:
    """A submission that is gone or final has nothing left to do.

    A task that cannot be run, whatever the reason, keeps nothing alive past its end.
    """
    try:
        submission = await context.store.submission(claim.task.submission_id)
    except NotFound:
        return
    if submission.final and claim.task.kind not in AFTER_THE_END:
        return
    try:
        await RUNNERS[claim.task.kind](context, claim, submission)
    except StoreUnavailable:
        raise
    except Exception:
        end = _end(claim, submission, context.clock.now())
        if end is None:
            raise
        await context.tell(submission.id, end, claim)


def _end(claim: Claim, submission: Submission, now: int) -> Event | None:
    """What is over by now: the submission's time, the time after it, or the task's session."""
    if claim.task.kind in ASIDE:
        return None
    if submission.final and now >= submission.state.get("follow_until", now):
        return AskFailed(source="poll", reason="its time is over")
    if overdue(submission, now):
        return DeadlinePassed()
    session = submission.state.get("sessions", {}).get(claim.task.key)
    if session is not None and now >= session["expires_at"]:
        return ScanOver(session=claim.task.key, reason="expired")
    return None


async def end_of_link(context: Context, claim: Claim, submission: Submission) -> None:
    await context.tell(submission.id, LinkExpired(), claim)


RUNNERS: dict[TaskKind, Runner] = {
    TaskKind.SUBMIT: jobs.submit,
    TaskKind.SETTLE: jobs.settle,
    TaskKind.POLL: jobs.poll,
    TaskKind.OPEN_SESSION: scans.open_session,
    TaskKind.EXCHANGE: scans.exchange,
    TaskKind.CREATE_ASSET: assets.create_asset,
    TaskKind.CREATE_GROUP: groups.create_group,
    TaskKind.POLL_ASSET: assets.poll_asset,
    TaskKind.DELETE_GROUP: groups.delete_group,
    TaskKind.LINK_EXPIRY: end_of_link,
    TaskKind.CANCEL: jobs.cancel,
    TaskKind.FOLLOW: jobs.poll,
    TaskKind.ARCHIVE: archiving.archive,
    TaskKind.DELIVER: deliveries.deliver,
}
