"""How a paid job ends: in time, out of time, and with outputs that come too late."""

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
from domain.submission import Stage, Status
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
