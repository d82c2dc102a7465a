"""The archive: a folder or an object store, in which a copy lies under `<submission>/<sha256>`.

Rules of this file:
- A copy has its name only when it is whole; in a folder it is on the disk before `put` returns.
- Trouble of the store is ArchiveUnavailable, whose text names no address and no key.
- Whoever is cancelled waits a moment for the call that is under way: a thread of obstore's must not
  come home to an interpreter that is gone, and it is given bytes only, never a file or a generator.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from domain.errors import ArchiveUnavailable, BadArchive
from store.spool import Spool, spooling

if TYPE_CHECKING:
    # These are there for a type checker only.
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

T = TypeVar("T")

CHUNK = 4 * 1024 * 1024
"""Bytes that are read at once, by a call of their own: no connection waits for a slow reader."""
PART = 8 * 1024 * 1024
"""Bytes from which on a copy is sent in parts, and their size."""
LONGEST_CALL = timedelta(seconds=120)
"""For one part, or one chunk."""
CONNECTING = timedelta(seconds=10)
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=30)}
"""Obstore's own. What still fails is tried again as a task."""
PATIENCE = 2.0
"""Seconds that a call has to come home when its caller is cancelled."""
OF_THE_STORE = (BaseError, OSError, ValueError)
"""What obstore raises; of a path that is not there FileNotFoundError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open archive. `folder` is None in an object store; `spool` is a folder for files on their way."""

    name: str
    """By which it is opened again: LIKENESS_ARCHIVE."""
    store: "ObjectStore"
    folder: Path | None
    spool: Path

    def spooling(self) -> AbstractAsyncContextManager[Spool]:
        """A file to fill and then to `put`."""
        return spooling(self.spool)

    async def put(self, path: str, spool: Spool) -> None:
        """Keep what was spooled under `path`; durably, or ArchiveUnavailable."""
        try:
            writer = obstore.open_writer_async(
                self.store, path, buffer_size=PART, max_concurrency=1
            )
            async for part in spool.parts():
                await _whole(writer.write(part))
            await _whole(writer.close())
            if self.folder is not None:
                await asyncio.to_thread(_finish, self.folder, path)
        except OF_THE_STORE as error:
            raise _unavailable(error) from error

    async def read(self, path: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """These bytes, a chunk at a time; FileNotFoundError when nothing lies there."""
        for first in range(start, stop, CHUNK):
            last = min(first + CHUNK, stop)
            try:
                asked = obstore.get_range_async(self.store, path, start=first, end=last)
                chunk = bytes(await _whole(asked))
            except FileNotFoundError:
                raise
            except OF_THE_STORE as error:
                raise _unavailable(error) from error
            if len(chunk) != last - first:
                raise ArchiveUnavailable("the file is shorter than it was")
            yield chunk

    async def remove(self, path: str) -> None:
        """It is there no more, if it was."""
        await self._delete([path])

    async def delete_folder(self, name: str) -> None:
        """Everything that lies under a submission's id, also what was never finished."""
        try:
            if self.folder is not None:
                await asyncio.to_thread(_remove_tree, self.folder / name)
                return
            # No prefix is a part of another: each is a whole folder's name.
            listed = await _whole(obstore.list(self.store, f"{name}/").collect_async())
        except OF_THE_STORE as error:
            raise _unavailable(error) from error
        await self._delete([found["path"] for found in listed])

    async def _delete(self, paths: Sequence[str]) -> None:
        try:
            if paths:
                await _whole(obstore.delete_async(self.store, paths))
        except FileNotFoundError:
            return
        except OF_THE_STORE as error:
            raise _unavailable(error) from error


def open_archive(setting: str, data_dir: Path, *, allow_http: bool) -> Archive | None:
    """The archive of LIKENESS_ARCHIVE, None for `off`; BadArchive when it cannot be set up at all.

    Whether an object store answers is only known when something is copied: nothing is asked here.
    Its keys come from the variables that obstore reads (AWS_..., GOOGLE_..., AZURE_...).
    """
    if setting == "off":
        return None
    folder = folder_of(setting, data_dir)
    if folder is not None:
        return _in_folder(setting, folder, data_dir)
    client: ClientConfig = {"timeout": LONGEST_CALL, "connect_timeout": CONNECTING}
    if allow_http:
        client["allow_http"] = True
    try:
        store = from_url(setting, client_options=client, retry_config=RETRIES)
    except OF_THE_STORE as error:
        raise BadArchive(
            "LIKENESS_ARCHIVE names an object store that cannot be set up; check its bucket "
            "and the variables of its provider (AWS_..., GOOGLE_... or AZURE_...)."
        ) from error
    return Archive(name=setting, store=store, folder=None, spool=data_dir)


def folder_of(setting: str, data_dir: Path) -> Path | None:
    """Where an archive on a disk lies; None of an object store, and of `off`."""
    if setting == "file":
        return data_dir / "archive"
    return Path(unquote(urlsplit(setting).path)) if setting.startswith("file://") else None


def _in_folder(setting: str, folder: Path, data_dir: Path) -> Archive:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Archive(name=setting, store=LocalStore(prefix=folder), folder=folder, spool=data_dir)
    except OF_THE_STORE as error:
        reason = getattr(error, "strerror", None) or "not a usable folder"
        raise BadArchive(f"LIKENESS_ARCHIVE cannot be used: {reason}: {folder}.") from error


def _finish(folder: Path, path: str) -> None:
    """The file, its folder and the folder's own name are on the disk, and nothing of a process that
    has died over the same copy (obstore writes to `name#1` first)."""
    whole = folder / path
    for part in whole.parent.glob(f"{whole.name}#*"):
        part.unlink(missing_ok=True)
    for place in (whole, whole.parent, folder):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_tree(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return


def _unavailable(error: Exception) -> ArchiveUnavailable:
    """Obstore's texts quote addresses, and whole answers."""
    return ArchiveUnavailable(getattr(error, "strerror", None) or type(error).__name__)


async def _whole(call: Awaitable[T]) -> T:
    under_way: asyncio.Future[Any] = asyncio.ensure_future(call)  # noqa: TID251 - it is awaited right here
    try:
        done: T = await asyncio.shield(under_way)
    except asyncio.CancelledError:
        under_way.add_done_callback(_seen)
        if not under_way.done():
            await asyncio.wait({under_way}, timeout=PATIENCE)
        raise
    return done


def _seen(call: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more; else asyncio would log its error, with the address in it."""
    if not call.cancelled():
        call.exception()
