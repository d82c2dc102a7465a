"""What the documents tell a receiver of our webhooks and a caller of our API is so."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from app.cli import cli
from app.clock import SystemClock
from app.settings import Settings
from delivery.failure import Failure
from delivery.signature import signed_headers
from domain.times import SECOND
from engine.deliveries import CANNOT_SIGN
from handlers.input import EVENTS
from tests.app.service import Service
from tests.house import SECRET

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
PAGES = [f"docs/{name}.md" for name in ("webhooks", "quickstart", "production", "troubleshooting")]
TOLD: dict[str, Any] = {
    "type": "submission.succeeded",
    "sequence": 4,
    "data": {"id": "sub_1", "result": {"outputs": [{"url": "https://images.example/out.jpg"}]}},
}
BODY = json.dumps(TOLD).encode()


def block(text: str, language: str, mark: str) -> str:
    """The one block of a page in that language with `mark` in it."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    (block,) = [block for block in blocks if mark in block]
    return block


def headers(body: bytes = BODY) -> dict[str, str]:
    """What we send with a body, signed now."""
    now = SystemClock().now() // SECOND
    return {"Content-Type": "application/json"} | signed_headers("dlv_1", now, body, [SECRET])


def test_the_receiver_of_the_page_knows_what_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKENESS_WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {}
    exec(block(PAGE, "python", "standardwebhooks"), names)  # noqa: S102 - it is our own page
    read_webhook = names["read_webhook"]
    assert read_webhook(BODY, headers()) == TOLD
    for bad in (
        {},
        headers(b"{}"),
        headers() | {"webhook-signature": "v1"},
        headers() | {"webhook-signature": "v1,%%%"},
        headers() | {"webhook-timestamp": "0"},
    ):
        assert read_webhook(BODY, bad) is None
    assert read_webhook(b"\xff", headers()) is None


def test_the_receiver_of_the_readme_knows_what_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    example = block(README, "python", "standardwebhooks")
    exec(example, {"secret": SECRET, "body": BODY, "headers": headers()})  # noqa: S102 - the same
    assert capsys.readouterr().out == "https://images.example/out.jpg\n"


def test_the_page_names_every_event_and_every_reason() -> None:
    assert re.findall(r"^\| `(submission\.\w+)`", PAGE, re.MULTILINE) == [*EVENTS]
    assert all(f"`{failure}`" in PAGE for failure in [*Failure, CANNOT_SIGN])


def test_the_page_has_the_schedule_of_the_settings() -> None:
    told = re.search(r"tried again after ([^(]+)\n\(`LIKENESS_DELIVERY_SCHEDULE_S`\)", PAGE)
    assert told is not None
    units = {"s": 1, "min": 60, "h": 3600}
    waits = [
        int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", told[1])
    ]
    assert tuple(waits) == Settings().delivery_schedule


@pytest.mark.parametrize("name", ["README.md", *PAGES])
def test_every_command_that_is_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    commands = set(re.findall(r"(?:^|`|/)likeness ([a-z]+)", text, re.MULTILINE))
    known = set(get_command(cli).commands)  # type: ignore[attr-defined]  # it is a group
    assert commands
    assert commands <= known


def _run(mark: str) -> str:
    done = subprocess.run(
        ["bash", "-euc", block(README, "sh", mark)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_the_readme_asks_can_be_copied(service: Service) -> None:
    """Submitted twice, it is one; and it is watched to its end."""
    first, again = (json.loads(_run("Idempotency-Key: ")) for _ in range(2))
    assert first == again
    answers = _run("?wait=30")
    waited, _, stream = answers.partition("id: ")
    assert json.loads(waited)["id"] == first["id"]
    assert json.loads(waited)["status"] == "succeeded"
    assert re.findall(r"^event: (\S+)$", stream, re.MULTILINE)[-1] == "provider.completed"
    assert service.get(first["id"])["status"] == "succeeded"
