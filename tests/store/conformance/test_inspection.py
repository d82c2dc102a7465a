"""What a doctor looks at: the same of every database, as it is, without changing anything of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.delivery import State
from domain.ids import new_id
from domain.leftover import LeftoverKind, new
from domain.portrait_event import ScanOver
from domain.resource import group
from domain.task import LEASE, TaskKind
from domain.times import HOUR, SECOND
from store.acceptance import Acceptance
from store.inspection import Inspection, LostExchange, Waiting, inspecting
from store.migrate import NewerDatabase, migrations
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import NOW, a_scan
from tests.store.delivering import attempt, claim_deliveries, ended
from tests.store.given import SUBMIT, add_job, claim_one, tell
from tests.store.rows import opened_rows

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def noted(url: str, change: str, back: str) -> AsyncIterator[Inspection]:
    """Its note of migrations is another meanwhile; whoever uses the database next needs the true one."""
    async with opened_rows(url) as rows, inspecting(url) as inspection:
        await rows.ask(change)
        yield inspection
        await rows.ask(back)


async def test_one_that_is_behind_lacks_a_migration_and_gets_none(
    store: Store, store_url: str, dialect: str
) -> None:
    last = migrations(dialect)[-1].name
    dropped = f"DELETE FROM migrations WHERE name = '{last}' RETURNING name"  # noqa: S608 - a name of our own
    added = f"INSERT INTO migrations (name) VALUES ('{last}') RETURNING name"  # noqa: S608
    async with noted(store_url, dropped, added) as inspection:
        seen = [await inspection.missing_migrations() for _ in range(2)]
    assert seen == [[last], [last]]


async def test_one_of_a_newer_likeness_is_told(store: Store, store_url: str) -> None:
    added = "INSERT INTO migrations (name) VALUES ('9999_future') RETURNING name"
    dropped = "DELETE FROM migrations WHERE name = '9999_future' RETURNING name"
    async with noted(store_url, added, dropped) as inspection:
        with pytest.raises(NewerDatabase):
            await inspection.missing_migrations()


async def test_one_that_is_up_to_date_lacks_nothing_and_commits(
    store: Store, store_url: str, dialect: str
) -> None:
    async with inspecting(store_url) as inspection:
        assert await inspection.missing_migrations() == []
        await inspection.prove_commit(NOW)
        engine = await inspection.engine()
        now = await inspection.now()
    assert engine.durable
    if dialect == "sqlite":
        assert engine.version.startswith("SQLite 3.")
        assert (engine.encoding, engine.connections, now) == ("UTF-8", 0, None)
    else:
        assert engine.version.startswith("PostgreSQL 1")
        assert engine.encoding == "UTF8"
        assert 0 < engine.connections < engine.most_connections
        assert now is not None


async def test_work_is_due_until_somebody_does_it(store: Store, store_url: str) -> None:
    async with inspecting(store_url) as inspection:
        assert await inspection.oldest_due() == {}
        await add_job(store)
        assert await inspection.oldest_due() == {SUBMIT: NOW}
        assert not await inspection.somebody_works(NOW)
        claim = await claim_one(store)
        assert claim.task.kind is TaskKind.SUBMIT
        assert (await inspection.oldest_due())[SUBMIT] > NOW
        assert await inspection.somebody_works(NOW)
        # It is not renewed any more.
        assert not await inspection.somebody_works(NOW + LEASE)
        await ended(store)
        assert (await inspection.oldest_due())["deliveries"] == NOW


async def test_what_was_given_up_or_could_not_be_read_is_counted(
    store: Store, store_url: str
) -> None:
    async with inspecting(store_url) as inspection:
        assert await inspection.dead_deliveries(10) == 0
        for number in range(3):
            submission = await ended(store, f"https://{number}.example/hook")
            (claim,) = await claim_deliveries(store)
            await attempt(store, claim, State.DEAD)
            await store.quarantine.keep(
                Quarantined(
                    id=f"qrt_{number}",
                    provider="wavespeed",
                    submission_id=submission.id,
                    reason="it is not JSON",
                    body=b"{",
                    received_at=NOW,
                )
            )
        assert [await inspection.dead_deliveries(most) for most in (10, 2)] == [3, 2]
        assert [await inspection.quarantined(most) for most in (10, 2)] == [3, 2]


async def test_leftovers_are_told_by_kind(store: Store, store_url: str) -> None:
    leftovers = store.erasures.leftovers
    await leftovers.put(new(LeftoverKind.GROUP, "group-1", NOW - HOUR, "alltoken"))
    await leftovers.put(new(LeftoverKind.GROUP, "group-2", NOW, "alltoken"))
    await leftovers.put(new(LeftoverKind.LOG, "log", NOW))
    async with inspecting(store_url) as inspection:
        found = await inspection.leftovers()
    assert found == [
        Waiting(kind=LeftoverKind.GROUP, number=2, since=NOW - HOUR, attempts=0),
        Waiting(kind=LeftoverKind.LOG, number=1, since=NOW, attempts=0),
    ]


async def test_scans_whose_exchange_lost_its_answer_are_told_newest_first(
    store: Store, store_url: str
) -> None:
    newest: list[LostExchange] = []
    for place, reason in enumerate(("spent", "expired", "spent")):
        scan = a_scan(id=new_id("sub", NOW + place))
        await store.accept(Acceptance(submission=scan, tasks=()))
        over = ScanOver(source="poll", session="ses_1", reason=reason, key=f"over {place}")
        await tell(store, scan, over, now=NOW + place * SECOND)
        newest.insert(0, LostExchange(submission_id=scan.id, at=NOW + place * SECOND))
    async with inspecting(store_url) as inspection:
        lost = await inspection.lost_exchanges(10)
        assert [one.at for one in lost] == [NOW + 2 * SECOND, NOW]
        assert await inspection.lost_exchanges(1) == newest[:1]
        # However many scans there are, no more than that many are looked at.
        assert await inspection.lost_exchanges(10, looked_at=2) == newest[:1]


async def test_what_was_ever_made_for_a_key_is_known(store: Store, store_url: str) -> None:
    await store.record(group("group-1", "key_1", "LivenessFace", NOW))
    await store.record(group("group-2", "key_1", "LivenessFace", NOW))
    await store.forget("group-2", NOW)
    async with inspecting(store_url) as inspection:
        found = await inspection.recorded({"group-1", "group-2", "group-3"})
        assert found == {"group-1", "group-2"}
        assert await inspection.recorded(set()) == set()
        assert [key.id for key in await inspection.keys()] == ["key_1"]
