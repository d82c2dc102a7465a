"""What remains of a paid job after we have given it up."""

import pytest

from domain.aftermath import TRIES
from domain.event import (
    Accepted,
    AskFailed,
    CancelAsked,
    Completed,
    DeadlinePassed,
    Event,
    Failed,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.submission import Stage, Status
from domain.task import TaskKind, poll_wait, retry_wait
from domain.times import SECOND
from tests.domain.given import FILM, NO, NOW, OUTPUTS, SILENT, UPSTREAM, Page

TAKEN = Accepted(upstream_id=UPSTREAM)
DONE = Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS)


def running(page: Page | None = None) -> Page:
    page = page or Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.answer(TaskKind.SUBMIT, TAKEN)
    return page


def given_up() -> Page:
    """Canceled, and the provider was asked to stop."""
    page = running()
    page.tell(CancelAsked())
    page.answer(TaskKind.CANCEL, Progress(source="cancel", word="cancelling"))
    return page


def asked_to_stop(page: Page) -> int:
    """How often the provider is asked while it never answers; each question when it is due."""
    asked = 0
    while TaskKind.CANCEL in page.kinds:
        task = page.tasks[TaskKind.CANCEL, ""]
        page.now = task.due_at
        lost = AskFailed(source="cancel", reason="HTTP 500", attempt=task.attempt)
        page.answer(TaskKind.CANCEL, lost)
        asked += 1
    return asked


def test_a_canceled_job_is_stopped_where_that_can_be_asked() -> None:
    page = running()
    page.tell(CancelAsked())
    assert page.kinds == {TaskKind.CANCEL, TaskKind.FOLLOW}
    task = page.tasks[TaskKind.CANCEL, ""]
    assert (task.due_at, task.lane) == (NOW, "alltoken.cancel")
    assert page.tasks[TaskKind.FOLLOW, ""].due_at == NOW + FILM.poll_interval


def test_a_canceled_job_that_cannot_be_stopped_is_followed() -> None:
    page = running(Page.of_job(terms=SILENT))
    page.tell(CancelAsked())
    assert page.kinds == {TaskKind.FOLLOW}
    task = page.tasks[TaskKind.FOLLOW, ""]
    assert (task.due_at, task.lane) == (NOW + SILENT.poll_interval, "wavespeed.follow")


def test_an_expired_job_is_followed_and_not_stopped() -> None:
    page = running()
    page.now += FILM.deadline
    assert page.tell(DeadlinePassed()).status is Status.EXPIRED
    assert page.kinds == {TaskKind.FOLLOW}


@pytest.mark.parametrize("terms", [FILM, SILENT], ids=["stops", "does not"])
def test_what_the_provider_never_took_needs_no_aftermath(terms: object) -> None:
    page = Page.of_job(terms=terms)  # type: ignore[arg-type]
    page.tell(CancelAsked())
    assert not page.tasks


def test_a_call_that_is_taken_after_the_cancel_is_stopped_then() -> None:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.tell(CancelAsked())
    assert not page.tasks
    page.now += 30 * SECOND
    named = page.tell(TAKEN)
    assert (named.status, named.upstream_id) == (Status.CANCELED, UPSTREAM)
    assert named.state["follow_until"] == page.now + FILM.settle
    assert page.kinds == {TaskKind.CANCEL, TaskKind.FOLLOW}


def test_a_call_that_is_taken_after_its_outcome_was_given_up_is_followed() -> None:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.answer(TaskKind.SUBMIT, OutcomeUnknown(reason="cut"))
    page.now = page.tasks[TaskKind.SETTLE, ""].due_at
    assert page.answer(TaskKind.SETTLE, NotSettled()).status is Status.FAILED
    assert page.tell(TAKEN).upstream_id == UPSTREAM
    assert page.kinds == {TaskKind.FOLLOW}
    assert page.answer(TaskKind.FOLLOW, DONE).late_result is not None


def test_a_job_that_failed_at_the_provider_is_only_named() -> None:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.tell(Failed(error=NO))
    assert page.tell(TAKEN).upstream_id == UPSTREAM
    assert not page.tasks


def test_a_provider_that_has_answered_the_wish_is_asked_at_once_how_it_ended() -> None:
    page = given_up()
    assert page.kinds == {TaskKind.FOLLOW}
    task = page.tasks[TaskKind.FOLLOW, ""]
    assert (task.due_at, task.attempt) == (NOW, 0)


def test_a_wish_that_is_lost_is_repeated_so_often_and_then_the_job_is_followed() -> None:
    page = running()
    page.tell(CancelAsked())
    assert asked_to_stop(page) == TRIES
    assert page.kinds == {TaskKind.FOLLOW}
    assert page.now == NOW + sum(retry_wait(attempt) for attempt in range(TRIES - 1))


def test_a_provider_that_asks_for_patience_gets_it() -> None:
    page = running()
    page.tell(CancelAsked())
    busy = AskFailed(source="cancel", reason="HTTP 429", retry_after=40 * SECOND)
    page.answer(TaskKind.CANCEL, busy)
    assert page.tasks[TaskKind.CANCEL, ""].due_at == NOW + 40 * SECOND


@pytest.mark.parametrize(
    "event",
    [
        Progress(source="poll", word="processing", attempt=7),
        AskFailed(source="poll", reason="HTTP 500", attempt=7),
    ],
)
def test_a_followed_job_is_asked_for_more_and_more_rarely(event: Event) -> None:
    page = given_up()
    before = page.submission
    page.answer(TaskKind.FOLLOW, event)
    task = page.tasks[TaskKind.FOLLOW, ""]
    assert (task.due_at, task.attempt) == (NOW + poll_wait(FILM.poll_interval, 7), 8)
    assert page.submission is before


def test_what_a_followed_job_has_made_is_its_late_result() -> None:
    page = given_up()
    late = page.answer(TaskKind.FOLLOW, DONE)
    assert late.status is Status.CANCELED
    assert late.result is None
    assert late.late_result is not None
    assert late.late_result["outputs"][0]["url"] == OUTPUTS[0].url
    assert not page.tasks


def test_a_stop_that_came_too_late_brings_the_result_itself() -> None:
    page = running()
    page.tell(CancelAsked())
    done = Completed(source="cancel", upstream_id=UPSTREAM, outputs=OUTPUTS)
    assert page.answer(TaskKind.CANCEL, done).late_result is not None
    assert not page.tasks


@pytest.mark.parametrize("event", [Failed(error=NO), Completed(upstream_id=UPSTREAM)])
def test_a_followed_job_that_ends_without_outputs_is_left(event: Event) -> None:
    page = given_up()
    before = page.submission
    assert page.answer(TaskKind.FOLLOW, event) is before
    assert not page.tasks


def test_a_job_is_followed_as_long_as_one_of_its_kind_may_take() -> None:
    page = given_up()
    asked = 0
    while page.tasks:
        task = page.tasks[TaskKind.FOLLOW, ""]
        page.now = task.due_at
        still = Progress(source="poll", word="processing", attempt=task.attempt)
        page.answer(TaskKind.FOLLOW, still)
        asked += 1
    longest = 10 * FILM.poll_interval
    assert NOW + FILM.settle <= page.now <= NOW + FILM.settle + longest
    assert 20 < asked < 60


def test_a_result_that_came_by_itself_ends_the_following() -> None:
    page = given_up()
    page.tell(Completed(source="webhook", upstream_id=UPSTREAM, outputs=OUTPUTS))
    page.tell(Progress(source="poll", word="processing"))
    assert not page.tasks


@pytest.mark.parametrize(
    "event",
    [
        Progress(source="webhook", word="processing", upstream_id=UPSTREAM),
        TAKEN,
        CancelAsked(),
        DeadlinePassed(),
        NotSettled(),
    ],
)
def test_other_news_leaves_the_aftermath_as_it_is(event: Event) -> None:
    page = given_up()
    before, tasks = page.submission, dict(page.tasks)
    assert page.tell(event) is before
    assert page.tasks == tasks


def test_an_ended_submission_stays_done() -> None:
    page = given_up()
    assert page.submission.stage is Stage.DONE
    assert page.submission.deadline_at is None
