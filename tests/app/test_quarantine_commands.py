"""Webhooks in quarantine, as an operator lists them and has them read again."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from store.quarantine import Quarantined
from store.store import open_store
from tests.app.program import likeness
from tests.store.given import add_job, add_key

ITEM = Quarantined(
    id="qrt_1",
    provider="wavespeed",
    submission_id="sub_1",
    reason="an older Likeness could not read it",
    body=b"garbage",
    received_at=1_700_000_000_000,
)


def test_an_empty_quarantine_says_so() -> None:
    assert "No webhook" in likeness("quarantine").stderr
    assert json.loads(likeness("quarantine", "--json").stdout) == []


def test_quarantined_webhooks_are_listed(tmp_path: Path) -> None:
    item = replace(ITEM, reason="it is [not] JSON", body=b"\xff garbage")
    asyncio.run(_quarantine(tmp_path / "data" / "likeness.db", item))
    assert "it is [not] JSON" in likeness("quarantine").stdout
    shown = json.loads(likeness("quarantine", "--json").stdout)[0]
    assert shown["bytes"] == 9
    assert shown["received_at"] == "2023-11-14T22:13:20.000Z"


def test_a_quarantined_webhook_is_read_again(tmp_path: Path) -> None:
    assert "There is no webhook qrt_1 in quarantine." in _reread(1)
    body = b'{"id": "p-1", "status": "failed", "error": "no face"}'
    path = tmp_path / "data" / "likeness.db"
    asyncio.run(_quarantine(path, ITEM))
    assert "It still cannot be read: the body is not a JSON object. It stays here." in _reread(1)
    asyncio.run(_replace(path, replace(ITEM, body=body)))
    assert "taken in: its submission has changed." in _reread(0)
    assert json.loads(likeness("quarantine", "--json").stdout) == []


def _reread(code: int) -> str:
    result = likeness("quarantine", "--rerun", "qrt_1")
    assert result.exit_code == code, result.output
    return result.stderr


async def _replace(path: Path, item: Quarantined) -> None:
    """The same webhook, which now can be read."""
    async with open_store(f"sqlite:///{path}") as store:
        kept = await store.quarantine.one(item.id)
        await store.quarantine.drop(item.id)
        await store.quarantine.keep(replace(item, submission_id=kept.submission_id))


async def _quarantine(path: Path, item: Quarantined) -> None:
    async with open_store(f"sqlite:///{path}") as store:
        await add_key(store)
        job = await add_job(store)
        await store.quarantine.keep(replace(item, submission_id=job.id))
