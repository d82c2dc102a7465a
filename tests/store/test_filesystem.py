"""Where SQLite's file may lie: real samples of `mountinfo`, and real files that cannot be used."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from store.filesystem import UnfitPlace, check_mount, check_rights, mount_of, mounts, unfit
from store.sqlite import open_sqlite, use_write_ahead_log

LAPTOP = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684084k
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
41 27 0:38 / /srv/films rw,relatime shared:203 - nfs4 nas.example:/films rw,vers=4.2,hard,proto=tcp
42 41 254:9 / /srv/films/local rw,relatime - xfs /dev/vdb rw
43 27 0:39 / /srv/My\040Faces rw,nosuid,nodev shared:9 master:2 - cifs //nas/My\040Faces rw,vers=3.1.1
44 27 0:44 / /home/ada/far rw,nosuid,nodev,relatime - fuse.sshfs ada@far.example: rw,user_id=1000
45 27 8:17 / /media/stick rw,nosuid - fuseblk /dev/sdb1 rw,user_id=0
46 27 7:3 / /usr/share/pictures ro,relatime - squashfs /dev/loop3 rw
47 27 254:1 / /old rw,relatime - ext4 /dev/vdc ro
48 27 0:61 / /srv/auto rw,relatime - autofs systemd-1 rw,fd=54
49 27 0:62 / /srv/auto rw,relatime - nfs nas.example:/auto rw,vers=3
"""
CONTAINER = r"""
600 500 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/u,workdir=/w
601 600 0:53 / /proc rw,nosuid - proc proc rw
605 600 259:1 /var/lib/docker/volumes/d/_data /data rw,relatime master:1 - ext4 /dev/nvme0n1p1 rw
606 600 0:70 / /dev/shm rw,nosuid - tmpfs tmpfs rw
607 600 0:71 / /mnt/c rw,noatime - 9p C:\134 rw,dirsync,aname=drvfs
608 600 0:72 / /scratch rw,relatime - fuse.fuse-overlayfs fuse-overlayfs rw
"""
MEMORY = "/dev/shm"  # noqa: S108 - looked up, not written
SHORT = "27 1 254:0 / / rw\nnothing of the kind\n\n"


@pytest.mark.parametrize(
    ("sample", "path", "point", "kind"),
    [
        (LAPTOP, "/var/lib/likeness", "/", "ext4"),
        (LAPTOP, "/srv/films", "/srv/films", "nfs4"),
        (LAPTOP, "/srv/films/a/b", "/srv/films", "nfs4"),
        (LAPTOP, "/srv/films/local/a", "/srv/films/local", "xfs"),
        (LAPTOP, "/srv/films-of-mine", "/", "ext4"),
        (LAPTOP, "/srv/My Faces/a", "/srv/My Faces", "cifs"),
        (LAPTOP, "/srv/auto/a", "/srv/auto", "nfs"),
        (LAPTOP, f"{MEMORY}/a", MEMORY, "tmpfs"),
        (CONTAINER, "/data/likeness.db", "/data", "ext4"),
        (CONTAINER, "/app", "/", "overlay"),
    ],
)
def test_a_file_lies_on_the_longest_mount_and_on_the_last_of_one_point(
    sample: str, path: str, point: str, kind: str
) -> None:
    mount = mount_of(Path(path), mounts(sample))
    assert mount is not None
    assert (mount.point, mount.type) == (Path(point), kind)


def test_lines_of_another_form_say_nothing() -> None:
    assert mounts(SHORT) == []
    assert mount_of(Path("/a"), []) is None


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A `mountinfo` to be written."""
    return tmp_path / "mountinfo"


@pytest.mark.parametrize(
    ("sample", "path", "reason"),
    [
        (LAPTOP, "/srv/films/likeness.db", r"network file system \(nfs4 at /srv/films\)"),
        (LAPTOP, "/srv/My Faces/likeness.db", r"\(cifs at /srv/My Faces\)"),
        (LAPTOP, "/srv/auto/likeness.db", r"\(nfs at /srv/auto\)"),
        (LAPTOP, "/home/ada/far/likeness.db", r"\(fuse.sshfs at /home/ada/far\)"),
        (CONTAINER, "/mnt/c/likeness.db", r"\(9p at /mnt/c\)"),
        (LAPTOP, "/usr/share/pictures/likeness.db", r"read-only mount \(/usr/share/pictures\)"),
        (LAPTOP, "/old/likeness.db", r"read-only mount \(/old\)"),
    ],
)
def test_what_is_shared_by_machines_or_cannot_be_written_is_refused_with_what_to_do(
    told: Path, sample: str, path: str, reason: str
) -> None:
    told.write_text(sample)
    with pytest.raises(UnfitPlace, match=reason) as refused:
        check_mount(Path(path), told)
    assert path in str(refused.value)
    assert "LIKENESS_DATA_DIR" in str(refused.value)
    assert "DATABASE_URL=postgresql://" in str(refused.value)


@pytest.mark.parametrize(
    ("sample", "path"),
    [
        (LAPTOP, "/var/lib/likeness.db"),
        (LAPTOP, "/srv/films/local/likeness.db"),
        (LAPTOP, "/media/stick/likeness.db"),
        (LAPTOP, f"{MEMORY}/likeness.db"),
        (CONTAINER, "/app/likeness.db"),
        (CONTAINER, "/data/likeness.db"),
        (CONTAINER, f"{MEMORY}/likeness.db"),
        (CONTAINER, "/scratch/likeness.db"),
        (SHORT, "/a/likeness.db"),
    ],
)
def test_disks_memory_layers_and_what_nobody_knows_are_fine(
    told: Path, sample: str, path: str
) -> None:
    told.write_text(sample)
    check_mount(Path(path), told)


def test_a_system_that_tells_of_no_mounts_refuses_nothing(tmp_path: Path) -> None:
    check_mount(Path("/srv/films/likeness.db"), tmp_path / "missing")


def test_a_link_is_followed_to_where_the_file_lies(told: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "far")
    told.write_text(f"41 27 0:38 / {tmp_path}/far rw - nfs4 nas.example:/films rw\n")
    with pytest.raises(UnfitPlace, match="network"):
        check_mount(tmp_path / "data" / "likeness.db", told)


# --- what a user may not write, for a user who may not write everything anyway


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody reaches, looked at by nobody in particular."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)
        Path(name).chmod(0o777)


@pytest.fixture
def nobody(folder: Path) -> Iterator[None]:
    """Root may write everything; it becomes somebody who may not."""
    mighty = os.geteuid() == 0
    if mighty:
        os.seteuid(65534)
    yield
    if mighty:
        os.seteuid(0)


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_written_is_named(folder: Path, nobody: None) -> None:
    inner = folder / "data"
    inner.mkdir()
    inner.chmod(0o555)
    with pytest.raises(UnfitPlace, match=f"the folder {inner} cannot be written"):
        async with open_sqlite(inner / "likeness.db"):
            raise AssertionError("opened")


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
async def test_a_file_that_cannot_be_written_is_named(folder: Path, nobody: None, end: str) -> None:
    """As `serve` leaves its files that somebody started as root."""
    file = folder / f"likeness.db{end}"
    file.touch(0o444)
    with pytest.raises(UnfitPlace, match=f"the file {file} cannot be written: give it to the user"):
        async with open_sqlite(folder / "likeness.db"):
            raise AssertionError("opened")


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnfitPlace, match=f"{tmp_path} is a folder"):
        check_rights(tmp_path)


def test_a_folder_that_may_be_written_is_fine(tmp_path: Path) -> None:
    check_rights(tmp_path / "likeness.db")


# --- what SQLite itself finds


@pytest.mark.asyncio
async def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    path.write_bytes(b"this is no database at all, not even a little" * 100)
    with pytest.raises(UnfitPlace, match=f"{path} is no SQLite database: move it away"):
        async with open_sqlite(path):
            raise AssertionError("opened")


@pytest.mark.asyncio
async def test_without_shared_memory_nothing_goes_on_without_a_log(tmp_path: Path) -> None:
    """SQLite's own locking by files knows no shared memory, and quietly keeps a journal instead."""
    path = tmp_path / "likeness.db"
    async with aiosqlite.connect(f"file:{path}?vfs=unix-dotfile", uri=True) as connection:
        with pytest.raises(
            UnfitPlace, match=r"write-ahead log beside .* \(journal_mode is delete\)"
        ):
            await use_write_ahead_log(connection, path)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("SQLITE_IOERR_SHMMAP", r"\(SQLITE_IOERR_SHMMAP\), perhaps because .* no shared memory"),
        ("SQLITE_CANTOPEN", r"beside /d/likeness.db \(SQLITE_CANTOPEN\)"),
        ("SQLITE_READONLY_DIRECTORY", r"\(SQLITE_READONLY_DIRECTORY\)"),
    ],
)
def test_errors_of_the_place_are_told(error: str, reason: str) -> None:
    with pytest.raises(UnfitPlace, match=reason):
        raise unfit(Path("/d/likeness.db"), error) or AssertionError(error)


@pytest.mark.parametrize("error", ["SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR_FSYNC", ""])
def test_errors_of_the_moment_are_not(error: str) -> None:
    assert unfit(Path("/d/likeness.db"), error) is None


@pytest.mark.asyncio
async def test_a_place_that_is_fine_has_a_log(tmp_path: Path) -> None:
    path = tmp_path / "new" / "likeness.db"
    async with open_sqlite(path):
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
