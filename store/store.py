"""The store: each verb is one transaction; verbs that meet share a commit."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, fields

from domain.delivery_room import DeliveryRoom
from domain.errors import NotFound, Repeated
from domain.media import Media
from domain.resource import Resource
from domain.submission import Submission
from domain.task import LANES, Claim
from domain.upload import Upload
from store import (
    advance,
    idempotency,
    keys,
    listing,
    resources,
    submissions,
    tasks,
    timeline,
)
from store.acceptance import Acceptance
from store.archived import ArchivedCopies
from store.browse import Browse
from store.database import Database, Shared, Transaction
from store.deliveries import Deliveries
from store.erasure import Erasures
from store.gauges import Gauges
from store.group_commit import GroupCommit, group_commit
from store.group_read import GroupRead
from store.keys import ApiKey, NewSecret
from store.listing import Page
from store.news import News, Outcome
from store.opening import open_database
from store.overview import Overview
from store.postgresql import PostgresDatabase
from store.quarantine import Quarantine
from store.resources import Held
from store.tasks import ClaimAsk, SlotAsk
from store.timeline import TimelineEvent

HEAVY = 4 * 1024 * 1024
"""Bytes of content from which on a submission keeps others waiting for its commit."""


class Store:
    """Verbs over one open database; made by `open_store`."""

    def __init__(
        self, database: Database, writer: GroupCommit, shared: Shared | None = None
    ) -> None:
        self._database = database
        self._writer = writer
        self._shared = shared
        self._submissions = GroupRead(database, "submissions", "id")
        self._keys = GroupRead(database, "keys_by_hash", "hash")
        self.hints = writer.hints
        self.commits = writer.commits
        self.gauges = Gauges(database)
        self.deliveries = Deliveries(database, writer)
        self.first_answers = idempotency.FirstAnswers(database)
        self.archived = ArchivedCopies(database)
        self.browse = Browse(database)
        self.erasures = Erasures(database, writer)
        self.overview = Overview(database)
        self.quarantine = Quarantine(database, writer)

    # --- submissions

    async def accept(self, item: Acceptance) -> Submission:
        """The submission as it is then: what it needs may have ended; Repeated, if it was made before."""
        heavy = sum(len(kept.content) for kept in item.media) > HEAVY
        accepted: Submission | Repeated = await self._writer.do(
            idempotency.accept,
            item,
            about=item.needs.submission_ids if item.needs is not None else (),
            heavy=heavy,
        )
        if isinstance(accepted, Repeated):
            raise accepted
        self.hints.change(accepted.id, accepted.version)
        return accepted

    async def advance(self, item: News) -> Outcome:
        outcome: Outcome = await self._writer.do(advance.advance, item, about=(item.submission_id,))
        if outcome.submission is not None:
            self.hints.change(outcome.submission.id, outcome.submission.version)
        for submission_id, version in outcome.woken:
            self.hints.change(submission_id, version)
        return outcome

    async def submission(self, submission_id: str, key_id: str | None = None) -> Submission:
        """With a `key_id` only that key's own; NotFound else."""
        row = await self._submissions.row(submission_id)
        if row is None or (key_id is not None and row["key_id"] != key_id):
            raise NotFound(submission_id)
        return submissions.from_row(row, whole=True)

    async def submission_of(self, submission_id: str, key_hash: str) -> Submission | None:
        """If it belongs to the living key with this hash: one read tells both."""
        row = await self._submissions.row(submission_id)
        if row is None or row["hash"] != key_hash or row["revoked_at"] is not None:
            return None
        return submissions.from_row(row, whole=True)

    async def owner(self, upstream_id: str) -> str | None:
        """The submission that has recorded this job of a provider's as its own."""
        rows = await self._database.read("owners_of_upstream_ids", ids=json.dumps([upstream_id]))
        return rows[0]["id"] if rows else None

    async def timeline(self, submission_id: str) -> list[TimelineEvent]:
        return await timeline.timeline(self._database, submission_id)

    async def page(self, asked: Page) -> list[Submission]:
        """A page's submissions, and one more when there are more."""
        return await listing.page(self._database, asked)

    async def versions(self, submission_ids: Sequence[str]) -> dict[str, int]:
        """How new these are; one that is gone is not among them."""
        return await listing.versions(self._database, submission_ids)

    async def content(self, submission_id: str, sha256: str) -> Media:
        rows = await self._database.read("media_of_submission", id=submission_id, sha256=sha256)
        if not rows:
            raise NotFound(sha256)
        row = rows[0]
        return Media(sha256=row["sha256"], content_type=row["content_type"], content=row["content"])

    # --- what was made at a provider, and for whom

    async def resources(self, ids: Sequence[str]) -> dict[str, Resource]:
        """What is known of these provider ids."""
        rows = await self._database.read("resources", ids=json.dumps(list(ids))) if ids else []
        return {row["id"]: resources.from_row(row) for row in rows}

    async def groups(self, key_id: str) -> list[Resource]:
        """A key's groups, as far as they were not deleted."""
        rows = await self._database.read("living_groups_of_a_key", key_id=key_id)
        return [resources.from_row(row) for row in rows]

    async def held(self) -> list[Held]:
        """All groups and assets that are there, whoever's they are."""
        return await resources.held(self._database)

    async def count_groups(self) -> int:
        """Of all keys: they share the provider's limit."""
        rows = await self._database.read("count_groups")
        return int(rows[0]["number"])

    async def count_assets(self, group_id: str) -> int:
        rows = await self._database.read("count_assets_of_group", group_id=group_id)
        return int(rows[0]["number"])

    async def record(self, resource: Resource) -> None:
        await self._writer.do(resources.record, resource, alone=True)

    async def forget(self, resource_id: str, now: int) -> None:
        """It is there no more, and nothing that was in it."""
        await self._writer.do(resources.forget, (resource_id, now))

    # --- uploads

    async def add_upload(self, upload: Upload) -> None:
        await self._writer.do(_add_upload, upload)

    async def upload(self, upload_id: str, key_id: str | None = None) -> Upload:
        """With a `key_id` only that key's own; NotFound else."""
        rows = await self._database.read("upload", id=upload_id)
        if not rows or (key_id is not None and rows[0]["key_id"] != key_id):
            raise NotFound(upload_id)
        return Upload(**{one.name: rows[0][one.name] for one in fields(Upload)})

    # --- tasks

    async def claim(self, ask: ClaimAsk) -> list[Claim]:
        claims: list[Claim] = await self._writer.do(tasks.claim, ask, last=True)
        return claims

    async def extend(self, claims: list[Claim], until: int) -> None:
        await self._writer.do(tasks.extend, (claims, until), last=True)

    async def take_slot(self, lane: str, now: int, patience: int) -> int | None:
        """When a call of this limited lane may start, its slot taken; None when that is too late."""
        ask = SlotAsk(lane=lane, now=now, patience=patience)
        start: int | None = await self._writer.do(tasks.take_slot, ask, last=True)
        return start

    async def next_due(
        self, lanes: Sequence[str], now: int, deliveries: DeliveryRoom | None = None
    ) -> int | None:
        """When the next task of these lanes wants to be claimed, as the limits allow."""
        rows = await self._database.read("next_due_times", lanes=json.dumps(lanes))
        due = {row["lane"]: row["due_at"] for row in rows if row["due_at"] is not None}
        times = [due_at for lane, due_at in due.items() if not LANES[lane].per_second]
        limited = [lane for lane in due if LANES[lane].per_second]
        if limited:
            rates = {row["lane"]: row["next_at"] for row in await self._database.read("rates")}
            times += [max(due[lane], tasks.worth_claiming(rates, lane, now)) for lane in limited]
        if deliveries is not None and deliveries.left > 0:
            full = json.dumps(deliveries.full)
            hosts = await self._database.read("delivery_hosts", full=full)
            times += [
                row["due_at"]
                for row in hosts
                if row["due_at"] is not None and deliveries.at(row["host"]) > 0
            ]
        return min(times, default=None)

    # --- keys

    async def add_key(self, key: ApiKey) -> bool:
        added: bool = await self._writer.do(keys.add_key, key)
        return added

    async def revoke_key(self, name: str, now: int) -> bool:
        done: bool = await self._writer.do(keys.revoke_key, (name, now))
        return done

    async def rotate_secret(self, secret: NewSecret) -> bool:
        done: bool = await self._writer.do(keys.rotate_secret, secret)
        return done

    async def key(self, hashed: str) -> ApiKey | None:
        """The key with this hash, also when it is revoked."""
        row = await self._keys.row(hashed)
        return keys.from_row(row) if row is not None else None

    async def keys(self) -> list[ApiKey]:
        return [keys.from_row(row) for row in await self._database.read("keys")]

    # --- health

    async def prove_commit(self, now: int) -> None:
        """Commit something small; StoreUnavailable when that cannot be done."""
        await self._writer.do(_touch, now, last=True)

    async def now(self) -> int | None:
        """The time by which all processes agree; None where they are on one machine."""
        return await self._shared.now() if self._shared is not None else None


async def _add_upload(transaction: Transaction, uploads: Sequence[Upload]) -> list[None]:
    await transaction.run("add_upload", [asdict(upload) for upload in uploads])
    return [None] * len(uploads)


async def _touch(transaction: Transaction, times: Sequence[int]) -> list[None]:
    await transaction.run("touch", [{"now": now} for now in times])
    return [None] * len(times)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open `sqlite:///path` or `postgresql://…`, bringing it up to date first."""
    async with open_database(url) as database, group_commit(database) as writer:
        if not isinstance(database, PostgresDatabase):
            yield Store(database, writer)
            return
        store = Store(database, writer, database)
        async with store.hints.shared(database):
            yield store
