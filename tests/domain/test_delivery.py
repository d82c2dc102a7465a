"""What a client is told, and when it is tried again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delivery import (
    JITTER,
    TOLD,
    as_it_was,
    delivery_of,
    endpoint,
    host_of,
    lane_of,
    next_try,
    snapshot,
    task_of,
)
from domain.submission import Status, Submission, Waiting
from domain.task import TaskKind
from tests.domain.given import NOW, a_job

URL = "https://client.example/hook?job=1"
SCHEDULE = (5_000, 300_000, 1_800_000)


def told(status: Status = Status.SUCCEEDED, **notify: object) -> Submission:
    return a_job(status=status, result={"outputs": []}, notify={"url": URL} | notify, version=7)


@pytest.mark.parametrize("status", list(Status))
def test_a_client_is_told_of_ends_and_of_what_it_must_do(status: Status) -> None:
    delivery = delivery_of(told(status), "dlv_1", NOW)
    assert (delivery is not None) == (status in TOLD)
    if delivery is not None:
        assert delivery.type == f"submission.{status}"
        assert delivery.sequence == 7


def test_nobody_is_told_who_did_not_ask() -> None:
    assert delivery_of(told().changed(notify=None), "dlv_1", NOW) is None


def test_only_the_events_that_were_asked_for_are_told() -> None:
    wanted = told(events=["submission.succeeded"])
    assert delivery_of(wanted, "dlv_1", NOW) is not None
    failed = wanted.changed(status=Status.FAILED)
    assert delivery_of(failed, "dlv_1", NOW) is None


def test_a_snapshot_brings_the_submission_back_as_it_was() -> None:
    before = told(Status.ACTION_REQUIRED).changed(
        action={"type": "face_scan"}, waiting_for=Waiting.PERSON
    )
    after = before.changed(status=Status.FAILED, action=None, version=9, waiting_for=None)
    assert as_it_was(after, snapshot(before)) == before


def test_two_keys_with_one_url_are_two_endpoints() -> None:
    assert endpoint("key_1", URL) != endpoint("key_2", URL)
    assert endpoint("key_1", URL) != endpoint("key_1", URL + "2")


def test_all_urls_of_a_host_share_the_first_part_of_their_lanes() -> None:
    one = delivery_of(told(), "dlv_1", NOW)
    other = delivery_of(told(url="https://client.example/other"), "dlv_2", NOW)
    third = delivery_of(told(url="https://third.example/hook"), "dlv_3", NOW)
    assert one is not None
    assert other is not None
    assert third is not None
    assert lane_of(one) != lane_of(other)
    assert host_of(lane_of(one)) == host_of(lane_of(other))
    assert host_of(lane_of(one)) != host_of(lane_of(third))
    assert host_of(lane_of(one)) != host_of(lane_of(replace(one, key_id="key_2")))


def test_its_task_is_named_after_it() -> None:
    delivery = delivery_of(told(), "dlv_1", NOW)
    assert delivery is not None
    task = task_of(delivery, NOW + 5, attempt=2)
    assert (task.kind, task.key, task.due_at) == (TaskKind.DELIVER, "dlv_1", NOW + 5)
    assert task.attempt == 2


def test_the_schedule_is_walked_to_its_end() -> None:
    waits = [next_try(SCHEDULE, tries, 0.5, None, 0) for tries in range(1, 5)]
    assert waits == [5_000, 300_000, 1_800_000, None]


@given(
    tries=st.integers(1, len(SCHEDULE)),
    chance=st.floats(0, 1),
    asked=st.none() | st.integers(0, 86_400_000),
)
def test_a_wait_is_spread_by_a_tenth_and_never_shorter_than_asked(
    tries: int, chance: float, asked: int | None
) -> None:
    due = next_try(SCHEDULE, tries, chance, asked, NOW)
    assert due is not None
    wait, base = due - NOW, SCHEDULE[tries - 1]
    assert wait >= (asked or 0)
    assert base * (1 - JITTER) - 1 <= wait <= max(base * (1 + JITTER) + 1, asked or 0)
