"""The one small interface behind which SQLite and PostgreSQL stand."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]


class Transaction(Protocol):
    """An open transaction; statements are called by name."""

    async def all(self, statement: str, **values: Any) -> list[Row]:
        """Every row of the answer."""
        ...

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement once for each of `rows`, as one round trip."""
        ...


class Database(Protocol):
    """Where the rows are. Every failure of it is StoreUnavailable."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """One writing transaction, committed durably at the end of the block."""
        ...

    async def read(self, statement: str, **values: Any) -> list[Row]:
        """Rows as last committed; never waits for a writer."""
        ...
