"""What may still be done for a submission that has ended, and what may not."""

from dataclasses import replace

import pytest

from domain import job
from domain.decision import Decision
from domain.event import (
    Accepted,
    AskFailed,
    CancelAsked,
    Completed,
    Event,
    Hinted,
    Output,
    Progress,
    Sending,
)
from domain.submission import Status, Submission
from domain.task import LEASE, Claim, TaskKind
from domain.times import SECOND
from store.acceptance import Acceptance
from store.news import News, Outcome, Verdict
from store.store import Store
from tests.domain.given import FILM, NOW, OUTPUTS, SILENT, UPSTREAM, a_job
from tests.store.given import a_task, add_job, claim_all, claim_one

pytestmark = pytest.mark.asyncio

CANCEL, FOLLOW, POLL = "alltoken.cancel", "alltoken.follow", "alltoken.poll"
STILL = Progress(source="poll", word="processing")
DONE = Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS)


def decide(submission: Submission, event: Event, now: int) -> Decision:
    return job.decide(submission, event, FILM, now)


async def tell(
    store: Store, submission: Submission, event: Event, claim: Claim | None = None, now: int = NOW
) -> Outcome:
    return await store.advance(
        News(submission_id=submission.id, event=event, now=now, decide=decide, claim=claim)
    )


async def running(store: Store) -> Submission:
    film = await add_job(store, begun=False)
    await tell(store, film, Accepted(upstream_id=UPSTREAM))
    return film


async def canceled(store: Store) -> Submission:
    film = await running(store)
    await tell(store, film, CancelAsked())
    return film


async def followed(store: Store) -> tuple[Submission, Claim]:
    """Canceled; the provider took the wish, and the job is about to be asked for."""
    film = await canceled(store)
    wish = await claim_one(store, lane=CANCEL)
    await tell(store, film, Progress(source="cancel", word="queued"), wish)
    return film, await claim_one(store, NOW + FILM.poll_interval, lane=FOLLOW)


async def test_a_canceled_submission_keeps_only_the_wish_to_stop(store: Store) -> None:
    film = await canceled(store)
    assert await claim_all(store, NOW + FILM.deadline, lane=POLL) == []
    claim = await claim_one(store, lane=CANCEL)
    assert claim.task.submission_id == film.id
    assert (await store.submission(film.id)).status is Status.CANCELED


async def test_a_wish_that_was_taken_is_not_repeated(store: Store) -> None:
    film = await canceled(store)
    claim = await claim_one(store, lane=CANCEL)
    outcome = await tell(store, film, Progress(source="cancel", word="queued"), claim)
    assert outcome.verdict is Verdict.APPLIED
    assert await claim_all(store, NOW + FILM.settle, lane=CANCEL) == []


async def test_a_lost_wish_is_repeated_by_its_holder(store: Store) -> None:
    film = await canceled(store)
    claim = await claim_one(store, lane=CANCEL)
    await tell(store, film, AskFailed(source="cancel", reason="cut"), claim)
    assert await claim_all(store, NOW + SECOND - 1, lane=CANCEL) == []
    assert (await claim_one(store, NOW + SECOND, lane=CANCEL)).task.attempt == 1


async def test_an_overtaken_follower_does_not_count(store: Store, second: Store) -> None:
    film, stale = await followed(store)
    later = NOW + FILM.poll_interval + LEASE
    await claim_one(second, later, lane=FOLLOW)
    outcome = await tell(store, film, STILL, stale, later)
    assert outcome.verdict is Verdict.OVERTAKEN
    assert await claim_all(store, later + LEASE - 1, lane=FOLLOW) == []


async def test_a_follower_asks_again(store: Store) -> None:
    film, claim = await followed(store)
    now = NOW + FILM.poll_interval
    await tell(store, film, replace(STILL, attempt=claim.task.attempt), claim, now)
    again = await claim_one(store, now + 2 * FILM.poll_interval, lane=FOLLOW)
    assert again.task.attempt == claim.task.attempt + 1


async def test_nothing_is_left_when_a_followed_job_may_not_take_longer(store: Store) -> None:
    film, claim = await followed(store)
    until = NOW + FILM.settle
    await tell(store, film, STILL, claim, until)
    assert await store.next_due([FOLLOW, CANCEL, POLL], until) is None


async def test_what_comes_late_is_kept_with_its_content_and_ends_the_following(
    store: Store,
) -> None:
    film, claim = await followed(store)
    late = Completed(
        source="poll", upstream_id=UPSTREAM, outputs=(Output(content=b"\x89PNG\r\n\x1a\n"),)
    )
    await tell(store, film, late, claim)
    kept = await store.submission(film.id)
    assert (kept.status, kept.result) == (Status.CANCELED, None)
    assert kept.late_result is not None
    sha256 = kept.late_result["outputs"][0]["archive"]["sha256"]
    assert (await store.content(film.id, sha256)).content == b"\x89PNG\r\n\x1a\n"
    assert await store.next_due([FOLLOW, CANCEL, POLL], NOW) is None
    assert [one.type for one in await store.timeline(film.id)][-1] == "provider.completed"


async def test_a_webhooks_late_outputs_end_the_following_too(store: Store) -> None:
    film, claim = await followed(store)
    await tell(store, film, replace(DONE, source="webhook"))
    outcome = await tell(store, film, STILL, claim)
    assert outcome.verdict is Verdict.OVERTAKEN
    assert await store.next_due([FOLLOW], NOW) is None


async def test_a_poll_of_one_that_was_canceled_meanwhile_does_not_count(store: Store) -> None:
    film = await running(store)
    now = NOW + FILM.poll_interval
    claim = await claim_one(store, now, lane=POLL)
    await tell(store, film, CancelAsked(), now=now)
    outcome = await tell(store, film, STILL, claim, now)
    assert outcome.verdict is Verdict.OVERTAKEN
    # As the cancel has set it, and not anew.
    assert await store.next_due([FOLLOW], now) == now + FILM.poll_interval
    assert await claim_all(store, now + FILM.deadline, lane=POLL) == []


async def test_any_other_claim_of_an_ended_submission_is_no_claim(store: Store) -> None:
    """Even when its row is still there: a store that was written by another version."""
    film = await canceled(store)
    left = a_task(film, kind=TaskKind.POLL, lane=POLL)
    await store.accept(Acceptance(submission=a_job(id="sub_other"), tasks=(left,)))
    claim = await claim_one(store, lane=POLL)
    due = await store.next_due([FOLLOW], NOW)
    assert (await tell(store, film, STILL, claim)).verdict is Verdict.OVERTAKEN
    assert await store.next_due([FOLLOW], NOW) == due


async def test_a_call_that_comes_home_after_the_cancel_is_stopped(store: Store) -> None:
    film = await add_job(store)
    claim = await claim_one(store)
    await tell(store, film, Sending(), claim)
    await tell(store, film, CancelAsked())
    assert await store.next_due([CANCEL, FOLLOW], NOW) is None
    await tell(store, film, Accepted(upstream_id=UPSTREAM), claim)
    assert (await claim_one(store, lane=CANCEL)).task.submission_id == film.id
    assert (await store.submission(film.id)).upstream_id == UPSTREAM


async def test_a_hint_after_the_cancel_takes_the_wish_to_stop_not_away(store: Store) -> None:
    film = await canceled(store)
    await tell(store, film, Hinted(names=UPSTREAM))
    assert len(await claim_all(store, lane=CANCEL)) == 1
    assert len(await claim_all(store, lane=FOLLOW)) == 1


async def test_following_is_told_to_nobody(store: Store) -> None:
    film, claim = await followed(store)
    before = await store.timeline(film.id)
    await tell(store, film, STILL, claim)
    assert await store.timeline(film.id) == before


async def test_without_a_way_to_stop_it_is_followed(store: Store) -> None:
    def silent(submission: Submission, event: Event, now: int) -> Decision:
        return job.decide(submission, event, SILENT, now)

    picture = await add_job(store, begun=False)
    for event in (Accepted(upstream_id=UPSTREAM), CancelAsked()):
        item = News(submission_id=picture.id, event=event, now=NOW, decide=silent)
        await store.advance(item)
    due = NOW + SILENT.poll_interval
    assert await store.next_due(["wavespeed.follow"], NOW) == due
