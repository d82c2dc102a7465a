"""The databases hold the same: the same tables, columns, references and indexes, compared alike."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
import pytest_asyncio

from store.migrate import migrations
from tests.store.rows import Rows, SqliteRows, opened_rows

pytestmark = pytest.mark.asyncio

TYPES = {"bigint": "INTEGER", "integer": "INTEGER", "text": "TEXT", "bytea": "BLOB"}
COLUMNS = {
    "sqlite": """
        SELECT tables.name, columns.name, columns.type, columns."notnull" OR columns.pk > 0
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table'
    """,
    "postgresql": """
        SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'migrations'
    """,
}
KEYS = {
    "sqlite": """
        SELECT tables.name, columns.name, columns.pk
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND columns.pk > 0
    """,
    "postgresql": """
        SELECT conrelid::regclass::text, attname, place
        FROM pg_constraint
        CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS part (number, place)
        INNER JOIN pg_attribute ON attrelid = conrelid AND attnum = number
        WHERE contype = 'p' AND connamespace = 'public'::regnamespace
            AND conrelid <> 'migrations'::regclass
    """,
}
REFERENCES = {
    "sqlite": """
        SELECT tables.name, found."from", found."table", found."to", found.on_delete
        FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name) AS found
        WHERE tables.type = 'table'
    """,
    "postgresql": """
        SELECT conrelid::regclass::text, own.attname, confrelid::regclass::text, other.attname,
            CASE confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'a' THEN 'NO ACTION' END
        FROM pg_constraint
        INNER JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]
        INNER JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = confkey[1]
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    """,
}
INDEXES = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": """
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conname = indexname
        )
    """,
}
COMPARED_OTHERWISE = """
SELECT relation.relname, attribute.attname
FROM pg_class AS relation
INNER JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
INNER JOIN pg_collation ON pg_collation.oid = attribute.attcollation
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind = 'i'
    AND collname <> 'C'
"""
"""What an index sorts by the language of the database."""


@pytest.fixture
def sqlite() -> Iterator[Rows]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in migrations("sqlite"):
            connection.executescript(migration.script)
        yield SqliteRows(connection)


@pytest_asyncio.fixture
async def postgres(postgresql_url: str) -> AsyncIterator[Rows]:
    async with opened_rows(postgresql_url) as opened:
        yield opened


@pytest.mark.parametrize("question", [KEYS, REFERENCES], ids=["keys", "references"])
async def test_they_have_the_same(sqlite: Rows, postgres: Rows, question: dict[str, str]) -> None:
    ours = {tuple(row) for row in await sqlite.ask(question["sqlite"])}
    assert ours == {tuple(row) for row in await postgres.ask(question["postgresql"])}


async def test_they_have_the_same_columns(sqlite: Rows, postgres: Rows) -> None:
    ours = {(*row[:3], bool(row[3])) for row in await sqlite.ask(COLUMNS["sqlite"])}
    found = await postgres.ask(COLUMNS["postgresql"])
    assert ours == {(row[0], row[1], TYPES[row[2]], row[3]) for row in found}


async def test_they_have_the_same_indexes(sqlite: Rows, postgres: Rows) -> None:
    ours = {plain(row[0]) for row in await sqlite.ask(INDEXES["sqlite"])}
    theirs = {plain(row[0]) for row in await postgres.ask(INDEXES["postgresql"])}
    assert ours == theirs


def plain(index: str) -> str:
    """Without what each database adds of its own when it is asked for what it was told."""
    text = re.sub(r"::text|USING btree|public\.|\(CAST|[()]", " ", index)
    return " ".join(text.replace("CREATE INDEX", "").split())


async def test_no_index_depends_on_a_language(postgres: Rows) -> None:
    assert await postgres.ask(COMPARED_OTHERWISE) == []
