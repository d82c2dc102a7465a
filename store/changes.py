"""What a batch of decisions will write: gathered first, then written in a few statements."""

import json
from dataclasses import dataclass, field
from typing import Any

from domain.decision import Decision
from domain.ids import new_id
from domain.media import Media
from domain.resource import Resource
from domain.submission import Stage, Submission
from domain.task import AFTER_THE_END, Task
from store.database import Transaction
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
    awake: set[str] = field(default_factory=set)
    """Submissions that wait for no other any more."""


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
    event, after = item.event, decision.submission
    if after.final and not before.final:
        changes.ended[after.id] = item
    if before.stage is Stage.WAITING and after.stage is not Stage.WAITING:
        changes.awake.add(after.id)
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
    await add_media(transaction, changes.media)
    await _write_rarer(transaction, changes)


async def _write_rarer(transaction: Transaction, changes: Changes) -> None:
    """What only few of all decisions bring along."""
    if changes.awake:
        await transaction.all("drop_dependencies", ids=json.dumps(list(changes.awake)))
    await put_resources(transaction, changes.resources)
    await transaction.run("forget_resource", changes.gone)


def name_in(task: Task) -> tuple[str, str, str]:
    """A task's name among a batch's changes."""
    return (task.submission_id, task.kind, task.key)
