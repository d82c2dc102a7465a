"""How a portrait is canceled, expires, and what is left to do that comes home too late."""

from collections.abc import Callable
from functools import partial

import pytest

from domain.event import (
    AskFailed,
    CancelAsked,
    Completed,
    DeadlinePassed,
    Event,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.portrait import TRIES
from domain.portrait_event import GroupMade, GroupStays, Verified
from domain.submission import Status
from domain.task import retry_wait
from domain.times import SECOND
from tests.domain.given import NOW, TERMS, Page
from tests.domain.grouping import (
    ASSET,
    CREATE,
    CREATE_GROUP,
    DELETE,
    GONE,
    GROUP,
    MADE,
    TOLD,
    grouped,
    running,
    sending,
    settling,
)

GIVEN = {"outputs": [], "group_id": "group-given"}


def not_taken() -> Page:
    """The group is known, and its asset was certainly not created yet."""
    page = grouped()
    page.answer(CREATE, Sending(call="1"))
    page.answer(CREATE, NotAccepted(reason="HTTP 429", call="1"))
    return page


def unsure() -> Page:
    """Its group was found by its name alone."""
    page = settling()
    page.answer(CREATE_GROUP, GroupMade(group_id=GROUP, sure=False))
    return page


def asset_sending() -> Page:
    page = grouped()
    page.answer(CREATE, Sending())
    return page


def asset_settling() -> Page:
    page = asset_sending()
    page.answer(CREATE, OutcomeUnknown(reason="cut"))
    return page


def ended(stage: str = "grouped", *, by_time: bool = False) -> Page:
    page = STAGES[stage][0]()
    if by_time:
        page.now = NOW + TERMS.deadline
    page.tell(DeadlinePassed() if by_time else CancelAsked())
    return page


STAGES: dict[str, tuple[Callable[[], Page], object, Event]] = {
    "queued": (Page.of_portrait, None, NotSettled()),
    "sending": (sending, None, NotAccepted(reason="HTTP 429")),
    "settling": (settling, None, NotSettled()),
    "grouped": (grouped, None, NotSettled()),
    "not taken": (not_taken, None, NotSettled()),
    "given": (partial(grouped, "group-given"), GIVEN, NotSettled()),
    "unsure": (unsure, TOLD, NotSettled()),
    "asset sending": (asset_sending, TOLD, NotAccepted(reason="HTTP 429")),
    "asset settling": (asset_settling, TOLD, NotSettled()),
    "running": (running, TOLD, Progress(source="poll", word="Processing")),
    "asking": (running, TOLD, AskFailed(source="poll", reason="HTTP 500")),
}
REMAINS = {stage: {DELETE} if stage in ("grouped", "not taken") else set() for stage in STAGES}
"""Only a group in which no asset may come to life is deleted, and only its own."""


@pytest.mark.parametrize("stage", STAGES)
def test_it_can_be_canceled_at_every_stage(stage: str) -> None:
    begun, told, _ = STAGES[stage]
    page = begun()
    canceled = page.tell(CancelAsked())
    assert (canceled.status, canceled.result) == (Status.CANCELED, told)
    assert page.kinds == REMAINS[stage]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("by_time", [True, False])
def test_it_expires_at_every_stage(stage: str, by_time: bool) -> None:
    begun, told, waits = STAGES[stage]
    page = begun()
    page.now = NOW + TERMS.deadline
    expired = page.tell(DeadlinePassed() if by_time else waits)
    assert (expired.status, expired.result) == (Status.EXPIRED, told)
    assert page.kinds == REMAINS[stage]


@pytest.mark.parametrize("stage", STAGES)
def test_a_deadline_that_has_not_passed_ends_nothing(stage: str) -> None:
    page = STAGES[stage][0]()
    before = page.submission
    page.now = NOW + TERMS.deadline - 1
    assert page.tell(DeadlinePassed()) is before


# --- what remains to be done after the end --------------------------------------------------------


@pytest.mark.parametrize("by_time", [True, False])
@pytest.mark.parametrize("stage", ["grouped", "not taken"])
def test_its_own_group_is_deleted_after_the_end(stage: str, by_time: bool) -> None:
    page = ended(stage, by_time=by_time)
    before = page.submission
    task = page.tasks[DELETE, ""]
    assert (task.due_at, task.lane) == (page.now, "alltoken.delete_group")
    assert page.answer(DELETE, GONE) is before
    assert page.gone == {GROUP}
    assert not page.tasks


def test_a_group_that_stays_after_the_end_is_tried_so_often_and_then_left() -> None:
    page = ended()
    before, tried = page.submission, 0
    while page.tasks:
        task = page.tasks[DELETE, ""]
        page.now = task.due_at
        assert page.answer(DELETE, GroupStays(reason="HTTP 500", attempt=task.attempt)) is before
        tried += 1
    assert tried == TRIES
    assert page.now == NOW + sum(retry_wait(attempt) for attempt in range(TRIES - 1))
    assert not page.gone


def test_a_provider_that_asks_for_patience_gets_it_after_the_end_too() -> None:
    page = ended(by_time=True)
    page.answer(DELETE, GroupStays(reason="HTTP 429", retry_after=40 * SECOND))
    assert page.tasks[DELETE, ""].due_at == page.now + 40 * SECOND


@pytest.mark.parametrize("by_time", [True, False])
@pytest.mark.parametrize("stage", ["sending", "settling"])
def test_a_group_that_is_made_after_the_end_is_noted_and_deleted(stage: str, by_time: bool) -> None:
    page = ended(stage, by_time=by_time)
    before = page.submission
    named = page.tell(MADE)
    assert named.changed(state=before.state) == before
    assert (named.state["group_id"], named.state["own_group"]) == (GROUP, True)
    assert page.resources[GROUP].group_type == "AIGC"
    assert page.kinds == {DELETE}
    page.answer(DELETE, GONE)
    assert page.gone == {GROUP}


def test_one_that_is_only_known_by_its_name_is_noted_after_the_end_and_never_deleted() -> None:
    page = ended("settling")
    before = page.submission
    assert page.tell(GroupMade(group_id=GROUP, sure=False)) is before
    assert set(page.resources) == {GROUP}
    assert not page.tasks


@pytest.mark.parametrize("stage", ["grouped", "given", "running"])
def test_a_second_group_after_the_end_is_noted_and_never_deleted(stage: str) -> None:
    page = ended(stage)
    before, tasks = page.submission, dict(page.tasks)
    assert page.tell(GroupMade(group_id="group-2")) is before
    assert "group-2" in page.resources
    assert page.tasks == tasks


def test_a_group_that_is_told_of_twice_after_the_end_is_deleted_once() -> None:
    page = ended("sending")
    once = page.tell(MADE)
    page.answer(DELETE, GONE)
    assert page.tell(MADE) is once
    assert not page.tasks


def test_an_asset_that_is_made_after_the_end_is_noted() -> None:
    page = grouped()
    page.answer(CREATE, Sending())
    canceled = page.tell(CancelAsked())
    assert page.tell(ASSET) is canceled
    assert page.resources["asset-1"].group_id == GROUP


def test_a_second_group_of_an_overtaken_worker_is_noted_and_not_used() -> None:
    page = grouped()
    before = page.submission
    assert page.tell(GroupMade(group_id="group-2")) is before
    assert set(page.resources) == {GROUP, "group-2"}


@pytest.mark.parametrize(
    "event", [ASSET, Verified(session="s", group_id="x"), Completed(), GroupStays(reason="x")]
)
def test_other_news_after_the_end_changes_nothing(event: Event) -> None:
    page = Page.of_portrait()
    canceled = page.tell(CancelAsked())
    assert page.tell(event) is canceled
    assert not page.resources
