"""The named statements of one dialect."""

import re
from functools import cache
from importlib import resources

NAMED = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def statements(dialect: str) -> dict[str, str]:
    """{name: SQL} of `sql/<dialect>.sql`."""
    text = (resources.files("store") / "sql" / f"{dialect}.sql").read_text(encoding="utf-8")
    return {name: sql.strip() for name, sql in NAMED.findall(text)}
