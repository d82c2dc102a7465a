"""A paid job, news by news."""

import pytest

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
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import SECOND
from tests.domain.given import NO, NOW, OUTPUTS, SILENT, TERMS, UPSTREAM, Page

DONE = Completed(upstream_id=UPSTREAM, outputs=OUTPUTS)
LOST = OutcomeUnknown(reason="read timeout")
TAKEN = Accepted(upstream_id=UPSTREAM)


def sent() -> Page:
    page = Page.of_job()
    page.answer(TaskKind.SUBMIT, Sending())
    return page


def running() -> Page:
    page = sent()
    page.answer(TaskKind.SUBMIT, TAKEN)
    return page


def settling() -> Page:
    page = sent()
    page.answer(TaskKind.SUBMIT, LOST)
    return page


def test_a_new_job_is_submitted_at_once() -> None:
    page = Page.of_job()
    assert page.tasks[TaskKind.SUBMIT, ""].due_at == NOW


def test_a_call_about_to_be_sent_is_noted_without_a_new_status() -> None:
    page = sent()
    assert page.submission.stage is Stage.SENDING
    assert page.submission.status is Status.PENDING
    assert page.submission.waiting_for is Waiting.PROVIDER


def test_a_call_is_begun_only_once() -> None:
    page = sent()
    before = page.submission
    assert page.tell(Sending()) is before


def test_a_taken_call_is_processing() -> None:
    submission = running().submission
    assert (submission.status, submission.stage) == (Status.PROCESSING, Stage.RUNNING)
    assert submission.upstream_id == UPSTREAM


def test_a_promised_webhook_is_waited_for_before_the_first_poll() -> None:
    page = running()
    assert page.tasks[TaskKind.POLL, ""].due_at == NOW + TERMS.poll_grace
    assert TaskKind.SUBMIT not in page.kinds


def test_without_a_webhook_it_is_polled_from_the_start() -> None:
    page = Page.of_job(terms=SILENT)
    page.tell(TAKEN)
    assert page.tasks[TaskKind.POLL, ""].due_at == NOW + SILENT.poll_interval


def test_a_call_that_was_not_taken_is_sent_again_later() -> None:
    page = sent()
    submission = page.answer(TaskKind.SUBMIT, NotAccepted(reason="HTTP 429", attempt=2))
    assert (submission.stage, submission.waiting_for) == (Stage.QUEUED, Waiting.RETRY)
    again = page.tasks[TaskKind.SUBMIT, ""]
    assert (again.due_at, again.attempt) == (NOW + 4 * SECOND, 3)


def test_that_an_old_call_was_not_taken_says_nothing_about_the_next() -> None:
    page = Page.of_job()
    old = NotAccepted(reason="HTTP 429", call="1")
    page.answer(TaskKind.SUBMIT, Sending(call="1"))
    page.answer(TaskKind.SUBMIT, old)
    before = page.answer(TaskKind.SUBMIT, Sending(call="2"))
    assert page.tell(old) is before


def test_a_provider_that_asks_for_patience_gets_it() -> None:
    page = sent()
    page.answer(TaskKind.SUBMIT, NotAccepted(reason="HTTP 503", retry_after=30 * SECOND))
    assert page.tasks[TaskKind.SUBMIT, ""].due_at == NOW + 30 * SECOND


def test_an_unknown_outcome_is_settled_and_never_sent_again() -> None:
    page = settling()
    assert (page.submission.stage, page.submission.waiting_for) == (
        Stage.SETTLING,
        Waiting.SETTLEMENT,
    )
    assert page.kinds == {TaskKind.SETTLE}


def test_without_a_webhook_nothing_can_settle_it_before_the_end() -> None:
    page = Page.of_job(terms=SILENT)
    page.answer(TaskKind.SUBMIT, Sending())
    page.answer(TaskKind.SUBMIT, LOST)
    assert page.tasks[TaskKind.SETTLE, ""].due_at == NOW + SILENT.settle


def test_an_unsettled_call_fails_when_its_time_is_over() -> None:
    page = settling()
    while not page.submission.final:
        settle = page.tasks[TaskKind.SETTLE, ""]
        page.now = settle.due_at
        page.answer(TaskKind.SETTLE, NotSettled(attempt=settle.attempt))
    assert page.now == NOW + TERMS.settle
    assert page.submission.error is not None
    assert page.submission.error["code"] == "outcome_unknown"


def test_a_settled_call_goes_on_as_if_it_had_answered() -> None:
    page = settling()
    page.answer(TaskKind.SETTLE, TAKEN)
    assert page.submission.stage is Stage.RUNNING
    assert page.kinds == {TaskKind.POLL}


def test_a_late_answer_that_it_was_not_taken_ends_the_settling() -> None:
    page = settling()
    page.tell(NotAccepted(reason="HTTP 429"))
    assert page.kinds == {TaskKind.SUBMIT}


def test_a_settlement_that_comes_too_late_changes_nothing() -> None:
    page = running()
    before = page.submission
    assert page.tell(NotSettled()) is before


@pytest.mark.parametrize(
    "event", [AskFailed(source="poll", reason="HTTP 500"), Progress(source="poll", word="created")]
)
def test_an_old_poll_does_not_disturb_a_call_that_is_being_sent(event: Event) -> None:
    page = sent()
    before = page.submission
    assert page.tell(event) is before


def test_a_refused_call_fails_with_the_providers_code() -> None:
    submission = sent().tell(CallRefused(error=NO))
    assert submission.status is Status.FAILED
    assert submission.error == NO.as_json()


@pytest.mark.parametrize("page", [Page.of_job(), sent(), settling(), running()])
def test_an_outcome_counts_at_any_stage(page: Page) -> None:
    submission = page.tell(DONE)
    assert submission.status is Status.SUCCEEDED
    assert submission.upstream_id == UPSTREAM
    assert not page.tasks


def test_a_failure_before_our_call_returned_keeps_the_providers_id() -> None:
    submission = sent().tell(Failed(error=NO, upstream_id=UPSTREAM))
    assert (submission.status, submission.upstream_id) == (Status.FAILED, UPSTREAM)


def test_news_of_progress_names_the_job_before_our_call_returned() -> None:
    page = sent()
    page.tell(Progress(source="webhook", word="created", upstream_id=UPSTREAM))
    assert (page.submission.stage, page.submission.upstream_id) == (Stage.RUNNING, UPSTREAM)


@pytest.mark.parametrize(
    "event",
    [Progress(source="poll", word="processing"), AskFailed(source="poll", reason="HTTP 500")],
)
def test_a_poll_without_an_end_is_followed_by_another(event: Event) -> None:
    page = running()
    page.answer(TaskKind.POLL, event)
    again = page.tasks[TaskKind.POLL, ""]
    assert (again.due_at, again.attempt) == (NOW + TERMS.poll_interval, 1)


def test_a_failed_question_waits_as_long_as_the_provider_asks() -> None:
    page = running()
    page.answer(TaskKind.POLL, AskFailed(source="poll", reason="429", retry_after=60 * SECOND))
    assert page.tasks[TaskKind.POLL, ""].due_at == NOW + 60 * SECOND


def test_progress_by_webhook_leaves_the_poll_where_it_was() -> None:
    page = running()
    before = page.tasks[TaskKind.POLL, ""]
    page.tell(Progress(source="webhook", word="processing", upstream_id=UPSTREAM))
    assert page.tasks[TaskKind.POLL, ""] is before


@pytest.mark.parametrize("event", [TAKEN, LOST, CallRefused(error=NO), NotAccepted(reason="429")])
def test_old_news_of_the_call_does_not_disturb_a_running_job(event: Event) -> None:
    page = running()
    before = page.submission
    assert page.tell(event) is before
