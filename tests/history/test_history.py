"""The checker finds a planted fault of each sort, and none where there is none."""

from dataclasses import replace
from typing import Any

import pytest

from tests.history.history import Called, History, Kept, Line, Told, problems

LINES = (
    Line(id="evt_1", type="submit.sending", status="pending"),
    Line(id="evt_2", type="submit.accepted", status="processing"),
    Line(id="evt_3", type="provider.completed", status="succeeded"),
    Line(id="evt_4", type="archive.copied", status="succeeded"),
)
JOB = Kept(id="sub_1", name="portrait 1", status="succeeded", lines=LINES)
FAILED = Kept(
    id="sub_2",
    name="portrait 2",
    status="failed",
    error="outcome_unknown",
    lines=(Line(id="evt_5", type="submit.gave_up", status="failed"),),
)
CALLED = Called(name="portrait 1", word="completed", status=204)
TOLD = Told(
    submission_id="sub_1",
    webhook_id="dlv_1",
    sequence=1,
    type="submission.succeeded",
    content="{}",
    taken=True,
)
TOLD_FAILED = replace(TOLD, submission_id="sub_2", webhook_id="dlv_2", type="submission.failed")
HISTORY = History(
    accepted=("sub_1", "sub_2"),
    kept={"sub_1": JOB, "sub_2": FAILED},
    charges=("portrait 1",),
    called=(replace(CALLED, status=503), CALLED, CALLED),
    told=(replace(TOLD, taken=False), TOLD, TOLD_FAILED),
)


def with_job(**changes: Any) -> History:
    return replace(HISTORY, kept=HISTORY.kept | {"sub_1": replace(JOB, **changes)})


def with_told(*more: Told) -> History:
    return replace(HISTORY, told=(*HISTORY.told, *more))


def also(*lines: Line) -> History:
    return with_job(lines=(*LINES, *lines))


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    assert problems(HISTORY) == []


def test_a_result_after_the_end_is_no_lost_event() -> None:
    """Paid outputs that come after `outcome_unknown` stand in `late_result`."""
    late = replace(FAILED, late=True)
    called = (*HISTORY.called, Called(name="portrait 2", word="completed", status=204))
    history = replace(HISTORY, kept=HISTORY.kept | {"sub_2": late}, called=called)
    assert problems(history) == []


FAULTS = {
    "a lost submission": (
        replace(HISTORY, accepted=("sub_1", "sub_2", "sub_3")),
        "sub_3 was accepted and is not there",
    ),
    "one answer to two requests": (
        replace(HISTORY, accepted=("sub_1", "sub_1", "sub_2")),
        "sub_1 was the answer to 2 different requests",
    ),
    "a job that hangs": (with_job(status="processing", lines=LINES[:2]), "sub_1 has not ended"),
    "a double finish": (
        also(Line(id="evt_9", type="cancel.asked", status="canceled")),
        "sub_1 ended as succeeded and then as canceled",
    ),
    "a finish taken back": (
        also(Line(id="evt_9", type="poll", status="processing")),
        "sub_1 went on after its end",
    ),
    "an end that the timeline does not know": (
        with_job(status="failed"),
        "sub_1 is failed, its timeline says succeeded",
    ),
    "a doubled event": (also(LINES[3]), "sub_1 has the event evt_4 2 times"),
    "a lost event": (
        replace(HISTORY, called=(Called(name="portrait 2", word="completed", status=204),)),
        "sub_2 is failed, though a webhook that said completed got its 204",
    ),
    "an event of nobody": (
        replace(HISTORY, called=(Called(name="portrait 3", word="failed", status=204),)),
        "a webhook about portrait 3 was answered with 204",
    ),
    "a double payment": (
        replace(HISTORY, charges=("portrait 1", "portrait 1")),
        "portrait 1 was paid for 2 times",
    ),
    "a result that nobody paid for": (
        replace(HISTORY, charges=()),
        "sub_1 succeeded, and nobody paid for it",
    ),
    "a call that was not announced": (
        with_job(lines=LINES[1:]),
        "sub_1 was paid for, and its timeline does not say that it was sent",
    ),
    "an end that nobody was told of": (
        replace(HISTORY, told=(replace(TOLD, taken=False), TOLD_FAILED)),
        "of the end of sub_1 (succeeded) the client has taken no news",
    ),
    "a delivery that changes": (
        with_told(replace(TOLD, content="other")),
        "the delivery dlv_1 came again with something else in it",
    ),
    "a delivery that is two": (
        with_told(replace(TOLD, webhook_id="dlv_9")),
        "sub_1 has two deliveries with sequence 1",
    ),
    "a second end": (
        with_told(replace(TOLD, webhook_id="dlv_9", sequence=2, type="submission.failed")),
        "sub_1 was told to have ended 2 times",
    ),
    "news after the end": (
        with_told(replace(TOLD, webhook_id="dlv_9", sequence=2, type="submission.action_required")),
        "sub_1 was told of something after its end",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    history, sentence = FAULTS[fault]
    found = problems(history)
    assert any(problem.startswith(sentence) for problem in found), found
