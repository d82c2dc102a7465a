"""How a face scan ends, and what it does not take notice of."""

import pytest

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
    Completed,
    Event,
    Failed,
    LinkExpired,
    NotAccepted,
)
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import HOUR, SECOND
from tests.domain.given import NO, NOW, Page, a_scan
from tests.domain.scanning import TTL, opened, scanning, verified


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
