"""What an operator asks: migrate, quarantine, kinds."""

import asyncio
import json
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from store.quarantine import Quarantined
from store.store import open_store
from tests.app.program import Program, likeness
from tests.store.given import add_job, add_key


def test_migrate_says_what_it_did_and_that_nothing_is_left() -> None:
    first, second = likeness("migrate"), likeness("migrate")
    assert (first.exit_code, "now has 0001_" in first.stderr) == (0, True)
    assert (second.exit_code, "is up to date" in second.stderr) == (0, True)


def test_a_newer_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    likeness("migrate")
    with sqlite3.connect(tmp_path / "data" / "likeness.db") as connection:
        connection.execute("INSERT INTO migrations (name) VALUES ('9999_future')")
    connection.close()
    for command in (["migrate"], ["serve"], ["keys", "list"]):
        result = likeness(*command)
        assert result.exit_code == 2, command
        assert "9999_future" in result.stderr
        assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["migrate", "serve", "work"])
def test_what_is_no_database_is_told_in_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.db"
    file.write_text("not a database, but quite a lot of text\n" * 50)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    result = likeness(command)
    assert result.exit_code == 2
    told = (
        f"The file {file} is no SQLite database: move it away, or name another with DATABASE_URL."
    )
    assert result.stderr.replace("\n", " ").strip().endswith(told)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["work"],
        ["migrate"],
        ["quarantine"],
        ["keys", "list"],
        ["keys", "create", "shop"],
        ["keys", "revoke", "shop"],
        ["keys", "rotate-secret", "shop"],
    ],
    ids=" ".join,
)
def test_a_data_folder_that_cannot_be_used_is_named_with_its_variable(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LIKENESS_DATA_DIR", f"{tmp_path}/file/data")
    result = likeness(*command)
    assert result.exit_code == 2
    sentence = f"LIKENESS_DATA_DIR cannot be used: Not a directory: {tmp_path}/file/data"
    assert result.stderr.replace("\n", "").startswith(sentence)


@pytest.mark.parametrize("command", ["serve", "work"])
@pytest.mark.parametrize("setting", ["az://container/results", "file:///dev/null/results"])
def test_an_archive_that_cannot_be_set_up_is_one_sentence(
    command: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    monkeypatch.setenv("LIKENESS_ARCHIVE", setting)
    result = likeness(command)
    assert result.exit_code == 2
    assert result.stderr.startswith("LIKENESS_ARCHIVE ")
    assert "Traceback" not in result.output


def test_what_is_made_is_for_its_owner_only(tmp_path: Path, started: list[Program]) -> None:
    program = Program(tmp_path, "migrate")
    started.append(program)
    assert program.ended() == 0
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes["likeness.db"] == 0o600
    assert set(modes.values()) == {0o600}


def test_an_empty_quarantine_says_so() -> None:
    assert "No webhook" in likeness("quarantine").stderr
    assert json.loads(likeness("quarantine", "--json").stdout) == []


def test_quarantined_webhooks_are_listed(tmp_path: Path) -> None:
    item = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id="sub_1",
        reason="it is [not] JSON",
        body=b"\xff garbage",
        received_at=1_700_000_000_000,
    )
    asyncio.run(_quarantine(tmp_path / "data" / "likeness.db", item))
    assert "it is [not] JSON" in likeness("quarantine").stdout
    shown = json.loads(likeness("quarantine", "--json").stdout)[0]
    assert shown["bytes"] == 9
    assert shown["received_at"] == "2023-11-14T22:13:20.000Z"


def test_a_quarantined_webhook_is_read_again(tmp_path: Path) -> None:
    assert "There is no webhook qrt_1 in quarantine." in _reread(1)
    body = b'{"id": "p-1", "status": "failed", "error": "no face"}'
    item = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id="sub_1",
        reason="an older Likeness could not read it",
        body=b"garbage",
        received_at=1_700_000_000_000,
    )
    path = tmp_path / "data" / "likeness.db"
    asyncio.run(_quarantine(path, item))
    assert "It still cannot be read: the body is not a JSON object. It stays here." in _reread(1)
    asyncio.run(_replace(path, replace(item, body=body)))
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


def test_kinds_say_which_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _missing()["wavespeed/portrait"] == "WAVESPEED_API_KEY"
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    monkeypatch.setenv("ALLTOKEN_API_KEY", "k")
    assert _missing()["wavespeed/portrait"] is None
    assert _missing()["alltoken/liveness"] == "LIKENESS_PUBLIC_URL"
    monkeypatch.delenv("ALLTOKEN_API_KEY")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    assert "needs ALLTOKEN_API_KEY" in likeness("kinds").stdout
    assert "available" in likeness("kinds").stdout


def _missing() -> dict[str, str | None]:
    kinds = json.loads(likeness("kinds", "--json").stdout)
    assert all(kind["available"] == (kind["missing"] is None) for kind in kinds)
    return {kind["kind"]: kind["missing"] for kind in kinds}
