"""The two streams of the command line: results go to OUT, talk goes to ERR.

What is data is a table or a sentence where a person looks, and JSON with --json or in a pipe: one value
a line, a table as one array. Only what may go on for long, as `list` and `watch`, has a line for each.
--json also leaves out what only a person needs to be told.

Lines are never wrapped where nobody looks at them: a wrapped URL or key cannot be copied.
"""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)


def say(text: str) -> None:
    """A sentence for people, which may hold rich's markup."""
    ERR.print(text)


def plain(value: object) -> str:
    """Somebody else's text, safe inside markup."""
    return escape(str(value))


def grid(*names: str) -> Table:
    """A table whose first column, a name to copy, is never broken."""
    table = Table(box=None, header_style="bold")
    for place, name in enumerate(names):
        table.add_column(name, no_wrap=place == 0, overflow="fold")
    return table


def for_program(as_json: bool) -> bool:
    """Whether no person looks, or wants to."""
    return as_json or not OUT.is_terminal


def tell(value: Any, sentence: str, *, as_json: bool, result: str = "") -> None:
    """The value for a program; for a person the sentence, and at a terminal a `result` to copy."""
    if for_program(as_json):
        show_json(value, lines=True)
    elif result:
        OUT.print(plain(result))
    if not as_json:
        say(sentence)


def show_rows(rows: Sequence[Any], table: Table, *, as_json: bool, none: str = "") -> None:
    """The rows as one array for a program; for a person the table, or the sentence that there is none."""
    if for_program(as_json):
        show_json(rows)
    elif rows:
        OUT.print(table)
    if none and not rows and not as_json:
        say(none)


def show_json(value: Any, *, lines: bool = False) -> None:
    """JSON as it is, for programs; `lines` puts it on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
    OUT.out(text, highlight=False)
    OUT.file.flush()
