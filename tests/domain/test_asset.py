"""The asset at the end of a face scan."""

import pytest

from domain.asset import continue_asset
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.portrait_event import SessionOpened, Verified
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import SECOND
from tests.domain.given import NO, NOW, TERMS, Page, a_scan

MADE = Accepted(upstream_id="asset-1")


def verified() -> Page:
    page = Page.of_scan()
    page.tell(
        SessionOpened(session="ses_1", token="byted", link="https://h5.example"),
        Verified(session="ses_1", group_id="group-1"),
    )
    return page


def made() -> Page:
    page = verified()
    page.answer(TaskKind.CREATE_ASSET, Sending())
    page.answer(TaskKind.CREATE_ASSET, MADE)
    return page


def test_an_asset_is_created_as_soon_as_the_group_is_known() -> None:
    page = verified()
    assert page.kinds == {TaskKind.CREATE_ASSET}
    assert page.submission.status is Status.PROCESSING


def test_a_created_asset_is_waited_for() -> None:
    page = made()
    assert page.submission.stage is Stage.RUNNING
    assert page.tasks[TaskKind.POLL_ASSET, ""].due_at == NOW + TERMS.poll_interval
    assert TaskKind.CREATE_ASSET not in page.kinds


def test_an_active_asset_is_the_result() -> None:
    submission = made().tell(Completed(source="poll", upstream_id="asset-1"))
    assert submission.result == {
        "outputs": [],
        "group_id": "group-1",
        "asset_id": "asset-1",
        "asset_uri": "asset://asset-1",
    }


@pytest.mark.parametrize("event", [Failed(error=NO), CallRefused(error=NO)])
def test_without_its_asset_the_proved_group_is_still_told(event: Event) -> None:
    submission = (made() if isinstance(event, Failed) else verified()).tell(event)
    assert submission.status is Status.FAILED
    assert submission.result == {"outputs": [], "group_id": "group-1"}


def test_a_call_that_was_not_taken_is_made_again() -> None:
    page = verified()
    page.answer(TaskKind.CREATE_ASSET, Sending())
    page.answer(TaskKind.CREATE_ASSET, NotAccepted(reason="HTTP 429", attempt=1))
    task = page.tasks[TaskKind.CREATE_ASSET, ""]
    assert (task.due_at, task.attempt) == (NOW + 2 * SECOND, 2)
    assert page.submission.waiting_for is Waiting.RETRY


@pytest.mark.parametrize(
    "old", [NotAccepted(reason="429", call="1"), OutcomeUnknown(reason="cut", call="1")]
)
def test_old_news_of_a_call_says_nothing_about_the_next(old: Event) -> None:
    page = verified()
    page.answer(TaskKind.CREATE_ASSET, Sending(call="1"))
    page.answer(TaskKind.CREATE_ASSET, old)
    before = page.answer(TaskKind.CREATE_ASSET, Sending(call="2"))
    assert page.tell(old) is before


def test_a_lost_answer_is_settled_by_looking() -> None:
    page = verified()
    page.answer(TaskKind.CREATE_ASSET, Sending())
    submission = page.answer(TaskKind.CREATE_ASSET, OutcomeUnknown(reason="read timeout"))
    assert (submission.stage, submission.waiting_for) == (Stage.SETTLING, Waiting.SETTLEMENT)
    assert page.tasks[TaskKind.CREATE_ASSET, ""].due_at == NOW + TERMS.poll_interval


def test_a_look_that_showed_nothing_sure_is_repeated() -> None:
    page = verified()
    before = page.submission
    page.answer(TaskKind.CREATE_ASSET, NotSettled(attempt=1))
    assert page.submission is before
    assert page.tasks[TaskKind.CREATE_ASSET, ""].due_at == NOW + 2 * SECOND


@pytest.mark.parametrize(
    "event", [Progress(source="poll", word="Processing"), AskFailed(source="poll", reason="500")]
)
def test_an_unready_asset_is_asked_about_again(event: Event) -> None:
    page = made()
    page.answer(TaskKind.POLL_ASSET, event)
    task = page.tasks[TaskKind.POLL_ASSET, ""]
    assert (task.due_at, task.attempt) == (NOW + TERMS.poll_interval, 1)


@pytest.mark.parametrize("event", [MADE, NotSettled(), OutcomeUnknown(reason="x"), Sending()])
def test_old_news_of_the_call_changes_nothing_once_it_is_made(event: Event) -> None:
    page = made()
    before = page.submission
    assert page.tell(event) is before


@pytest.mark.parametrize("event", [Sending(), NotSettled(), NotAccepted(reason="HTTP 429")])
def test_an_asset_that_is_not_created_by_the_deadline_expires_with_its_group(event: Event) -> None:
    page = verified()
    page.now += TERMS.deadline
    submission = page.tell(event)
    assert submission.status is Status.EXPIRED
    assert submission.result == {"outputs": [], "group_id": "group-1"}


def test_a_stage_without_a_call_takes_no_answer() -> None:
    submission = a_scan()
    assert continue_asset(submission, MADE, TERMS, NOW).submission is submission
