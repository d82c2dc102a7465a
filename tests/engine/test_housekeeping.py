"""Housekeeping: what is left is undone sooner or later, and nothing holds up anything else."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.ids import new_id
from domain.leftover import Leftover, LeftoverKind, new
from domain.resource import group
from domain.times import DAY, HOUR
from engine.context import Context
from engine.housekeeping import keep_house, sweep, undo_leftovers
from store.archive import open_archive
from store.leftovers import LeftoverAsk, Leftovers
from tests.engine.bench import Bench, answered, breaks, never, says
from tests.engine.working import Held
from tests.store.erasing import an_upload

pytestmark = pytest.mark.asyncio

GONE = {"ResponseMetadata": {"RequestId": "r"}, "Result": {}}


@asynccontextmanager
async def kept(context: Context) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keep_house(context))
        yield
        keeping.cancel()


async def leave(bench: Bench, kind: LeftoverKind, name: str, provider: str | None = None) -> None:
    await bench.context.store.erasures.leave(new(kind, name, bench.clock.now(), provider))


async def left(bench: Bench) -> set[str]:
    now, kinds = bench.clock.now() + 100 * DAY, json.dumps(list(LeftoverKind))
    rows = await bench.context.store._database.read("due_leftovers", now=now, room=100, kinds=kinds)
    return {row["kind"] for row in rows}


async def is_done(bench: Bench) -> bool:
    return await left(bench) == set()


async def undo(bench: Bench, context: Context | None = None) -> None:
    await undo_leftovers(context or bench.context, list(LeftoverKind))


def folder(bench: Bench, name: str) -> Path:
    assert bench.context.archive is not None
    assert bench.context.archive.folder is not None
    return bench.context.archive.folder / name


def copy_in(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "0123").write_bytes(b"a copy")
    return place


async def test_a_copy_that_was_under_way_goes_as_well(bench: Bench) -> None:
    place = copy_in(folder(bench, "sub_1"))
    await leave(bench, LeftoverKind.ARCHIVE, "sub_1")
    await undo(bench)
    assert not place.exists()
    copy_in(place)
    await undo(bench)
    assert place.exists()
    bench.clock.advance(HOUR / 1000)
    await undo(bench)
    assert not place.exists()
    assert await is_done(bench)


async def test_copies_in_an_archive_that_is_off_wait_until_it_is_on_again(bench: Bench) -> None:
    place = copy_in(folder(bench, "sub_1"))
    await leave(bench, LeftoverKind.ARCHIVE, "sub_1")
    await undo(bench, replace(bench.context, archive=None))
    assert await left(bench) == {"archive"}
    bench.clock.advance(10)
    await undo(bench)
    assert not place.exists()


async def test_an_archive_in_trouble_is_asked_again(bench: Bench) -> None:
    place = folder(bench, "sub_1")
    place.write_bytes(b"not a folder")
    await leave(bench, LeftoverKind.ARCHIVE, "sub_1")
    async with kept(bench.context):
        await bench.breathe()
        assert await left(bench) == {"archive"}
        place.unlink()
        bench.clock.advance(2 * HOUR / 1000)
        await bench.at_once(lambda: is_done(bench))


async def test_a_file_that_cannot_be_removed_is_tried_again(bench: Bench) -> None:
    name = new_id("upl", bench.clock.now())
    place = copy_in(bench.context.uploads.path(name))
    await leave(bench, LeftoverKind.UPLOAD, name)
    async with kept(bench.context):
        await bench.breathe()
        assert await left(bench) == {"upload"}
        (place / "0123").unlink()
        place.rmdir()
        await bench.until(lambda: is_done(bench))


async def test_only_files_that_belong_to_nobody_are_swept_away(bench: Bench) -> None:
    now = bench.clock.now()
    known = an_upload(created_at=now, expires_at=now + 7 * DAY)
    await bench.context.store.add_upload(known)
    names = {
        "known": known.id,
        "old": new_id("upl", now),
        "part": f"{new_id('upl', now)}.part",
        "young": new_id("upl", now + HOUR),
        "foreign": "notes.txt",
    }
    uploads = bench.context.uploads.path("")
    uploads.mkdir(parents=True)
    for name in names.values():
        (uploads / name).write_bytes(b"x")
    await sweep(bench.context)
    assert len(list(uploads.iterdir())) == 5
    bench.clock.advance(DAY / 1000 + 1)
    await in_time(bench, sweep(bench.context))
    there = {path.name for path in uploads.iterdir()}
    assert there == {names["known"], names["young"], names["foreign"]}


async def in_time(bench: Bench, work: Any) -> None:
    """While time passes."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)

        async def over() -> bool:
            return task.done()

        await bench.until(over)


async def test_a_provider_that_hangs_holds_up_nothing_of_ours(bench: Bench) -> None:
    name = new_id("upl", bench.clock.now())
    held = Held(lambda _: GONE)
    async with answered(bench, held) as context, kept(context):
        await leave(bench, LeftoverKind.ASSET, "asset-1", "alltoken")
        await held.called.wait()
        await leave(bench, LeftoverKind.UPLOAD, name)

        async def ours_is_gone() -> bool:
            return await left(bench) == {"asset"}

        await bench.at_once(ours_is_gone)
        held.answer.set()
        await bench.at_once(lambda: is_done(bench))


async def test_an_archive_that_hangs_holds_up_nothing_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = new_id("upl", bench.clock.now())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        hung = open_archive("s3://results", bench.context.uploads.path(""), allow_http=True)
        async with (
            answered(bench, says(200, GONE)) as context,
            kept(replace(context, archive=hung)),
        ):
            await leave(bench, LeftoverKind.ARCHIVE, "sub_1")
            taken, _ = await asyncio.to_thread(silent.accept)
            await leave(bench, LeftoverKind.UPLOAD, name)
            await leave(bench, LeftoverKind.LOG, "")
            await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")

            async def only_the_copies() -> bool:
                return await left(bench) == {"archive"}

            with taken:
                await bench.at_once(only_the_copies)


@pytest.mark.parametrize("kind", [LeftoverKind.ASSET, LeftoverKind.GROUP, LeftoverKind.CANCEL])
async def test_without_a_key_of_the_provider_it_waits(bench: Bench, kind: LeftoverKind) -> None:
    await leave(bench, kind, "x-1", "alltoken")
    async with answered(bench, never) as context:
        await undo(bench, replace(context, accounts={}))
    assert await left(bench) == {kind.value}
    bench.clock.advance(10)
    async with answered(bench, says(200, GONE)) as context:
        await undo(bench, context)
    assert await left(bench) == (set() if kind is not LeftoverKind.CANCEL else {"cancel"})


async def test_a_job_is_asked_to_stop_a_few_times_only(bench: Bench) -> None:
    calls = 0

    async def busy(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(503)

    await leave(bench, LeftoverKind.CANCEL, "task-1", "alltoken")
    async with answered(bench, busy) as context, kept(context):
        await bench.until(lambda: is_done(bench), within=600)
    assert calls == 5


async def test_a_provider_that_stops_no_job_is_not_asked(bench: Bench) -> None:
    await leave(bench, LeftoverKind.CANCEL, "p-1", "wavespeed")
    async with answered(bench, never) as context:
        await undo(bench, context)
    assert await is_done(bench)


async def test_what_fails_unforeseen_is_tried_again(bench: Bench) -> None:
    await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")
    async with answered(bench, breaks(RuntimeError("a bug"))) as context, kept(context):
        await bench.breathe()
        assert await left(bench) == {"group"}
    async with answered(bench, says(200, GONE)) as context, kept(context):
        await bench.until(lambda: is_done(bench))


async def test_two_housekeepers_do_not_both_undo_it(bench: Bench) -> None:
    held = Held(lambda _: GONE)
    async with answered(bench, held) as context, kept(context), kept(context):
        await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")
        await held.called.wait()
        bench.clock.advance(10)
        await bench.breathe()
        held.answer.set()
        await bench.at_once(lambda: is_done(bench))
    assert held.calls == 1


async def test_what_a_dead_process_was_at_is_done_by_another(bench: Bench) -> None:
    await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")
    ask = LeftoverAsk(now=bench.clock.now(), room=1, kinds=list(LeftoverKind))
    (claimed,) = await bench.context.store.erasures.leftovers.claim(ask)
    async with answered(bench, says(200, GONE)) as context, kept(context):
        await bench.breathe()
        assert await left(bench) == {"group"}
        await bench.until(lambda: is_done(bench), within=150)
    bench.clock.advance(1)
    # Coming back, it undoes nothing of somebody else's.
    await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")
    await bench.context.store.erasures.leftovers.done(claimed)
    assert await left(bench) == {"group"}


async def test_what_somebody_has_recorded_is_not_undone(bench: Bench) -> None:
    await bench.context.store.record(group("group-1", "key_1", "AIGC", bench.clock.now()))
    await leave(bench, LeftoverKind.GROUP, "group-1", "alltoken")
    assert await is_done(bench)


class Moody(Leftovers):
    """Away for the first few claims."""

    away = 3

    @override
    async def claim(self, ask: LeftoverAsk) -> list[Leftover]:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("SQLITE_BUSY")
        return await super().claim(ask)


async def test_a_store_that_is_away_is_waited_for(bench: Bench) -> None:
    store = bench.context.store
    await leave(bench, LeftoverKind.UPLOAD, "upl_1")
    store.erasures.leftovers = Moody(store._database, store._writer)
    async with kept(bench.context):
        await bench.until(lambda: is_done(bench))
