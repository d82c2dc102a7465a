"""A service that is told to stop answers whoever waits, and does not wait with them."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.app.program import Program
from tests.app.service import start


def test_whoever_waits_is_answered_and_the_service_ends(
    tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(tmp_path, started, monkeypatch)
    serve = started[-1]
    headers = {"authorization": f"Bearer {service.key}"}
    with httpx.Client(base_url=service.url, headers=headers, trust_env=False, timeout=30) as client:
        wish = {"kind": "alltoken/liveness", "input": {"name": "Ada"}}
        path = f"/v1/submissions/{client.post('/v1/submissions', json=wish).json()['id']}"
        begun = time.monotonic()
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(client.get, path, params={"wait": 60})
            accept = {"accept": "text/event-stream"}
            with client.stream("GET", f"{path}/events", headers=accept) as stream:
                lines = stream.iter_lines()
                assert next(lines).startswith("id: evt_")
                time.sleep(0.3)
                assert not waiting.done()
                assert serve.told(signal.SIGTERM) == 0
                # The stream ends whole, so that its reader can come back.
                assert list(lines)[-1] == ""
            answer = waiting.result(10)
    assert time.monotonic() - begun < 10
    assert (answer.status_code, answer.json()["status"]) == (200, "action_required")
    assert "Traceback" not in serve.output
    assert "graceful shutdown exceeded" not in serve.output
