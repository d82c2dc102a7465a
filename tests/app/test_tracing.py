"""Traces: what a collector is told when there is one, and that nothing of it is there when there is none."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.opentelemetry import PATIENCE
from app.tracing import collected
from tests.house import KEY, SECRET, AsyncSockets, House, running_house, serving
from tests.journeys.phone import Phone
from tests.journeys.scans import invite, start
from tests.journeys.told import client, done, until_state
from tests.journeys.wavespeed import webhook_url

pytestmark = pytest.mark.asyncio

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@dataclass
class Collector:
    """Takes OTLP over HTTP."""

    url: str
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    async with AsyncSockets() as sockets:
        there = Collector(f"http://127.0.0.1:{sockets.port}")

        async def take(request: Request) -> Response:
            assert request.headers["content-type"] == "application/x-protobuf"
            there.requests.append(ExportTraceServiceRequest.FromString(await request.body()))
            return Response(b"", media_type="application/x-protobuf")

        app = Starlette(routes=[Route("/v1/traces", take, methods=["POST"])])
        async with serving(app, sockets.listener):
            yield there


def told(span: Span) -> dict[str, Any]:
    return {
        one.key: one.value.string_value or one.value.int_value or one.value.bool_value
        for one in span.attributes
    }


async def _story(house: House) -> tuple[str, str, str, dict[str, str]]:
    """A portrait that its client is told of, a face scan, and requests that go wrong."""
    async with client() as receiver:
        submission_id = await done(house, receiver, url=f"{receiver.url}&token=hook-canary-5d2f")
        await until_state(house, submission_id, "delivered")
        heard = receiver.heard[0].headers
    hook = webhook_url(house)
    scan = await invite(house)
    session = await start(house, Phone(client=house.client), scan)
    await house.world.scan(session.token, visit=True)
    await house.until_final(scan["id"])
    stranger = {"traceparent": PARENT.replace(TRACE, "a" * 32)}
    await house.client.get("/scan/squirrel-canary?a=squirrel-canary", headers=stranger)
    await house.client.get("/squirrel-canary")
    await house.client.get(f"/v1/submissions/{submission_id}", headers={"traceparent": PARENT})
    await _on_one_connection(house, "/healthz", "/v1/kinds", "/readyz")
    secrets = (hook.rpartition("/")[2], scan["action"]["url"].rpartition("/")[2])
    return submission_id, *secrets, dict(heard) | {"session": session.token}


async def _on_one_connection(house: House, *paths: str) -> None:
    """All asked for at once: the server begins each when it has answered the one before."""
    to = house.client.base_url
    reader, writer = await asyncio.open_connection(to.host, to.port)
    for path in paths:
        last = "connection: close\r\n" if path == paths[-1] else ""
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {to.host}\r\n{last}\r\n".encode())
    answers = await reader.read(-1)
    assert answers.count(b"HTTP/1.1 ") == len(paths)
    writer.close()
    await writer.wait_closed()


async def test_a_collector_is_told_of_requests_tasks_calls_and_deliveries(tmp_path: Path) -> None:
    async with collector() as there:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": there.url + "/"}
        async with running_house(tmp_path, **variables) as house:
            submission_id, token, scan_token, heard = await _story(house)
        names = {span.name for span in there.spans}
        assert {
            "POST /v1/submissions",
            "POST /webhooks/{provider}/{token}",
            "GET /liveness/callback/{token}",
            "POST /scan/{token}/start",
            "GET unknown",
            "task submit",
            "task deliver",
            "task exchange",
            "wavespeed.submit",
            "alltoken.CreateVisualValidateSession",
            "delivery attempt",
        } <= names
        (submit,) = there.named("wavespeed.submit")
        (task,) = there.named("task submit")
        assert submit.parent_span_id == task.span_id
        assert submit.kind == Span.SpanKind.SPAN_KIND_CLIENT
        assert told(submit) == {"likeness.outcome": "ok"}
        assert told(task)["likeness.submission.id"] == submission_id
        (hook,) = there.named("POST /webhooks/{provider}/{token}")
        assert told(hook)["likeness.submission.id"] == submission_id
        assert told(hook)["http.route"] == "/webhooks/{provider}/{token}"
        (attempt,) = there.named("delivery attempt")
        version, trace, parent, _ = heard["traceparent"].split("-")
        assert (version, bytes.fromhex(trace)) == ("00", attempt.trace_id)
        assert bytes.fromhex(parent) == attempt.span_id
        for name in ("GET /healthz", "GET /v1/kinds", "GET /readyz"):
            (request,) = there.named(name)
            beside = [one.name for one in there.spans if one.trace_id == request.trace_id]
            assert (beside, request.parent_span_id) == ([name], b""), name
        ours = [span for span in there.spans if span.trace_id.hex() == TRACE]
        assert [span.name for span in ours] == ["GET /v1/submissions/{submission_id}"]
        assert not [span for span in there.spans if span.trace_id.hex() == "a" * 32]
        everything = "".join(map(str, there.requests))
        for secret in (token, scan_token, heard["session"], KEY, SECRET[6:], "canary", "http://"):
            assert secret not in everything


async def test_a_failure_is_told_without_its_words() -> None:
    async with collector() as there:
        async with collected(there.url) as traces:
            assert traces is not None
            with pytest.raises(ValueError, match="canary"), traces.span("work", "internal"):
                raise ValueError("squirrel-canary")
        (span,) = there.spans
        assert span.status.code == Status.StatusCode.STATUS_CODE_ERROR
        assert told(span) == {"error.type": "ValueError"}
        assert "canary" not in str(there.requests)


async def test_a_collector_that_hangs_keeps_nobody_at_the_end(tmp_path: Path) -> None:
    async with AsyncSockets() as silent:
        loop = asyncio.get_running_loop()
        async with collected(f"http://127.0.0.1:{silent.port}") as traces:
            assert traces is not None
            with traces.span("work", "internal"):
                pass
            ending = loop.time()
        assert loop.time() - ending < PATIENCE + 2


async def test_without_a_collector_or_the_extra_nothing_is_imported() -> None:
    code = """
import asyncio, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import app.http, app.tracing
async def main():
    for endpoint in (None, "http://127.0.0.1:9"):
        print(endpoint)
        async with app.tracing.collected(endpoint) as traces:
            assert traces is None
asyncio.run(main())
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    without, _, missing = ended.stdout.partition("http://127.0.0.1:9")
    assert without == "None\n"
    assert "not installed" in missing
