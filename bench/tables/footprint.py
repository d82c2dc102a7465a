"""What one job leaves behind and costs a database: rows, bytes on the disk, bytes of log, commits.

A job is a portrait whose client is told: submitted, taken in by webhook, delivered. It is counted from outside,
before and after many of them, once with one connection and once with many, since commits are shared under load.
"""

from dataclasses import dataclass

from bench.figures import Series
from bench.jobs import account, delivered, prepare
from bench.load import fire
from bench.processes import peer
from bench.rows import Rows
from bench.run import SQLITE, Run
from bench.service import installed, serving

NAME = "footprint"
TITLE = "What one job costs the database"
BUDGET = 90.0
SIZE = 400
TABLES = (
    *("submissions", "events", "tasks", "deliveries", "attempts", "media", "dependencies"),
    *("resources", "uploads", "upload_uses", "archived", "idempotency_keys", "leftovers"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A database's, at one moment."""

    rows: dict[str, int]
    on_disk: int
    log: int = 0
    commits: int = 0
    connections: int = 0


def measure(run: Run) -> list[Series]:
    series: list[Series] = []
    with (
        peer("provider") as provider,
        peer("receiver") as receiver,
        installed(run, provider) as installation,
        serving(installation),
    ):
        weigh = _of_sqlite if run.database == SQLITE else _of_postgresql
        for connections in run.connections[:2]:
            size = run.scaled(SIZE)
            before = weigh(installation.rows)
            jobs = prepare(installation, provider, size, f"{receiver.url}/hooks")
            volley = fire([job.webhook() for job in jobs], connections, [installation.port])
            account("footprint", installation.rows, jobs, volley).check()
            delivered(installation.rows, jobs)
            after = weigh(installation.rows)
            series += _series(before, after, size, f"{connections} at once", run.database)
    return series


def _of_sqlite(rows: Rows) -> Weight:
    rows.run("PRAGMA wal_checkpoint(PASSIVE)")
    ((pages,),) = rows.ask("PRAGMA page_count")
    ((size,),) = rows.ask("PRAGMA page_size")
    return Weight(rows=_counts(rows), on_disk=pages * size)


def _of_postgresql(rows: Rows) -> Weight:
    rows.run("VACUUM")
    # What a process has counted of its own is seen by others a second later, unless it is asked for.
    rows.run("SELECT pg_stat_force_next_flush()")
    ((on_disk,),) = rows.ask("SELECT pg_database_size(current_database())")
    ((log,),) = rows.ask("SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)")
    own = "WHERE datname = current_database()"
    ((commits,),) = rows.ask(f"SELECT xact_commit FROM pg_stat_database {own}")  # noqa: S608 - our own words
    named = f"{own} AND application_name LIKE 'likeness%'"
    ((connections,),) = rows.ask(f"SELECT count(*) FROM pg_stat_activity {named}")  # noqa: S608 - our own words
    return Weight(
        rows=_counts(rows), on_disk=on_disk, log=log, commits=commits, connections=connections
    )


def _counts(rows: Rows) -> dict[str, int]:
    statement = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in TABLES)  # noqa: S608 - our own names
    return {name: int(count) for name, count in rows.ask(statement)}


def _series(before: Weight, after: Weight, size: int, under: str, database: str) -> list[Series]:
    figures = {
        f"rows in {name}": (count - before.rows[name]) / size
        for name, count in after.rows.items()
        if count > before.rows[name]
    }
    figures["bytes on the disk, with indexes"] = (after.on_disk - before.on_disk) / size
    if database != SQLITE:
        figures["bytes of write-ahead log"] = (after.log - before.log) / size
        figures["transactions"] = (after.commits - before.commits) / size
    found = [
        Series(what=what, under=under, unit="a job", values=[value])
        for what, value in figures.items()
    ]
    if database != SQLITE:
        open_ones = [float(after.connections)]
        found.append(
            Series(what="connections of a process", under=under, unit="", values=open_ones)
        )
    return found
