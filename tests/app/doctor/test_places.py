"""Where things lie: the data folder, the archive, the database; and which addresses are dialled."""

import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.doctor import archive, data_folder, notify, outbound
from app.doctor.clock import judged
from app.doctor.database import engine_state, speed
from app.doctor.finding import State
from domain.times import MINUTE, SECOND
from store.inspection import Engine
from store.store import open_store
from tests.app.doctor.house import bad, examined
from tests.app.doctor.opened import alone, opened
from tests.app.doctor.proxy import silent
from tests.clock import TestClock
from tests.house import add_key

pytestmark = pytest.mark.asyncio

MB = 1024**2
HARD_DISK = Engine(
    version="PostgreSQL 16", encoding="UTF8", durable=True, connections=7, most_connections=97
)


async def test_the_data_folder_is_looked_at_and_not_made(tmp_path: Path) -> None:
    settings = alone(tmp_path / "none")
    found = await examined(settings)
    assert bad(found) == []
    assert "the first start makes it" in repr(found)
    assert not settings.data_dir.exists()
    (tmp_path / "file").write_text("")
    ((state, told),) = bad(await examined(alone(tmp_path / "file")), "data folder")
    assert (state, "is not a folder" in told) == ("fault", True)

    folder = tmp_path / "data"
    folder.mkdir()
    keys = folder / "secret_keys"
    keys.write_text("a secret squirrel\n")
    keys.chmod(0o644)
    folder.chmod(0o777)
    found = await examined(alone(folder))
    assert [told.partition(" -> ")[2].split()[:2] for _, told in bad(found)] == [
        ["chmod", "600"],
        ["chmod", "o-w"],
    ]
    assert "squirrel" not in repr(found)
    keys.chmod(0o600)
    folder.chmod(0o700)
    keys.write_text("")
    ((_, told),) = bad(await examined(alone(folder)))
    assert "is empty. -> Delete it" in told
    assert [one.name for one in folder.iterdir()] == ["secret_keys"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
async def test_what_a_command_as_root_has_left_is_named(tmp_path: Path) -> None:
    (tmp_path / "likeness.db-wal").write_text("")
    os.chown(tmp_path / "likeness.db-wal", 1234, 1234)
    found = list(data_folder.owners(tmp_path))
    ((state, told),) = bad(found)
    assert (state, "likeness.db-wal" in told, "chown -R" in told) == ("fault", True, True)


@pytest.mark.parametrize(
    ("free", "state"),
    [(100 * MB, State.FAULT), (1000 * MB, State.WARNING), (9000 * MB, State.OK)],
)
async def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, free: int, state: State) -> None:
    (one,) = data_folder.room(tmp_path, free, written=True)
    assert one.state is state
    assert "GB are free" in one.message


async def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("not a database, but quite a lot of text\n" * 50)
    settings = alone(tmp_path, DATABASE_URL=f"sqlite:///{text}")
    ((_, told),) = bad(await examined(settings))
    assert "is no SQLite database. -> Move it away" in told
    empty = tmp_path / "empty.db"
    empty.touch()
    behind = alone(tmp_path, DATABASE_URL=f"sqlite:///{empty}")
    ((_, told),) = bad(await examined(behind))
    assert told.startswith("It lacks 0001_initial, ")
    assert "`likeness migrate`" in told
    async with silent() as port:
        hung = alone(tmp_path, DATABASE_URL=f"postgresql://a:squirrel@127.0.0.1:{port}/likeness")
        found = await examined(hung, 0.5)
    ((_, told),) = bad(found, "database")
    assert "squirrel" not in repr(found)


async def test_a_slow_or_careless_database_is_told() -> None:
    assert [one.state for one in speed(HARD_DISK, 0.005)] == [State.OK]
    assert [one.state for one in speed(HARD_DISK, 0.2)] == [State.WARNING]
    assert [one.state for one in speed(HARD_DISK, 3.0)] == [State.FAULT]
    careless = replace(HARD_DISK, durable=False, encoding="LATIN1", connections=90)
    told = [one.message for one in engine_state(careless)]
    assert [one.state for one in engine_state(careless)] == [
        State.FAULT,
        State.FAULT,
        State.WARNING,
    ]
    assert "90 of the server's 97 connections" in told[-1]
    assert [one.state for one in engine_state(HARD_DISK)] == [State.OK]


@pytest.mark.parametrize(
    ("ahead", "state"),
    [
        (0, State.OK),
        (-4 * SECOND, State.OK),
        (6 * SECOND, State.WARNING),
        (-3 * MINUTE, State.FAULT),
    ],
)
async def test_a_clock_is_compared(ahead: int, state: State) -> None:
    (one,) = judged(ahead, "wavespeed")
    assert one.state is state
    assert ("behind wavespeed" in one.message) == (state is State.FAULT)


async def test_an_archive_must_take_a_probe_and_let_it_go(tmp_path: Path) -> None:
    settings = alone(tmp_path)
    async with open_store(settings.store_url), opened(settings, TestClock()) as patient:
        (none,) = await archive.check(patient)
        assert (none.state, "the first start makes it" in none.message) == (State.INFO, True)
        (tmp_path / "archive").mkdir()
        (well,) = await archive.check(patient)
        assert well.state is State.OK
        assert list((tmp_path / "archive").iterdir()) == []
    unset = replace(settings, archive="az://container/results")
    ((_, told),) = bad(await examined(unset), "archive")
    assert "LIKENESS_ARCHIVE" in told
    off = await examined(replace(settings, archive="off"))
    assert bad(off, "archive") == []
    (tmp_path / "archive").rmdir()
    (tmp_path / "archive").write_text("a file")
    ((state, _),) = bad(await examined(settings), "archive")
    assert state == "fault"
    assert stat.S_ISREG((tmp_path / "archive").stat().st_mode)


async def test_an_archive_that_hangs_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with silent() as port:
        for name, value in (
            ("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}"),
            ("AWS_ACCESS_KEY_ID", "squirrel"),
            ("AWS_SECRET_ACCESS_KEY", "squirrel"),
            ("AWS_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(name, value)
        begun = time.monotonic()
        found = await examined(alone(tmp_path, LIKENESS_ARCHIVE="s3://bucket/x"), 0.5)
        assert time.monotonic() - begun < 6
    ((state, told),) = bad(found, "archive")
    assert (state, "There was no answer within 0.6 s." in told) == ("fault", True)
    assert "squirrel" not in repr(found)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"LIKENESS_OUTBOUND_ALLOW": "0.0.0.0/0"}, "Clients may make us call all of 0.0.0.0/0."),
        (
            {
                "LIKENESS_ENV": "production",
                "LIKENESS_SECRET_KEYS": "k" * 16,
                "LIKENESS_PUBLIC_URL": "https://likeness.invalid",
                "LIKENESS_OUTBOUND_ALLOW": "127.0.0.1/32",
            },
            "Clients may make us call this machine itself (127.0.0.1/32).",
        ),
        ({"LIKENESS_OUTBOUND_ALLOW": "10.1.0.0/16"}, None),
        ({"LIKENESS_OUTBOUND_ALLOW": "none"}, None),
    ],
)
async def test_outbound_rules_that_allow_too_much_are_told(
    tmp_path: Path, variables: dict[str, str], sentence: str | None
) -> None:
    settings = alone(tmp_path, **variables)
    async with open_store(settings.store_url), opened(settings, TestClock()) as patient:
        told = [told.partition(" -> ")[0] for _, told in bad(await outbound.check(patient))]
    assert told == ([sentence] if sentence else [])


async def test_an_app_that_cannot_be_told_is_named_by_its_key(tmp_path: Path) -> None:
    settings, clock = alone(tmp_path, LIKENESS_OUTBOUND_ALLOW="none"), TestClock()
    for number, url in enumerate(
        ("https://nobody.invalid/squirrel", "http://10.0.0.1/squirrel", "http://1.2.3.4.5/")
    ):
        name = f"app{number}"
        await add_key(settings, clock, f"lk_{name}", name, id=f"key_{name}", notify_url=url)
    gone = "https://nobody.invalid/"
    await add_key(settings, clock, "lk_gone", "gone", id="key_gone", notify_url=gone)
    async with open_store(settings.store_url) as store:
        await store.revoke_key("gone", clock.now())
    async with opened(settings, clock) as patient:
        found = await notify.check(patient)
    told = [told for _, told in bad(found)]
    assert told[0].startswith("The app of key app0 cannot be told: nobody.invalid has no address.")
    assert "10.0.0.1 is at an address that LIKENESS_OUTBOUND_ALLOW does not allow" in told[1]
    assert "its URL is none that is dialled" in told[2]
    assert len(told) == 3
    assert "squirrel" not in repr(found)
