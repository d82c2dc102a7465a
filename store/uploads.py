"""Uploaded files: a folder in which each lies under its id, written whole or not at all."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from domain.errors import StoreUnavailable


class Writing:
    """A file that is being written; it has its name only when it is whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    async def write(self, chunk: bytes) -> None:
        """Off the loop: a slow disk must hold up nobody."""
        try:
            await asyncio.to_thread(self._file.write, chunk)
        except OSError as error:
            raise StoreUnavailable(f"the data folder: {error.strerror}") from error


class Uploads:
    """The folder; it is made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, upload_id: str) -> Path:
        return self._folder / upload_id

    async def read(self, upload_id: str) -> bytes:
        """FileNotFoundError when there is none."""
        return await asyncio.to_thread(self.path(upload_id).read_bytes)

    async def names(self) -> list[str]:
        """Of every file, also of those that are not whole."""
        try:
            return await asyncio.to_thread(os.listdir, self._folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreUnavailable(f"the data folder: {error.strerror}") from error

    async def remove(self, upload_id: str) -> bool:
        """Whether it is there no more; what cannot be removed now, housekeeping tries again."""
        try:
            await asyncio.to_thread(self.path(upload_id).unlink, missing_ok=True)
        except OSError:
            return False
        return True

    @asynccontextmanager
    async def writing(self, upload_id: str) -> AsyncIterator[Writing]:
        """A new file. At the end of the block it is on the disk; when the block fails, nowhere."""
        part = self.path(f"{upload_id}.part")
        try:
            file = await asyncio.to_thread(self._open, part)
        except OSError as error:
            raise StoreUnavailable(f"the data folder: {error.strerror}") from error
        try:
            yield Writing(file)
            await asyncio.to_thread(_finish, file, part, self.path(upload_id))
        except OSError as error:
            raise StoreUnavailable(f"the data folder: {error.strerror}") from error
        finally:
            # Closing writes what is still held back, and fails again on a full disk.
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _open(self, part: Path) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return part.open("xb")


def _finish(file: BinaryIO, part: Path, whole: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    part.rename(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
