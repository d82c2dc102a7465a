"""A service whose database says nothing any more ends in time when it is told to, and answers everybody."""

import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.app.program import Program
from tests.app.service import start
from tests.postgresql.server import Server, new_folder

WISH = {
    "kind": "302ai/portrait",
    "input": {"prompt": "a studio portrait", "image_input": "https://images.example/p.jpg"},
}


@pytest.fixture
def server() -> Iterator[Server]:
    """One of its own: all who use it freeze with it."""
    folder = new_folder("likeness-frozen-")
    made = Server(folder=folder)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def test_a_stop_while_the_database_says_nothing(
    tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url())
    service = start(tmp_path, started, monkeypatch)
    serve = started[-1]
    headers = {"authorization": f"Bearer {service.key}"}
    with (
        httpx.Client(base_url=service.url, headers=headers, trust_env=False, timeout=30) as client,
        ThreadPoolExecutor(16) as threads,
    ):
        kept = client.post("/v1/submissions", json=WISH)
        assert kept.status_code == 202, kept.text
        server.freeze()
        path = f"/v1/submissions/{kept.json()['id']}"
        asked = [
            *(threads.submit(client.post, "/v1/submissions", json=WISH) for _ in range(6)),
            *(threads.submit(client.get, path) for _ in range(6)),
        ]
        begun = time.monotonic()
        # Some are cut off by the end, and some have their answer before.
        assert serve.told(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 10
        # Whoever comes after the signal finds nobody listening.
        answers = [one.result() for one in asked if one.exception() is None]
    assert {answer.status_code for answer in answers} == {503}
    assert all("retry-after" in answer.headers for answer in answers)
    assert "Traceback" not in serve.output
