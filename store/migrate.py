"""Numbered migrations, each applied once, in one transaction with the note that it was."""

import re
from dataclasses import dataclass
from importlib import resources

from domain.errors import LikenessError
from store.sqlite import SqliteDatabase

NUMBERED = re.compile(r"^(\d{4}_\w+)\.sqlite\.sql$")


class NewerDatabase(LikenessError):
    """The database was written by a newer Likeness than this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    name: str
    script: str


def migrations() -> list[Migration]:
    """All that this code knows, in order."""
    found = []
    for file in (resources.files("store") / "migrations").iterdir():
        numbered = NUMBERED.match(file.name)
        if numbered:
            found.append(Migration(name=numbered[1], script=file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.name)


async def migrate(database: SqliteDatabase) -> list[str]:
    """Bring the database up to date; the names of what was applied. Safe from many processes."""
    known = migrations()
    applied = set(await database.applied_migrations())
    unknown = applied - {migration.name for migration in known}
    if unknown:
        raise NewerDatabase(
            f"the database knows {max(unknown)}, which this version does not: "
            "use the Likeness that wrote it, or a newer one"
        )
    return [
        migration.name
        for migration in known
        if migration.name not in applied and await database.apply(migration.name, migration.script)
    ]
