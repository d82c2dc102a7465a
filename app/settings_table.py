"""The settings as a table, for the operator's eyes and for the README; secrets are never shown."""

import re
from collections.abc import Callable
from dataclasses import Field, asdict, dataclass, fields
from typing import Any

from rich.table import Table

from app.console import grid, plain
from app.settings import Settings

NOTHING = "-"
PASSWORD = re.compile(r"(?<=://)([^/@:]*:).*(?=@)|(?<=[?&])((?:ssl)?password=)[^&]*", re.IGNORECASE)
RESOLVED: dict[str, Callable[[Settings], str]] = {
    "DATABASE_URL": lambda settings: settings.store_url,
    "LIKENESS_HOST": lambda settings: settings.listen_host,
}
"""What these come to, also when they are not set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    variable: str
    value: str
    default: str
    meaning: str


def lines(settings: Settings) -> list[Line]:
    """One line for each variable, in the order of Settings."""
    return [
        Line(
            variable=field.metadata["variable"],
            value=_value(field, settings),
            default=_default(field),
            meaning=field.metadata["meaning"],
        )
        for field in fields(Settings)
    ]


def as_json(settings: Settings) -> list[dict[str, str]]:
    return [asdict(line) for line in lines(settings)]


def as_table(settings: Settings) -> Table:
    table = grid("Variable", "Value", "Default", "Meaning")
    for line in lines(settings):
        cells = (line.variable, line.value, line.default, line.meaning.replace("`", ""))
        table.add_row(*map(plain, cells))
    return table


def markdown() -> str:
    """The README's table."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for line in lines(Settings()):
        default = line.default if line.default == NOTHING else f"`{line.default}`"
        rows.append(f"| `{line.variable}` | {default} | {line.meaning} |".replace("`-`", NOTHING))
    return "\n".join(rows)


def _value(field: Field[Any], settings: Settings) -> str:
    value = getattr(settings, field.name)
    if field.metadata["variable"] in RESOLVED:
        return without_password(RESOLVED[field.metadata["variable"]](settings))
    if field.metadata["secret"]:
        return "set" if value else "not set"
    if value == field.default and field.metadata["shown"]:
        return str(field.metadata["shown"])
    return _text(value)


def without_password(url: str) -> str:
    return PASSWORD.sub(r"\1\2***", url)


def _default(field: Field[Any]) -> str:
    return field.metadata["shown"] or _text(field.default)


def _text(value: Any) -> str:
    match value:
        case None | "":
            return NOTHING
        case tuple():
            return ",".join(_text(part) for part in value) or "none"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
