"""Callbacks that nobody signs: they make us ask, and change nothing by themselves."""

from dataclasses import replace

import pytest

from domain.aftermath import HINT_PAUSE
from domain.event import (
    Accepted,
    CallRefused,
    Completed,
    Event,
    Failed,
    Hinted,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.submission import Stage, Status
from domain.task import TaskKind
from tests.domain.given import FILM, NO, NOW, OUTPUTS, UPSTREAM, Page

TAKEN = Accepted(upstream_id=UPSTREAM)
CUT = OutcomeUnknown(reason="read timeout")
NAMED = Hinted(names=UPSTREAM)
STILL = Progress(source="poll", word="processing")
DONE = Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS)
REFUSED = NotAccepted(reason="HTTP 429")


def sent() -> Page:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    return page


def running() -> Page:
    page = sent()
    page.answer(TaskKind.SUBMIT, TAKEN)
    return page


def settling() -> Page:
    page = sent()
    page.answer(TaskKind.SUBMIT, CUT)
    return page


@pytest.mark.parametrize("hint", [NAMED, Hinted(), Hinted(names="pred-2")])
def test_a_hint_has_a_running_job_asked_about_at_once(hint: Event) -> None:
    page = running()
    page.answer(TaskKind.POLL, replace(STILL, attempt=9))
    after = page.tell(hint)
    poll = page.tasks[TaskKind.POLL, ""]
    assert (poll.due_at, poll.attempt) == (NOW, 0)
    assert (after.status, after.stage) == (Status.PROCESSING, Stage.RUNNING)
    assert after.upstream_id == UPSTREAM


def asked_at(page: Page, kind: TaskKind = TaskKind.POLL) -> int:
    """When the provider is asked next, since the birth of the job."""
    return page.tasks[kind, ""].due_at - NOW


def test_many_hints_that_come_together_bring_one_question_after_the_last() -> None:
    page = running()
    page.tell(Hinted())
    assert asked_at(page) == 0
    page.answer(TaskKind.POLL, STILL)
    for wait in (1, HINT_PAUSE // 2, HINT_PAUSE // 2 - 2):
        page.now += wait
        page.tell(Hinted())
        assert asked_at(page) == HINT_PAUSE
    page.now = NOW + HINT_PAUSE
    page.answer(TaskKind.POLL, STILL)
    page.now += 1
    page.tell(Hinted())
    assert asked_at(page) == 2 * HINT_PAUSE


def test_a_storm_of_hints_is_no_storm_of_questions_and_brings_some() -> None:
    page = running()
    asked = []
    for _ in range(100):
        page.tell(Hinted())
        while asked_at(page) + NOW <= page.now:
            asked.append(page.now - NOW)
            page.answer(TaskKind.POLL, STILL)
        page.now += HINT_PAUSE // 10
        if asked_at(page) + NOW == page.now:
            asked.append(page.now - NOW)
            page.answer(TaskKind.POLL, STILL)
    assert asked == list(range(0, 10 * HINT_PAUSE + 1, HINT_PAUSE))


def test_a_hint_after_a_pause_is_asked_about_at_once() -> None:
    page = running()
    page.tell(Hinted())
    page.answer(TaskKind.POLL, STILL)
    page.now += HINT_PAUSE
    page.tell(Hinted())
    assert asked_at(page) == HINT_PAUSE


@pytest.mark.parametrize("hints", [1, 2])
def test_a_clock_that_was_set_back_silences_no_hint(hints: int) -> None:
    page = running()
    for _ in range(hints):
        page.tell(Hinted())
    page.now -= 60_000
    page.tell(Hinted())
    assert page.tasks[TaskKind.POLL, ""].due_at == page.now


def test_a_hint_about_a_call_that_was_not_sent_changes_nothing() -> None:
    page = Page.of_job(terms=FILM)
    before = page.submission
    assert page.tell(NAMED) is before
    assert page.kinds == {TaskKind.SUBMIT}


def test_a_hint_while_the_call_is_out_has_what_it_names_asked_about_at_once() -> None:
    page = sent()
    named = page.tell(NAMED)
    assert (named.stage, named.status) == (Stage.SENDING, Status.PENDING)
    assert (named.state["named"], named.upstream_id) == (UPSTREAM, None)
    assert page.kinds == {TaskKind.SUBMIT, TaskKind.SETTLE}
    assert asked_at(page, TaskKind.SETTLE) == 0


def test_a_hint_without_a_name_while_the_call_is_out_changes_nothing() -> None:
    page = sent()
    before = page.submission
    assert page.tell(Hinted()) is before
    assert page.kinds == {TaskKind.SUBMIT}


def test_a_call_that_is_still_out_may_have_made_what_runs_already() -> None:
    page = sent()
    page.tell(NAMED)
    found = Progress(source="poll", word="processing", upstream_id=UPSTREAM)
    after = page.answer(TaskKind.SETTLE, found)
    assert (after.stage, after.upstream_id) == (Stage.RUNNING, UPSTREAM)
    assert page.kinds == {TaskKind.POLL}
    assert page.tell(TAKEN) is after


@pytest.mark.parametrize(
    "home", [TAKEN, CUT, NotAccepted(reason="HTTP 429"), CallRefused(error=NO)]
)
def test_a_call_that_comes_home_after_its_job_was_done_changes_nothing(home: Event) -> None:
    page = sent()
    page.tell(NAMED)
    done = page.answer(TaskKind.SETTLE, DONE)
    assert (done.status, done.upstream_id) == (Status.SUCCEEDED, UPSTREAM)
    assert page.tell(home) is done
    assert not page.tasks


def test_what_is_not_found_while_the_call_is_out_is_settled_when_it_is_lost() -> None:
    page = sent()
    page.tell(NAMED)
    before = page.submission
    assert page.answer(TaskKind.SETTLE, NotSettled()) is before
    page.answer(TaskKind.SUBMIT, CUT)
    assert page.submission.stage is Stage.SETTLING
    assert asked_at(page, TaskKind.SETTLE) == FILM.poll_interval


def test_without_a_hint_nothing_could_settle_it_before_the_end() -> None:
    assert settling().tasks[TaskKind.SETTLE, ""].due_at == NOW + FILM.settle


def test_a_hint_that_names_an_unknown_outcome_has_it_settled_at_once() -> None:
    page = settling()
    page.now += 1000
    named = page.tell(NAMED)
    assert named.state["named"] == UPSTREAM
    assert named.upstream_id is None
    assert page.tasks[TaskKind.SETTLE, ""].due_at == page.now


def test_a_hint_without_a_name_settles_nothing() -> None:
    page = settling()
    before = page.submission
    assert page.tell(Hinted()) is before


def test_what_a_hint_named_is_only_told_by_the_provider() -> None:
    page = settling()
    page.tell(NAMED)
    found = Progress(source="poll", word="processing", upstream_id=UPSTREAM)
    assert page.answer(TaskKind.SETTLE, found).stage is Stage.RUNNING
    assert page.kinds == {TaskKind.POLL}


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (DONE, Status.SUCCEEDED),
        (Failed(source="poll", upstream_id=UPSTREAM, error=NO), Status.FAILED),
    ],
)
def test_what_a_hint_named_may_have_ended_already(event: Event, status: Status) -> None:
    page = settling()
    page.tell(NAMED)
    ended = page.answer(TaskKind.SETTLE, event)
    assert (ended.status, ended.upstream_id) == (status, UPSTREAM)


@pytest.mark.parametrize("hinted_first", [True, False])
def test_a_call_that_was_refused_and_has_made_something_is_not_sent_again(
    hinted_first: bool,
) -> None:
    """Whatever is heard first: that it was not taken, or of what it has made."""
    page = sent()
    if hinted_first:
        page.tell(NAMED)
    page.answer(TaskKind.SUBMIT, REFUSED)
    if not hinted_first:
        assert page.kinds == {TaskKind.SUBMIT}
        page.tell(NAMED)
    assert (page.submission.stage, page.submission.state["named"]) == (Stage.SETTLING, UPSTREAM)
    assert page.kinds == {TaskKind.SETTLE}
    assert asked_at(page, TaskKind.SETTLE) == FILM.poll_interval
    # Nobody knows whether a commit that got no answer was made, so it is told again.
    settling = page.submission
    assert page.tell(REFUSED) is settling
    assert page.kinds == {TaskKind.SETTLE}
    assert page.answer(TaskKind.SETTLE, DONE).status is Status.SUCCEEDED


def test_a_hint_without_a_name_stops_no_second_call() -> None:
    page = sent()
    page.answer(TaskKind.SUBMIT, REFUSED)
    before = page.submission
    assert page.tell(Hinted()) is before
    assert page.kinds == {TaskKind.SUBMIT}


def test_a_hint_that_names_nothing_real_does_not_keep_an_outcome_unknown_for_ever() -> None:
    page = settling()
    page.tell(Hinted(names="nonsense"))
    while not page.submission.final:
        settle = page.tasks[TaskKind.SETTLE, ""]
        page.now = settle.due_at
        page.answer(TaskKind.SETTLE, NotSettled(attempt=settle.attempt))
    assert page.now == NOW + FILM.settle
    assert (page.submission.error or {})["code"] == "outcome_unknown"


def test_a_hint_after_the_deadline_ends_it_like_any_wait() -> None:
    page = running()
    page.now += FILM.deadline
    assert page.tell(NAMED).status is Status.EXPIRED
