"""A paid job, news by news."""

import pytest

from domain.decision import as_result
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
    NotSettled,
    OutcomeUnknown,
    Output,
    PersonReturned,
    Progress,
    Sending,
)
from domain.submission import Stage, Status, Waiting
from domain.task import TaskKind
from domain.times import SECOND
from tests.domain.given import NO, NOW, OUTPUTS, SILENT, TERMS, UPSTREAM, Page, a_job

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


@pytest.mark.parametrize(
    ("page", "event"),
    [
        (Page.of_job(), Sending()),
        (sent(), NotAccepted(reason="HTTP 429")),
        (settling(), NotSettled()),
        (running(), Progress(source="poll", word="processing")),
        (running(), AskFailed(source="poll", reason="HTTP 500")),
    ],
)
def test_what_would_only_wait_on_expires_after_its_deadline(page: Page, event: Event) -> None:
    page.now = NOW + TERMS.deadline
    submission = page.tell(event)
    assert submission.status is Status.EXPIRED
    assert submission.error is not None
    assert submission.error["retryable"] is True


@pytest.mark.parametrize("event", [DONE, Failed(error=NO), TAKEN, LOST])
def test_a_fact_counts_also_after_the_deadline(event: Event) -> None:
    page = sent()
    page.now = NOW + TERMS.deadline
    assert page.tell(event).status is not Status.EXPIRED


def test_no_wait_is_longer_than_the_deadline() -> None:
    page = sent()
    page.now = NOW + TERMS.deadline - SECOND
    page.answer(TaskKind.SUBMIT, NotAccepted(reason="HTTP 503", retry_after=60 * SECOND))
    assert page.tasks[TaskKind.SUBMIT, ""].due_at == NOW + TERMS.deadline


def test_the_client_can_cancel_it() -> None:
    assert running().tell(CancelAsked()).status is Status.CANCELED


@pytest.mark.parametrize("event", [PersonReturned(), LinkExpired()])
def test_news_of_another_story_changes_nothing(event: Event) -> None:
    page = running()
    before = page.submission
    assert page.tell(event) is before


@pytest.mark.parametrize("ending", [CancelAsked(), NotAccepted(reason="HTTP 429")])
def test_outputs_that_come_after_we_gave_up_are_kept(ending: Event) -> None:
    page = sent()
    page.now = NOW + TERMS.deadline
    submission = page.tell(ending, DONE)
    assert submission.status in (Status.CANCELED, Status.EXPIRED)
    assert submission.late_result == as_result(OUTPUTS)[0]
    assert submission.upstream_id == UPSTREAM


def test_outputs_that_come_after_an_unknown_outcome_are_kept() -> None:
    page = settling()
    page.now = NOW + TERMS.settle
    page.answer(TaskKind.SETTLE, NotSettled())
    assert page.tell(DONE).late_result is not None


def test_late_outputs_are_kept_once() -> None:
    page = running()
    once = page.tell(CancelAsked(), DONE)
    assert page.tell(DONE) is once


@pytest.mark.parametrize("ending", [DONE, Failed(error=NO), CallRefused(error=NO)])
def test_an_end_that_the_provider_told_takes_no_late_outputs(ending: Event) -> None:
    ended = sent()
    before = ended.tell(ending)
    other = Completed(outputs=(Output(url="https://cdn.example/2.jpg"),))
    assert ended.tell(other) is before


def test_late_news_without_outputs_is_nothing() -> None:
    page = running()
    before = page.tell(CancelAsked())
    assert page.tell(Completed(upstream_id=UPSTREAM)) is before


def test_content_that_comes_along_is_kept_apart_from_the_result() -> None:
    result, kept = as_result((Output(content=b"\x89PNG\r\n\x1a\n...", expires_at=NOW),))
    shown = result["outputs"][0]
    assert shown["content_type"] == kept[0].content_type == "image/png"
    assert shown["archive"] == {"sha256": kept[0].sha256, "bytes": 11}
    assert shown["expires_at"].endswith("Z")


def test_a_job_in_any_stage_that_is_unfinished_can_be_built() -> None:
    assert not a_job(stage=Stage.SETTLING).final
