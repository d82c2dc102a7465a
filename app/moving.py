"""`likeness move`: how far it is, what has come, and what is to be done next."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.console import ERR, OUT, for_program, grid, plain, say, show_json
from app.ending import Stop
from app.settings_table import without_password
from store.move import Moved, Step, Watch
from store.move import move as move_rows

SQLITE = "sqlite:///"
POSTGRESQL = ("postgres://", "postgresql://")


async def move(source: str, target: str, *, as_json: bool) -> None:
    if not source.startswith(SQLITE) or source == SQLITE:
        raise Stop("FROM must be an SQLite file, such as sqlite:///var/likeness.db.")
    if not target.startswith(POSTGRESQL):
        raise Stop("TO must be a PostgreSQL database, such as postgresql://user@host/likeness.")
    with _bar() as watch:
        moved = await move_rows(Path(source.removeprefix(SQLITE)), target, watch)
    if for_program(as_json):
        show_json({"rows": {one.table: one.rows for one in moved}}, lines=True)
    else:
        table = grid("Table", "Rows")
        for one in moved:
            table.add_row(one.table, str(one.rows))
        OUT.print(table)
    for sentence in () if as_json else _closing(source, target, moved):
        say(sentence)


@contextmanager
def _bar() -> Iterator[Watch]:
    """A bar for each table where a person looks, and nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        bar = progress.add_task("opening", total=None)

        def watch(step: Step) -> None:
            doing = "comparing" if step.comparing else "copying"
            progress.update(
                bar, description=f"{doing} {step.table}", completed=step.done, total=step.rows
            )

        yield watch


def _closing(source: str, target: str, moved: list[Moved]) -> Iterator[str]:
    replaced = sum(one.replaced for one in moved)
    yield "Every row was read back from the target and is the same."
    if replaced:
        yield (
            f"But {replaced} texts held the character 0, which PostgreSQL cannot keep: "
            "U+FFFD stands there instead."
        )
    yield f"Next: start Likeness with DATABASE_URL={plain(without_password(target))}"
    yield (
        "  and the same LIKENESS_SECRET_KEYS, or the file secret_keys of the data folder: "
        "tokens and links that are out are signed by them"
    )
    yield (
        "  and the same LIKENESS_DATA_DIR and LIKENESS_ARCHIVE: "
        "uploads and archived results are files, and stay where they are."
    )
    yield (
        f"Start nothing on {plain(source)} any more: both would do the same jobs, and pay for them. "
        "It is unchanged; delete it when the new one runs well."
    )
