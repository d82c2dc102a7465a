"""Where SQLite's file lies: on a disk of this machine, whose processes share it, or where they cannot.

Rules of this file:
- Only what is known is refused: where the system tells of no mounts, its network ones cannot be.
- Each refusal is one sentence that names the place and says what to do.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import LikenessError

MOUNTS = Path("/proc/self/mountinfo")
"""What Linux tells of its mounts; nobody else has such a file."""
NETWORK = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "ocfs2", "gfs2", "beegfs", "orangefs", "pvfs2", "smb3", "smbfs", "vboxsf"),
        *("fuse.blobfuse", "fuse.blobfuse2", "fuse.ceph", "fuse.ceph-fuse", "fuse.curlftpfs"),
        *("fuse.davfs", "fuse.davfs2", "fuse.gcsfuse", "fuse.glusterfs", "fuse.goofys"),
        *("fuse.hdfs", "fuse.juicefs", "fuse.mfs", "fuse.rclone", "fuse.s3fs", "fuse.s3ql"),
        *("fuse.seaweedfs", "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse"),
    }
)
"""File systems that several machines see. The memory in which SQLite's processes find each other's
commits is one machine's own (https://www.sqlite.org/wal.html), and so are most of their locks."""
LOGLESS = ("SQLITE_CANTOPEN", "SQLITE_IOERR_SHM", "SQLITE_READONLY")
"""How the errors begin that a file gives which has no place for a log beside it."""
ESCAPED = re.compile(r"\\([0-7]{3})")
ELSEWHERE = "put it on a local disk with LIKENESS_DATA_DIR, or set DATABASE_URL=postgresql://…"
OWNER = "give it to the user that runs Likeness"


class UnfitPlace(LikenessError):
    """SQLite cannot work at this place; one sentence that says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file system, and where it is seen."""

    point: Path
    type: str
    read_only: bool


def mounts(text: str) -> list[Mount]:
    """What a `mountinfo` says (proc_pid_mountinfo(5)); lines of another form are left out."""
    found = []
    for line in text.splitlines():
        place, _, kind = line.partition(" - ")
        places, kinds = place.split(" "), kind.split(" ")
        if len(places) < 6 or len(kinds) < 3:
            continue
        point = ESCAPED.sub(lambda escape: chr(int(escape[1], 8)), places[4])
        options = {*places[5].split(","), *kinds[2].split(",")}
        found.append(Mount(point=Path(point), type=kinds[0], read_only="ro" in options))
    return found


def mount_of(path: Path, found: Sequence[Mount]) -> Mount | None:
    """The mount that an absolute path lies on: the longest, and of several at one point the last."""
    above = [mount for mount in found if path.is_relative_to(mount.point)]
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


def check_mount(path: Path, told: Path = MOUNTS) -> None:
    """UnfitPlace when the file would lie where it cannot be written, or cannot be shared."""
    try:
        text = told.read_text("utf-8", errors="surrogateescape")
    except OSError:
        return
    mount = mount_of(path.resolve(), mounts(text))
    if mount is None:
        return
    if mount.type in NETWORK:
        raise UnfitPlace(
            f"the database {path} would lie on a network file system ({mount.type} at {mount.point}), "
            f"where SQLite may lose or damage what several processes write: {ELSEWHERE}"
        )
    if mount.read_only:
        raise UnfitPlace(
            f"the database {path} lies on a read-only mount ({mount.point}): mount it writable, "
            f"or {ELSEWHERE}"
        )


def check_rights(path: Path) -> None:
    """UnfitPlace when we may not write the file, the files beside it, or its folder, which is there."""
    real = path.resolve()
    if real.is_dir():
        raise UnfitPlace(f"the database {path} is a folder: name a file with DATABASE_URL")
    if not _may(real.parent, os.W_OK | os.X_OK):
        raise UnfitPlace(
            f"the folder {real.parent} cannot be written, and SQLite keeps its log there: {OWNER}, "
            f"or {ELSEWHERE}"
        )
    for file in (real, *(real.with_name(real.name + end) for end in ("-wal", "-shm"))):
        if file.exists() and not _may(file, os.R_OK | os.W_OK):
            raise UnfitPlace(f"the file {file} cannot be written: {OWNER}")


def no_log(path: Path, reason: str) -> UnfitPlace:
    return UnfitPlace(
        f"SQLite cannot keep its write-ahead log beside {path} ({reason}), perhaps because the file "
        f"system has no shared memory: {ELSEWHERE}"
    )


def unfit(path: Path, error: str) -> UnfitPlace | None:
    """What an error of SQLite's (by its name) says of the place, when the file is opened; else None."""
    if error == "SQLITE_NOTADB":
        return UnfitPlace(
            f"the file {path} is no SQLite database: move it away, or name another with DATABASE_URL"
        )
    return no_log(path, error) if error.startswith(LOGLESS) else None


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
