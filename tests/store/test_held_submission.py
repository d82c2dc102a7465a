"""A submission that somebody else holds hurts only those that are about it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from domain.errors import StoreBusy, StoreUnavailable
from domain.event import Sending
from store.database import Transaction
from store.link import Link
from store.store import Store, open_store
from tests.store.given import add_job, add_key, tell

pytestmark = pytest.mark.asyncio

SUBMISSION = "SELECT 1 FROM submissions WHERE id = $1 FOR NO KEY UPDATE"
EVERYTHING = "SELECT pg_advisory_xact_lock(hashtextextended('likeness', 0)), $1::text"


@pytest_asyncio.fixture
async def store(postgresql_url: str) -> AsyncIterator[Store]:
    async with open_store(postgresql_url) as opened:
        await add_key(opened)
        yield opened


@asynccontextmanager
async def held(url: str, lock: str, name: str) -> AsyncIterator[None]:
    """By somebody who is not idle, and so is not sent away."""
    holder = await asyncpg.connect(url)
    try:
        await holder.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        await holder.fetch(lock, name)
        yield
        await holder.execute("ROLLBACK")
    finally:
        await holder.close()


async def refusal(asked: Awaitable[Any]) -> StoreUnavailable | None:
    try:
        await asked
    except StoreUnavailable as error:
        return error
    return None


async def test_whoever_holds_a_submission_holds_up_no_other(
    store: Store, postgresql_url: str
) -> None:
    first, *others = [await add_job(store) for _ in range(4)]
    async with held(postgresql_url, SUBMISSION, first.id), asyncio.TaskGroup() as group:
        before = group.create_task(tell(store, others[0], Sending()))
        stuck = group.create_task(refusal(tell(store, first, Sending())))
        beside = group.create_task(tell(store, others[1], Sending()))
        behind = group.create_task(tell(store, others[2], Sending()))
    assert isinstance(stuck.result(), StoreBusy)
    assert all(task.result().changed for task in (before, beside, behind))
    assert (await tell(store, first, Sending())).changed


async def test_when_nobody_can_write_all_are_told_at_the_same_time(
    store: Store, postgresql_url: str
) -> None:
    jobs = [await add_job(store) for _ in range(20)]
    async with held(postgresql_url, EVERYTHING, ""), asyncio.timeout(10):
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(refusal(tell(store, job, Sending()))) for job in jobs]
        assert all(type(task.result()) is StoreUnavailable for task in asked)
    assert (await tell(store, jobs[0], Sending())).changed


async def test_whoever_stopped_in_its_middle_is_sent_away(
    store: Store, postgresql_url: str
) -> None:
    job = await add_job(store)
    stopped, over = asyncio.Event(), asyncio.Event()

    async def stop(transaction: Transaction, items: Sequence[None]) -> list[None]:
        stopped.set()
        await over.wait()
        return [None] * len(items)

    async with open_store(postgresql_url) as other, asyncio.TaskGroup() as group:
        stuck = group.create_task(refusal(other._writer.do(stop, None, about=(job.id,))))
        await stopped.wait()
        async with asyncio.timeout(20):
            while await refusal(tell(store, job, Sending())) is not None:
                """Busy, until the database has lost its patience with the other."""
        over.set()
        assert await stuck is not None


async def test_whoever_must_be_alone_waits_and_holds_up_nobody(
    store: Store, postgresql_url: str
) -> None:
    job, other = await add_job(store), await add_job(store)
    shared = EVERYTHING.replace("lock(", "lock_shared(")
    async with asyncio.TaskGroup() as group:
        async with held(postgresql_url, shared, ""):
            erasing = group.create_task(store.erasures.erase_uploads([job.id], 1))
            for _ in range(3):
                outcome = await tell(store, other, Sending())
                assert outcome.submission is not None
            assert not erasing.done()
        await erasing


async def test_what_a_link_has_left_at_work_is_ended_by_its_next_connection(
    postgresql_url: str,
) -> None:
    """As a commit that waits for a replica which is away: nobody waits for it any more."""
    link = Link([postgresql_url], patience=0.3)
    async with link.connected() as connection:
        left = connection.get_server_pid()
    with pytest.raises(StoreUnavailable):
        await _never_done(link)
    async with link.connected() as connection:
        async with asyncio.timeout(20):
            while await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", left
            ):
                """It is on its way out."""
        await connection.fetchval("SELECT pg_advisory_lock(1)")
    await link.close()


async def _never_done(link: Link) -> None:
    async with link.connected() as connection:
        await connection.execute("SELECT pg_advisory_lock(1), pg_sleep(600)")
