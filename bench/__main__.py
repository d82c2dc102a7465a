"""python -m bench: measure what is promised about speed, table by table; then publish what was found."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.accounting import LostEvents
from bench.figures import Result
from bench.load import Lost
from bench.machine import machine
from bench.postgresql import postgresql
from bench.processes import ROOT
from bench.publish import publish
from bench.run import POSTGRESQL, SQLITE, Run
from bench.tables import TABLES, Table

RESULTS = ROOT / "bench" / "results"
BOTH = (SQLITE, POSTGRESQL)


def main() -> None:
    given = _arguments()
    if given.tables == ["publish"]:
        publish(given.results)
        return
    given.results.mkdir(parents=True, exist_ok=True)
    databases = BOTH if given.database == "both" else (given.database,)
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="likeness-bench-") as folder:
        for name in given.tables or list(TABLES):
            table = TABLES[name]
            wanted = [database for database in databases if database in table.databases]
            runs = [
                Run(
                    database=database,
                    folder=Path(folder),
                    rounds=given.rounds or (2 if given.quick else 5),
                    quick=given.quick,
                    budget=table.budget,
                    table=name,
                )
                for database in wanted
            ]
            _measure_all(table, runs, given.results)


def _measure_all(table: Table, runs: list[Run], results: Path) -> None:
    """One database after the other; tables that only wait, side by side."""
    with ThreadPoolExecutor(max_workers=len(runs) if table.side_by_side else 1) as pool:
        for done in [pool.submit(_measure, table, run, results) for run in runs]:
            try:
                done.result()
            except (Lost, LostEvents) as error:
                raise SystemExit(f"The bench has failed: {error}") from error


def _measure(table: Table, run: Run, results: Path) -> None:
    run.started = time.monotonic()
    run.say(f"begins; its budget is {run.budget:.0f} s")
    with _files(run) as own:
        series = table.measure(own)
        found = Result(
            table=run.table,
            database=run.database,
            quick=run.quick,
            seconds=round(run.elapsed, 1),
            machine=machine(own.folder),
            series=series,
        )
    path = results / f"{run.table}.{run.database}.json"
    path.write_text(json.dumps(found.as_json(), ensure_ascii=False, indent=1) + os.linesep)
    run.say("done")


@contextmanager
def _files(run: Run) -> Iterator[Run]:
    """The run with a folder, and if need be a server, of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=run.folder) as folder:
        run.folder = Path(folder)
        if run.database == SQLITE:
            yield run
            return
        with postgresql(run.folder) as run.server:
            yield run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    choices = [*TABLES, "publish"]
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of: {', '.join(choices)}")
    parser.add_argument("--database", choices=[*BOTH, "both"], default="both")
    parser.add_argument("--rounds", type=int, help="5, or 2 of a quick run")
    parser.add_argument("--quick", action="store_true", help="see in a minute that it works")
    parser.add_argument("--folder", help="where databases lie while they are measured")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    unknown = set(given.tables) - set(choices)
    if unknown:
        parser.error(
            f"there is no table {', '.join(sorted(unknown))}; there are {', '.join(choices)}"
        )
    if "publish" in given.tables and len(given.tables) > 1:
        parser.error("publish stands alone: it writes down what was measured before")
    return given


if __name__ == "__main__":
    main()
