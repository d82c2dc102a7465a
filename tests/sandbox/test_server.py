"""The sandbox on real sockets: cut connections, webhooks, and the provider's own SDK."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import wavespeed  # type: ignore[import-untyped]  # the vendor ships no types

from sandbox.server import running, serve
from sandbox.sources import sample
from sandbox.world import SystemClock, World
from tests.sandbox.play import (
    HOOK,
    INPUT,
    PORTRAIT,
    Receiver,
    act,
    ask,
    done,
    draw,
    drawn_task,
    generate,
    generated,
    submit,
    submitted,
    video,
)
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio


@pytest.fixture
def live_world() -> World:
    world = World(tiny_media=True)
    world.switches.set(duration=0.05)
    return world


@pytest_asyncio.fixture
async def live(live_world: World) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": "Bearer alice"}
    async with (
        running(live_world) as base,
        httpx.AsyncClient(base_url=base, headers=headers, **PATIENT) as opened,
    ):
        yield opened


async def test_the_official_sdk_runs_and_uploads(live: httpx.AsyncClient) -> None:
    sdk = wavespeed.Client(api_key="sdk", base_url=str(live.base_url))
    image = await asyncio.to_thread(sdk.upload, str(Path("sandbox/media/portrait.jpg")))
    assert (await live.get(image)).headers["content-type"] == "image/jpeg"
    model, inputs = "bytedance/portrait", {"prompt": "in oil", "image": image}
    ran = await asyncio.to_thread(sdk.run, model, inputs, poll_interval=0.01)
    assert (await live.get(ran["outputs"][0])).content.startswith(b"\xff\xd8")
    synced = await asyncio.to_thread(sdk.run, model, inputs, enable_sync_mode=True)
    assert synced["outputs"][0].endswith(".jpeg")


async def test_the_official_sdk_reports_a_failed_task(live: httpx.AsyncClient) -> None:
    sdk = wavespeed.Client(api_key="sdk", base_url=str(live.base_url))
    inputs = INPUT | {"prompt": "[sandbox error_code=1200]"}
    with pytest.raises(RuntimeError, match="Content moderation"):
        await asyncio.to_thread(sdk.run, "bytedance/portrait", inputs, poll_interval=0.01)


@pytest.mark.parametrize(("fault", "paid"), [("cut", 1), ("cut_before", 0)])
async def test_a_cut_connection_is_really_closed(
    fault: str, paid: int, live: httpx.AsyncClient, live_world: World
) -> None:
    live_world.switches.set(submit=fault)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await submit(live)
    assert live_world.paid_submits() == paid
    live_world.switches.set(submit="ok")
    await submitted(live)


async def test_a_cut_action_is_really_closed(live: httpx.AsyncClient, live_world: World) -> None:
    live_world.switches.set(create_group="cut_after")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await act(live, "CreateAssetGroup", GroupType="AIGC")
    listed = await done(live, "ListAssetGroups", Filter={"GroupType": "AIGC"})
    assert listed["TotalCount"] == 1


async def test_every_provider_answers_over_a_socket(
    live: httpx.AsyncClient, live_world: World
) -> None:
    live_world.switches.set(asset_duration=0, ai302_duration=0, video_duration=0)
    assert (await draw(live)).json()["data"]["image_urls"]
    task = await drawn_task(live, prompt="[sandbox ai302.answer=task]")
    assert (await ask(live, task)).json()["data"]["status"] == "done"
    group = (await done(live, "CreateAssetGroup", GroupType="AIGC"))["Id"]
    files = {"file": ("face.jpg", sample("portrait.jpg"), "image/jpeg")}
    sent = await live.post("/v1/portrait/upload", files=files, data={"GroupId": group})
    asset = f"asset://{sent.json()['Result']['Id']}"
    content = [{"type": "image_url", "image_url": {"url": asset}}]
    shown = await video(live, await generated(live, content=content))
    assert (await live.get(shown["video_url"])).headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(("switch", "send"), [("ai302_submit", draw), ("video_create", generate)])
async def test_a_cut_submit_is_really_closed(
    switch: str,
    send: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    live: httpx.AsyncClient,
    live_world: World,
) -> None:
    live_world.switches.set(**{switch: "cut"})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await send(live)
    assert live_world.paid_submits() == 1


async def test_a_webhook_arrives_over_a_socket(live: httpx.AsyncClient) -> None:
    posted: asyncio.Queue[bytes] = asyncio.Queue()

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        posted.put_nowait(await reader.readuntil(b"}}"))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hook, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        identity = await submitted(live, hook=f"http://127.0.0.1:{port}/hook")
        request = await asyncio.wait_for(posted.get(), 10)
    assert request.startswith(b"POST /hook HTTP/1.1")
    assert identity.encode() in request


async def test_work_that_waited_begins_with_the_server(
    world: World, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    await submit(client)
    assert receiver.requests == []
    async with world.living():
        await _until(lambda: bool(receiver.requests))
    assert str(receiver.requests[0].url) == HOOK


async def test_the_server_ends_while_a_webhook_is_still_due(live_world: World) -> None:
    headers = {"authorization": "Bearer alice"}
    body = INPUT | {"prompt": "[sandbox duration=3600]"}
    async with running(live_world) as base, httpx.AsyncClient(**PATIENT) as client:
        answer = await client.post(base + PORTRAIT, json=body, headers=headers)
    assert answer.status_code == 200
    assert live_world.webhooks == []


async def test_an_error_in_the_block_is_not_wrapped(live_world: World) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with running(live_world):
            raise KeyError("mine")


async def test_serving_fills_in_the_address_and_ends_when_cancelled(live_world: World) -> None:
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve("127.0.0.1", 0, live_world))
        await _until(lambda: bool(live_world.base_url))
        async with httpx.AsyncClient(**PATIENT) as client:
            answer = await client.get(f"{live_world.base_url}/sandbox/state")
        serving.cancel()
    assert answer.json()["base_url"] == live_world.base_url


async def test_an_address_for_all_interfaces_is_shown_as_loopback() -> None:
    world = World(tiny_media=True)
    async with running(world, "0.0.0.0"):  # noqa: S104  # what is tested
        assert world.base_url.startswith("http://127.0.0.1:")


async def test_a_given_address_is_kept() -> None:
    world = World(base_url="http://sandbox.test", tiny_media=True)
    async with running(world) as base:
        assert base == "http://sandbox.test"


async def test_the_usual_clock_is_the_machines() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0.001)
    assert clock.now() > before > 1_700_000_000


async def _until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110  # uvicorn and the sandbox tell nobody
            await asyncio.sleep(0.005)
