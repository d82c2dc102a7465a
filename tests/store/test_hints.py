"""A commit of one process is heard of in the others, without anybody's sweep."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from domain.errors import StoreUnavailable
from domain.event import Sending
from store.hints import LONGEST, Hints
from store.store import Store, open_store
from tests.domain.given import NOW
from tests.store.given import add_job, add_key, tell
from tests.store.test_postgresql import cut_all

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def store(postgresql_url: str) -> AsyncIterator[Store]:
    async with open_store(postgresql_url) as opened:
        await add_key(opened)
        yield opened


@pytest_asyncio.fixture
async def second(store: Store, postgresql_url: str) -> AsyncIterator[Store]:
    async with open_store(postgresql_url) as opened:
        yield opened


class Heard:
    """What a store's listeners were told."""

    def __init__(self, store: Store) -> None:
        self.tasks: list[int] = []
        self.changes: dict[str, int] = {}
        self._bell = asyncio.Event()
        store.hints.on_task = self._task
        store.hints.on_change = self._change

    def _task(self, due_at: int) -> None:
        self.tasks.append(due_at)
        self._bell.set()

    def _change(self, submission_id: str, version: int) -> None:
        self.changes[submission_id] = version
        self._bell.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._bell.clear()
                await self._bell.wait()


async def test_another_process_hears_of_a_task_and_of_a_change(store: Store, second: Store) -> None:
    heard = Heard(second)
    # Until it listens, nothing is heard: whoever comes later has its sweep.
    await _told_until_heard(store, heard, "sub_first")
    job = await add_job(store)
    await heard.until(lambda: heard.tasks == [NOW])
    assert heard.changes[job.id] == job.version
    outcome = await tell(store, job, Sending())
    assert outcome.submission is not None
    version = outcome.submission.version
    await heard.until(lambda: heard.changes.get(job.id) == version)


async def test_nobody_hears_their_own_commits_twice(store: Store, second: Store) -> None:
    own, others = Heard(store), Heard(second)
    await _told_until_heard(store, others, "sub_x")
    own.changes.clear()
    await _told_until_heard(second, own, "sub_y")
    assert own.changes.keys() == {"sub_y"}


async def test_many_changes_fit_into_a_few_words(store: Store, second: Store) -> None:
    heard = Heard(second)
    await _told_until_heard(store, heard, "sub_first")
    many = {f"sub_{number:026}": number for number in range(1, 3 * LONGEST + 8)}
    for submission_id, version in many.items():
        store.hints.change(submission_id, version)
    await heard.until(lambda: many.items() <= heard.changes.items())


async def test_a_listener_that_was_cut_off_listens_again(
    store: Store, second: Store, postgresql_url: str
) -> None:
    heard = Heard(second)
    await _told_until_heard(store, heard, "sub_before")
    await cut_all(postgresql_url)
    await _told_until_heard(store, heard, "sub_after")


async def test_who_cannot_tell_others_goes_on(store: Store) -> None:
    class Away:
        def __init__(self) -> None:
            self.asked = asyncio.Event()

        async def announce(self, _text: str) -> None:
            self.asked.set()
            raise StoreUnavailable("away")

        async def announcements(self, _hear: Callable[[str], None]) -> None:
            await asyncio.Event().wait()

        async def now(self) -> int:
            return 0

    away, hints = Away(), Hints()
    async with hints.shared(away):
        for number in (1, 2):
            hints.task(number)
            await away.asked.wait()
            away.asked.clear()


async def _told_until_heard(teller: Store, heard: Heard, submission_id: str) -> None:
    """Said again and again: the other side may not listen yet."""
    async with asyncio.timeout(20):
        version = 0
        while submission_id not in heard.changes:
            version += 1
            teller.hints.change(submission_id, version)
            await asyncio.sleep(0.02)
