"""A submission that is built on others: what it waits for, takes from them, and begins with."""

from typing import Any

import pytest

from domain import chain, job, portrait, scan
from domain.chain import Begin, need, needed
from domain.decision import Decision, as_result
from domain.event import (
    Accepted,
    CancelAsked,
    Completed,
    DeadlinePassed,
    DependencyEnded,
    Event,
    Failed,
    Output,
    Sending,
)
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import TaskKind
from domain.times import DAY, HOUR
from tests.domain.given import NO, NOW, TERMS, a_job, a_portrait, a_scan

PICTURE = "https://cdn.example/1.jpg"
JPEG = b"\xff\xd8\xff\xe0 a face"
ONE, OTHER = "sub_one", "sub_other"
ASSET = {"outputs": [], "group_id": "g", "asset_id": "a", "asset_uri": "asset://a"}


def made(content_type: str | None = "image/jpeg", url: str | None = PICTURE) -> dict[str, Any]:
    return as_result((Output(url=url, content_type=content_type),))[0]


def ended(
    submission_id: str = ONE,
    result: dict[str, Any] | None = None,
    status: str = Status.SUCCEEDED,
) -> DependencyEnded:
    return DependencyEnded(
        submission_id=submission_id,
        status=status,
        result=made() if result is None and status == Status.SUCCEEDED else result,
    )


def waiting(*needs: dict[str, Any], submission: Submission | None = None) -> Submission:
    wanted = list(needs) or [need(ONE, "image", asset=False)]
    return chain.wait(submission or a_job(), wanted, TERMS)


def told(
    submission: Submission, *events: Event, begin: Begin = job.begin, now: int = NOW
) -> Decision:
    decision = Decision(submission=submission)
    for event in events:
        decision = chain.decide(decision.submission, event, begin, TERMS, now)
    return decision


def message(decision: Decision) -> str:
    error = decision.submission.error
    assert error is not None
    assert error["code"] == "dependency_failed"
    assert not decision.tasks
    return str(error["message"])


def test_it_waits_without_a_task_and_without_a_deadline() -> None:
    submission = waiting()
    assert (submission.status, submission.stage) == (Status.PENDING, Stage.WAITING)
    assert submission.waiting_for is Waiting.DEPENDENCY
    assert (submission.deadline_at, submission.time_left) == (None, DAY)
    assert needed(submission) == {ONE}


def test_it_begins_when_the_other_has_ended_well() -> None:
    decision = told(waiting(), ended())
    begun = decision.submission
    assert (begun.stage, begun.waiting_for) == (Stage.QUEUED, None)
    assert [(task.kind, task.due_at) for task in decision.tasks] == [(TaskKind.SUBMIT, NOW)]
    assert begun.state["found"] == {ONE: {"content_type": "image/jpeg", "url": PICTURE}}
    assert decision.media == ()


def test_the_time_that_it_waited_does_not_count() -> None:
    begun = told(waiting(), ended(), now=NOW + 30 * DAY).submission
    assert begun.deadline_at == NOW + 30 * DAY + TERMS.deadline
    assert begun.time_left is None


@pytest.mark.parametrize(
    ("submission", "begin", "stage", "kind"),
    [
        (a_portrait(), portrait.begin, Stage.QUEUED, TaskKind.CREATE_GROUP),
        (a_portrait("group-1"), portrait.begin, Stage.QUEUED, TaskKind.CREATE_ASSET),
        (a_scan("direct"), scan.begin, Stage.OPENING, TaskKind.OPEN_SESSION),
    ],
)
def test_every_flow_may_wait(
    submission: Submission, begin: Begin, stage: Stage, kind: TaskKind
) -> None:
    decision = told(waiting(submission=submission), ended(), begin=begin)
    assert decision.submission.stage is stage
    assert [task.kind for task in decision.tasks] == [kind]
    assert set(submission.state) <= set(decision.submission.state)


def test_the_person_is_invited_when_what_the_scan_is_for_is_there() -> None:
    state = {"mode": "hosted", "asset": {"url": f"submission://{ONE}"}, "scan_url": "https://l/x"}
    submission = waiting(submission=a_job(kind="alltoken/liveness", state=state))
    decision = told(submission, ended(), begin=scan.begin, now=NOW + HOUR)
    invited = decision.submission
    assert (invited.status, invited.waiting_for) == (Status.ACTION_REQUIRED, Waiting.PERSON)
    assert invited.state["link_expires_at"] == NOW + HOUR + TERMS.link_ttl
    assert [task.kind for task in decision.tasks] == [TaskKind.LINK_EXPIRY]


@pytest.mark.parametrize("order", [(ONE, OTHER), (OTHER, ONE)])
def test_of_two_the_last_one_begins_it(order: tuple[str, str]) -> None:
    first, last = order
    submission = waiting(need(ONE, "image", asset=False), need(OTHER, "audio", asset=False))
    results = {ONE: made(), OTHER: made("audio/wav")}
    half = told(submission, ended(first, results[first]))
    assert (half.submission.stage, half.tasks) == (Stage.WAITING, ())
    assert needed(half.submission) == {last}
    assert told(half.submission, ended(last, results[last])).submission.stage is Stage.QUEUED


def test_the_same_news_twice_begins_nothing_twice() -> None:
    submission = waiting(need(ONE, None, asset=False), need(OTHER, None, asset=False))
    once = told(submission, ended()).submission
    assert told(once, ended()) == Decision(submission=once)


def test_news_of_one_that_it_does_not_need_changes_nothing() -> None:
    submission = waiting()
    assert told(submission, ended("sub_stranger")).submission is submission


@pytest.mark.parametrize(
    "event",
    [Sending(), Accepted(upstream_id="x"), Completed(), Failed(error=NO), DeadlinePassed()],
)
def test_while_it_waits_other_news_changes_nothing(event: Event) -> None:
    submission = waiting()
    assert told(submission, event, now=NOW + 9 * DAY).submission is submission


def test_it_can_be_canceled_while_it_waits() -> None:
    canceled = told(waiting(), CancelAsked()).submission
    assert (canceled.status, canceled.stage) == (Status.CANCELED, Stage.DONE)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.CANCELED])
def test_it_fails_with_the_one_that_it_is_built_on(status: Status) -> None:
    decision = told(waiting(), ended(status=status))
    assert decision.submission.status is Status.FAILED
    assert message(decision) == f"{ONE}, on which it is built, ended as {status}."


def test_it_fails_when_the_other_is_erased() -> None:
    assert "is gone" in message(told(waiting(), ended(status="")))


def test_one_of_two_that_fails_is_enough() -> None:
    submission = waiting(need(ONE, None, asset=False), need(OTHER, None, asset=False))
    assert message(told(submission, ended(), ended(OTHER, status=Status.FAILED)))


@pytest.mark.parametrize(
    ("result", "family", "asset", "lacks"),
    [
        (made("video/mp4"), "image", False, "image: its first output is video/mp4"),
        (made("image/png"), "audio", False, "audio: its first output is image/png"),
        (made("video/mp4"), "image", True, "image: its first output is video/mp4"),
        (made(url=None), "image", False, "output"),
        ({"outputs": []}, "image", False, "output"),
        ({"outputs": []}, "image", True, "asset or output"),
        ({"outputs": [], "group_id": "g"}, None, True, "asset or output"),
        (ASSET, "image", False, "output"),
        ({}, None, False, "output"),
    ],
)
def test_it_fails_when_the_other_has_not_what_it_needs(
    result: dict[str, Any], family: str | None, asset: bool, lacks: str
) -> None:
    decision = told(waiting(need(ONE, family, asset=asset)), ended(result=result))
    assert message(decision).endswith(f"has no {lacks}.")


@pytest.mark.parametrize(
    ("result", "family", "asset"),
    [
        (made(), "image", False),
        (made(), "image", True),
        (made(), None, False),
        (made(None), "image", False),
        (ASSET, "image", True),
        (ASSET, None, True),
        (made() | {"asset_uri": "asset://a"}, "image", True),
        (made("video/mp4") | {"asset_uri": "asset://a"}, "image", True),
    ],
)
def test_it_begins_when_the_other_has_what_it_needs(
    result: dict[str, Any], family: str | None, asset: bool
) -> None:
    decision = told(waiting(need(ONE, family, asset=asset)), ended(result=result))
    assert decision.submission.stage is Stage.QUEUED


def test_only_the_first_output_counts() -> None:
    both, _ = as_result((Output(url="u1", content_type="video/mp4"), Output(url="u2")))
    decision = told(waiting(), ended(result=both))
    assert decision.submission.status is Status.FAILED


def test_one_that_is_named_twice_must_fit_in_both_places() -> None:
    submission = waiting(need(ONE, "image", asset=False), need(ONE, "audio", asset=False))
    assert "no audio" in message(told(submission, ended()))


def test_one_that_is_named_twice_may_give_its_asset_here_and_its_picture_there() -> None:
    submission = waiting(need(ONE, "image", asset=True), need(ONE, "image", asset=False))
    both = made() | {"asset_uri": "asset://a"}
    decision = told(submission, ended(result=both))
    assert decision.submission.state["found"][ONE]["asset_uri"] == "asset://a"
    assert decision.submission.state["found"][ONE]["url"] == PICTURE
    assert decision.submission.stage is Stage.QUEUED


def test_content_stays_with_the_other_and_is_known_by_its_hash() -> None:
    result, kept = as_result((Output(content=JPEG),))
    decision = told(waiting(), ended(result=result))
    offer = {"content_type": "image/jpeg", "sha256": kept[0].sha256}
    assert decision.submission.state["found"] == {ONE: offer}
    assert decision.media == ()


@pytest.mark.parametrize(("lives", "offered"), [(-1, False), (0, False), (1, True), (DAY, True)])
def test_a_link_is_offered_as_long_as_it_lives(lives: int, offered: bool) -> None:
    link = Output(url=PICTURE, content_type="image/jpeg", expires_at=NOW + lives)
    decision = told(waiting(), ended(result=as_result((link,))[0]))
    if offered:
        assert decision.submission.state["found"][ONE]["url"] == PICTURE
    else:
        assert message(decision).endswith("has no output.")


@pytest.mark.parametrize(("lives", "way"), [(0, "sha256"), (1, "url")])
def test_when_a_link_is_dead_the_archive_has_its_content(lives: int, way: str) -> None:
    result, _ = as_result((Output(url=PICTURE, content=JPEG, expires_at=NOW + lives),))
    offer = told(waiting(), ended(result=result)).submission.state["found"][ONE]
    assert set(offer) - {"expires_at"} == {"content_type", way}
    assert ("expires_at" in offer) == ("url" in offer)


def test_a_dead_link_does_not_matter_where_an_asset_is_wanted() -> None:
    result, _ = as_result((Output(url=PICTURE, expires_at=NOW),), asset_uri="asset://a")
    decision = told(waiting(need(ONE, "image", asset=True)), ended(result=result))
    assert decision.submission.stage is Stage.QUEUED
    assert "url" not in decision.submission.state["found"][ONE]


def test_the_life_of_a_link_counts_when_the_other_is_told_of() -> None:
    """That of the first may be over while the second is still waited for."""
    submission = waiting(need(ONE, "image", asset=False), need(OTHER, None, asset=False))
    link = Output(url=PICTURE, content_type="image/jpeg", expires_at=NOW + DAY)
    half = told(submission, ended(result=as_result((link,))[0])).submission
    assert half.state["found"][ONE]["url"] == PICTURE
    late = told(waiting(), ended(result=as_result((link,))[0]), now=NOW + DAY)
    assert message(late).endswith("has no output.")


def test_the_timeline_says_which_one_has_ended_and_nothing_of_its_result() -> None:
    assert ended().facts() == {"submission": ONE, "status": "succeeded"}
    assert PICTURE not in repr(ended())
