"""A provider's doubtful word that a job is lost: believed when it stays with it."""

from dataclasses import replace

from domain.event import Accepted, AskFailed, Completed, Progress, ProviderError, Sending
from domain.job import DOUBTFUL, DOUBTS
from domain.submission import Stage, Status
from domain.task import TaskKind
from tests.domain.given import FILM, NOW, OUTPUTS, UPSTREAM, Page

LOST = ProviderError(code="provider_lost", message="Gone.", retryable=True)
AWAY = AskFailed(source="poll", reason="HTTP 404", verdict=LOST)
BROKEN = AskFailed(source="poll", reason="HTTP 500")
STILL = Progress(source="poll", word="processing")
DONE = Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS)


def running() -> Page:
    page = Page.of_job(terms=FILM)
    page.answer(TaskKind.SUBMIT, Sending())
    page.answer(TaskKind.SUBMIT, Accepted(upstream_id=UPSTREAM))
    return page


def test_a_job_is_lost_when_its_provider_says_so_often_enough_in_a_row() -> None:
    page = running()
    for number in range(1, DOUBTS):
        page.answer(TaskKind.POLL, AWAY)
        assert page.submission.state["doubt"] == {"since": NOW, "times": number}
        assert page.submission.stage is Stage.RUNNING
    page.now += DOUBTFUL
    ended = page.answer(TaskKind.POLL, AWAY)
    assert (ended.status, ended.error) == (Status.FAILED, LOST.as_json())


def test_however_often_a_job_is_not_lost_in_a_moment() -> None:
    """Ten hints within a second ask ten times of a provider that is not quite there."""
    page = running()
    for _ in range(10 * DOUBTS):
        assert page.answer(TaskKind.POLL, AWAY).stage is Stage.RUNNING
    page.now += DOUBTFUL - 1
    assert page.answer(TaskKind.POLL, AWAY).stage is Stage.RUNNING
    page.now += 1
    assert page.answer(TaskKind.POLL, AWAY).status is Status.FAILED


def test_however_long_a_job_is_not_lost_by_two_answers() -> None:
    page = running()
    for number in range(1, DOUBTS):
        assert page.answer(TaskKind.POLL, AWAY).state["doubt"]["times"] == number
        page.now += 10 * DOUBTFUL
    assert page.answer(TaskKind.POLL, AWAY).status is Status.FAILED


def test_asked_at_its_own_pace_a_lost_job_is_lost_soon() -> None:
    page = running()
    while not page.submission.final:
        page.now = page.tasks[TaskKind.POLL, ""].due_at
        page.answer(TaskKind.POLL, replace(AWAY, attempt=page.tasks[TaskKind.POLL, ""].attempt))
    assert DOUBTFUL < page.now - NOW < 2 * DOUBTFUL


def test_a_lost_job_is_followed_and_what_it_made_after_all_is_kept() -> None:
    page = running()
    page.answer(TaskKind.POLL, AWAY)
    page.answer(TaskKind.POLL, AWAY)
    page.now += DOUBTFUL
    lost = page.answer(TaskKind.POLL, AWAY)
    assert lost.state["follow_until"] == page.now + FILM.settle
    assert page.kinds == {TaskKind.FOLLOW}
    page.now = page.tasks[TaskKind.FOLLOW, ""].due_at
    late = page.answer(TaskKind.FOLLOW, DONE)
    assert (late.status, late.error, late.result) == (Status.FAILED, LOST.as_json(), None)
    assert late.late_result is not None
    assert not page.tasks


def test_a_sign_of_life_takes_every_doubt_away() -> None:
    page = running()
    for _ in range(3):
        for _ in range(DOUBTS - 1):
            page.answer(TaskKind.POLL, AWAY)
        page.now += DOUBTFUL
        page.answer(TaskKind.POLL, STILL)
        assert page.submission.state["doubt"] is None
    assert page.submission.stage is Stage.RUNNING


def test_a_question_without_an_answer_neither_adds_a_doubt_nor_takes_one_away() -> None:
    page = running()
    page.answer(TaskKind.POLL, AWAY)
    doubting = page.submission
    page.now += DOUBTFUL
    assert page.answer(TaskKind.POLL, BROKEN) is doubting
    page.answer(TaskKind.POLL, AWAY)
    assert page.answer(TaskKind.POLL, AWAY).status is Status.FAILED


def test_a_callbacks_word_takes_no_doubt_away() -> None:
    page = running()
    page.answer(TaskKind.POLL, AWAY)
    doubting = page.submission
    hearsay = Progress(source="webhook", word="processing", upstream_id=UPSTREAM)
    assert page.tell(hearsay) is doubting


def test_outputs_count_more_than_any_doubt() -> None:
    page = running()
    for _ in range(DOUBTS + 1):
        page.answer(TaskKind.POLL, AWAY)
    page.now += DOUBTFUL
    assert page.answer(TaskKind.POLL, DONE).status is Status.SUCCEEDED
