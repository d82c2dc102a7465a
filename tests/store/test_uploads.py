"""The folder of uploads: each file is there whole or not at all, whatever goes wrong."""

import asyncio
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.errors import StoreUnavailable
from store.uploads import Uploads, Writing

pytestmark = pytest.mark.asyncio

LIMIT = 1024 * 1024
DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from store.uploads import Uploads

async def main():
    async with Uploads(Path(sys.argv[1])).writing("upl_dead") as writing:
        for _ in range(4):
            await writing.write(b"x" * 100_000)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "uploads"


@pytest.fixture
def uploads(folder: Path) -> Uploads:
    return Uploads(folder)


@contextmanager
def little_room() -> Iterator[None]:
    """No file may grow beyond LIMIT: what a full disk does to a writer, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def keep(uploads: Uploads, name: str, *chunks: bytes) -> None:
    async with uploads.writing(name) as writing:
        for chunk in chunks:
            await writing.write(chunk)


def inside(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} if folder.exists() else set()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def block(path: Path) -> None:
    """Something is in the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"in the way")


async def test_what_was_written_can_be_read(uploads: Uploads, folder: Path) -> None:
    await keep(uploads, "upl_1", b"a", b"", b"b" * 100_000, b"c")
    assert await uploads.read("upl_1") == b"a" + b"b" * 100_000 + b"c"
    assert uploads.path("upl_1") == folder / "upl_1"
    assert inside(folder) == {"upl_1"}


async def test_what_was_never_written_is_not_found(uploads: Uploads) -> None:
    with pytest.raises(FileNotFoundError):
        await uploads.read("upl_1")


async def test_nobody_else_on_the_machine_may_look_into_the_folder(
    uploads: Uploads, folder: Path
) -> None:
    before = os.umask(0)
    try:
        await keep(uploads, "upl_1", b"a face")
    finally:
        os.umask(before)
    assert mode_of(folder) == 0o700


async def test_while_it_is_written_it_has_no_name(uploads: Uploads, folder: Path) -> None:
    async with uploads.writing("upl_1") as writing:
        await writing.write(b"a" * 100_000)
        assert inside(folder) == {"upl_1.part"}
        with pytest.raises(FileNotFoundError):
            await uploads.read("upl_1")


async def test_it_has_reached_the_disk_before_it_has_its_name_and_so_has_the_name(
    uploads: Uploads, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []

    def note(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        synced.append((name, (folder / "upl_1").exists()))
        real(descriptor)

    real = os.fsync
    monkeypatch.setattr(os, "fsync", note)
    await keep(uploads, "upl_1", b"a face")
    assert synced == [("upl_1.part", False), ("uploads", True)]


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError, KeyboardInterrupt])
async def test_what_is_given_up_is_nowhere(
    uploads: Uploads, folder: Path, error: type[BaseException]
) -> None:
    async def give_up(writing: Writing) -> None:
        await writing.write(b"half of a face")
        raise error

    with pytest.raises(error):
        async with uploads.writing("upl_1") as writing:
            await give_up(writing)
    assert inside(folder) == set()


async def test_a_client_that_goes_away_while_it_is_written_leaves_nothing(
    uploads: Uploads, folder: Path
) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def upload() -> None:
        async with uploads.writing("upl_1") as writing:
            await writing.write(b"half of a face")
            begun.set()
            await never.wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(upload())
        await begun.wait()
        task.cancel()
    assert inside(folder) == set()


async def test_a_process_that_is_killed_leaves_nothing_with_a_name(
    uploads: Uploads, folder: Path
) -> None:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", DIES, str(folder)]
    died = await asyncio.to_thread(subprocess.run, command, cwd=root, check=False)
    assert died.returncode == -signal.SIGKILL
    assert "upl_dead" not in inside(folder)
    await keep(uploads, "upl_1", b"a face")
    assert await uploads.read("upl_1") == b"a face"


@pytest.mark.parametrize(
    "chunks",
    [
        (b"x" * 2 * LIMIT,),
        (b"x" * 100, b"x" * LIMIT),
        (b"x" * LIMIT, b"x" * 100),
        (b"x" * 100, b"x" * 2 * LIMIT, b"x" * 100),
    ],
    ids=["at once", "with something held back", "only at the end", "in the middle"],
)
async def test_a_full_disk_is_an_unavailable_store_and_nothing_is_left(
    uploads: Uploads, folder: Path, chunks: tuple[bytes, ...]
) -> None:
    with little_room(), pytest.raises(StoreUnavailable, match="the data folder: File too large"):
        await keep(uploads, "upl_1", *chunks)
    assert inside(folder) == set()
    await keep(uploads, "upl_1", *chunks)
    assert await uploads.read("upl_1") == b"".join(chunks)


@pytest.mark.parametrize("place", ["data", "uploads"])
async def test_a_file_in_the_place_of_the_folder_is_an_unavailable_store(
    uploads: Uploads, folder: Path, place: str
) -> None:
    blocked = folder if place == "uploads" else folder.parent
    block(blocked)
    with pytest.raises(StoreUnavailable, match="the data folder: "):
        await keep(uploads, "upl_1", b"a face")
    assert blocked.is_file()


async def test_an_error_names_neither_path_nor_content(uploads: Uploads, folder: Path) -> None:
    block(folder)
    with pytest.raises(StoreUnavailable) as error:
        await keep(uploads, "upl_1", b"a face")
    assert str(folder) not in str(error.value)


async def test_many_are_written_at_once(uploads: Uploads, folder: Path) -> None:
    names = [f"upl_{number}" for number in range(12)]

    async def upload(name: str) -> None:
        async with uploads.writing(name) as writing:
            for _ in range(20):
                await writing.write(name.encode() * 1000)

    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(upload(name))
    for name in names:
        assert await uploads.read(name) == name.encode() * 20_000
    assert inside(folder) == set(names)


async def test_of_two_of_one_name_the_first_is_not_disturbed(
    uploads: Uploads, folder: Path
) -> None:
    async with uploads.writing("upl_1") as writing:
        await writing.write(b"a ")
        with pytest.raises(StoreUnavailable):
            await keep(uploads, "upl_1", b"another")
        await writing.write(b"face")
    assert await uploads.read("upl_1") == b"a face"
    assert inside(folder) == {"upl_1"}
