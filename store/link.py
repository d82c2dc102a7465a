"""A connection to PostgreSQL that is made anew when it was lost, with whichever host may be written to.

Rules of this file:
- A commit is on the disk when it returns, and on a synchronous replica where there is one.
- Nobody waits long for what does not answer: that is StoreUnavailable.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
from asyncpg import exceptions as errors
from asyncpg.connect_utils import SessionAttribute

from domain.errors import StoreBusy, StoreUnavailable

CONNECTING: Final = 3.0
"""Seconds in which a host must have let us in; a webhook must be answered within 4 s."""
LEAVING: Final = 0.5
"""Seconds for a goodbye: nothing is to be saved by it."""
ANSWERING: Final = 4.0
"""Seconds after which a statement is given up."""
WRITABLE: Final = SessionAttribute.read_write
# Said by a statement and not at the connecting, so that PgBouncer lets it pass. In its order:
# - nobody waits for a lock for so long that a webhook behind it comes too late, and yet longer than
#   the database takes to find two that wait for each other (1 s);
# - whoever was stopped in the middle of a transaction is sent away soon;
# - a plan that was made while a table was empty becomes no scan of a million rows;
# - nothing is compiled first: what cannot do without such a scan looks so costly then that the compiler
#   would be started each time, for some hundred times as long as the statement takes;
# - a page of a list is not made by reading and sorting all of a key: a planner that takes a range of
#   several columns for one of the first prefers that to the index that has the very order;
# - where a commit does not wait for the disk by default, ours do.
SESSION: Final = """
SET lock_timeout = '1500ms';
SET idle_in_transaction_session_timeout = '2s';
SET enable_seqscan = off;
SET enable_incremental_sort = off;
SET jit = off;
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off';
"""

LEFT_BEHIND: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
"""
"""What a link was connected to before may still be at what nobody waits for any more, such as a commit that
waits for a replica: it would keep its locks for as long."""

LOST = (
    errors.PostgresConnectionError,
    errors.OperatorInterventionError,
    errors.InsufficientResourcesError,
    errors.ReadOnlySQLTransactionError,
    errors.IdleInTransactionSessionTimeoutError,
    errors.InternalClientError,
    errors.InterfaceError,
    OSError,
    TimeoutError,
)
"""After these a connection is given up: it is broken, leads to the wrong host, or still works on what
nobody waits for any more."""
OURS = (
    errors.SyntaxOrAccessError,
    errors.DataError,
    errors.IntegrityConstraintViolationError,
    ValueError,
)
"""Our own mistakes, and constraints that were met; everything else is the database's trouble."""
MET_ANOTHER = (
    errors.TransactionRollbackError,
    # Of two who write the same name at once, the second finds it the next time.
    errors.UniqueViolationError,
    # Another process has changed the schema since the statement was prepared.
    errors.InvalidCachedStatementError,
)
"""A transaction that fails so is begun again."""


class Link:
    """One connection, made anew when it was lost; `hosts` are the URLs that all links share, `patience`
    the seconds after which a statement is given up."""

    def __init__(self, hosts: list[str], patience: float = ANSWERING) -> None:
        self._hosts = hosts
        self._patience = patience
        self._name = f"likeness {uuid4().hex}"
        self._connection: asyncpg.Connection | None = None
        self._in_use = asyncio.Lock()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection]:
        """The connection, for one at a time; given up when the block fails in it."""
        async with self._in_use:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            with _not_now():
                try:
                    yield self._connection
                except (*LOST, asyncio.CancelledError):
                    self._give_up()
                    raise

    async def _connect(self) -> asyncpg.Connection:
        """Of several hosts to the one that may be written to, which is another one after a fail-over.
        It is asked first the next time; one that does not answer takes no other's time."""
        failure: Exception = OSError("no host")
        for host in tuple(self._hosts):
            try:
                async with asyncio.timeout(CONNECTING / len(self._hosts)):
                    connection = await _connected(host, self._name, self._patience)
            except (ValueError, OverflowError):
                raise
            except (*LOST, errors.PostgresError) as error:
                failure = error
            else:
                self._hosts.sort(key=lambda other: other != host)
                return connection
        raise StoreUnavailable(_told(failure)) from failure

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=LEAVING)
            except (*LOST, errors.PostgresError):
                connection.terminate()

    def _give_up(self) -> None:
        """Whatever was asked last may still be under way there."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def hosts_of(url: str) -> list[str]:
    """One URL for each host of a URL that names several, as in `postgresql://one,other/likeness`."""
    netloc, query = urlsplit(url).netloc, parse_qs(urlsplit(url).query)
    if any("," in host for host in query.get("host", ())):
        raise ValueError("several hosts in the query")
    if netloc.count("@") > 1:
        raise ValueError("an @ that is not written %40")
    if "," not in netloc:
        return [url]
    before, _, after = url.partition(netloc)
    who, at, hosts = netloc.rpartition("@")
    return [f"{before}{who}{at}{host}{after}" for host in hosts.split(",")]


async def _connected(host: str, name: str, patience: float) -> asyncpg.Connection:
    connection = await asyncpg.connect(
        host,
        command_timeout=patience,
        server_settings={"application_name": name},
        target_session_attrs=None if "target_session_attrs=" in host else WRITABLE,
    )
    try:
        await connection.execute(SESSION)
        await connection.execute(LEFT_BEHIND, name)
    except BaseException:
        # Nobody else knows of it yet.
        connection.terminate()
        raise
    return connection


@contextmanager
def _not_now() -> Iterator[None]:
    try:
        yield
    except (*OURS, *MET_ANOTHER):
        raise
    except errors.LockNotAvailableError as error:
        raise StoreBusy(_told(error)) from error
    except (*LOST, errors.PostgresError) as error:
        raise StoreUnavailable(_told(error)) from error


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
