"""The one door for news: load, decide, write, for a whole batch at a time.

Rules of this file:
- A claim that was overtaken may still bring facts, but not move a wait or begin a call.
- An event about something that another submission has recorded as its own changes nothing.
- A final submission has no tasks, but those that are about its aftermath.
- Who waits for a submission that ends is told in the same commit.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from domain.event import DependencyEnded, Event, Sending
from domain.portrait_event import GroupMade
from domain.submission import Stage, Submission
from domain.task import AFTER_THE_END
from store.changes import Changes, name_in, note, write
from store.database import Transaction
from store.news import News, Outcome, Verdict
from store.submissions import from_row
from store.tasks import name_of, still_held


async def advance(transaction: Transaction, items: Sequence[News]) -> list[Outcome]:
    """Decide and write for each of `items`, in their order; later ones see what earlier ones did."""
    ids = json.dumps([item.submission_id for item in items])
    rows = await transaction.all("submissions_to_advance", ids=ids)
    known = {row["id"]: from_row(row) for row in rows}
    claims = [item.claim for item in items if item.claim is not None]
    held = await still_held(transaction, claims) if claims else set()
    await _hold_names(transaction, items, known)
    owners = await _owners(transaction, items, known)
    changes = Changes(taken=await _taken(transaction, items))
    outcomes = [_one(item, known, held, owners, changes) for item in items]
    woken = await _wake(transaction, known, owners, changes)
    await write(transaction, changes)
    if not woken:
        return outcomes
    outcomes[0] = replace(
        outcomes[0],
        woken=tuple((one, known[one].version) for one in woken),
        ended_too=tuple(
            (known[one].kind, known[one].status.value) for one in woken if one in changes.ended
        ),
    )
    return outcomes


async def _wake(
    transaction: Transaction,
    known: dict[str, Submission],
    owners: dict[str, str],
    changes: Changes,
) -> list[str]:
    """Tell those that wait for what has ended; what ends by that is told too. Who they are."""
    told: set[str] = set()
    woken: dict[str, None] = {}
    while ended := {name: news for name, news in changes.ended.items() if name not in told}:
        told |= ended.keys()
        for row in await transaction.all("dependents", ids=json.dumps(list(ended))):
            waiting = known.setdefault(row["id"], from_row(row))
            if waiting.stage is not Stage.WAITING:
                continue
            item = ended[row["needs_id"]]
            news = about_the_end(item, waiting.id, row["needs_id"], known[row["needs_id"]])
            _apply(news, waiting, known, owners, changes)
            woken[waiting.id] = None
    return list(woken)


def about_the_end(item: News, waiting_id: str, needs_id: str, end: Submission | None) -> News:
    """The news for a submission that waits for another: how that one ended, or that it is gone."""
    event = DependencyEnded(
        # It may have ended well, and be erased before the last of the others has ended.
        key=f"dependency:{needs_id}" if end is not None else f"erased:{needs_id}",
        submission_id=needs_id,
        status=end.status.value if end is not None else "",
        result=end.result if end is not None else None,
    )
    return News(submission_id=waiting_id, event=event, now=item.now, decide=item.decide)


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
    if _about_another(submission, item.event, owners, changes.taken):
        return Outcome(verdict=Verdict.OTHER_JOB, submission=submission)
    ours = item.claim is None or (
        item.claim.holder in held
        and name_in(item.claim.task) not in changes.touched
        and (not submission.final or item.claim.task.kind in AFTER_THE_END)
    )
    if item.event.fleeting and not ours:
        return Outcome(verdict=Verdict.OVERTAKEN, submission=submission)
    if item.claim is not None and ours and not isinstance(item.event, Sending):
        changes.dropped.append(name_of(item.claim.task))
        changes.touched.add(name_in(item.claim.task))
    return _apply(item, submission, known, owners, changes)


def _apply(
    item: News,
    submission: Submission,
    known: dict[str, Submission],
    owners: dict[str, str],
    changes: Changes,
) -> Outcome:
    decision = item.decide(submission, item.event, item.now)
    note(item, submission, decision, changes)
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
        ended=decision.submission.final and not submission.final,
    )


def _about_another(
    submission: Submission, event: Event, owners: dict[str, str], taken: dict[str, str]
) -> bool:
    if isinstance(event, GroupMade) and event.group_id in taken:
        return not event.sure or taken[event.group_id] != submission.key_id
    named = getattr(event, "upstream_id", None)
    if named is None:
        return False
    if submission.upstream_id is not None:
        return bool(submission.upstream_id != named)
    return owners.get(named, submission.id) != submission.id


async def _taken(transaction: Transaction, items: Sequence[News]) -> dict[str, str]:
    """Of the groups that are told of as made, those that have an owner already, and whose key's."""
    told = [item.event.group_id for item in items if isinstance(item.event, GroupMade)]
    rows = await transaction.all("resources", ids=json.dumps(told)) if told else []
    return {row["id"]: row["key_id"] for row in rows}


async def _hold_names(
    transaction: Transaction, items: Sequence[News], known: dict[str, Submission]
) -> None:
    """Of two who record the same provider id, the second sees that the first has."""
    groups = [item.event.group_id for item in items if isinstance(item.event, GroupMade)]
    names = [*groups, *_named(items, known)]
    if names:
        await transaction.lock("lock_names", names=json.dumps(names))


async def _owners(
    transaction: Transaction, items: Sequence[News], known: dict[str, Submission]
) -> dict[str, str]:
    """Who has recorded the provider ids that are named to submissions without one."""
    named = _named(items, known)
    rows = await transaction.all("owners_of_upstream_ids", ids=json.dumps(named)) if named else []
    return {row["upstream_id"]: row["id"] for row in rows}


def _named(items: Sequence[News], known: dict[str, Submission]) -> list[str]:
    named = []
    for item in items:
        submission = known.get(item.submission_id)
        upstream_id = getattr(item.event, "upstream_id", None)
        if submission is not None and submission.upstream_id is None and upstream_id is not None:
            named.append(upstream_id)
    return named
