"""Three processes on one SQLite file, under load: each wish is done once, and none is lost."""

import asyncio
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.progress import FINAL
from tests.app.program import Program
from tests.app.service import Service
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

MANY = 60


async def test_two_that_serve_and_one_that_works_share_a_file(
    service: Service, tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = started[0].says(r"WAVESPEED_BASE_URL=(\S+)")
    monkeypatch.setenv("PORT", "0")
    second, third = Program(tmp_path, "serve"), Program(tmp_path, "work")
    started += [second, third]
    urls = [service.url, second.says(r"listens on (\S+)")]
    third.says("(worker keeps)")
    headers = {"authorization": f"Bearer {service.key}"}
    async with (
        new_client(urls[0], headers) as one,
        new_client(urls[1], headers) as other,
        asyncio.TaskGroup() as group,
    ):
        tasks = [
            group.create_task(done(to, elsewhere, sandbox, number))
            for number, (to, elsewhere) in zip(range(MANY), cycle(((one, other), (other, one))))
        ]
    ids = {task.result() for task in tasks}
    assert len(ids) == MANY
    kept = stored(tmp_path)
    assert set(kept) == ids
    async with new_client(sandbox) as client:
        told = (await client.get("/sandbox/charges?limit=1000")).json()
    assert told["paid"] == MANY
    assert {charge["job"] for charge in told["charges"]} == set(kept.values())
    for program in started[1:]:
        assert program.told(signal.SIGTERM) == 0
        assert "Traceback" not in program.output
        assert "database is locked" not in program.output


def stored(folder: Path) -> dict[str, str]:
    """Each submission that is in the file, and its job at the provider."""
    with closing(sqlite3.connect(folder / "data" / "likeness.db")) as connection:
        return dict(connection.execute("SELECT id, upstream_id FROM submissions").fetchall())


async def done(
    to: httpx.AsyncClient, elsewhere: httpx.AsyncClient, sandbox: str, number: int
) -> str:
    """Posted at both doors at once under one name, and looked at from the second until its end."""
    fields = {"prompt": f"portrait {number}.", "image": f"{sandbox}/media/portrait.jpg"}
    wish = {"kind": "wavespeed/portrait", "input": fields}
    name = {"idempotency-key": f"order-{number}"}
    async with asyncio.TaskGroup() as group:
        both = [
            group.create_task(door.post("/v1/submissions", json=wish, headers=name))
            for door in (to, elsewhere)
        ]
    first, again = (task.result() for task in both)
    assert (first.status_code, again.status_code) == (202, 202), (first.text, again.text)
    assert first.json()["id"] == again.json()["id"]
    submission_id = str(first.json()["id"])
    path = f"/v1/submissions/{submission_id}"
    shown: dict[str, Any] = {"status": "pending"}
    while shown["status"] not in FINAL:
        shown = (await elsewhere.get(f"{path}?wait=30")).json()
    assert shown["status"] == "succeeded", shown
    types = Counter(one["type"] for one in (await to.get(f"{path}/events")).json()["items"])
    assert types["submit.accepted"] == types["provider.completed"] == 1
    return submission_id
