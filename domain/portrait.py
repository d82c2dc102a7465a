"""The flow of an AIGC portrait: a group, made for it or given, and an asset in it.

    queued ── sending ──▶ queued ── sending ──▶ running ──▶ done
       (the group)           (the asset)          └──▶ clearing ──▶ done

Rules of this file:
- A group that the submission made itself is deleted when its asset can never become Active; only
  then does it fail, so that whoever reads of the failure has the quota back.
- A group that was given is never deleted.
"""

from domain import resource
from domain.asset import continue_asset, made, with_group
from domain.creating import creating, task
from domain.decision import (
    Decision,
    Terms,
    canceled,
    failed,
    out_of_time,
    overdue,
    unchanged,
)
from domain.event import Accepted, CallRefused, CancelAsked, Event, NotAccepted, ProviderError
from domain.portrait_event import GroupGone, GroupMade, GroupStays
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import TaskKind, retry_wait

GROUP_TYPE = "AIGC"
TRIES = 7
"""How often the deletion of a group is tried, about a minute, before the failure is told with it."""


def begin(submission: Submission, terms: Terms, now: int) -> Decision:
    """A new submission as it starts, with its first task."""
    queued = submission.changed(
        stage=Stage.QUEUED, waiting_for=None, deadline_at=now + terms.deadline, time_left=None
    )
    given = "group_id" in submission.state
    kind = TaskKind.CREATE_ASSET if given else TaskKind.CREATE_GROUP
    return Decision(submission=queued, tasks=(task(queued, kind, now),))


def decide(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows from `event`; what was made for a final submission is noted all the same."""
    if submission.final or ("group_id" in submission.state and isinstance(event, GroupMade)):
        return _noted(submission, event, now)
    if isinstance(event, CancelAsked):
        clearing = submission.stage is Stage.CLEARING
        return (
            unchanged(submission) if clearing else _left(canceled(submission, now), submission, now)
        )
    if submission.stage is Stage.CLEARING:
        return _clearing(submission, event, now)
    if "group_id" not in submission.state:
        return _grouping(submission, event, terms, now)
    decision = continue_asset(submission, event, terms, now)
    end = decision.submission
    if end.status is Status.FAILED and end.error and submission.state.get("own_group"):
        return _clear(submission, end.error, now)
    return _left(decision, submission, now) if end.status is Status.EXPIRED else decision


def _left(decision: Decision, before: Submission, now: int) -> Decision:
    """A group that was made for nothing is deleted after the end as well; one in which an asset may
    come to life is told, and stays."""
    if not before.state.get("own_group") or before.stage is not Stage.QUEUED:
        return with_group(decision)
    end = decision.submission.changed(result=None)
    return Decision(submission=end, tasks=(task(end, TaskKind.DELETE_GROUP, now),))


def _noted(submission: Submission, event: Event, now: int) -> Decision:
    """What was made, or deleted, by a call that came home after the end, or after another."""
    if isinstance(event, GroupGone):
        return Decision(submission=submission, gone=(event.group_id,))
    if isinstance(event, GroupStays) and event.attempt + 1 < TRIES:
        return _delete_again(submission, event, now)
    if isinstance(event, GroupMade):
        return _made_too_late(submission, event, now)
    if isinstance(event, Accepted) and "group_id" in submission.state:
        return Decision(submission=submission, resources=(made(submission, event, now),))
    return unchanged(submission)


def _grouping(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    if overdue(submission, now) and (event.fleeting or isinstance(event, NotAccepted)):
        return out_of_time(submission, now)
    match event:
        case GroupMade():
            moved = submission.moved(
                Status.PROCESSING,
                now,
                stage=Stage.QUEUED,
                waiting_for=Waiting.PROVIDER,
                state=submission.state | {"group_id": event.group_id, "own_group": event.sure},
            )
            return Decision(
                submission=moved,
                tasks=(task(moved, TaskKind.CREATE_ASSET, now),),
                drop=((TaskKind.CREATE_GROUP, ""),),
                resources=(resource.group(event.group_id, submission.key_id, GROUP_TYPE, now),),
            )
        case CallRefused():
            return failed(submission, event.error, now)
        case _:
            return creating(submission, event, terms, TaskKind.CREATE_GROUP, now)


def _clear(submission: Submission, error: dict[str, object], now: int) -> Decision:
    moved = submission.moved(
        Status.PROCESSING,
        now,
        stage=Stage.CLEARING,
        waiting_for=Waiting.PROVIDER,
        state=submission.state | {"failure": error},
    )
    return Decision(
        submission=moved,
        tasks=(task(moved, TaskKind.DELETE_GROUP, now),),
        drop=((TaskKind.CREATE_ASSET, ""), (TaskKind.POLL_ASSET, "")),
    )


def _clearing(submission: Submission, event: Event, now: int) -> Decision:
    error = ProviderError(**submission.state["failure"])
    match event:
        case GroupGone():
            gone = (event.group_id, submission.upstream_id or event.group_id)
            return Decision(submission=failed(submission, error, now).submission, gone=gone)
        case GroupStays() if event.attempt + 1 < TRIES and not overdue(submission, now):
            return _delete_again(submission, event, now)
        case _ if event.fleeting:
            return with_group(failed(submission, error, now))
        case _:
            return unchanged(submission)


def _delete_again(submission: Submission, event: GroupStays, now: int) -> Decision:
    due = now + retry_wait(event.attempt, event.retry_after)
    again = task(submission, TaskKind.DELETE_GROUP, due, event.attempt + 1)
    return Decision(submission=submission, tasks=(again,))


def _made_too_late(submission: Submission, event: GroupMade, now: int) -> Decision:
    """A group that nobody needs any more: deleted if it is ours beyond doubt, else only noted."""
    new = resource.group(event.group_id, submission.key_id, GROUP_TYPE, now)
    if not submission.final or not event.sure or "group_id" in submission.state:
        return Decision(submission=submission, resources=(new,))
    state = submission.state | {"group_id": event.group_id, "own_group": True}
    named = submission.changed(state=state)
    delete = task(named, TaskKind.DELETE_GROUP, now)
    return Decision(submission=named, tasks=(delete,), resources=(new,))
