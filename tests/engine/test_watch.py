"""Waiters are woken by what concerns them, and cost the database nothing else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from domain.event import Completed
from domain.submission import Submission
from engine.watch import REMEMBERED, Watch, watching
from store.store import Store, open_store
from tests.clock import TestClock
from tests.domain.given import OUTPUTS
from tests.house import turn
from tests.store.chains import add, tell
from tests.store.counting import CountingDatabase, counting_store
from tests.store.given import add_job, add_key

pytestmark = pytest.mark.asyncio

MINUTE = 60.0
DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A watch over a store, and what is needed to try it."""

    store: Store
    database: CountingDatabase
    clock: TestClock
    watch: Watch
    path: Path

    @asynccontextmanager
    async def waiter(
        self, submission: Submission, seconds: float = MINUTE
    ) -> AsyncIterator[asyncio.Task[bool]]:
        """Somebody who waits for news after the submission's version."""
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(
                self.watch.newer(submission.id, submission.version, seconds)
            )
            await turn()
            yield waiting
            waiting.cancel()

    async def pass_by(self, seconds: float) -> None:
        for _ in range(round(seconds * 4)):
            self.clock.advance(0.25)
            await turn()


@pytest_asyncio.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    path, clock = tmp_path / "likeness.db", TestClock()
    async with counting_store(f"sqlite:///{path}") as (store, database):
        await add_key(store)
        async with watching(store, clock) as watch:
            yield Post(store=store, database=database, clock=clock, watch=watch, path=path)


async def test_a_commit_of_this_process_wakes_at_once(post: Post) -> None:
    job = await add_job(post.store)
    async with post.waiter(job) as waiting:
        await tell(post.store, job, DONE)
        assert await waiting
    assert post.database.reads["versions"] == 0
    assert post.watch.waiting == 0


async def test_news_of_another_submission_wakes_nobody(post: Post) -> None:
    job, other = await add_job(post.store), await add_job(post.store)
    async with post.waiter(job) as waiting:
        await tell(post.store, other, DONE)
        await turn()
        assert not waiting.done()


async def test_who_waits_for_a_dependent_is_woken_by_the_end_of_the_other(post: Post) -> None:
    first = await add_job(post.store)
    second = await add(post.store, first)
    third = await add(post.store, second)
    async with post.waiter(second) as waiting, post.waiter(third) as behind:
        await tell(post.store, first, DONE)
        assert await waiting
        await turn()
        assert not behind.done()


async def test_a_failure_that_runs_down_a_chain_wakes_everyone_on_it(post: Post) -> None:
    first = await add_job(post.store)
    second = await add(post.store, first)
    third = await add(post.store, second)
    empty = Completed(source="webhook", key="p:completed")
    async with post.waiter(second) as waiting, post.waiter(third) as behind:
        await tell(post.store, first, empty)
        assert await waiting
        assert await behind


async def test_the_sweep_finds_what_another_process_has_committed(post: Post) -> None:
    job = await add_job(post.store)
    async with open_store(f"sqlite:///{post.path}") as second, post.waiter(job) as waiting:
        await tell(second, job, DONE)
        await post.pass_by(0.75)
        assert not waiting.done()
        await post.pass_by(0.5)
        assert await waiting


async def test_a_submission_that_is_gone_is_news(post: Post) -> None:
    job = await add_job(post.store)
    async with post.waiter(job) as waiting:
        with closing(sqlite3.connect(post.path)) as other, other:
            other.execute("DELETE FROM submissions")
        await post.pass_by(1.25)
        assert await waiting


async def test_a_commit_between_a_look_and_the_wait_is_not_missed(post: Post) -> None:
    job = await add_job(post.store)
    await tell(post.store, job, DONE)
    assert await post.watch.newer(job.id, job.version, MINUTE)
    assert post.database.reads["versions"] == 0


async def test_what_the_client_knows_is_no_news(post: Post) -> None:
    job = await add_job(post.store)
    await tell(post.store, job, DONE)
    done = await post.store.submission(job.id)
    async with post.waiter(done) as waiting:
        await post.pass_by(2.5)
        assert not waiting.done()


async def test_a_wait_ends_with_its_time(post: Post) -> None:
    job = await add_job(post.store)
    async with post.waiter(job, 2) as waiting:
        await post.pass_by(1.75)
        assert not waiting.done()
        await post.pass_by(0.5)
        assert not await waiting
    assert post.watch.waiting == 0


async def test_whoever_stops_waiting_leaves_nothing(post: Post) -> None:
    job = await add_job(post.store)
    async with post.waiter(job) as waiting, post.waiter(job):
        waiting.cancel()
        await turn()
        assert post.watch.waiting == 1
    assert post.watch.waiting == 0


async def test_all_who_wait_ask_one_question_a_second(post: Post) -> None:
    jobs = [await add_job(post.store) for _ in range(20)]
    async with asyncio.TaskGroup() as group:
        for job in jobs * 5:
            group.create_task(post.watch.newer(job.id, job.version, 10))
        await post.pass_by(10.25)
    assert 9 <= post.database.reads["versions"] <= 10


async def test_without_waiters_nothing_is_asked(post: Post) -> None:
    job = await add_job(post.store)
    await post.pass_by(5)
    async with post.waiter(job):
        await post.pass_by(1.25)
    asked = post.database.reads["versions"]
    assert asked == 1
    await post.pass_by(5)
    assert post.database.reads["versions"] == asked


async def test_a_store_that_is_away_ends_no_wait(post: Post) -> None:
    job = await add_job(post.store)
    async with open_store(f"sqlite:///{post.path}") as second, post.waiter(job) as waiting:
        await tell(second, job, DONE)
        post.database.away = True
        await post.pass_by(5)
        assert not waiting.done()
        post.database.away = False
        await post.pass_by(1.25)
        assert await waiting


async def test_closing_ends_every_wait(post: Post) -> None:
    job = await add_job(post.store)
    async with post.waiter(job) as waiting:
        post.watch.close()
        assert await waiting
    assert await post.watch.newer(job.id, job.version, MINUTE)


async def test_what_was_told_is_not_remembered_for_ever(post: Post) -> None:
    for number in range(REMEMBERED + 10):
        post.watch.tell(f"sub_{number}", 2)
    assert len(post.watch._told) == REMEMBERED
    # An older telling that comes later takes nothing back.
    post.watch.tell("sub_500", 1)
    assert await post.watch.newer("sub_500", 1, MINUTE)
