"""How a face scan ends, and what it does not take notice of."""

import pytest

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
    Completed,
    DeadlinePassed,
    Event,
    Failed,
    NotAccepted,
    Sending,
)
from domain.portrait_event import LinkExpired
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import HOUR, SECOND
from tests.domain.given import NO, NOW, TERMS, Page, a_scan
from tests.domain.scanning import TTL, opened, over, scanning, verified


def test_an_unused_link_expires() -> None:
    assert Page.of_scan().tell(LinkExpired()).status is Status.EXPIRED


def test_a_living_session_may_end_well_after_the_link() -> None:
    page = scanning()
    page.now = NOW + HOUR
    page.tell(opened("ses_2"))
    page.answer(TaskKind.LINK_EXPIRY, LinkExpired())
    assert page.tasks[TaskKind.LINK_EXPIRY, ""].due_at == page.now + TTL + SECOND
    assert page.tell(verified("ses_2")).stage is Stage.QUEUED


def test_the_links_end_means_nothing_once_the_group_is_known() -> None:
    page = scanning()
    before = page.tell(verified())
    assert page.tell(LinkExpired()) is before


def test_a_session_that_was_not_opened_is_tried_again() -> None:
    page = Page.of_scan(a_scan("direct"))
    page.answer(TaskKind.OPEN_SESSION, NotAccepted(reason="HTTP 429", attempt=1))
    task = page.tasks[TaskKind.OPEN_SESSION, ""]
    assert (task.due_at, task.attempt) == (NOW + 2 * SECOND, 2)
    assert page.submission.waiting_for is Waiting.RETRY


def test_a_session_that_is_refused_fails_direct_mode() -> None:
    page = Page.of_scan(a_scan("direct"))
    assert page.tell(CallRefused(error=NO)).status is Status.FAILED


def test_other_news_while_a_session_opens_changes_nothing() -> None:
    page = Page.of_scan(a_scan("direct"))
    before = page.submission
    assert page.tell(Accepted(upstream_id="x")) is before


@pytest.mark.parametrize("event", [verified(), opened(), LinkExpired()])
def test_a_canceled_scan_stays_canceled(event: Event) -> None:
    page = scanning()
    before = page.tell(CancelAsked())
    assert page.tell(event) is before
    assert before.status is Status.CANCELED


@pytest.mark.parametrize(
    "event", [Completed(), Failed(error=NO), AskFailed(reason="HTTP 500"), verified("ses_2")]
)
def test_news_of_an_asset_that_is_not_created_yet_changes_nothing(event: Event) -> None:
    page = scanning()
    before = page.tell(verified())
    assert page.tell(event) is before


@pytest.mark.parametrize("mode", ["hosted", "direct"])
def test_a_group_that_is_proved_after_the_end_is_noted(mode: str) -> None:
    page = scanning(mode)
    canceled = page.tell(CancelAsked())
    assert page.tell(verified()) is canceled
    noted = page.resources["group-1"]
    assert (noted.key_id, noted.group_type) == ("key_1", "LivenessFace")


def test_an_asset_that_is_made_after_the_end_is_noted_with_its_group() -> None:
    page = scanning()
    page.tell(verified())
    page.answer(TaskKind.CREATE_ASSET, Sending())
    canceled = page.tell(CancelAsked())
    assert page.tell(Accepted(upstream_id="asset-1")) is canceled
    assert page.resources["asset-1"].group_id == "group-1"


def test_an_answer_without_a_group_is_nothing_that_could_be_noted() -> None:
    page = scanning()
    page.tell(CancelAsked(), Accepted(upstream_id="asset-1"))
    assert not page.resources


@pytest.mark.parametrize(
    ("mode", "asset", "ending", "status"),
    [
        ("hosted", False, verified(), Status.SUCCEEDED),
        ("hosted", True, CancelAsked(), Status.CANCELED),
        ("direct", True, CancelAsked(), Status.CANCELED),
        ("direct", True, over(), Status.EXPIRED),
    ],
)
def test_an_ended_scan_keeps_no_session(
    mode: str, asset: bool, ending: Event, status: Status
) -> None:
    page = scanning(mode, asset=asset)
    ended = page.tell(ending)
    assert ended.status is status
    assert "sessions" not in ended.state
    assert "byted" not in str(ended.state)


def test_a_scan_that_expires_with_its_link_keeps_no_session() -> None:
    page = scanning()
    page.now = NOW + HOUR
    ended = page.tell(over(), LinkExpired())
    assert ended.status is Status.EXPIRED
    assert "sessions" not in ended.state


def test_an_asset_that_fails_after_the_scan_leaves_no_session() -> None:
    failed = scanning().tell(verified(), CallRefused(error=NO))
    assert failed.status is Status.FAILED
    assert "sessions" not in failed.state


def test_a_session_that_cannot_even_be_asked_for_expires_at_the_deadline() -> None:
    page = Page.of_scan(a_scan("direct"))
    before = page.submission
    page.now = NOW + TERMS.deadline - 1
    assert page.tell(DeadlinePassed()) is before
    page.now += 1
    assert page.tell(DeadlinePassed()).status is Status.EXPIRED


def test_an_asset_that_cannot_even_be_asked_for_expires_and_its_group_is_told() -> None:
    page = scanning()
    page.tell(verified())
    page.now += TERMS.deadline
    submission = page.tell(DeadlinePassed())
    assert submission.status is Status.EXPIRED
    assert submission.result == {"outputs": [], "group_id": "group-1"}


def test_whoever_waits_for_a_person_has_no_deadline_that_could_pass() -> None:
    page = scanning()
    before = page.submission
    page.now += 2 * TERMS.deadline
    assert page.tell(DeadlinePassed()) is before
