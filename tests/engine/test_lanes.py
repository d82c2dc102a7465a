"""Every task that a story may ask for has a lane in which a worker takes it."""

import pytest

from domain.decision import Terms
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Event,
    LinkExpired,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    PersonReturned,
    Progress,
    ScanOver,
    ScanPending,
    Sending,
    SessionOpened,
    Verified,
)
from domain.submission import Submission
from domain.task import LANES, Task, TaskKind
from engine.context import FLOWS
from providers.kinds import KINDS, Flow, Kind
from tests.domain.given import NO, NOW, TERMS, a_job, a_scan

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
)
USED = {
    Flow.JOB: {TaskKind.SUBMIT, TaskKind.SETTLE, TaskKind.POLL},
    Flow.SCAN: {
        TaskKind.LINK_EXPIRY,
        TaskKind.OPEN_SESSION,
        TaskKind.EXCHANGE,
        TaskKind.CREATE_ASSET,
        TaskKind.POLL_ASSET,
    },
}
DEEPEST = 6


def beginnings(kind: Kind) -> list[Submission]:
    if kind.flow is Flow.JOB:
        return [a_job(kind=kind.name)]
    return [a_scan("hosted"), a_scan("direct")]


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
    )
    reached = beginnings(kind)
    tasks = [task for one in reached for task in story.begin(one, terms, NOW)]
    seen: set[str] = set()
    for _ in range(DEEPEST):
        decisions = [story.decide(one, event, terms, NOW) for one in reached for event in EVENTS]
        tasks += [task for decision in decisions for task in decision.tasks]
        fresh = {f"{one.stage} {one.state}": one for one in (each.submission for each in decisions)}
        reached = [one for name, one in fresh.items() if name not in seen]
        seen |= set(fresh)
    return tasks


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_task_of_a_kind_has_a_lane(kind: Kind) -> None:
    tasks = walk(kind)
    assert {task.kind for task in tasks} == USED[kind.flow]
    assert {task.lane for task in tasks} <= set(LANES)


def test_every_lane_is_used_by_a_kind() -> None:
    assert {task.lane for kind in KINDS.values() for task in walk(kind)} == set(LANES)


def test_these_tests_know_every_kind_of_task() -> None:
    assert set().union(*USED.values()) == set(TaskKind)
