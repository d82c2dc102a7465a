"""The one small interface behind which a database stands; SQLite is the first."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Row = Mapping[str, Any]


class Transaction(Protocol):
    """An open transaction; statements are called by name."""

    async def all(self, statement: str, **values: Any) -> list[Row]:
        """Every row of the answer."""
        ...

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement for all of `rows` at once; their values are what JSON knows."""
        ...

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement once for each of `rows`, which may hold bytes."""
        ...


Work = Callable[[Transaction], Coroutine[Any, Any, Result]]


class Database(Protocol):
    """Where the rows are. Every failure of it is StoreUnavailable."""

    async def write(self, work: Work[Result]) -> Result:
        """Run `work` in one writing transaction, which is committed durably before this returns.

        `work` waits for nothing but the transaction it is given.
        """
        ...

    async def read(self, statement: str, **values: Any) -> list[Row]:
        """Rows as last committed; never waits for a writer."""
        ...

    async def tidy(self) -> bool:
        """Let go of copies that the database keeps of rows which were erased; whether it could, since
        this waits for nobody."""
        ...
