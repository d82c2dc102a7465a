"""What an erased submission leaves outside of our tables."""

from collections.abc import Sequence

import pytest

from domain.event import Accepted, Completed, Event, NotAccepted, Progress
from domain.leftover import LeftoverKind, left_by, made_too_late, new, wait
from domain.portrait_event import GroupMade
from domain.submission import Submission
from domain.task import LANES, Task, TaskKind
from domain.times import HOUR, MINUTE, SECOND
from tests.domain.given import NOW, a_job, a_portrait
from tests.domain.grouping import GROUP

CANCEL = {TaskKind.CANCEL: "alltoken.cancel"}
DELETE = {TaskKind.DELETE_GROUP: "alltoken.delete_group"}
RESULT: dict[str, object] = {"outputs": []}
ASSET = a_portrait(GROUP, upstream_id="asset-1")
JOB = a_job(upstream_id="task-1")


def left(
    submission: Submission,
    to_do: dict[TaskKind, str] | None = None,
    *,
    copied: Sequence[str] = (),
    upstream: bool = False,
) -> list[tuple[str, str, str | None]]:
    made = submission.result is not None
    found = left_by(
        submission, to_do or {}, copied=copied, copying=made, upstream=upstream, now=NOW
    )
    return [(one.kind.value, one.name, one.provider) for one in found]


def a_task(kind: TaskKind, lane: str) -> Task:
    assert lane in LANES
    return Task(submission_id="sub_1", kind=kind, lane=lane, due_at=NOW)


SUBMIT = a_task(TaskKind.SUBMIT, "alltoken.submit")
CREATE_ASSET = a_task(TaskKind.CREATE_ASSET, "alltoken.create_asset")
CREATE_GROUP = a_task(TaskKind.CREATE_GROUP, "alltoken.create_group")


def test_what_has_made_nothing_leaves_nothing() -> None:
    assert left(a_job(), upstream=True) == []
    assert left(a_portrait(), upstream=True) == []


def test_copies_lie_in_the_archive() -> None:
    assert left(a_job(result=RESULT)) == [("archive", "sub_1", None)]


def test_each_archive_that_has_copies_is_told_by_its_name() -> None:
    assert left(a_job(), copied=["file", "s3://bucket/faces"]) == [
        ("archive", "sub_1@file", None),
        ("archive", "sub_1@s3://bucket/faces", None),
    ]


def test_a_job_that_is_to_be_stopped_is_stopped() -> None:
    assert left(JOB, CANCEL) == [("cancel", "task-1", "alltoken")]
    assert left(a_job(), CANCEL) == []


def test_a_job_is_never_deleted_upstream() -> None:
    assert left(JOB, upstream=True) == []
    assert left(a_job(upstream_id="task-1", result=RESULT), upstream=True) == [
        ("archive", "sub_1", None)
    ]


def test_an_asset_goes_only_when_it_is_asked_for() -> None:
    assert left(ASSET) == []
    assert left(ASSET, upstream=True) == [("asset", "asset-1", "alltoken")]


def test_a_group_that_was_made_in_vain_goes() -> None:
    assert left(a_portrait(GROUP), DELETE) == [("group", GROUP, "alltoken")]
    assert left(a_portrait(), DELETE) == []


@pytest.mark.parametrize(
    ("task", "event", "expected"),
    [
        (SUBMIT, Accepted(upstream_id="task-1"), ("cancel", "task-1")),
        (SUBMIT, Progress(word="queued", upstream_id="task-1"), ("cancel", "task-1")),
        (CREATE_ASSET, Accepted(upstream_id="asset-1"), ("asset", "asset-1")),
        (CREATE_GROUP, GroupMade(group_id=GROUP), ("group", GROUP)),
    ],
)
def test_what_came_too_late_is_undone(task: Task, event: Event, expected: tuple[str, str]) -> None:
    found = made_too_late(task, event, NOW)
    assert found == new(LeftoverKind(expected[0]), expected[1], NOW, "alltoken")


def test_a_job_that_was_known_before_is_stopped_once() -> None:
    poll = a_task(TaskKind.POLL, "alltoken.poll")
    assert made_too_late(poll, Progress(word="queued", upstream_id="task-1"), NOW) is None


def test_a_copy_that_came_too_late_is_undone() -> None:
    task = a_task(TaskKind.ARCHIVE, "archive")
    found = made_too_late(task, Progress(word="copied"), NOW)
    assert found == new(LeftoverKind.ARCHIVE, "sub_1", NOW)


@pytest.mark.parametrize(
    "event",
    [
        Completed(upstream_id="task-1"),
        NotAccepted(reason="busy"),
        Progress(word="queued"),
        GroupMade(group_id=GROUP, sure=False),
    ],
)
def test_nothing_else_is_undone(event: Event) -> None:
    assert made_too_late(SUBMIT, event, NOW) is None


def test_the_waits_grow_up_to_an_hour() -> None:
    assert [wait(attempt) for attempt in (0, 1, 5, 12, 1000)] == [
        SECOND,
        2 * SECOND,
        32 * SECOND,
        HOUR,
        HOUR,
    ]
    assert wait(0, MINUTE) == MINUTE
    assert wait(0, 24 * HOUR) == HOUR
    assert new(LeftoverKind.LOG, "", NOW).again(NOW + 1).attempt == 1
