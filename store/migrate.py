"""Numbered migrations, each applied once, in one transaction with the note that it was."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from importlib import resources

from domain.errors import LikenessError
from store.database import Migratable

NUMBERED = re.compile(r"^(\d{4}_\w+)\.(\w+)\.sql$")


class NewerDatabase(LikenessError):
    """The database was written by a newer Likeness than this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    name: str
    script: str


def migrations(dialect: str) -> list[Migration]:
    """All that this code knows, in order; every dialect has the same names."""
    found = []
    for file in (resources.files("store") / "migrations").iterdir():
        numbered = NUMBERED.match(file.name)
        if numbered and numbered[2] == dialect:
            found.append(Migration(name=numbered[1], script=file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.name)


async def migrate(database: Migratable) -> list[str]:
    """Bring the database up to date; the names of what was applied. Safe from many processes."""
    known = migrations(database.dialect)
    applied = set(await database.applied_migrations())
    refuse_newer(applied, known)
    return [
        migration.name
        for migration in known
        if migration.name not in applied and await database.apply(migration.name, migration.script)
    ]


def refuse_newer(applied: Set[str], known: Sequence[Migration]) -> None:
    """NewerDatabase, when it has seen migrations that this code does not know."""
    unknown = applied - {migration.name for migration in known}
    if unknown:
        raise NewerDatabase(
            f"the database knows {max(unknown)}, which this version does not: "
            "use the Likeness that wrote it, or a newer one"
        )
