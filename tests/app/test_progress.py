"""How a submission is told: to a person, and to a program."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from app import progress
from app.console import OUT
from tests.clock import TestClock

ACTION = {
    "type": "face_scan",
    "url": "http://likeness.test/scan/token",
    "expires_at": "2026-01-01T00:00:00.000Z",
}
SUBMISSION: dict[str, Any] = {
    "id": "sub_1",
    "status": "processing",
    "waiting_for": "provider",
    "action": None,
    "error": None,
    "result": None,
}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What OUT writes."""
    stream = io.StringIO()
    monkeypatch.setattr(OUT, "_file", stream)
    return stream


@pytest.fixture
def terminal(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.setattr(OUT, "_force_terminal", True)
    monkeypatch.setattr(OUT, "is_interactive", True)
    monkeypatch.setenv("TERM", "xterm")
    return written


def test_a_program_gets_a_line_for_each_change(written: io.StringIO) -> None:
    with progress.progress(TestClock(), as_json=True) as shown:
        for status in ("pending", "pending", "succeeded"):
            shown.show(SUBMISSION | {"status": status})
            shown.pause("no answer")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["status"] for line in lines] == ["pending", "succeeded"]


def test_a_person_sees_words_seconds_and_the_link_once(terminal: io.StringIO) -> None:
    with progress.progress(TestClock(), as_json=False) as shown:
        shown.show(SUBMISSION)
        shown.pause("no answer; asking again")
        for _ in range(2):
            asked = {"status": "action_required", "waiting_for": "person", "action": ACTION}
            shown.show(SUBMISSION | asked)
    text = terminal.getvalue()
    assert text.count(ACTION["url"]) == 1
    assert "waiting for a person to scan their face  0 s" in text


@pytest.mark.parametrize(
    "waiting_for", [None, "dependency", "provider", "person", "retry", "settlement"]
)
def test_what_it_waits_for_is_told_in_words(waiting_for: str | None) -> None:
    words = progress.in_words(SUBMISSION | {"waiting_for": waiting_for})
    assert words.startswith("processing")
    assert (": " in words) is (waiting_for is not None)


@pytest.mark.parametrize(
    ("width", "height", "drawn"), [(80, 40, True), (20, 40, False), (80, 10, False)]
)
def test_the_qr_code_is_drawn_where_there_is_room(width: int, height: int, drawn: bool) -> None:
    console = Console(file=io.StringIO(), width=width, height=height)
    lines = [str(line) for line in progress.invitation(ACTION, console)]
    assert any("▀" in line for line in lines) is drawn
    assert ACTION["url"] in lines


def test_an_ending_names_what_was_made() -> None:
    outputs = [{"url": "http://a/[1].png", "content_type": "image/png"}]
    result = {"outputs": outputs, "group_id": "group-1", "asset_uri": "asset://a"}
    text = _ending(status="succeeded", result=result)
    assert "succeeded  sub_1" in text
    assert "group_id  group-1" in text
    assert "image/png  http://a/[1].png" in text


def test_an_ending_names_our_copy_which_does_not_die() -> None:
    url = "http://likeness.test/files/1"
    copy = {"url": url, "sha256": "0", "bytes": 1}
    output = {"url": "http://a/1.png", "content_type": "image/png", "archive": copy}
    assert url in _ending(status="succeeded", result={"outputs": [output]})


def test_an_ending_names_what_came_late() -> None:
    late = {"outputs": [{"url": "http://a/1.mp4", "content_type": "video/mp4"}]}
    text = _ending(status="canceled", late_result=late)
    assert "came late: video/mp4  http://a/1.mp4" in text


def test_an_ending_tells_why_it_failed() -> None:
    error = {"code": "moderated", "message": "No.", "provider_code": "1200", "retryable": False}
    assert "No. (moderated, the provider says 1200)" in _ending(status="failed", error=error)


def _ending(**changes: Any) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    for line in progress.ending(SUBMISSION | changes):
        console.print(line)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
