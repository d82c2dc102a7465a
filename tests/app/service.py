"""Likeness and the sandbox as processes of their own, with a key to ask them by."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.progress import FINAL
from bench.ports import free_port
from tests.app.program import Program, likeness, until
from tests.wire import PATIENT

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service as its client sees it."""

    url: str
    key: str = field(repr=False)

    def get(self, submission_id: str) -> Json:
        answer = httpx.get(
            f"{self.url}/v1/submissions/{submission_id}",
            headers={"authorization": f"Bearer {self.key}"},
            **PATIENT,
        )
        assert answer.status_code == 200, answer.text
        shown: Json = answer.json()
        return shown

    def final(self, submission_id: str) -> Json:
        until(lambda: self.get(submission_id)["status"] in FINAL)
        return self.get(submission_id)


def start(folder: Path, started: list[Program], environment: pytest.MonkeyPatch) -> Service:
    """Everything up, every provider played by the sandbox; a client finds it by its environment."""
    sandbox = Program(folder, "sandbox", "--port", "0", "--fast")
    started.append(sandbox)
    sandbox.says(r"(export LIKENESS_PUBLIC_URL=\S+)\n")
    for name, value in re.findall(r"(\w+)=(\S+)", sandbox.output):
        environment.setenv(name, value)
    port = free_port()
    environment.setenv("PORT", str(port))
    environment.setenv("LIKENESS_PUBLIC_URL", f"http://127.0.0.1:{port}")
    environment.setenv("LIKENESS_POLL_INTERVAL_S", "0.2")
    made = json.loads(likeness("keys", "create", "shop", "--json").stdout)
    serve = Program(folder, "serve")
    started.append(serve)
    service = Service(url=serve.says(r"listens on (\S+)"), key=made["api_key"])
    environment.setenv("LIKENESS_URL", service.url)
    environment.setenv("LIKENESS_API_KEY", service.key)
    return service
