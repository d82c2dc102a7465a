"""A file on its way: nameless, so that it is gone with its process, however that ends."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from domain.errors import ArchiveUnavailable

PART = 1024 * 1024
HEAD = 64
"""Bytes that are kept at hand to tell what the content is."""


class Spool:
    """What has come so far: its size, its hash and its first bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0
        self.head = b""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    async def write(self, chunk: bytes) -> None:
        """Off the loop: a slow disk must hold up nobody."""
        self.head += chunk[: HEAD - len(self.head)]
        self.bytes += len(chunk)
        try:
            await asyncio.to_thread(self._keep, chunk)
        except OSError as error:
            raise ArchiveUnavailable(f"the data folder: {error.strerror}") from error

    async def clear(self) -> None:
        """Begin again, with nothing."""
        try:
            await asyncio.to_thread(self._file.seek, 0)
            await asyncio.to_thread(self._file.truncate)
        except OSError as error:
            raise ArchiveUnavailable(f"the data folder: {error.strerror}") from error
        self._digest, self.bytes, self.head = hashlib.sha256(), 0, b""

    async def parts(self) -> AsyncIterator[bytes]:
        """The whole content, from its beginning."""
        try:
            await asyncio.to_thread(self._file.seek, 0)
            while part := await asyncio.to_thread(self._file.read, PART):
                yield part
        except OSError as error:
            raise ArchiveUnavailable(f"the data folder: {error.strerror}") from error

    def _keep(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self._file.write(chunk)


def _nameless(folder: Path) -> BinaryIO:
    return tempfile.TemporaryFile(dir=folder)


@asynccontextmanager
async def spooling(folder: Path) -> AsyncIterator[Spool]:
    """An empty file on the folder's disk, which only we can open."""
    try:
        file = await asyncio.to_thread(_nameless, folder)
    except OSError as error:
        raise ArchiveUnavailable(f"the data folder: {error.strerror}") from error
    try:
        yield Spool(file)
    finally:
        # Closing writes what is still held back, and fails again on a full disk.
        with suppress(OSError):
            await asyncio.to_thread(file.close)
