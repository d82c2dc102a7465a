"""PostgreSQL's statements find their rows by an index, also when a plan was made before there were any."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from store.link import SESSION
from store.postgresql import prepared

pytestmark = pytest.mark.asyncio

GROWING = frozenset(
    {
        *(
            "archived",
            "attempts",
            "deliveries",
            "dependencies",
            "events",
            "idempotency_keys",
            "media",
        ),
        *("quarantine", "resources", "submissions", "tasks", "upload_uses", "uploads"),
    }
)
"""Tables that grow with every submission; the others stay small."""
READ_THROUGH = {
    "quarantined": "the operator's list of the newest",
    "count_groups": "as many rows as the provider allows groups",
    "living_groups": "as many rows as the provider allows groups",
    "living_groups_of_a_key": "as many rows as the provider allows groups",
    "delivery_hosts": "the first row of each host",
    "somebody_works": "the first row of each lane",
    "numbers_of_trouble": "what waits for an operator, counted up to a bound",
    "signs": "the last row of some indexes, and counts up to a bound",
    "count_dead_deliveries": "an index of only those that were given up, as far as was asked",
}
"""Statements that read a whole index by their nature, and why that is well."""
FILL = """
INSERT INTO api_keys (id, name, hash, admin, webhook_secret, created_at)
VALUES ('key_1', 'one', 'hash', 0, 'whsec_1', 1);
INSERT INTO submissions (id, key_id, kind, status, stage, input, state, metadata, version, created_at, updated_at)
SELECT 'sub_' || n, 'key_1', 'wavespeed/portrait', 'pending', 'queued', '{}', '{}', '{}', 1, n, n
FROM generate_series(1, 20000) AS n;
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt)
SELECT 'sub_' || n, 'submit', '', 'wavespeed.submit', n, 0, 0 FROM generate_series(1, 20000) AS n;
INSERT INTO events (submission_id, key, type, source, status, at, version, facts, number)
SELECT 'sub_' || n, 'k', 't', 's', 'pending', 1, 1, '{}', 1 FROM generate_series(1, 20000) AS n;
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt)
SELECT 'sub_' || n, 'deliver', 'dlv_' || n, 'host' || n % 100, n, 0, 0 FROM generate_series(1, 20000) AS n;
INSERT INTO deliveries (
    id, submission_id, key_id, url, endpoint, type, sequence, snapshot, state, tries, created_at
)
SELECT 'dlv_' || n, 'sub_' || n, 'key_1', 'url', 'endpoint', 't', 1, '{}', 'pending', 0, n
FROM generate_series(1, 20000) AS n;
INSERT INTO dependencies (submission_id, needs_id)
SELECT 'sub_' || n, 'sub_' || n / 2 FROM generate_series(1, 20000) AS n;
ANALYZE;
"""
FEW = FILL.replace("20000", "100")
FINISHED = ";".join((FILL, "DELETE FROM tasks", "DELETE FROM dependencies", "ANALYZE"))
"""Large tables in which there is hardly anything: what a worker leaves of its tasks."""
DUE = {"lane": "wavespeed.submit", "now": 10**9, "room": 64}


@pytest_asyncio.fixture
async def connection(
    postgresql_url: str,
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """As the store's own are; the tables have no page that was used before, which would change plans."""
    opened = await asyncpg.connect(postgresql_url)
    try:
        await opened.execute(SESSION)
        await opened.execute(f"TRUNCATE api_keys, leftovers, {', '.join(sorted(GROWING))}")
        yield opened
    finally:
        await opened.close()


async def plan(connection: Any, name: str, *options: str, **values: Any) -> dict[str, Any]:
    sql, names = prepared()[name]
    statement = await connection.prepare(f"EXPLAIN ({', '.join(('FORMAT JSON', *options))}) {sql}")
    kinds = [kind.name for kind in statement.get_parameters()]
    given = [values.get(name, a_value(kind)) for name, kind in zip(names, kinds, strict=True)]
    answer: dict[str, Any] = json.loads(await statement.fetchval(*given))[0]["Plan"]
    return answer


def a_value(kind: str) -> Any:
    return {"json": "[]", "bytea": b"", "text": "x"}.get(kind, 1)


def steps(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for inner in node.get("Plans", []):
        yield from steps(inner)


def whole_tables(node: Mapping[str, Any]) -> list[str]:
    """Growing tables that a plan reads from end to end, through an index or without one."""
    return [
        f"{step['Node Type']} of {step['Relation Name']}"
        for step in steps(node)
        if step.get("Relation Name") in GROWING
        and step["Node Type"] != "ModifyTable"
        and step["Node Type"] != "Bitmap Heap Scan"
        and "Index Cond" not in step
    ]


@pytest.mark.parametrize(
    "rows",
    ["SELECT 1", "ANALYZE", FEW, FILL, FINISHED],
    ids=["new", "empty", "few", "many", "many that were"],
)
async def test_no_statement_reads_a_whole_table(connection: Any, rows: str) -> None:
    await connection.execute(rows)
    found = {}
    for name in prepared().keys() - READ_THROUGH.keys():
        read = whole_tables(await plan(connection, name))
        if read:
            found[name] = read
    assert found == {}


async def blocks(connection: Any, statement: str) -> int:
    """That are looked at, to find 64 tasks."""
    async with connection.transaction():
        # The first time, what was deleted is tidied up.
        await plan(connection, statement, "ANALYZE", "BUFFERS", **DUE)
        found = await plan(connection, statement, "ANALYZE", "BUFFERS", **DUE)
    assert found["Actual Rows"] == 64
    return int(found["Shared Hit Blocks"] + found["Shared Read Blocks"])


async def test_a_backlog_of_due_tasks_does_not_make_a_claim_slower(connection: Any) -> None:
    await connection.execute(FEW)
    few = await blocks(connection, "due_tasks")
    await connection.execute("TRUNCATE api_keys CASCADE")
    await connection.execute(FILL)
    many = await blocks(connection, "due_tasks")
    # A larger tree is a level or two deeper.
    assert many <= few + 4


async def test_what_is_read_in_its_order_is_not_sorted(connection: Any) -> None:
    await connection.execute(FILL)
    for name in (
        "submissions_of_a_key",
        "submissions_by_kind",
        "submissions_by_status",
        "due_tasks",
    ):
        kinds = {one["Node Type"] for one in steps(await plan(connection, name))}
        assert "Sort" not in kinds, name


async def test_no_statement_is_compiled_before_it_is_run(connection: Any) -> None:
    """What cannot do without a whole table seems so costly here that each would be."""
    assert await connection.fetchval("SHOW jit") == "off"


async def test_a_page_of_a_list_is_not_sorted_out_of_all_that_a_key_has(connection: Any) -> None:
    """Of 1,000,000 the list of those that wait took 9 s, where few pages were tidied up yet."""
    assert await connection.fetchval("SHOW enable_incremental_sort") == "off"
    await connection.execute(FILL)
    # Ids alone are looked for: with the rows no index would have all, and the wrong one might do.
    for name in ("newest_of_kind", "lost_exchanges"):
        found = list(steps(await plan(connection, name, limit=26, room=26)))
        assert "submissions_of_a_key_by_kind" in {one.get("Index Name") for one in found}, name
