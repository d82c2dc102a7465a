"""Every task that a story may ask for has a lane in which a worker takes it."""

import pytest

from domain.decision import Terms
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.portrait_event import (
    GroupMade,
    GroupStays,
    LinkExpired,
    PersonReturned,
    ScanOver,
    ScanPending,
    SessionOpened,
    Verified,
)
from domain.submission import Submission
from domain.task import ASIDE, LANES, Task, TaskKind
from engine.context import FLOWS
from providers.kinds import CANCELERS, KINDS, Flow, Kind
from tests.domain.given import NO, NOW, TERMS, a_job, a_portrait, a_scan

EVENTS: tuple[Event, ...] = (
    Sending(),
    Accepted(upstream_id="p1"),
    NotAccepted(reason="HTTP 429"),
    OutcomeUnknown(reason="cut"),
    CallRefused(error=NO),
    NotSettled(),
    Progress(source="poll", word="processing"),
    AskFailed(source="poll", reason="HTTP 500"),
    SessionOpened(session="s", token="t", link="https://h5.example"),
    PersonReturned(),
    ScanPending(session="s", reason="pending"),
    ScanOver(session="s", reason="spent"),
    Verified(session="s", group_id="g"),
    LinkExpired(),
    GroupMade(group_id="g"),
    GroupStays(reason="HTTP 500"),
    Failed(error=NO),
    CancelAsked(),
)
USED = {
    Flow.JOB: {TaskKind.SUBMIT, TaskKind.SETTLE, TaskKind.POLL, TaskKind.FOLLOW},
    Flow.PORTRAIT: {
        TaskKind.CREATE_GROUP,
        TaskKind.CREATE_ASSET,
        TaskKind.POLL_ASSET,
        TaskKind.DELETE_GROUP,
    },
    Flow.SCAN: {
        TaskKind.LINK_EXPIRY,
        TaskKind.OPEN_SESSION,
        TaskKind.EXCHANGE,
        TaskKind.CREATE_ASSET,
        TaskKind.POLL_ASSET,
    },
}
DEEPEST = 7
CALLED_BY_CLIENTS = "alltoken.action"
"""The lane of Actions that clients call themselves: no task is ever in it."""


def beginnings(kind: Kind) -> list[Submission]:
    if kind.flow is Flow.JOB:
        return [a_job(kind=kind.name)]
    if kind.flow is Flow.PORTRAIT:
        return [a_portrait(), a_portrait("group-1")]
    scans = [a_scan("hosted"), a_scan("direct")]
    return [
        one.changed(state=one.state | {"scan_url": "https://l.example/scan/x"}) for one in scans
    ]


def walk(kind: Kind) -> list[Task]:
    """The tasks of every turn that a submission of this kind may take."""
    story = FLOWS[kind.flow]
    terms = Terms(
        provider=kind.provider,
        webhook=kind.webhook,
        poll_grace=TERMS.poll_grace,
        poll_interval=kind.poll_interval,
        settle=kind.settle,
        deadline=TERMS.deadline,
        session_ttl=TERMS.session_ttl,
        cancels=cancels(kind),
    )
    reached = beginnings(kind)
    tasks = [task for one in reached for task in story.begin(one, terms, NOW).tasks]
    seen: set[str] = set()
    for _ in range(DEEPEST):
        decisions = [story.decide(one, event, terms, NOW) for one in reached for event in EVENTS]
        tasks += [task for decision in decisions for task in decision.tasks]
        fresh = {f"{one.stage} {one.state}": one for one in (each.submission for each in decisions)}
        reached = [one for name, one in fresh.items() if name not in seen]
        seen |= set(fresh)
    return tasks


def cancels(kind: Kind) -> bool:
    return kind.flow is Flow.JOB and kind.provider in CANCELERS


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_task_of_a_kind_has_a_lane(kind: Kind) -> None:
    tasks = walk(kind)
    also = {TaskKind.CANCEL} if cancels(kind) else set()
    assert {task.kind for task in tasks} == USED[kind.flow] | also
    assert {task.lane for task in tasks} <= set(LANES)


def test_every_lane_is_used_by_a_kind() -> None:
    used = {task.lane for kind in KINDS.values() for task in walk(kind)}
    assert used | {CALLED_BY_CLIENTS, "archive"} == set(LANES)
    assert CALLED_BY_CLIENTS not in used


def test_these_tests_know_every_kind_of_task() -> None:
    assert set().union({TaskKind.CANCEL}, ASIDE, *USED.values()) == set(TaskKind)
