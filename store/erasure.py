"""Erasing: every row of a submission in one commit, and what it leaves elsewhere as leftovers.

Rules of this file:
- An unfinished submission is canceled first, in the same commit.
- Whoever is built on it and has not begun fails; whoever has begun forgets what it took from it.
- A name under which a request was made once stays for a while, with nothing of its answer.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.decision import Decide
from domain.errors import NotFound
from domain.event import CancelAsked
from domain.leftover import Leftover, LeftoverKind, left_by, new
from domain.submission import ERASED
from domain.task import TaskKind
from domain.times import SECOND
from store.advance import about_the_end, advance
from store.database import Database, Transaction
from store.documents import write_json
from store.group_commit import GroupCommit
from store.leftovers import Leftovers, put_leftovers
from store.news import News, Outcome
from store.outlived import Limits, Outlived, drop_outlived
from store.submissions import from_row

Versions = dict[str, int]
"""Submissions that a commit has changed, and their versions since."""
GATHERING = 2 * SECOND
"""Before the database's log is emptied: once for many erasures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """The wish to erase a submission; with a `key_id` only that key's own."""

    submission_id: str
    now: int
    decide: Decide
    key_id: str | None = None
    upstream: bool = False
    """Whether the provider's asset goes as well."""
    copies: bool = True
    """Whether outputs are copied here, so that also an unfinished copy may lie in the archive."""


class Erasures:
    """The verbs; `store.erasures`."""

    def __init__(self, database: Database, writer: GroupCommit) -> None:
        self._database = database
        self._writer = writer
        self._hints = writer.hints
        self.leftovers = Leftovers(database, writer)
        self.on_leftover: Callable[[], None] = _nobody
        """A hint, called after a commit that has left something to be undone."""

    async def erase(self, item: Erasing) -> None:
        """NotFound when the key has no such submission (any more)."""
        # All of its content is overwritten.
        changed: Versions | None = await self._writer.do(erase, item, heavy=True, alone=True)
        if changed is None:
            raise NotFound(item.submission_id)
        self._tell(changed)

    def _tell(self, changed: Versions) -> None:
        self.on_leftover()
        for submission_id, version in changed.items():
            self._hints.change(submission_id, version)

    async def erase_together(self, items: list[Erasing]) -> None:
        """In one commit; what is gone already was erased by somebody else."""
        for changed in await self._writer.do(erase_together, items, heavy=True, alone=True):
            if changed is not None:
                self._tell(changed)

    async def leave(self, leftover: Leftover) -> None:
        """Something that was made for an erased submission is to be undone."""
        await self.leftovers.put(leftover)
        self.on_leftover()

    async def finished_before(self, before: int, limit: int) -> list[tuple[str, bool]]:
        """The submissions that ended first, before a time, and whether content is kept with them."""
        rows = await self._database.read("finished_before", before=before, limit=limit)
        return [(row["id"], bool(row["heavy"])) for row in rows]

    async def outlived(self, limits: Limits) -> list[Outlived]:
        """What belongs to no submission and was kept long enough."""
        rows = await self._database.read(
            "outlived", retained=limits.retained, week=limits.week, limit=limits.most
        )
        return [Outlived(place=row["place"], name=row["name"]) for row in rows]

    async def drop_outlived(self, items: list[Outlived]) -> None:
        await self._writer.do(drop_outlived, items, alone=True)

    async def expired_uploads(self, now: int, limit: int) -> list[str]:
        rows = await self._database.read("expired_uploads", now=now, limit=limit)
        return [row["id"] for row in rows]

    async def erase_uploads(self, ids: list[str], now: int) -> None:
        """As far as nobody uses them."""
        await self._writer.do(erase_uploads, (ids, now), alone=True)

    async def known_uploads(self, ids: Sequence[str]) -> set[str]:
        rows = await self._database.read("known_uploads", ids=write_json(ids))
        return {row["id"] for row in rows}

    async def tidy(self) -> bool:
        """Let the database's own log go; whether that could be done now."""
        return await self._database.tidy()


async def erase(transaction: Transaction, items: Sequence[Erasing]) -> list[Versions | None]:
    """What has changed by it, told to the first; None to whoever has no such submission, as to the
    second of two who erase the same."""
    ids = write_json([item.submission_id for item in items])
    owners = {
        row["id"]: row["key_id"] for row in await transaction.all("submissions_to_advance", ids=ids)
    }
    wanted: dict[str, Erasing] = {}
    answers: list[Versions | None] = []
    for item in items:
        own = item.submission_id in owners and item.key_id in (None, owners[item.submission_id])
        if not own or item.submission_id in wanted:
            answers.append(None)
            continue
        wanted[item.submission_id] = item
        answers.append({item.submission_id: ERASED})
    if wanted:
        changed = await _erase(transaction, wanted)
        told = answers.index(next(answer for answer in answers if answer is not None))
        answers[told] = changed | dict.fromkeys(answers[told] or (), ERASED)
    return answers


async def erase_together(
    transaction: Transaction, items: Sequence[list[Erasing]]
) -> list[list[Versions | None]]:
    return [await erase(transaction, wishes) for wishes in items]


async def _erase(transaction: Transaction, wanted: Mapping[str, Erasing]) -> Versions:
    ids, now = write_json(list(wanted)), max(item.now for item in wanted.values())
    changed = await _cancel(transaction, wanted, ids)
    changed |= await _tell_dependents(transaction, wanted, ids)
    await transaction.all("forget_what_was_found", ids=ids)
    left = await _left_behind(transaction, wanted, ids)
    used = [row["upload_id"] for row in await transaction.all("uploads_of_submissions", ids=ids)]
    await transaction.all("erase_answers", ids=ids, now=now)
    await transaction.all("erase_quarantined", ids=ids)
    await transaction.all("erase_submissions", ids=ids)
    left += await _unused(transaction, used, now)
    await put_leftovers(transaction, [*left, new(LeftoverKind.LOG, "", now + GATHERING)])
    return {name: version for name, version in changed.items() if name not in wanted}


async def _cancel(transaction: Transaction, wanted: Mapping[str, Erasing], ids: str) -> Versions:
    rows = await transaction.all("submissions_to_advance", ids=ids)
    unfinished = [row["id"] for row in rows if row["completed_at"] is None]
    news = [_news(wanted[submission_id], submission_id) for submission_id in unfinished]
    return _versions(await advance(transaction, news)) if news else {}


async def _tell_dependents(
    transaction: Transaction, wanted: Mapping[str, Erasing], ids: str
) -> Versions:
    """Those that still wait, also for something else, are not begun."""
    news = [
        about_the_end(_news(wanted[row["needs_id"]], row["id"]), row["id"], row["needs_id"], None)
        for row in await transaction.all("dependents", ids=ids)
    ]
    return _versions(await advance(transaction, news)) if news else {}


def _news(item: Erasing, submission_id: str) -> News:
    event = CancelAsked(source="client")
    return News(submission_id=submission_id, event=event, now=item.now, decide=item.decide)


def _versions(outcomes: Sequence[Outcome]) -> Versions:
    changed: Versions = {}
    for outcome in outcomes:
        changed |= dict(outcome.woken)
        if outcome.submission is not None:
            changed[outcome.submission.id] = outcome.submission.version
    return changed


async def _left_behind(
    transaction: Transaction, wanted: Mapping[str, Erasing], ids: str
) -> list[Leftover]:
    to_do: dict[str, dict[TaskKind, str]] = defaultdict(dict)
    for row in await transaction.all("tasks_left_upstream", ids=ids):
        to_do[row["submission_id"]][TaskKind(row["kind"])] = row["lane"]
    copied: dict[str, list[str]] = defaultdict(list)
    for row in await transaction.all("archives_of_submissions", ids=ids):
        copied[row["submission_id"]].append(row["archive"])
    left: list[Leftover] = []
    for row in await transaction.all("submissions_to_advance", ids=ids):
        submission, wish = from_row(row), wanted[row["id"]]
        made = submission.result is not None or submission.late_result is not None
        left += left_by(
            submission,
            to_do[row["id"]],
            copied=copied[row["id"]],
            copying=wish.copies and made,
            upstream=wish.upstream,
            now=wish.now,
        )
    return left


async def _unused(transaction: Transaction, ids: Sequence[str], now: int) -> list[Leftover]:
    """The files of those uploads that nobody uses any more."""
    rows = await transaction.all("erase_unused_uploads", ids=write_json(ids)) if ids else []
    return [new(LeftoverKind.UPLOAD, row["id"], now) for row in rows]


async def erase_uploads(
    transaction: Transaction, items: Sequence[tuple[list[str], int]]
) -> list[None]:
    for ids, now in items:
        await put_leftovers(transaction, await _unused(transaction, ids, now))
    return [None] * len(items)


def _nobody() -> None:
    """Nobody wants to know."""
