"""The one door for news: load, decide, write, for a whole batch at a time.

Rules of this file:
- A claim that was overtaken may still bring facts, but not move a wait or begin a call.
- An event about something that another submission has recorded as its own changes nothing.
- A final submission has no tasks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.decision import Decide, Decision
from domain.event import Event, Sending
from domain.ids import new_id
from domain.media import Media
from domain.submission import Submission
from domain.task import Claim, Task
from store.database import Transaction
from store.documents import write_json
from store.submissions import add_media, changed_row, from_row
from store.tasks import name_of, put_tasks, still_held


class Verdict(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    """It was taken in, whether or not it changed something."""
    UNKNOWN = "unknown"
    """There is no such submission (any more)."""
    OTHER_JOB = "other_job"
    """It is about another submission's job."""
    OVERTAKEN = "overtaken"
    """The claim was no longer held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event on its way in. A claim given with it is finished, unless the event is `Sending`."""

    submission_id: str
    event: Event
    now: int
    decide: Decide
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the news, the submission after it, and the earliest new task."""

    verdict: Verdict
    submission: Submission | None = None
    changed: bool = False
    next_due: int | None = None


@dataclass(slots=True)
class Changes:
    """What a batch will write, gathered before the first write."""

    submissions: dict[str, Submission] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[tuple[str, str, str], Task] = field(default_factory=dict)
    touched: set[tuple[str, str, str]] = field(default_factory=set)
    """Tasks put or dropped: whoever held one of these at the batch's beginning holds it no more."""
    media: list[tuple[str, tuple[Media, ...]]] = field(default_factory=list)


async def advance(transaction: Transaction, items: Sequence[News]) -> list[Outcome]:
    """Decide and write for each of `items`, in their order; later ones see what earlier ones did."""
    ids = json.dumps([item.submission_id for item in items])
    rows = await transaction.all("submissions_to_advance", ids=ids)
    known = {row["id"]: from_row(row) for row in rows}
    claims = [item.claim for item in items if item.claim is not None]
    held = await still_held(transaction, claims) if claims else set()
    owners = await _owners(transaction, items, known)
    changes = Changes()
    outcomes = [_one(item, known, held, owners, changes) for item in items]
    await _write(transaction, changes)
    return outcomes


def _one(
    item: News,
    known: dict[str, Submission],
    held: set[str],
    owners: dict[str, str],
    changes: Changes,
) -> Outcome:
    submission = known.get(item.submission_id)
    if submission is None:
        return Outcome(verdict=Verdict.UNKNOWN)
    if _about_another(submission, item.event, owners):
        return Outcome(verdict=Verdict.OTHER_JOB, submission=submission)
    ours = item.claim is None or (
        item.claim.holder in held
        and _name(item.claim.task) not in changes.touched
        and not submission.final
    )
    if item.event.fleeting and not ours:
        return Outcome(verdict=Verdict.OVERTAKEN, submission=submission)
    if item.claim is not None and ours and not isinstance(item.event, Sending):
        changes.dropped.append(name_of(item.claim.task))
        changes.touched.add(_name(item.claim.task))
    decision = item.decide(submission, item.event, item.now)
    _note(item, submission, decision, changes)
    changed = decision.submission is not submission
    known[submission.id] = decision.submission
    if changed:
        changes.submissions[submission.id] = decision.submission
        if decision.submission.upstream_id is not None:
            owners.setdefault(decision.submission.upstream_id, submission.id)
    return Outcome(
        verdict=Verdict.APPLIED,
        submission=decision.submission,
        changed=changed,
        next_due=min((task.due_at for task in decision.tasks), default=None),
    )


def _note(item: News, before: Submission, decision: Decision, changes: Changes) -> None:
    for kind, key in decision.drop:
        changes.dropped.append(
            {"submission_id": item.submission_id, "kind": kind.value, "key": key}
        )
        changes.tasks.pop((item.submission_id, kind, key), None)
        changes.touched.add((item.submission_id, kind, key))
    for task in decision.tasks:
        changes.tasks[_name(task)] = task
        changes.touched.add(_name(task))
    if decision.media:
        changes.media.append((item.submission_id, decision.media))
    event, after = item.event, decision.submission
    # Mere waiting is not told, but when it was in vain: that is how the submission ended.
    ended = event.fleeting and after.final and not before.final
    if event.fleeting and event.key is None and not ended:
        return
    changes.events.append(
        {
            "submission_id": item.submission_id,
            "key": "ended" if ended else event.key or new_id("evt", item.now),
            "type": f"submission.{after.status}" if ended else event.type,
            "source": event.source,
            "status": after.status.value,
            "at": item.now,
            "version": after.version,
            "facts": write_json((after.error or {}) if ended else event.facts()),
        }
    )


def _about_another(submission: Submission, event: Event, owners: dict[str, str]) -> bool:
    named = getattr(event, "upstream_id", None)
    if named is None:
        return False
    if submission.upstream_id is not None:
        return bool(submission.upstream_id != named)
    return owners.get(named, submission.id) != submission.id


async def _owners(
    transaction: Transaction, items: Sequence[News], known: dict[str, Submission]
) -> dict[str, str]:
    """Who has recorded the provider ids that are named to submissions without one."""
    named = []
    for item in items:
        submission = known.get(item.submission_id)
        upstream_id = getattr(item.event, "upstream_id", None)
        if submission is not None and submission.upstream_id is None and upstream_id is not None:
            named.append(upstream_id)
    if not named:
        return {}
    rows = await transaction.all("owners_of_upstream_ids", ids=json.dumps(named))
    return {row["upstream_id"]: row["id"] for row in rows}


async def _write(transaction: Transaction, changes: Changes) -> None:
    final = [kept.id for kept in changes.submissions.values() if kept.final]
    over = set(final)
    await transaction.run(
        "change_submission", [changed_row(kept) for kept in changes.submissions.values()]
    )
    await transaction.run("add_event", changes.events)
    if final:
        await transaction.all("drop_tasks_of_submissions", ids=json.dumps(final))
    dropped = [row for row in changes.dropped if row["submission_id"] not in over]
    await transaction.run("drop_task", dropped)
    tasks = [task for task in changes.tasks.values() if task.submission_id not in over]
    await put_tasks(transaction, tasks)
    await add_media(transaction, changes.media)


def _name(task: Task) -> tuple[str, str, str]:
    return (task.submission_id, task.kind, task.key)
