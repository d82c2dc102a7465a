"""The Procfile's lines as processes, beside each other on one database, under honcho."""

import re
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.app.program import Program, likeness
from tests.app.service import Service
from tests.wire import PATIENT

ROOT = Path(__file__).parents[2]
PROCFILE = ROOT / "Procfile"
LONGEST = 10
"""Seconds in which everything must have ended."""
KEY = re.compile(r'"api_key": ?"(lk_[^"]+)"')


@pytest.fixture
def procfile(tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment as a platform gives it, every provider played by the sandbox."""
    sandbox = Program(tmp_path, "sandbox", "--port", "0", "--fast")
    started.append(sandbox)
    sandbox.says(r"(export LIKENESS_PUBLIC_URL=\S+)\n")
    for name, value in re.findall(r"(\w+)=(\S+)", sandbox.output):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LIKENESS_PUBLIC_URL")
    monkeypatch.setenv("LIKENESS_POLL_INTERVAL_S", "0.2")
    monkeypatch.setenv("LIKENESS_METRICS_PORT", "0")
    monkeypatch.setenv("LIKENESS_METRICS_TOKEN", "squirrel")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")


def _honcho(folder: Path, *names: str) -> Program:
    options = ("start", "--no-colour", "-d", str(folder), "-f", str(PROCFILE), "-p", "0")
    return Program(folder, *options, *names, module="honcho")


def _get(url: str) -> str:
    bearer = {"authorization": "Bearer squirrel"}
    answer = httpx.get(url, headers=bearer, **PATIENT)
    assert answer.status_code == 200, answer.text
    return answer.text


def _gone(url: str) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


@pytest.mark.usefixtures("procfile")
def test_release_web_and_worker_start_work_together_and_end(
    tmp_path: Path, started: list[Program]
) -> None:
    release = _honcho(tmp_path, "release")
    started.append(release)
    assert release.ended() == 0, release.output
    assert (tmp_path / "data" / "likeness.db").exists()
    key = KEY.findall(likeness("keys", "create", "shop", "--json").stdout)[0]
    both = _honcho(tmp_path, "web", "worker")
    started.append(both)
    url = both.says(r"web\.1 .*listens on (\S+) .*another process must do the work")
    door = both.says(r"worker\.1 .*metrics are on (http://127\.0\.0\.1:\d+)/metrics\.\n")
    service = Service(url=url, key=key)
    posted = httpx.post(
        f"{url}/v1/submissions",
        json={
            "kind": "wavespeed/portrait",
            "input": {"prompt": "in oil", "image": "https://images.example/a.jpg"},
        },
        headers={"authorization": f"Bearer {key}"},
        **PATIENT,
    )
    assert posted.status_code == 202, posted.text
    assert service.final(posted.json()["id"])["status"] == "succeeded"
    # Each process tells of its own: who took the job in has begun none of its tasks.
    begun = 'likeness_tasks_begun_total{lane="wavespeed.submit"} 1.0'
    numbers = _get(f"{door}/metrics")
    assert begun in numbers
    assert begun not in _get(f"{url}/metrics")
    assert 'source="poll",status="succeeded"} 1.0' in numbers
    assert '"ok"' in _get(f"{door}/healthz")
    assert '"ready"' in _get(f"{door}/readyz")
    statuses = {
        path: httpx.get(f"{door}{path}", **PATIENT).status_code
        for path in ("/metrics", "/v1/kinds")
    }
    assert statuses == {"/metrics": 401, "/v1/kinds": 404}
    assert [path.name for path in (tmp_path / "data").glob("*.db")] == ["likeness.db"]
    told = time.monotonic()
    # honcho says by its own code that it was told to end, as a shell does.
    assert both.told(signal.SIGTERM) == 128 + signal.SIGTERM
    # It does not wait for what its shells have begun, but all have heard of it.
    while not (_gone(url) and _gone(door)):
        assert time.monotonic() - told < LONGEST, both.output
    assert "Traceback" not in both.output


def test_a_port_of_a_worker_that_is_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("LIKENESS_METRICS_PORT", str(port))
        result = likeness("work")
    assert result.exit_code == 2, result.output
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use." in result.stderr
    assert "LIKENESS_HOST and LIKENESS_METRICS_PORT" in result.stderr
