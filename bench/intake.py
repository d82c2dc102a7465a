"""Durable webhook intake against an empty route, both in one run.

A provider stub takes real submissions, so that every webhook is the first news of a job of its own;
each is signed, posted to the URL that Likeness gave the provider, and must be answered 204 after
its commit. In the end every job must have succeeded: sent = answered = finished.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.load import Shot, Volley, fire
from bench.processes import free_port, likeness, running, uvicorn_app

SECRET = "whsec_" + "b" * 32
PARALLEL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where everything listens."""

    service: str
    provider: str
    empty: str
    key: str


@contextmanager
def open_field() -> Iterator[Field]:
    """The service with a fresh database, the provider stub and the empty app."""
    service, provider, empty = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        variables = {
            "LIKENESS_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'likeness.db'}",
            "LIKENESS_PUBLIC_URL": service,
            "LIKENESS_POLL_GRACE_S": "86400",
            # The stub's outputs lead nowhere: copying them is not what is measured.
            "LIKENESS_ARCHIVE": "off",
            "WAVESPEED_API_KEY": "bench",
            "WAVESPEED_BASE_URL": provider,
            "WAVESPEED_WEBHOOK_SECRETS": SECRET,
            "PORT": service.rpartition(":")[2],
        }
        stack.enter_context(
            running(uvicorn_app("provider", int(provider.rpartition(":")[2])), provider)
        )
        stack.enter_context(running(uvicorn_app("empty", int(empty.rpartition(":")[2])), empty))
        key = _make_key(variables)
        stack.enter_context(running([likeness(), "serve"], f"{service}/healthz", **variables))
        yield Field(service=service, provider=provider, empty=empty, key=key)


async def compare(field: Field, connections: int, rounds: int, size: int) -> dict[str, float]:
    """Medians over several rounds, empty route and intake in turn."""
    shots = await prepare(field, rounds * size)
    bare: list[Volley] = []
    durable: list[Volley] = []
    for number in range(rounds):
        own = shots[number * size : (number + 1) * size]
        durable.append(await fire(own, connections))
        other = [Shot(url=f"{field.empty}/webhooks/x", headers=s.headers, body=s.body) for s in own]
        bare.append(await fire(other, connections))
    assert all(volley.fine == volley.sent == size for volley in [*bare, *durable])
    await _check_finished(field, shots)
    return {
        "empty": statistics.median(volley.per_second for volley in bare),
        "intake": statistics.median(volley.per_second for volley in durable),
        "ratio": statistics.median(
            ours.per_second / theirs.per_second for ours, theirs in zip(durable, bare, strict=True)
        ),
        "p50": statistics.median(volley.latency(0.5) for volley in durable),
        "p99": statistics.median(volley.latency(0.99) for volley in durable),
    }


async def prepare(field: Field, count: int) -> list[Shot]:
    """Submit `count` jobs and wait until the provider has them all; their signed webhooks."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        before = set((await client.get(f"{field.provider}/webhooks")).json())
        todo = iter(range(count))

        async def submit() -> None:
            for _ in todo:
                response = await client.post(
                    f"{field.service}/v1/submissions",
                    headers={"authorization": f"Bearer {field.key}"},
                    json={
                        "kind": "wavespeed/portrait",
                        "input": {"prompt": "bench", "image": "https://images.example/p.jpg"},
                    },
                )
                response.raise_for_status()

        async with asyncio.TaskGroup() as group:
            for _ in range(PARALLEL):
                group.create_task(submit())
        while True:
            known = (await client.get(f"{field.provider}/webhooks")).json()
            fresh = {name: url for name, url in known.items() if name not in before}
            if len(fresh) == count:
                # The provider has answered the last submits; let their answers be committed.
                await asyncio.sleep(1)
                return [_webhook(name, url) for name, url in fresh.items()]
            await asyncio.sleep(0.2)


def _webhook(name: str, url: str) -> Shot:
    """As https://wavespeed.ai/docs/verify-webhooks says."""
    prediction = {
        "id": name,
        "model": "bytedance/portrait",
        "outputs": ["https://cdn.example/o/1.jpeg"],
        "urls": {"get": f"https://api.wavespeed.ai/api/v3/predictions/{name}/result"},
        "has_nsfw_contents": [False],
        "status": "completed",
        "created_at": "2026-01-02T03:04:05.678Z",
        "error": "",
        "timings": {"inference": 4200},
    }
    body = json.dumps(prediction, separators=(",", ":")).encode()
    stamp = str(int(time.time()))
    signed = f"{name}.{stamp}.".encode() + body
    signature = hmac.digest(SECRET.removeprefix("whsec_").encode(), signed, hashlib.sha256).hex()
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v3,{signature}",
    }
    return Shot(url=url, headers=headers, body=body)


async def _check_finished(field: Field, shots: list[Shot]) -> None:
    """Every event is accounted for; a sample would not prove it."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        todo = iter(shots)

        async def check() -> None:
            for shot in todo:
                submission = shot.url.rpartition("/")[2].partition(".")[0]
                response = await client.get(
                    f"{field.service}/v1/submissions/{submission}",
                    headers={"authorization": f"Bearer {field.key}"},
                )
                assert response.json()["status"] == "succeeded", response.text

        async with asyncio.TaskGroup() as group:
            for _ in range(PARALLEL):
                group.create_task(check())


def _make_key(variables: dict[str, str]) -> str:
    command = [likeness(), "keys", "create", "bench", "--json"]
    made = subprocess.run(command, env=variables, check=True, capture_output=True)
    key: str = json.loads(made.stdout)["api_key"]
    return key
