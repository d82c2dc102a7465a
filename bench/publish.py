"""Publishing: the tables into bench/README.md, between two marks, and the plots beside it."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Result, from_json
from bench.markdown import below, table
from bench.run import POSTGRESQL, SQLITE
from bench.tables import TABLES

FOLDER = Path(__file__).parent
BEGIN = "<!-- results: written by `python -m bench publish` -->"
END = "<!-- end of results -->"


def publish(results: Path, folder: Path = FOLDER) -> None:
    """Everything that was measured last, as long as none of it was only a quick look."""
    # The one library that only a picture needs.
    from bench.plots import GROWTH, THROUGHPUT, draw

    found = read(results)
    (folder / "plots").mkdir(exist_ok=True)
    for name, look in (("intake", THROUGHPUT), ("growth", GROWTH)):
        drawn = [result for result in found if result.table == name]
        if drawn:
            (folder / "plots" / f"{name}.svg").write_text(draw(drawn, look))
    readme = folder / "README.md"
    readme.write_text(with_results(readme.read_text(), found))


def read(folder: Path) -> list[Result]:
    """The results in the order of the tables, SQLite first."""
    paths = [folder / f"{name}.{kind}.json" for name in TABLES for kind in (SQLITE, POSTGRESQL)]
    found = [from_json(json.loads(path.read_text())) for path in paths if path.exists()]
    quick = [result.table for result in found if result.quick]
    if quick or not found:
        raise SystemExit(f"Nothing to publish, or only a quick look: {', '.join(quick)}")
    return found


def with_results(readme: str, results: Sequence[Result]) -> str:
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"bench/README.md has lost its marks: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{section(results)}\n{END}{after}"


def section(results: Sequence[Result]) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in results[0].machine.items())
    minutes = sum(result.seconds for result in results) / 60
    parts = [f"Measured on: {machine}. {minutes:.0f} minutes in all.\n"]
    for name, made in TABLES.items():
        mine = [result for result in results if result.table == name]
        if mine:
            parts.append(f"### {made.title}\n")
            parts += [table(result) for result in mine]
            parts += (
                [f"![{made.title}](plots/{name}.svg)\n"] if name in ("intake", "growth") else []
            )
    missed = below(results)
    parts.append("### Below its aim\n")
    parts.append("\n".join(missed) + "\n" if missed else "Nothing.\n")
    return "\n".join(parts)
