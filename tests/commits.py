"""Whether anything was committed since the last look, without a question to the service."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count

from tests.migrated import SQLITE


@contextmanager
def counting(url: str) -> Iterator[Callable[[], int]]:
    """A number that is another one after each commit; on PostgreSQL it is another one each time."""
    if not url.startswith(SQLITE):
        yield count().__next__
        return
    with closing(sqlite3.connect(url.removeprefix(SQLITE))) as looking:

        def version() -> int:
            # https://www.sqlite.org/pragma.html#pragma_data_version
            found: int = looking.execute("PRAGMA data_version").fetchone()[0]
            return found

        yield version
