"""Traces by OpenTelemetry, sent as OTLP over HTTP; this file is imported only when a collector is named.

Rules of this file:
- A span tells what is in `NAMES` and nothing else. No error's text goes into one: it may quote a URL.
- A collector that does not answer costs spans, and never a request or a graceful stop.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from engine.observed import Span

SORTS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
NAMES = {
    "submission_id": "likeness.submission.id",
    "request_id": "likeness.request.id",
    "attempt": "likeness.attempt",
    "outcome": "likeness.outcome",
    "route": "http.route",
    "method": "http.request.method",
    "status": "http.response.status_code",
}
"""Our words, and what OpenTelemetry calls them."""
PATIENCE = 1.5
"""Seconds at the end for what was not sent yet."""


class OpenTelemetry:
    """Where spans go; closed once."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource.create(
            {SERVICE_NAME: "likeness", SERVICE_VERSION: version("likeness")}
        ).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("likeness")
        self._headers = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, sort: str, parent: Mapping[str, str] | None = None) -> Iterator[Span]:
        """What fails in it is told to have failed, not why.

        A request's span belongs to its `parent` or to nothing: a server may begin one request in the context
        of the one before it on the same connection, which can be another client's.
        """
        context = self._headers.extract(parent or {}) if sort == "server" else None
        with self._tracer.start_as_current_span(
            name,
            context,
            kind=SORTS[sort],
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            told = Told(span)
            try:
                yield told
            except BaseException as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def to_pass_on(self) -> dict[str, str]:
        """`traceparent` alone: what else a trace carries is nobody's business outside."""
        carrier: dict[str, str] = {}
        self._headers.inject(carrier)
        return {"traceparent": carrier["traceparent"]} if "traceparent" in carrier else {}

    async def close(self) -> None:
        """Send what is left, for a moment; a thread that waits longer ends with the process."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def shut_down() -> None:
            self._provider.shutdown()
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.set)

        threading.Thread(target=shut_down, daemon=True, name="last traces").start()
        try:
            async with asyncio.timeout(PATIENCE):
                await done.wait()
        except TimeoutError:
            return


class Told:
    """A span, by our words."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def tell(self, **attributes: str | int) -> None:
        for name, value in attributes.items():
            self._span.set_attribute(NAMES[name], value)
        if isinstance(attributes.get("status"), int) and int(attributes["status"]) >= 500:
            self._span.set_status(StatusCode.ERROR)
