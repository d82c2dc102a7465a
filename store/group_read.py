"""Group read: rows that are asked for while others are read share the next read, as writes share commits
(`group_commit.py`). A way to the database and back costs far more than a row.

Every read begins after it was asked for, so whoever asks sees what was committed until then.
"""

import asyncio

from store.database import Database, Row
from store.documents import write_json

Asker = tuple[str, asyncio.Future[Row | None]]


class GroupRead:
    """Rows of one statement by their names."""

    def __init__(self, database: Database, statement: str, column: str) -> None:
        self._database = database
        self._statement = statement
        self._column = column
        self._askers: list[Asker] = []
        self._reading: asyncio.Task[None] | None = None

    async def row(self, name: str) -> Row | None:
        """The row of that name, as last committed; None when there is none."""
        answer: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._askers.append((name, answer))
        if self._reading is None:
            # Of its own, since whoever asked first may be cancelled; what fails is told to all who asked.
            self._reading = asyncio.create_task(self._read())  # noqa: TID251
        return await answer

    async def _read(self) -> None:
        """Read until nobody asks."""
        while self._askers:
            askers, self._askers = self._askers, []
            try:
                rows = await self._database.read(
                    self._statement, ids=write_json([name for name, _ in askers])
                )
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                _fail(askers, error)
            else:
                _tell(askers, {row[self._column]: row for row in rows})
        self._reading = None


def _tell(askers: list[Asker], rows: dict[str, Row]) -> None:
    for name, answer in askers:
        if not answer.done():
            answer.set_result(rows.get(name))


def _fail(askers: list[Asker], error: Exception) -> None:
    for _, answer in askers:
        if not answer.done():
            answer.set_exception(error)
