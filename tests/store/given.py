"""Rows to begin with, and news about them."""

from typing import Any

from domain import job, scan
from domain.decision import Decision
from domain.event import Event
from domain.ids import new_id
from domain.submission import Submission
from domain.task import Claim, Task, TaskKind
from store.acceptance import Acceptance
from store.keys import ApiKey
from store.news import News, Outcome
from store.store import Store
from store.tasks import ClaimAsk
from tests.domain.given import NOW, TERMS, Page, a_job, a_scan

SUBMIT = "wavespeed.submit"
POLL = "wavespeed.poll"


def a_key(name: str = "test", **changes: Any) -> ApiKey:
    values: dict[str, Any] = {
        "id": f"key_{name}",
        "name": name,
        "hash": f"hash of {name}",
        "admin": False,
        "notify_url": None,
        "webhook_secret": "whsec_1",
        "created_at": NOW,
    }
    return ApiKey(**values | changes)


def job_decide(submission: Submission, event: Event, now: int) -> Decision:
    return job.decide(submission, event, TERMS, now)


def scan_decide(submission: Submission, event: Event, now: int) -> Decision:
    return scan.decide(submission, event, TERMS, now)


async def add_key(store: Store) -> None:
    await store.add_key(a_key(id="key_1"))


async def add_job(store: Store, *, begun: bool = True, **changes: Any) -> Submission:
    """A new job; without `begun` it has no tasks."""
    submission = a_job(id=new_id("sub", NOW), **changes)
    tasks = job.begin(submission, TERMS, NOW).tasks if begun else ()
    await store.accept(Acceptance(submission=submission, tasks=tasks))
    return submission


async def add_scan(store: Store, mode: str = "hosted") -> Submission:
    submission = a_scan(mode)
    tasks = Page.of_scan(submission).tasks.values()
    await store.accept(Acceptance(submission=submission, tasks=tuple(tasks)))
    return submission


def news(submission: Submission, event: Event, claim: Claim | None = None, now: int = NOW) -> News:
    decide = scan_decide if submission.kind == "alltoken/liveness" else job_decide
    return News(submission_id=submission.id, event=event, now=now, decide=decide, claim=claim)


async def tell(
    store: Store, submission: Submission, event: Event, claim: Claim | None = None, now: int = NOW
) -> Outcome:
    return await store.advance(news(submission, event, claim, now))


async def claim_all(
    store: Store, now: int = NOW, worker: str = "worker", lane: str = SUBMIT, room: int = 1000
) -> list[Claim]:
    return await store.claim(ClaimAsk(worker=worker, now=now, room={lane: room}))


async def claim_one(
    store: Store, now: int = NOW, worker: str = "worker", lane: str = SUBMIT
) -> Claim:
    claims = await claim_all(store, now, worker, lane)
    assert len(claims) == 1
    return claims[0]


def a_task(submission: Submission, **changes: Any) -> Task:
    values: dict[str, Any] = {
        "submission_id": submission.id,
        "kind": TaskKind.SUBMIT,
        "lane": SUBMIT,
        "due_at": NOW,
    }
    return Task(**values | changes)
