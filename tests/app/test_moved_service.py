"""An installation that has gone to PostgreSQL goes on where it was on SQLite: real processes throughout."""

import base64
import hashlib
import hmac
import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.clock import SystemClock
from domain.times import SECOND
from tests.app.program import Program, id_of, likeness, until
from tests.app.service import Service, start
from tests.wire import PATIENT

Json = dict[str, Any]

SECRET = "a secret of thirty-two bytes ..."
IMAGE = "https://images.example/portrait.jpg"
SUBMIT = "/api/v3/bytedance/portrait"
RUNNING = "[sandbox webhook=never duration=10000]"
"""A job that only a webhook of ours ends."""


@pytest.fixture
def service(tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch) -> Service:
    """Likeness on SQLite, which believes webhooks that we sign, and asks the provider at once."""
    encoded = base64.b64encode(SECRET.encode()).decode()
    monkeypatch.setenv("WAVESPEED_WEBHOOK_SECRETS", f"whsec_{encoded}")
    monkeypatch.setenv("LIKENESS_POLL_GRACE_S", "0")
    return start(tmp_path, started, monkeypatch)


@pytest.fixture
def sandbox(service: Service, started: list[Program]) -> str:
    """Where the sandbox is."""
    return started[0].says(r"export WAVESPEED_BASE_URL=(\S+)")


def running(folder: Path, started: list[Program], *command: str) -> Program:
    program = Program(folder, *command)
    started.append(program)
    program.says(r"listens on (\S+)")
    return program


def submitted(prompt: str) -> str:
    given = json.dumps({"prompt": prompt, "image": IMAGE})
    return id_of(likeness("submit", "wavespeed/portrait", "-", given=given))


def calls(sandbox: str, of: str = "") -> list[Json]:
    """What the sandbox was asked."""
    asked = {"of": of, "limit": "1000"}
    found: list[Json] = httpx.get(f"{sandbox}/sandbox/calls", params=asked, **PATIENT).json()
    return found


def job_and_callback(sandbox: str) -> tuple[str, str]:
    """The last job's id, once it was asked for, and the URL at which its end is to be told."""
    until(lambda: calls(sandbox)[-1]["path"].endswith("/result"))
    job_id = calls(sandbox)[-1]["path"].split("/")[-2]
    return job_id, calls(sandbox, SUBMIT)[-1]["query"]["webhook"]


def tell(job: tuple[str, str], sandbox: str) -> int:
    """A genuine webhook about a job's good end; how it was answered."""
    job_id, url = job
    outputs = [f"{sandbox}/media/portrait.jpg"]
    body = json.dumps({"id": job_id, "status": "completed", "outputs": outputs}).encode()
    stamp = str(SystemClock().now() // SECOND)
    encoded = base64.b64encode(SECRET.encode())
    digest = hmac.new(encoded, f"evt-1.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    signed = {"webhook-id": "evt-1", "webhook-timestamp": stamp}
    signed["webhook-signature"] = f"v3,{digest}"
    return httpx.post(url, content=body, headers=signed, **PATIENT).status_code


def told_by(service: Service, submission_id: str) -> set[str]:
    """Who has told what happened."""
    answer = httpx.get(
        f"{service.url}/v1/submissions/{submission_id}/events",
        headers={"authorization": f"Bearer {service.key}"},
        **PATIENT,
    )
    return {event["source"] for event in answer.json()["items"]}


def test_a_moved_installation_goes_on_where_it_was(
    service: Service,
    sandbox: str,
    postgresql_url: str,
    tmp_path: Path,
    started: list[Program],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished, under_way = submitted("soft light"), submitted(RUNNING)
    until(lambda: service.final(finished)["result"]["outputs"][0]["archive"] is not None)
    until(lambda: service.get(under_way)["status"] == "processing")
    job = job_and_callback(sandbox)
    assert started[-1].told(signal.SIGTERM) == 0
    resting = running(tmp_path, started, "serve", "--no-worker")
    waiting = submitted("hard light")
    before = [service.get(one) for one in (finished, under_way, waiting)]
    assert [one["status"] for one in before] == ["succeeded", "processing", "pending"]
    move = ("move", f"sqlite:///{tmp_path / 'data' / 'likeness.db'}", postgresql_url)
    in_use = likeness(*move)
    assert (in_use.exit_code, "stop every Likeness" in in_use.stderr) == (2, True)
    assert resting.told(signal.SIGTERM) == 0

    assert likeness(*move).exit_code == 0

    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    running(tmp_path, started, "serve", "--no-worker")
    assert [service.get(one) for one in (finished, under_way, waiting)] == before
    assert tell(job, sandbox) == 204
    assert service.get(under_way)["status"] == "succeeded"
    assert "webhook" in told_by(service, under_way)
    started.append(Program(tmp_path, "work"))
    assert service.final(waiting)["status"] == "succeeded"
    kept = before[0]["result"]["outputs"][0]["archive"]
    content = httpx.get(kept["url"], **PATIENT).content
    assert hashlib.sha256(content).hexdigest() == kept["sha256"]
