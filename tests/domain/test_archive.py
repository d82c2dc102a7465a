"""Copies of outputs: whatever comes in whatever order, each counts once and changes no status."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import archive, job
from domain.archive import HOPELESS, LEAST_TRIES, ArchiveAsked, Archived, ArchiveFailed, is_last
from domain.decision import Decision
from domain.event import CancelAsked, Completed, Event, Output
from domain.output import output_at, outputs_of
from domain.submission import Status, Submission
from domain.task import TaskKind
from domain.times import DAY, HOUR, MINUTE, SECOND, moment, rfc3339
from tests.domain.given import NOW, TERMS, a_job

KEEPING = replace(TERMS, archives=True)
LINKS = ("https://cdn.example/1.jpg", "https://cdn.example/2", "https://cdn.example/3.mp4")
LIFE = 7 * DAY
OUTPUTS = tuple(Output(url=link, expires_at=NOW + LIFE) for link in LINKS)
INLINE = Output(content=b"\x89PNG\r\n\x1a\n")


def succeeded(*outputs: Output) -> Decision:
    completed = Completed(outputs=outputs or OUTPUTS)
    return job.decide(a_job(), completed, KEEPING, NOW)


def late() -> Decision:
    canceled = job.decide(a_job(), CancelAsked(), KEEPING, NOW).submission
    return job.decide(canceled, Completed(outputs=OUTPUTS), KEEPING, NOW)


def copied(place: str = "result/0", **changes: Any) -> Archived:
    index = int(place[-1])
    values: dict[str, Any] = {
        "place": place,
        "url": LINKS[index],
        "sha256": f"{index}" * 64,
        "bytes": 10 + index,
        "content_type": "image/png",
    }
    return Archived(**values | changes)


def decide(submission: Submission, event: Event, now: int = NOW) -> Decision:
    return archive.decide(submission, event, KEEPING, now)


@pytest.mark.parametrize(("made", "name"), [(succeeded(), "result"), (late(), "late_result")])
def test_outputs_are_to_be_copied_with_the_change_that_brings_them(
    made: Decision, name: str
) -> None:
    assert [(task.kind, task.key, task.due_at) for task in made.tasks] == [
        (TaskKind.ARCHIVE, f"{name}/{index}", NOW) for index in range(3)
    ]
    assert {task.lane for task in made.tasks} == {"archive"}


def test_base64_outputs_are_to_be_copied_as_well() -> None:
    assert [task.key for task in succeeded(INLINE).tasks] == ["result/0"]


def test_without_an_archive_nothing_is_to_be_copied() -> None:
    assert job.decide(a_job(), Completed(outputs=OUTPUTS), TERMS, NOW).tasks == ()
    done = succeeded().submission
    for event in (ArchiveAsked(places=("result/0",)), ArchiveFailed(place="result/0", reason="x")):
        assert archive.decide(done, event, TERMS, NOW).tasks == ()


def test_a_copy_stands_in_the_result_and_changes_the_version() -> None:
    before = succeeded().submission
    decision = decide(before, copied("result/1"), NOW + SECOND)
    after = decision.submission
    assert output_at(after, "result/1") == {
        "url": LINKS[1],
        "content_type": "image/png",
        "expires_at": rfc3339(NOW + LIFE),
        "archive": {"sha256": "1" * 64, "bytes": 11},
    }
    assert output_at(after, "result/0") == output_at(before, "result/0")
    assert (after.version, after.updated_at) == (before.version + 1, NOW + SECOND)
    assert (after.status, after.completed_at) == (before.status, before.completed_at)
    assert [one.sha256 for one in decision.archived] == ["1" * 64]
    assert decision.drop == ((TaskKind.ARCHIVE, "result/1"),)
    assert output_at(before, "result/1") != output_at(after, "result/1")


@pytest.mark.parametrize(
    ("known", "sure", "shown"),
    [
        ("image/jpeg", True, "image/png"),
        ("image/jpeg", False, "image/jpeg"),
        (None, False, "image/png"),
    ],
)
def test_the_content_knows_its_type_best(known: str | None, sure: bool, shown: str) -> None:
    done = succeeded(replace(OUTPUTS[0], content_type=known)).submission
    after = decide(done, copied(sure=sure)).submission
    assert (output_at(after, "result/0") or {})["content_type"] == shown


@pytest.mark.parametrize(
    "odd",
    [
        copied(url="https://elsewhere.example/1.jpg"),
        replace(copied(), place="result/9"),
        replace(copied(), place="late_result/0"),
        replace(copied(), place="nowhere"),
    ],
)
def test_a_copy_of_something_else_changes_nothing(odd: Archived) -> None:
    done = succeeded().submission
    decision = decide(done, odd)
    assert decision.submission is done
    assert (decision.archived, decision.drop) == ((), ())


def test_a_second_copy_changes_nothing() -> None:
    once = decide(succeeded().submission, copied()).submission
    same = decide(once, copied(), NOW + SECOND)
    assert same.submission is once
    other = decide(once, copied(sha256="f" * 64), NOW + SECOND)
    assert (other.submission, other.archived) == (once, ())


def test_the_copy_of_a_base64_output_only_moves_it() -> None:
    done = succeeded(INLINE).submission
    output = output_at(done, "result/0") or {}
    event = copied(url=None, sha256=output["archive"]["sha256"])
    decision = decide(done, event, NOW + SECOND)
    assert decision.submission is done
    assert [one.sha256 for one in decision.archived] == [event.sha256]


def test_tries_grow_apart_and_the_last_comes_just_before_the_link_dies() -> None:
    done = succeeded().submission
    now, waits = NOW, []
    for attempt in range(300):
        failed = ArchiveFailed(place="result/0", reason="timeout", attempt=attempt)
        (again,) = decide(done, failed, now).tasks
        assert again.attempt == attempt + 1
        waits.append(again.due_at - now)
        now = again.due_at
        if now >= NOW + LIFE - MINUTE:
            break
    assert waits[:4] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert max(waits) == HOUR
    assert now == NOW + LIFE - MINUTE
    assert len(waits) < 200


@pytest.mark.parametrize(
    ("reason", "attempt", "at", "over"),
    [
        ("timeout", 0, NOW, False),
        ("timeout", 500, NOW + LIFE - 1, False),
        ("timeout", 500, NOW + LIFE + DAY - 1, False),
        ("timeout", 4, NOW + LIFE + DAY, True),
        ("timeout", 3, NOW + LIFE + DAY, False),
        ("link_dead", 3, NOW, False),
        ("link_dead", 4, NOW, True),
        *((reason, 0, NOW, True) for reason in sorted(HOPELESS)),
    ],
)
def test_when_nothing_more_is_tried(reason: str, attempt: int, at: int, over: bool) -> None:
    done = succeeded().submission
    assert is_last(done, output_at(done, "result/0"), reason, attempt, at) is over


def test_a_link_of_unknown_life_is_tried_for_a_day() -> None:
    done = succeeded(Output(url=LINKS[0])).submission
    output = output_at(done, "result/0")
    assert not is_last(done, output, "timeout", 99, NOW + DAY - 1)
    assert is_last(done, output, "timeout", 99, NOW + DAY)
    assert is_last(done, None, "timeout", 0, NOW)


def test_the_last_failure_leaves_nothing_to_do_and_can_be_asked_for_again() -> None:
    done = succeeded().submission
    last = decide(done, ArchiveFailed(place="result/0", reason="timeout", last=True))
    assert (last.submission, last.tasks) == (done, ())
    asked = decide(done, ArchiveAsked(places=("result/0", "result/7")), NOW + 9 * DAY)
    assert [(task.key, task.due_at, task.attempt) for task in asked.tasks] == [
        ("result/0", NOW + 9 * DAY, 0)
    ]
    assert asked.submission is done


def test_the_facts_of_news_name_no_link() -> None:
    for event in (copied(), ArchiveFailed(place="result/0", reason="x"), ArchiveAsked(places=())):
        assert "cdn.example" not in str(event.facts())


def test_a_time_is_read_as_it_was_written() -> None:
    assert moment(rfc3339(NOW)) == NOW


places = st.sampled_from(["result/0", "result/1", "result/2", "late_result/0", "result/77"])
news = st.one_of(
    st.builds(
        copied,
        st.sampled_from(["result/0", "result/1", "result/2"]),
        sha256=st.sampled_from(["a" * 64, "b" * 64]),
    ),
    st.builds(
        ArchiveFailed,
        place=places,
        reason=st.just("timeout"),
        attempt=st.integers(0, 400),
        last=st.booleans(),
    ),
    st.builds(ArchiveAsked, places=st.tuples(places)),
)


@given(st.lists(st.tuples(news, st.integers(0, LIFE)), max_size=12))
def test_whatever_comes_the_first_copy_stays_and_everything_else_too(
    told: list[tuple[Event, int]],
) -> None:
    first = succeeded().submission
    submission, now = first, NOW
    copies: dict[str, str] = {}
    for event, later in told:
        now += later
        decision = decide(submission, event, now)
        before, submission = submission, decision.submission
        if isinstance(event, Archived):
            copies.setdefault(event.place, event.sha256)
        changed = submission is not before
        assert submission.version == before.version + changed
        for task in decision.tasks:
            known = output_at(submission, task.key)
            assert known is not None
            assert task.due_at >= now
            if isinstance(event, ArchiveFailed):
                assert known["archive"] is None
                assert task.due_at - now <= HOUR
        for one in decision.archived:
            assert one.sha256 in copies.values()
    assert submission.status is Status.SUCCEEDED
    assert submission.completed_at == first.completed_at
    found = {place: output["archive"] for place, output in outputs_of(submission)}
    assert {place: one["sha256"] for place, one in found.items() if one} == copies
    links = [output["url"] for _, output in outputs_of(submission)]
    assert links == list(LINKS)
    assert LEAST_TRIES > 1
