"""Callbacks that nobody signs about a job that was given up: it is asked for, and kept when it comes."""

import pytest

from domain.aftermath import HINT_PAUSE
from domain.event import (
    CancelAsked,
    DeadlinePassed,
    Event,
    Failed,
    Hinted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.submission import Status
from domain.task import TaskKind
from tests.domain.given import FILM, NO, UPSTREAM, Page
from tests.domain.test_aftermath import DONE, given_up, running


def test_a_hint_has_a_job_that_was_given_up_asked_about_at_once() -> None:
    page = given_up()
    page.now += 2 * FILM.poll_interval
    hinted = page.tell(Hinted(names="pred-2"))
    task = page.tasks[TaskKind.FOLLOW, ""]
    assert (task.due_at, task.attempt) == (page.now, 0)
    assert (hinted.status, hinted.upstream_id) == (Status.CANCELED, UPSTREAM)
    assert "named" not in hinted.state


def test_many_hints_that_come_together_bring_one_question_after_the_last() -> None:
    page = given_up()
    page.now += 2 * FILM.poll_interval
    begun = page.now
    page.tell(Hinted())
    page.answer(TaskKind.FOLLOW, Progress(source="poll", word="processing"))
    for wait in (1, HINT_PAUSE - 2):
        page.now += wait
        page.tell(Hinted())
        assert page.tasks[TaskKind.FOLLOW, ""].due_at == begun + HINT_PAUSE


@pytest.mark.parametrize("ending", ["canceled", "expired", "unknown"])
def test_a_hint_that_names_a_job_first_after_the_end_has_it_followed(ending: str) -> None:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    if ending == "unknown":
        page.answer(TaskKind.SUBMIT, OutcomeUnknown(reason="cut"))
        page.now += FILM.settle
        page.answer(TaskKind.SETTLE, NotSettled())
    elif ending == "expired":
        page.now += FILM.deadline
        page.tell(DeadlinePassed())
    else:
        page.tell(CancelAsked())
    assert page.submission.final
    assert not page.tasks
    hinted = page.tell(Hinted(names=UPSTREAM))
    assert (hinted.state["named"], hinted.upstream_id) == (UPSTREAM, None)
    assert page.tasks[TaskKind.FOLLOW, ""].due_at == page.now
    assert page.answer(TaskKind.FOLLOW, DONE).late_result is not None


@pytest.mark.parametrize("by_time", [True, False])
def test_a_job_that_only_a_hint_has_named_is_followed_when_it_is_given_up(by_time: bool) -> None:
    """Nobody can be asked to stop it: a name of hearsay is good for a question alone."""
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.tell(Hinted(names=UPSTREAM))
    if by_time:
        page.now += FILM.deadline
    ended = page.tell(DeadlinePassed() if by_time else CancelAsked())
    assert ended.status is (Status.EXPIRED if by_time else Status.CANCELED)
    assert page.kinds == {TaskKind.FOLLOW}
    late = page.answer(TaskKind.FOLLOW, DONE)
    assert (late.upstream_id, late.late_result is None) == (UPSTREAM, False)


def test_a_hint_takes_the_wish_to_stop_not_away() -> None:
    page = running()
    page.tell(CancelAsked(), Hinted(names=UPSTREAM))
    assert TaskKind.CANCEL in page.kinds


@pytest.mark.parametrize("hint", [Hinted(), Hinted(names=UPSTREAM)])
def test_a_hint_about_what_the_provider_itself_has_ended_is_nothing(hint: Event) -> None:
    page = running()
    before = page.tell(Failed(error=NO))
    assert page.tell(hint) is before
    assert not page.tasks


def test_a_hint_after_the_late_result_is_nothing() -> None:
    page = given_up()
    before = page.answer(TaskKind.FOLLOW, DONE)
    assert page.tell(Hinted()) is before
    assert not page.tasks


def test_a_hint_that_names_nothing_about_a_job_without_a_name_is_nothing() -> None:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    before = page.tell(CancelAsked())
    assert page.tell(Hinted()) is before
