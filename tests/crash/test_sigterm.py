"""SIGTERM to the real command on the real clock: exit code 0 within 10 s, and nothing is lost."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest

from sandbox.server import running as running_sandbox
from sandbox.switches import Value
from sandbox.world import World
from tests.crash.story import LOOK, reserved_port
from tests.house import KEY
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio

MANY = 6
TEN_SECONDS = 10
PATIENCE = 40
"""Seconds for everything else; only a broken service needs them."""


async def test_answers_on_the_wire_are_kept(template: Path, tmp_path: Path) -> None:
    async with service(template, tmp_path, latency=1.0, duration=1.0) as (world, start, client):
        async with start() as process:
            ids = [await _post(client, world, number) for number in range(MANY)]
            await _until(lambda: world.paid_submits() == MANY)
            await _end(process)
        async with start():
            for submission_id in ids:
                assert (await _finished(client, submission_id))["status"] == "succeeded"
                types = await _types(client, submission_id)
                assert types.count("submit.accepted") == 1
                assert "submit.outcome_unknown" not in types
        assert world.paid_submits() == MANY


async def test_calls_that_do_not_come_home_are_settled(template: Path, tmp_path: Path) -> None:
    async with service(template, tmp_path, latency=60.0, duration=10.0) as (world, start, client):
        async with start() as process:
            ids = [await _post(client, world, number) for number in range(MANY)]
            await _until(lambda: world.paid_submits() == MANY)
            await _end(process)
        async with start():
            for submission_id in ids:
                assert (await _finished(client, submission_id))["status"] == "succeeded"
        assert world.paid_submits() == MANY


Start = Callable[[], Any]


@asynccontextmanager
async def service(
    template: Path, tmp_path: Path, **switches: Value
) -> AsyncIterator[tuple[World, Start, httpx.AsyncClient]]:
    """A sandbox, a way to start the service (and again), and its client."""
    folder = tmp_path / "data"
    copytree(template, folder)
    world = World(tiny_media=True)
    world.switches.set(**switches)
    with reserved_port() as port:
        url = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {KEY}"}
        async with (
            running_sandbox(world) as sandbox_url,
            httpx.AsyncClient(base_url=url, headers=headers, **PATIENT) as client,
        ):
            variables = {
                "LIKENESS_DATA_DIR": str(folder),
                "LIKENESS_PUBLIC_URL": url,
                "PORT": str(port),
                "WAVESPEED_API_KEY": "ws-test",
                "WAVESPEED_BASE_URL": sandbox_url,
            }

            @asynccontextmanager
            async def start() -> AsyncIterator[asyncio.subprocess.Process]:
                with (tmp_path / "log").open("ab") as log:
                    process = await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "app", "serve", env=variables, stdout=log, stderr=log
                    )
                try:
                    await _until(lambda: _answers(client))
                    yield process
                finally:
                    if process.returncode is None:
                        process.kill()
                        await process.wait()

            yield world, start, client


async def _end(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(TEN_SECONDS):
        assert await process.wait() == 0


async def _post(client: httpx.AsyncClient, world: World, number: int) -> str:
    fields = {"prompt": f"portrait {number}", "image": f"{world.base_url}/media/portrait.jpg"}
    body = {"kind": "wavespeed/portrait", "input": fields}
    response = await client.post("/v1/submissions", json=body)
    assert response.status_code == 202, response.text
    submission_id: str = response.json()["id"]
    return submission_id


async def _finished(client: httpx.AsyncClient, submission_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}

    async def final() -> bool:
        shown.update((await client.get(f"/v1/submissions/{submission_id}")).json())
        return shown["completed_at"] is not None

    await _until(final)
    return shown


async def _types(client: httpx.AsyncClient, submission_id: str) -> list[str]:
    events = (await client.get(f"/v1/submissions/{submission_id}/events")).json()["items"]
    return [event["type"] for event in events]


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def _until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(LOOK)
