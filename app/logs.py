"""Logs: one JSON object a line on stderr; readable lines where a developer looks at them.

Rules of this file:
- Paths and URLs carry tokens, so nothing logs requests: neither uvicorn's access log nor httpx.
- Every line of a request has its id, and the submission's where there is one (`handlers/asked.py`); every
  line of a task the submission's (`engine/runners.py`).
- A traceback shows no local variables: tokens and keys stand in them.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor

from handlers import asked

SECRETS = frozenset({"token", "link", "authorization", "api_key", "secret"})
QUIET = ("httpx", "httpcore", "uvicorn", "aiosqlite")
"""These say too much below a warning."""


def configure(*, pretty: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send the logs of structlog and of the standard library the same way."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        asked.add_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[ProcessorFormatter.remove_processors_meta, *_rendering(pretty)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(max(level, logging.WARNING))
        # uvicorn may have brought handlers of its own.
        logger.handlers.clear()
        logger.propagate = True


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Hide what stands under a name that means a secret, however deep."""
    _hide(event)
    return event


def _hide(values: MutableMapping[str, Any]) -> None:
    for name, value in values.items():
        if name.lower() in SECRETS:
            values[name] = "[redacted]"
        elif isinstance(value, dict):
            values[name] = dict(value)
            _hide(values[name])


def _rendering(pretty: bool) -> list[Processor]:
    if pretty:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
