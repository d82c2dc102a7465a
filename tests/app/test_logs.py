"""Logs: JSON lines without secrets, whoever logs."""

import io
import json
import logging
from typing import Any

import pytest
import structlog

from app import logs


def _logged(*, pretty: bool = False) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(pretty=pretty, stream=stream)
    return stream


def _line(stream: io.StringIO) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(stream.getvalue())
    return shown


def test_a_line_is_json_with_time_level_and_logger() -> None:
    stream = _logged()
    structlog.get_logger("likeness.test").warning("gone", submission="sub_1")
    line = _line(stream)
    assert line["event"] == "gone"
    assert (line["level"], line["logger"], line["submission"]) == (
        "warning",
        "likeness.test",
        "sub_1",
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", ["token", "link", "Authorization", "api_key", "secret"])
@pytest.mark.parametrize("pretty", [False, True])
def test_what_a_name_calls_secret_is_hidden(name: str, pretty: bool) -> None:
    stream = _logged(pretty=pretty)
    deep = {"deep": {name: "squirrel", "plain": 1}}
    structlog.get_logger("likeness.test").info("said", **{name: "squirrel"}, **deep)
    assert "squirrel" not in stream.getvalue()
    assert "redacted" in stream.getvalue()
    assert deep["deep"][name] == "squirrel"


@pytest.mark.parametrize("pretty", [False, True])
def test_a_traceback_shows_no_local_variables(pretty: bool) -> None:
    stream = _logged(pretty=pretty)
    hidden = "squirrel" * 2
    try:
        len(hidden) / 0
    except ZeroDivisionError:
        structlog.get_logger("likeness.test").exception("failed")
    assert "ZeroDivisionError" in stream.getvalue()
    assert "squirrelsquirrel" not in stream.getvalue()


def test_the_standard_library_logs_the_same_way() -> None:
    stream = _logged()
    logging.getLogger("uvicorn.error").error("no %s", "luck")
    assert _line(stream)["event"] == "no luck"


@pytest.mark.parametrize("name", ["httpx", "httpcore", "uvicorn.error", "uvicorn.access"])
def test_who_would_log_urls_is_quiet(name: str) -> None:
    stream = _logged()
    logging.getLogger(name).info("GET /scan/token")
    assert stream.getvalue() == ""


def test_below_the_level_nothing_is_said() -> None:
    stream = _logged()
    structlog.get_logger("likeness.test").debug("noise")
    assert stream.getvalue() == ""
