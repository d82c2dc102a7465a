"""The named statements of one dialect.

Rules of the files:
- `sql/<dialect>/<noun>.sql`; every dialect knows the same names.
- :rows, :ids, :claims and :lanes are JSON texts: one statement serves a whole batch, in one step that
  leaves the interpreter's lock to others. Only content in bytes is written row by row.
"""

import re
from functools import cache
from importlib import resources

NAMED = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def statements(dialect: str) -> dict[str, str]:
    """{name: SQL} of the files in `sql/<dialect>`."""
    folder = resources.files("store") / "sql" / dialect
    return {
        name: sql.strip()
        for file in folder.iterdir()
        for name, sql in NAMED.findall(file.read_text(encoding="utf-8"))
    }
