"""Traces, when somebody collects them: without a collector nothing of OpenTelemetry is even imported."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from engine.observed import Traces

log = structlog.get_logger("likeness.tracing")


@asynccontextmanager
async def collected(endpoint: str | None) -> AsyncIterator[Traces | None]:
    """What goes to the collector at `endpoint` while the block runs, and shortly after; None without one."""
    if endpoint is None:
        yield None
        return
    try:
        # Only for who has installed it.
        from app.opentelemetry import OpenTelemetry
    except ModuleNotFoundError:
        log.warning("no traces: likeness[otel] is not installed")
        yield None
        return
    traces = OpenTelemetry(endpoint)
    try:
        yield traces
    finally:
        await traces.close()
