"""Submissions that are built on others, as the engine hands them to the store."""

import json
from collections.abc import Sequence
from typing import Any

from domain import chain, job, portrait, scan
from domain.chain import need
from domain.decision import Decision
from domain.event import Event
from domain.ids import new_id
from domain.submission import Stage, Submission
from store.acceptance import Acceptance, Needs
from store.news import News, Outcome
from store.store import Store
from tests.domain.given import NOW, TERMS, a_job

STORIES = {"wavespeed": job, "alltoken/liveness": scan, "alltoken/portrait": portrait}


def decide(submission: Submission, event: Event, now: int) -> Decision:
    """As the engine decides: whoever waits is decided by its chain, everyone else by their flow."""
    kind = submission.kind
    story: Any = STORIES.get(kind) or STORIES[kind.partition("/")[0]]
    if submission.stage is Stage.WAITING:
        return chain.decide(submission, event, story.begin, TERMS, now)
    decision: Decision = story.decide(submission, event, TERMS, now)
    return decision


def built_on(*needs: Submission | str, now: int = NOW, **changes: Any) -> Acceptance:
    """A new job that takes the first output of each."""
    ids = [one if isinstance(one, str) else one.id for one in needs]
    return wanting([need(one, "image", asset=False) for one in ids], now=now, **changes)


def wanting(needs: Sequence[dict[str, Any]], now: int = NOW, **changes: Any) -> Acceptance:
    submission = a_job(id=new_id("sub", now), created_at=now, updated_at=now, **changes)
    waiting = chain.wait(submission, list(needs), TERMS)
    ids = tuple(sorted(chain.needed(waiting)))
    return Acceptance(submission=waiting, needs=Needs(submission_ids=ids, decide=decide))


async def add(store: Store, *needs: Submission | str, **changes: Any) -> Submission:
    return await store.accept(built_on(*needs, **changes))


def story_news(submission: Submission, event: Event, now: int = NOW) -> News:
    return News(submission_id=submission.id, event=event, now=now, decide=decide)


async def tell(store: Store, submission: Submission, event: Event, now: int = NOW) -> Outcome:
    return await store.advance(story_news(submission, event, now))


async def waits(store: Store, *needed: Submission | str) -> set[tuple[str, str]]:
    """Who waits for one of these, and for which."""
    ids = [one if isinstance(one, str) else one.id for one in needed]
    rows = await store._database.read("dependents", ids=json.dumps(ids))
    return {(row["id"], row["needs_id"]) for row in rows if row["stage"] == Stage.WAITING}
