"""A face scan, news by news."""

import pytest

from domain import scan
from domain.event import Accepted, CallRefused, Event, NotAccepted
from domain.portrait_event import PersonReturned
from domain.scan import just_returned
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import HOUR, SECOND, rfc3339
from tests.domain.given import NO, NOW, TERMS, Page, a_job, a_scan
from tests.domain.scanning import TTL, opened, over, pending, scanning, verified


def test_an_invited_person_has_until_the_link_ends() -> None:
    page = Page.of_scan()
    assert page.tasks[TaskKind.LINK_EXPIRY, ""].due_at == NOW + HOUR
    assert page.kinds == {TaskKind.LINK_EXPIRY}


def test_direct_mode_opens_its_session_at_once() -> None:
    page = Page.of_scan(a_scan("direct"))
    assert page.tasks[TaskKind.OPEN_SESSION, ""].due_at == NOW
    assert page.submission.deadline_at == NOW + TERMS.deadline


def test_after_start_it_is_processing_and_waits_for_the_person() -> None:
    submission = scanning().submission
    assert (submission.status, submission.waiting_for) == (Status.PROCESSING, Waiting.PERSON)


def test_direct_mode_gives_the_clients_person_the_providers_own_link() -> None:
    submission = scanning("direct").submission
    assert submission.status is Status.ACTION_REQUIRED
    assert submission.action is not None
    assert submission.action["url"] == "https://h5.example/ses_1"


def test_time_spent_waiting_for_a_person_does_not_count() -> None:
    page = Page.of_scan(a_scan("direct"))
    page.now += HOUR
    page.tell(opened())
    assert page.submission.deadline_at is None
    page.now += TTL - 1
    page.tell(verified())
    assert page.submission.deadline_at == page.now + TERMS.deadline - HOUR


def test_no_deadline_ends_the_wait_for_a_person() -> None:
    page = Page.of_scan(a_scan(link_expires_at=NOW + 9 * TERMS.deadline))
    page.now += 2 * TERMS.deadline
    page.tell(opened())
    page.answer(TaskKind.EXCHANGE, pending(), "ses_1")
    assert page.tell(over()).stage is Stage.INVITED


def test_a_session_that_cannot_be_opened_expires_at_the_deadline() -> None:
    page = Page.of_scan(a_scan("direct"))
    page.now += TERMS.deadline
    submission = page.answer(TaskKind.OPEN_SESSION, NotAccepted(reason="HTTP 503"))
    assert submission.status is Status.EXPIRED


def test_each_start_makes_a_session_of_its_own() -> None:
    page = scanning()
    page.tell(opened("ses_2"))
    assert {(TaskKind.EXCHANGE, "ses_1"), (TaskKind.EXCHANGE, "ses_2")} <= set(page.tasks)


def test_the_first_group_wins() -> None:
    page = scanning()
    submission = page.tell(opened("ses_2"), verified("ses_2", "group-2"), verified())
    assert submission.state["group_id"] == "group-2"
    assert TaskKind.EXCHANGE not in page.kinds


def test_a_session_that_opens_after_the_group_is_known_is_not_used() -> None:
    page = scanning()
    before = page.tell(verified())
    assert page.tell(opened("ses_2")) is before


def test_a_group_without_an_asset_is_the_result() -> None:
    submission = scanning(asset=False).tell(verified())
    assert submission.result == {"outputs": [], "group_id": "group-1"}
    assert submission.status is Status.SUCCEEDED


def test_no_token_stays_once_the_group_is_known() -> None:
    assert "byted" not in str(scanning().tell(verified()).state)


def test_a_returned_phone_is_asked_about_before_all_others() -> None:
    page = scanning()
    page.now += SECOND
    page.tell(PersonReturned())
    task = page.tasks[TaskKind.EXCHANGE, "ses_1"]
    assert (task.due_at, task.urgency, task.attempt) == (page.now, 0, 0)


def test_a_phone_that_returns_again_at_once_arms_nothing_anew() -> None:
    page = scanning()
    once = page.tell(PersonReturned())
    assert once.state["returned_at"] == page.now
    page.answer(TaskKind.EXCHANGE, pending(), "ses_1")
    waiting = page.tasks[TaskKind.EXCHANGE, "ses_1"]
    page.now += 3 * SECOND - 1
    assert page.tell(PersonReturned()) is once
    assert page.tasks[TaskKind.EXCHANGE, "ses_1"] is waiting
    assert just_returned(page.submission, page.now)


def test_a_phone_that_returns_again_later_is_asked_about_again() -> None:
    page = scanning()
    page.tell(PersonReturned())
    page.answer(TaskKind.EXCHANGE, pending(), "ses_1")
    page.now += 3 * SECOND
    assert page.tell(PersonReturned()).state["returned_at"] == page.now
    assert page.tasks[TaskKind.EXCHANGE, "ses_1"].urgency == 0


def test_a_clock_that_was_set_back_does_not_make_a_return_last() -> None:
    page = scanning()
    page.tell(PersonReturned())
    page.now -= HOUR
    assert page.tell(PersonReturned()).state["returned_at"] == page.now


def test_a_fresh_session_forgets_that_the_phone_was_back_from_the_last() -> None:
    page = scanning()
    page.tell(PersonReturned(), opened("ses_2"))
    assert not just_returned(page.submission, page.now)
    page.tell(PersonReturned())
    assert page.tasks[TaskKind.EXCHANGE, "ses_2"].urgency == 0


def test_a_phone_that_returns_to_nothing_changes_nothing() -> None:
    page = Page.of_scan()
    before = page.submission
    assert page.tell(PersonReturned()) is before


def test_a_pending_scan_is_asked_about_again() -> None:
    page = scanning()
    page.answer(TaskKind.EXCHANGE, pending(attempt=3), "ses_1")
    task = page.tasks[TaskKind.EXCHANGE, "ses_1"]
    assert task.attempt == 4
    assert NOW < task.due_at <= NOW + 3 * TERMS.poll_interval


def test_no_question_waits_beyond_the_sessions_end() -> None:
    page = scanning()
    page.answer(TaskKind.EXCHANGE, pending(retry_after=HOUR), "ses_1")
    assert page.tasks[TaskKind.EXCHANGE, "ses_1"].due_at == NOW + TTL


def test_a_dead_session_never_ends_a_hosted_scan_while_the_link_lives() -> None:
    page = scanning()
    submission = page.answer(TaskKind.EXCHANGE, over(), "ses_1")
    assert (submission.status, submission.stage) == (Status.ACTION_REQUIRED, Stage.INVITED)
    assert submission.action is not None
    assert page.kinds == {TaskKind.LINK_EXPIRY}


def test_a_session_that_stays_pending_is_over_at_its_end() -> None:
    page = scanning()
    page.now = NOW + TTL
    assert page.answer(TaskKind.EXCHANGE, pending(), "ses_1").stage is Stage.INVITED


def test_a_dead_session_leaves_the_others_alone() -> None:
    page = scanning()
    page.tell(opened("ses_2"), over())
    assert page.submission.stage is Stage.SCANNING
    assert [key for kind, key in page.tasks if kind is TaskKind.EXCHANGE] == ["ses_2"]


def test_a_dead_session_that_outlived_the_link_ends_the_scan() -> None:
    page = scanning()
    page.now = NOW + HOUR
    submission = page.tell(over())
    assert submission.status is Status.EXPIRED
    assert submission.error is not None
    assert submission.error["code"] == "scan_expired"


def test_direct_mode_expires_with_its_session() -> None:
    assert scanning("direct").tell(over()).status is Status.EXPIRED


def test_a_spent_token_in_direct_mode_waits_for_whoever_spent_it() -> None:
    page = scanning("direct")
    page.answer(TaskKind.EXCHANGE, over(reason="spent"), "ses_1")
    assert page.tasks[TaskKind.EXCHANGE, "ses_1"].due_at == NOW + TTL
    assert page.tell(verified()).state["group_id"] == "group-1"


def test_a_spent_token_in_direct_mode_expires_with_its_session() -> None:
    page = scanning("direct")
    page.now = NOW + TTL
    assert page.tell(over(reason="spent")).status is Status.EXPIRED


@pytest.mark.parametrize("event", [over("ses_9"), pending("ses_9"), CallRefused(error=NO)])
def test_news_of_no_session_of_ours_changes_nothing(event: Event) -> None:
    page = scanning()
    before = page.submission
    assert page.tell(event) is before


def test_what_was_made_is_noted_for_its_key() -> None:
    page = scanning()
    page.tell(verified(), Accepted(upstream_id="asset-1"))
    assert set(page.resources) == {"group-1", "asset-1"}
    assert {one.key_id for one in page.resources.values()} == {"key_1"}


def test_a_hosted_scan_begins_with_an_invitation_that_ends_with_its_link() -> None:
    state = {"mode": "hosted", "asset": None, "scan_url": "https://likeness.example/scan/x"}
    begun = scan.begin(a_job(kind="alltoken/liveness", state=state), TERMS, NOW)
    invited = begun.submission
    assert (invited.status, invited.stage) == (Status.ACTION_REQUIRED, Stage.INVITED)
    assert (invited.deadline_at, invited.time_left) == (None, TERMS.deadline)
    assert invited.action == {
        "type": "face_scan",
        "url": "https://likeness.example/scan/x",
        "qr": "https://likeness.example/scan/x/qr.svg",
        "expires_at": rfc3339(NOW + TERMS.link_ttl),
    }
    assert invited.state["link_expires_at"] == NOW + TERMS.link_ttl
    assert [(task.kind, task.due_at) for task in begun.tasks] == [
        (TaskKind.LINK_EXPIRY, NOW + TERMS.link_ttl)
    ]
