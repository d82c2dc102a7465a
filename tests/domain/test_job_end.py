"""How a paid job ends: in time, out of time, and with outputs that come too late."""

from dataclasses import replace

import pytest

from domain.decision import as_result
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
    NotSettled,
    OutcomeUnknown,
    Output,
    Progress,
    Sending,
)
from domain.job import EMPTY
from domain.portrait_event import LinkExpired, PersonReturned
from domain.submission import Stage, Status, Submission
from domain.task import TaskKind
from domain.times import SECOND
from tests.domain.given import NO, NOW, OUTPUTS, TERMS, UPSTREAM, Page, a_job

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


@pytest.mark.parametrize(
    ("page", "event"),
    [
        (Page.of_job(), Sending()),
        (sent(), NotAccepted(reason="HTTP 429")),
        (settling(), NotSettled()),
        (running(), Progress(source="poll", word="processing")),
        (running(), AskFailed(source="poll", reason="HTTP 500")),
        (Page.of_job(), DeadlinePassed()),
        (sent(), DeadlinePassed()),
        (settling(), DeadlinePassed()),
        (running(), DeadlinePassed()),
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


def test_a_deadline_that_has_not_passed_ends_nothing() -> None:
    page = running()
    before = page.submission
    page.now = NOW + TERMS.deadline - 1
    assert page.tell(DeadlinePassed()) is before


def test_a_call_that_was_taken_after_the_end_is_named_but_stays_ended() -> None:
    page = sent()
    canceled = page.tell(CancelAsked())
    named = page.tell(TAKEN)
    assert (named.status, named.upstream_id) == (Status.CANCELED, UPSTREAM)
    assert named.version == canceled.version + 1
    assert page.kinds == {TaskKind.FOLLOW}


def test_the_name_of_an_ended_job_does_not_change() -> None:
    page = running()
    canceled = page.tell(CancelAsked())
    assert page.tell(Accepted(upstream_id="pred-2")) is canceled


EMPTY_HANDED = Progress(source="poll", word="completed", ended=True)


def asked(page: Page, event: Progress) -> Submission:
    """The next question, when it is due, and its answer."""
    poll = page.tasks[TaskKind.POLL, ""]
    page.now = poll.due_at
    return page.answer(TaskKind.POLL, replace(event, attempt=poll.attempt))


def without_outputs(page: Page) -> Submission:
    """The provider says so, as often as it takes."""
    while not page.submission.final:
        asked(page, EMPTY_HANDED)
    return page.submission


def test_a_job_that_is_done_without_outputs_fails_after_ten_questions() -> None:
    page = running()
    for number in range(1, EMPTY):
        assert asked(page, EMPTY_HANDED).state["doubt"]["times"] == number
    failed = asked(page, EMPTY_HANDED)
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, "no_outputs")
    assert page.now < NOW + TERMS.deadline


def test_only_answers_in_a_row_count_however_often_it_was_asked_before() -> None:
    """A film that was long in the making may need a moment for its link."""
    page = running()
    for _ in range(2 * EMPTY):
        asked(page, Progress(source="poll", word="processing"))
    for _ in range(3):
        for _ in range(EMPTY - 1):
            assert asked(page, EMPTY_HANDED).stage is Stage.RUNNING
        assert asked(page, Progress(source="poll", word="processing")).state["doubt"] is None
    assert without_outputs(page).status is Status.FAILED


def test_a_job_that_was_done_without_outputs_is_followed_and_they_are_kept() -> None:
    page = running()
    failed = without_outputs(page)
    assert failed.state["follow_until"] == page.now + TERMS.settle
    assert page.kinds == {TaskKind.FOLLOW}
    page.now = page.tasks[TaskKind.FOLLOW, ""].due_at
    page.answer(TaskKind.FOLLOW, EMPTY_HANDED)
    assert page.kinds == {TaskKind.FOLLOW}
    late = page.answer(TaskKind.FOLLOW, replace(DONE, source="poll"))
    assert (late.status, late.error, late.result) == (Status.FAILED, failed.error, None)
    assert late.late_result == as_result(OUTPUTS)[0]
    assert not page.tasks


def test_a_webhook_brings_such_late_outputs_too() -> None:
    page = running()
    without_outputs(page)
    assert page.tell(DONE).late_result is not None
    assert not page.tasks


def test_a_job_that_goes_on_may_be_asked_about_more_often() -> None:
    page = running()
    page.answer(TaskKind.POLL, Progress(source="poll", word="processing", attempt=50))
    assert page.submission.stage is Stage.RUNNING


def test_a_webhook_without_outputs_does_not_fail_a_job() -> None:
    page = running()
    news = Progress(
        source="webhook", word="completed", ended=True, upstream_id=UPSTREAM, attempt=50
    )
    assert page.tell(news).stage is Stage.RUNNING
