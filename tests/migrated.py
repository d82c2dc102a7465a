"""A migrated SQLite file with nothing in it, made once by each process of a test run and then copied:
to apply every migration anew takes longer than most tests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store.opening import open_database

SQLITE = "sqlite:///"


def migrated(url: str) -> str:
    """The same URL; if it names a file that is not there yet, the file is there, migrated."""
    path = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_content())
    return url


@cache
def _content() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "likeness.db"
        # Whoever asks first may be in the middle of a loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _opened(f"{SQLITE}{path}")).result()
        return path.read_bytes()


async def _opened(url: str) -> None:
    async with open_database(url):
        """Opened is migrated."""
