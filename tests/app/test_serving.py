"""`serve`, `work` and `sandbox` as real processes: what they say, and how they end."""

import asyncio
import json
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.ending import Stop
from app.serving import listen, running
from app.settings import Settings
from tests.app.program import Program, likeness, until
from tests.wire import PATIENT

AT = r"(http://127\.0\.0\.1:\d+)"


def _serve(started: list[Program], folder: Path, *more: str) -> tuple[Program, str]:
    program = Program(folder, "serve", *more, measured=True)
    started.append(program)
    url = program.says(f"listens on {AT}")

    def alive() -> bool:
        try:
            return httpx.get(f"{url}/healthz", **PATIENT).is_success
        except httpx.TransportError:
            return False

    until(alive)
    return program, url


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_at_a_signal_with_0(
    number: signal.Signals, tmp_path: Path, started: list[Program]
) -> None:
    program, _ = _serve(started, tmp_path)
    assert program.told(number) == 0
    assert "Traceback" not in program.output


def test_a_key_made_beside_the_running_service_opens_it(
    tmp_path: Path, started: list[Program]
) -> None:
    _, url = _serve(started, tmp_path, "--no-worker")
    made = json.loads(likeness("keys", "create", "shop", "--json").stdout)
    headers = {"authorization": f"Bearer {made['api_key']}"}
    with httpx.Client(base_url=url, **PATIENT) as client:
        assert client.get("/v1/kinds", headers=headers).status_code == 200
        assert client.get("/v1/kinds").status_code == 401
        assert "server" not in client.get("/healthz").headers
        assert likeness("keys", "revoke", "shop").exit_code == 0
        assert client.get("/v1/kinds", headers=headers).status_code == 401


def test_work_ends_at_sigterm_with_0(tmp_path: Path, started: list[Program]) -> None:
    program = Program(tmp_path, "work", measured=True)
    started.append(program)
    program.says("(worker keeps)")
    assert program.told(signal.SIGTERM) == 0
    assert "Traceback" not in program.output


def test_work_ends_with_0_also_when_told_while_it_still_opens_its_store(
    tmp_path: Path, started: list[Program]
) -> None:
    assert likeness("migrate").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "likeness.db")) as other:
        # `work` cannot go on beyond this.
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        program = Program(tmp_path, "work")
        started.append(program)
        until(lambda: program.catches(signal.SIGTERM))
        assert program.told(signal.SIGTERM) == 0
    assert "keeps" not in program.output
    assert "Traceback" not in program.output


def test_the_sandbox_says_how_to_use_it(tmp_path: Path, started: list[Program]) -> None:
    program = Program(tmp_path, "sandbox", "--port", "0", "--fast", measured=True)
    started.append(program)
    url = program.says(f"export WAVESPEED_BASE_URL={AT}")
    state = httpx.get(f"{url}/sandbox/state", **PATIENT).json()
    assert state["switches"]["media"] == "tiny"
    assert program.told(signal.SIGTERM) == 0


@pytest.mark.parametrize("command", ["serve", "sandbox", "demo"])
def test_a_port_in_use_is_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = likeness(command, "--port", str(port))
    assert result.exit_code == 2, result.output
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use." in result.stderr
    # The sandbox reads no setting.
    assert ("LIKENESS_HOST and PORT" in result.stderr) is (command != "sandbox")
    assert "--host and --port" in result.stderr


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_one_sentence(host: str) -> None:
    with pytest.raises(Stop, match=f"Cannot listen on {host} port 0: "):
        listen(host, 0)


@pytest.mark.asyncio
async def test_a_service_that_cannot_open_its_store_stops(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(data_dir=tmp_path / "file" / "data")
    with listen("127.0.0.1", 0) as listener, pytest.raises(Stop, match="could not start"):
        async with running(settings, listener):
            pass


@pytest.mark.asyncio
async def test_an_error_of_the_guest_is_its_own(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(KeyError, match="mine"):
        async with running(Settings(data_dir=tmp_path), listener):
            raise KeyError("mine")


@pytest.mark.asyncio
async def test_a_running_service_answers(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        async with running(Settings(data_dir=tmp_path), listener):
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/readyz"
            async with asyncio.timeout(10), httpx.AsyncClient(**PATIENT) as client:
                assert (await client.get(url)).status_code == 200
