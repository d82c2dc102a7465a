"""What a batch of decisions will write: gathered first, then written in a few statements."""

import json
from dataclasses import dataclass, field
from typing import Any

from domain.decision import Decision
from domain.delivery import Delivery, delivery_of
from domain.event import NotAccepted
from domain.ids import new_id
from domain.media import Media
from domain.resource import Resource
from domain.submission import Submission
from domain.task import AFTER_THE_END, Task
from store.archived import copy_rows, put_copies
from store.database import Transaction
from store.deliveries import put_deliveries
from store.documents import write_json
from store.news import News
from store.resources import put_resources
from store.submissions import add_media, changed_row
from store.tasks import put_tasks


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
    resources: list[Resource] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    """Groups that a key has, of those that the batch tells of."""
    ended: dict[str, News] = field(default_factory=dict)
    """Submissions that have ended, and by what news."""
    deliveries: list[Delivery] = field(default_factory=list)
    """What clients are to be told."""
    archived: list[dict[str, Any]] = field(default_factory=list)
    """Copies that lie in the archive."""


def note(item: News, before: Submission, decision: Decision, changes: Changes) -> None:
    for kind, key in decision.drop:
        changes.dropped.append(
            {"submission_id": item.submission_id, "kind": kind.value, "key": key}
        )
        changes.tasks.pop((item.submission_id, kind, key), None)
        changes.touched.add((item.submission_id, kind, key))
    for task in decision.tasks:
        changes.tasks[name_in(task)] = task
        changes.touched.add(name_in(task))
    if decision.media:
        changes.media.append((item.submission_id, decision.media))
    changes.resources += decision.resources
    changes.taken |= {made.id: made.key_id for made in decision.resources}
    changes.gone += [{"id": name, "now": item.now} for name in decision.gone]
    changes.archived += copy_rows(item.submission_id, decision.archived, item.now)
    event, after = item.event, decision.submission
    if after.notify is not None and after.status is not before.status:
        told = delivery_of(after, new_id("dlv", item.now), item.now)
        changes.deliveries += [told] if told is not None else []
    if after.final and not before.final:
        changes.ended[after.id] = item
    # Mere waiting is not told, but when it was in vain: that is how the submission ended.
    in_vain = event.fleeting or isinstance(event, NotAccepted)
    ended = in_vain and after.final and not before.final
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


async def write(transaction: Transaction, changes: Changes) -> None:
    over = set(changes.ended)
    await transaction.run(
        "change_submission", [changed_row(kept) for kept in changes.submissions.values()]
    )
    await transaction.run("add_event", changes.events)
    if over:
        await transaction.all("drop_tasks_of_submissions", ids=json.dumps(list(over)))
    dropped = [row for row in changes.dropped if row["submission_id"] not in over]
    await transaction.run("drop_task", dropped)
    tasks = [
        task
        for task in changes.tasks.values()
        if task.submission_id not in over or task.kind in AFTER_THE_END
    ]
    await put_tasks(transaction, tasks)
    await put_deliveries(transaction, changes.deliveries)
    await add_media(transaction, changes.media)
    await _write_rarer(transaction, changes)


async def _write_rarer(transaction: Transaction, changes: Changes) -> None:
    """What only few of all decisions bring along."""
    await put_resources(transaction, changes.resources)
    await transaction.run("forget_resource", changes.gone)
    await put_copies(transaction, changes.archived)


def name_in(task: Task) -> tuple[str, str, str]:
    """A task's name among a batch's changes."""
    return (task.submission_id, task.kind, task.key)
