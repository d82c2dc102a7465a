"""The one small interface behind which a database stands: SQLite for one machine, PostgreSQL for many."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from store.early_claims import EarlyClaims

Result = TypeVar("Result")
Row = Mapping[str, Any]


class Transaction(Protocol):
    """An open transaction; statements are called by name."""

    early: EarlyClaims
    """What becomes of the tasks that it makes."""

    async def all(self, statement: str, **values: Any) -> list[Row]:
        """Every row of the answer."""
        ...

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement for all of `rows` at once; their values are what JSON knows."""
        ...

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement once for each of `rows`, which may hold bytes."""
        ...

    async def lock(self, statement: str, **values: Any) -> None:
        """Wait until nobody else changes what the statement names, StoreBusy when that takes long; for
        a database that lets several write at once, and nothing for one that does not."""
        ...


Work = Callable[[Transaction], Coroutine[Any, Any, Result]]


class Database(Protocol):
    """Where the rows are. Every failure of it is StoreUnavailable."""

    async def write(self, work: Work[Result]) -> Result:
        """Run `work` in one writing transaction, which is committed durably before this returns.

        `work` waits for nothing but the transaction it is given, and may be run again from its
        beginning when it met another one.
        """
        ...

    async def read(self, statement: str, **values: Any) -> list[Row]:
        """Rows as last committed; never waits for a writer."""
        ...

    async def tidy(self) -> bool:
        """Let go of copies that the database keeps of rows which were erased; whether it could, since
        this waits for nobody."""
        ...


class Migratable(Protocol):
    """A database whose schema is brought up to date."""

    dialect: str
    """Whose migrations it takes."""

    async def applied_migrations(self) -> list[str]:
        """Names of the migrations that this database has seen."""
        ...

    async def apply(self, name: str, script: str) -> bool:
        """Run a migration once, whoever else is about to; whether it was us."""
        ...


class Shared(Protocol):
    """A database that several machines share, and through which their processes tell each other."""

    async def now(self) -> int:
        """The time by which all of them agree, in milliseconds."""
        ...

    async def announce(self, text: str) -> None:
        """Tell all who listen; StoreUnavailable when it cannot be told now."""
        ...

    async def announcements(self, hear: Callable[[str], None]) -> None:
        """Hear what is announced, for ever."""
        ...
