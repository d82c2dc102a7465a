"""The archive on a disk: whole or not there, durable, and never more in memory than a chunk."""

import asyncio
import hashlib
import resource
import sys
from pathlib import Path

import pytest

from bench.ports import free_port
from domain.errors import ArchiveUnavailable, BadArchive
from store.archive import CHUNK, PART, Archive, open_archive
from store.spool import HEAD, spooling

pytestmark = pytest.mark.asyncio

LARGE = bytes(range(256)) * ((PART + CHUNK) // 256) + b"end"


def in_folder(folder: Path, setting: str = "file") -> Archive:
    archive = open_archive(setting, folder, allow_http=False)
    assert archive is not None
    return archive


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def keep(archive: Archive, path: str, content: bytes) -> None:
    async with archive.spooling() as spool:
        for start in range(0, len(content), 1024 * 1024):
            await spool.write(content[start : start + 1024 * 1024])
        assert (spool.bytes, spool.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert spool.head == content[:HEAD]
        await archive.put(path, spool)


async def read(archive: Archive, path: str, start: int, stop: int) -> list[bytes]:
    return [chunk async for chunk in archive.read(path, start, stop)]


@pytest.mark.parametrize("content", [b"x", LARGE], ids=["small", "large"])
async def test_what_is_put_is_read_a_chunk_at_a_time(tmp_path: Path, content: bytes) -> None:
    archive = in_folder(tmp_path)
    await keep(archive, "sub_1/a", content)
    chunks = await read(archive, "sub_1/a", 0, len(content))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= CHUNK
    assert (tmp_path / "archive/sub_1/a").read_bytes() == content
    assert b"".join(await read(archive, "sub_1/a", 0, 1)) == content[:1]
    await keep(archive, "sub_1/a", content)
    assert names(tmp_path / "archive/sub_1") == ["a"]


async def test_what_a_dead_process_has_left_of_a_copy_goes_with_the_next(tmp_path: Path) -> None:
    archive = in_folder(tmp_path)
    left = tmp_path / "archive/sub_1/a#1"
    left.parent.mkdir()
    left.write_bytes(b"half")
    await keep(archive, "sub_1/a", b"whole")
    assert names(tmp_path / "archive/sub_1") == ["a"]


async def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    in_folder(tmp_path)
    assert (tmp_path / "archive").stat().st_mode & 0o777 == 0o700


async def test_any_folder_may_be_the_archive(tmp_path: Path) -> None:
    archive = in_folder(tmp_path, f"file://{tmp_path}/else%20where")
    await keep(archive, "sub_1/a", b"content")
    assert (tmp_path / "else where/sub_1/a").read_bytes() == b"content"


async def test_a_spooled_file_has_no_name_and_is_gone_with_its_block(tmp_path: Path) -> None:
    async with spooling(tmp_path) as spool:
        await spool.write(b"a face")
        assert names(tmp_path) == []
        await spool.clear()
        await spool.write(b"another")
        assert [part async for part in spool.parts()] == [b"another"]
        assert spool.sha256 == hashlib.sha256(b"another").hexdigest()
    assert names(tmp_path) == []


async def test_a_full_disk_is_trouble_of_the_archive_also_when_the_file_is_closed(
    tmp_path: Path,
) -> None:
    async def filled() -> None:
        async with spooling(tmp_path) as spool:
            await spool.write(b"x" * 200)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, known[1]))
            # What was held back is written only now; what stays of it, once more at the end.
            await anext(spool.parts())

    known = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(ArchiveUnavailable):
            await filled()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, known)


async def test_what_is_not_there_is_told_from_what_cannot_be_read(tmp_path: Path) -> None:
    archive = in_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        await read(archive, "sub_1/a", 0, 5)
    await keep(archive, "sub_1/a", b"short")
    with pytest.raises(ArchiveUnavailable):
        await read(archive, "sub_1/a", 0, 50)
    with pytest.raises(ArchiveUnavailable):
        await read(archive, "sub_1/a", 40, 50)


async def test_a_folder_that_cannot_be_written_is_trouble_without_a_path(tmp_path: Path) -> None:
    archive = in_folder(tmp_path)
    (tmp_path / "archive/sub_1").write_text("in the way")
    with pytest.raises(ArchiveUnavailable) as trouble:
        await keep(archive, "sub_1/a", b"content")
    assert str(tmp_path) not in str(trouble.value)
    with pytest.raises(ArchiveUnavailable):
        async with spooling(tmp_path / "nowhere"):
            pass


async def test_a_submissions_folder_is_deleted_with_what_was_never_finished(
    tmp_path: Path,
) -> None:
    archive = in_folder(tmp_path)
    await keep(archive, "sub_1/a", b"content")
    await keep(archive, "sub_10/a", b"content")
    (tmp_path / "archive/sub_1/b#1").write_bytes(b"half")
    await archive.delete_folder("sub_1")
    await archive.delete_folder("sub_1")
    assert names(tmp_path / "archive") == ["sub_10"]
    await archive.remove("sub_10/a")
    await archive.remove("sub_10/a")
    with pytest.raises(FileNotFoundError):
        await read(archive, "sub_10/a", 0, 1)


async def test_who_is_cancelled_lets_the_call_under_way_come_home(tmp_path: Path) -> None:
    archive = in_folder(tmp_path)
    async with archive.spooling() as spool:
        await spool.write(LARGE)
        putting = asyncio.ensure_future(archive.put("sub_1/a", spool))  # noqa: TID251
        await asyncio.sleep(0)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
    await keep(archive, "sub_1/a", b"content")
    assert b"".join(await read(archive, "sub_1/a", 0, 7)) == b"content"


async def test_off_is_no_archive_and_a_bad_setting_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_archive("off", tmp_path, allow_http=False) is None
    (tmp_path / "taken").write_text("")
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    for setting in (f"file://{tmp_path}/taken", f"file://{tmp_path}/taken/x", "az://container/x"):
        with pytest.raises(BadArchive) as bad:
            open_archive(setting, tmp_path, allow_http=False)
        assert str(bad.value).startswith("LIKENESS_ARCHIVE ")
        assert str(bad.value).count("\n") == 0


async def test_a_program_ends_well_also_while_its_object_store_hangs(tmp_path: Path) -> None:
    port = free_port()
    variables = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    async with asyncio.timeout(30):
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.store.hung_archive", str(tmp_path), str(port)),
            env=variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        said, _ = await program.communicate()
    assert (program.returncode, said) == (0, b"cut short\n")
