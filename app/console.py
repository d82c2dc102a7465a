"""The two streams of the command line: results go to OUT, talk goes to ERR.

Lines are never wrapped where nobody looks at them: a wrapped URL or key cannot be copied.
"""

import json
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


def tell(value: Any, sentence: str, *, as_json: bool) -> None:
    """The value for a program, the sentence for a person at a terminal."""
    if as_json or not OUT.is_terminal:
        show_json(value, lines=True)
    else:
        say(sentence)


def show_table(table: Table) -> None:
    """As wide as the terminal; as wide as it wants where nobody looks."""
    if OUT.is_terminal:
        OUT.print(table)
        return
    wide = Console(file=OUT.file, width=2000, highlight=False)
    wide.print(table, width=wide.measure(table).maximum)


def show_json(value: Any, *, lines: bool = False) -> None:
    """JSON as it is, for programs; `lines` puts it on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
    OUT.out(text, highlight=False)
    OUT.file.flush()
