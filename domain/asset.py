"""The tail of a portrait: an asset is created in a group and waited for until it is Active."""

from domain import resource
from domain.creating import UNNAMED, creating, task
from domain.decision import (
    Decision,
    Terms,
    as_result,
    failed,
    out_of_time,
    overdue,
    unchanged,
)
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Event,
    Failed,
    NotAccepted,
    Progress,
    ProviderError,
)
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import TaskKind, poll_wait


def continue_asset(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows once the group is known."""
    if overdue(submission, now) and (event.fleeting or isinstance(event, NotAccepted)):
        return with_group(out_of_time(submission, now))
    if submission.stage in UNNAMED:
        return _creating(submission, event, terms, now)
    if submission.stage is Stage.RUNNING:
        return _waiting(submission, event, terms, now)
    return unchanged(submission)


def _creating(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case Accepted():
            moved = submission.moved(
                Status.PROCESSING,
                now,
                stage=Stage.RUNNING,
                waiting_for=Waiting.PROVIDER,
                upstream_id=event.upstream_id,
            )
            poll = task(moved, TaskKind.POLL_ASSET, now + terms.poll_interval)
            return Decision(
                submission=moved,
                tasks=(poll,),
                drop=((TaskKind.CREATE_ASSET, ""),),
                resources=(made(submission, event, now),),
            )
        case CallRefused():
            return _given_up(submission, event.error, now)
        case _:
            return creating(submission, event, terms, TaskKind.CREATE_ASSET, now)


def made(submission: Submission, event: Accepted, now: int) -> resource.Resource:
    """The asset, as what was made for the submission's key."""
    return resource.asset(event.upstream_id, submission.key_id, submission.state["group_id"], now)


def _waiting(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case Completed():
            asset_id = submission.upstream_id
            result, _ = as_result(
                (),
                group_id=submission.state["group_id"],
                asset_id=asset_id,
                asset_uri=f"asset://{asset_id}",
            )
            return Decision(submission=submission.moved(Status.SUCCEEDED, now, result=result))
        case Failed():
            return _given_up(submission, event.error, now)
        case Progress() | AskFailed():
            asked = event.retry_after if isinstance(event, AskFailed) else None
            wait = poll_wait(terms.poll_interval, event.attempt, asked)
            again = task(submission, TaskKind.POLL_ASSET, now + wait, event.attempt + 1)
            return Decision(submission=submission, tasks=(again,))
        case _:
            return unchanged(submission)


def _given_up(submission: Submission, error: ProviderError, now: int) -> Decision:
    return with_group(failed(submission, error, now))


def with_group(decision: Decision) -> Decision:
    """The asset will never be; the group, if there is one, is still told."""
    submission = decision.submission
    group_id = submission.state.get("group_id")
    if group_id is None:
        return decision
    result, _ = as_result((), group_id=group_id)
    return Decision(submission=submission.changed(result=result))
