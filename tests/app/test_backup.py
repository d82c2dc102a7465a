"""The backup and the restore of docs/production.md, with its own commands: an installation goes on in an
empty place, and what came after the backup is unknown there."""

import base64
import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.app.program import Program, until
from tests.app.service import Service, start
from tests.app.test_moved_service import (
    IMAGE,
    RUNNING,
    SECRET,
    job_and_callback,
    running,
    tell,
)
from tests.postgresql.databases import Databases
from tests.postgresql.server import Server
from tests.wire import PATIENT

PORTRAIT = "wavespeed/portrait"
PAGE = (Path(__file__).parents[2] / "docs" / "production.md").read_text("utf-8")


@pytest_asyncio.fixture
async def new_url(databases: Databases) -> AsyncIterator[str]:
    """A database without tables, as `createdb` makes one."""
    async with databases.new() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its name; PostgreSQL's own programs are found, and the service keeps its rows there."""
    name: str = request.param
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    if name == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql_url"))
        monkeypatch.setenv("PATH", str(server.binaries), prepend=os.pathsep)
    return name


@pytest.fixture
def service(
    database: str,
    tmp_path: Path,
    started: list[Program],
    monkeypatch: pytest.MonkeyPatch,
) -> Service:
    """Likeness believes webhooks that we sign, and asks the provider at once."""
    encoded = base64.b64encode(SECRET.encode()).decode()
    monkeypatch.setenv("WAVESPEED_WEBHOOK_SECRETS", f"whsec_{encoded}")
    monkeypatch.setenv("LIKENESS_POLL_GRACE_S", "0")
    return start(tmp_path, started, monkeypatch)


def _run(what: str, database: str, backups: Path) -> None:
    """The page's blocks of commands, the common ones and those for the database, in their order."""
    blocks = re.findall(rf"```sh {what}(?: {database})?\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    commands = "\n".join(blocks).replace("/var/backups/likeness", str(backups))
    made = f"BACKUP=$(echo {backups}/*)" if what == "restore" else ""
    subprocess.run(["bash", "-euc", f"{made}\n{commands}"], check=True)


def _client(service: Service) -> httpx.Client:
    bearer = {"authorization": f"Bearer {service.key}"}
    return httpx.Client(base_url=service.url, headers=bearer, **PATIENT)


def _post(service: Service, key: str, kind: str, **given: Any) -> httpx.Response:
    with _client(service) as client:
        answer = client.post(
            "/v1/submissions",
            json={"kind": kind, "input": given},
            headers={"idempotency-key": key},
        )
    assert answer.status_code == 202, answer.text
    return answer


def _job(service: Service, sandbox: str, key: str) -> tuple[str, tuple[str, str]]:
    """A submission whose job only a webhook of ours ends; its id, and how to tell of the job."""
    answer = _post(service, key, PORTRAIT, prompt=RUNNING, image=IMAGE)
    submission_id = answer.json()["id"]
    until(lambda: service.get(submission_id)["status"] == "processing")
    return submission_id, job_and_callback(sandbox)


def _chain(service: Service) -> list[str]:
    """A face scan that waits for its person, and a film that waits for the scan."""
    scan = _post(service, "order-2", "alltoken/liveness", name="Ada", asset={"url": IMAGE}).json()
    face = {"type": "image_url", "image_url": {"url": f"submission://{scan['id']}"}}
    given = {"model": "seedance-2.0", "prompt": "she smiles"}
    content = [face | {"role": "reference_image"}]
    film = _post(service, "order-3", "alltoken/video", **given, content=content).json()
    return [scan["id"], film["id"]]


def _goes_through_the_scan(link: str) -> None:
    """A person presses Start, and on the provider's page Complete."""
    session = httpx.post(f"{link}/start", **PATIENT).headers["location"]
    assert httpx.post(session, data={"end": "complete"}, **PATIENT).status_code == 303


def test_a_restored_installation_goes_on_and_knows_nothing_of_what_came_later(
    service: Service,
    database: str,
    new_url: str,
    tmp_path: Path,
    started: list[Program],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox = started[0].says(r"export WAVESPEED_BASE_URL=(\S+)")
    finished = _post(service, "order-1", PORTRAIT, prompt="in oil", image=IMAGE).json()["id"]
    until(lambda: service.final(finished)["result"]["outputs"][0]["archive"] is not None)
    under_way, job = _job(service, sandbox, "order-4")
    all_of_them = [finished, under_way, *_chain(service)]
    before = [service.get(one) for one in all_of_them]
    _run("backup", database, tmp_path / "backups")
    later, job_of_later = _job(service, sandbox, "order-5")
    started[-1].told(signal.SIGKILL)
    monkeypatch.setenv("LIKENESS_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("DATABASE_URL", new_url if database == "postgresql" else "")

    _run("restore", database, tmp_path / "backups")

    running(tmp_path, started, "serve")
    assert [service.get(one) for one in all_of_them] == before
    again = _post(service, "order-1", PORTRAIT, prompt="in oil", image=IMAGE)
    assert again.headers["idempotency-replayed"] == "true"
    kept = before[0]["result"]["outputs"][0]["archive"]
    content = httpx.get(kept["url"], **PATIENT).content
    assert hashlib.sha256(content).hexdigest() == kept["sha256"]
    assert tell(job, sandbox) == 204
    assert service.get(under_way)["status"] == "succeeded"
    _goes_through_the_scan(before[2]["action"]["url"])
    assert service.final(before[3]["id"])["status"] == "succeeded"
    # What was paid for after the backup: nobody is told of it, and nothing is made of it.
    assert tell(job_of_later, sandbox) == 404
    with _client(service) as client:
        assert client.get(f"/v1/submissions/{later}").status_code == 404
