"""The receiver in JavaScript that docs/webhooks.md shows, saved and started as it stands."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.program import until
from tests.app.test_webhook_documents import BODY, PAGE, TOLD, block, headers
from tests.house import SECRET
from tests.wire import PATIENT

MODULES = Path(__file__).parents[1] / "browser" / "node_modules"


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its address; what it prints is in `printed`."""
    node = shutil.which("node")
    if node is None or not (MODULES / "standardwebhooks").exists():
        wanted = "Node and `npm ci --prefix tests/browser` are needed, see CONTRIBUTING.md."
        if os.environ.get("CI"):  # noqa: TID251 - no setting of ours: it says who runs the tests
            pytest.fail(wanted)
        pytest.skip(wanted)
    (tmp_path / "node_modules").symlink_to(MODULES)
    program = tmp_path / "receiver.mjs"
    program.write_text(block(PAGE, "javascript", "standardwebhooks"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("LIKENESS_WEBHOOK_SECRET", SECRET)
    with (tmp_path / "printed").open("wb") as printed:
        process = subprocess.Popen([node, program], stdout=printed)
    try:
        until(lambda: process.poll() is not None or _takes(port))
        yield f"http://127.0.0.1:{port}/hooks"
    finally:
        process.kill()
        process.wait()


def _takes(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def test_it_takes_what_is_ours_and_refuses_everything_else(receiver: str, tmp_path: Path) -> None:
    with httpx.Client(**PATIENT) as client:

        def answered(body: bytes, given: dict[str, str]) -> int:
            return client.post(receiver, content=body, headers=given).status_code

        assert answered(BODY, headers()) == 204
        assert answered(BODY + b" ", headers()) == 401
        assert answered(BODY, headers() | {"webhook-timestamp": "0"}) == 401
        assert answered(BODY, headers() | {"webhook-signature": "v1,%%%"}) == 401
        assert answered(b"\xff", {}) == 401
        # It lives on.
        assert answered(BODY, headers()) == 204
    assert (tmp_path / "printed").read_text("utf-8") == f"{TOLD['type']} {TOLD['data']['id']}\n" * 2
