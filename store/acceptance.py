"""The acceptance of new submissions: kept with everything that belongs to them, in one commit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.decision import Decide
from domain.delivery import Delivery, delivery_of
from domain.event import DependencyEnded
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.media import Media
from domain.submission import Submission
from domain.task import Task
from store.advance import about_the_end, advance
from store.database import Transaction
from store.deliveries import put_deliveries
from store.news import News
from store.submissions import add_media, from_row, whole_row
from store.tasks import put_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The submissions that a new one waits for, and how it is decided what follows from their end."""

    submission_ids: tuple[str, ...]
    decide: Decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """The name under which a request is made once, and how its answer is written down."""

    key: IdempotencyKey
    answer: Callable[[Submission], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A new submission with everything that is committed together with it."""

    submission: Submission
    tasks: tuple[Task, ...] = ()
    media: tuple[Media, ...] = ()
    needs: Needs | None = None
    uploads: tuple[str, ...] = ()
    """The uploads that it uses: they are kept as long as it is."""
    once: Once | None = None


async def accept(transaction: Transaction, items: Sequence[Acceptance]) -> list[Submission]:
    """Keep new submissions; the same as they are after it, since what they need may have ended."""
    await transaction.run("add_submission", [whole_row(item.submission) for item in items])
    await put_tasks(transaction, [task for item in items for task in item.tasks])
    await add_media(transaction, [(item.submission.id, item.media) for item in items])
    uses = [
        {"submission_id": item.submission.id, "upload_id": upload_id}
        for item in items
        for upload_id in item.uploads
    ]
    await transaction.run("add_upload_use", uses)
    await put_deliveries(transaction, [told for item in items if (told := _invitation(item))])
    waiting = [item for item in items if item.needs is not None]
    if not waiting:
        return [item.submission for item in items]
    now_known = await _tell_what_has_ended(transaction, waiting)
    return [now_known.get(item.submission.id, item.submission) for item in items]


def _invitation(item: Acceptance) -> Delivery | None:
    """A face scan may be born with its invitation."""
    submission = item.submission
    if submission.notify is None:
        return None
    return delivery_of(submission, new_id("dlv", submission.created_at), submission.created_at)


async def _tell_what_has_ended(
    transaction: Transaction, items: Sequence[Acceptance]
) -> dict[str, Submission]:
    """Whoever needs what has ended (or is gone) by now is told so in the same commit."""
    pairs = [
        (item, needs_id)
        for item in items
        if item.needs is not None
        for needs_id in item.needs.submission_ids
    ]
    await transaction.run(
        "add_dependency",
        [{"submission_id": item.submission.id, "needs_id": needs_id} for item, needs_id in pairs],
    )
    ids = json.dumps([needs_id for _, needs_id in pairs])
    rows = await transaction.all("submissions_to_advance", ids=ids)
    needed = {row["id"]: from_row(row) for row in rows}
    news = [
        _news(item, needs_id, needed.get(needs_id))
        for item, needs_id in pairs
        if needs_id not in needed or needed[needs_id].final
    ]
    outcomes = await advance(transaction, news) if news else []
    # The input is not among what a decision loads.
    inputs = {item.submission.id: item.submission for item in items}
    return {
        after.id: after.changed(
            input=inputs[after.id].input,
            metadata=inputs[after.id].metadata,
            notify=inputs[after.id].notify,
        )
        for outcome in outcomes
        if (after := outcome.submission) is not None
    }


def _news(item: Acceptance, needs_id: str, end: Submission | None) -> News:
    assert item.needs is not None  # noqa: S101 - only such items come here
    return about_the_end(
        News(
            submission_id=item.submission.id,
            event=DependencyEnded(submission_id=needs_id, status=""),
            now=item.submission.created_at,
            decide=item.needs.decide,
        ),
        item.submission.id,
        needs_id,
        end,
    )
