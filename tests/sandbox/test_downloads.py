"""Downloads of outputs that go wrong as the switch says."""

import gzip

import httpx
import pytest

from sandbox.downloads import INSIDE
from sandbox.pictures import tiny_portrait
from sandbox.server import running
from sandbox.world import World
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio

PICTURE = tiny_portrait()


def published(world: World) -> str:
    return world.publish("outputs/1.jpeg", PICTURE, "image/jpeg", world.switches.now)


@pytest.mark.parametrize(
    ("how", "status", "content_type", "body"),
    [
        ("403", 403, "text/plain; charset=utf-8", None),
        ("404", 404, "text/plain; charset=utf-8", None),
        ("500", 500, "text/plain; charset=utf-8", None),
        ("page", 200, "text/html; charset=utf-8", None),
        ("empty", 200, "application/pdf", b""),
        ("lying", 200, "application/pdf", PICTURE),
        ("ok", 200, "image/jpeg", PICTURE),
    ],
)
async def test_a_link_answers_as_the_switch_says(
    world: World, client: httpx.AsyncClient, how: str, status: int, content_type: str, body: bytes
) -> None:
    url = published(world)
    world.switches.set(download=how)
    answer = await client.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert body in (None, answer.content)


async def test_only_the_first_downloads_go_wrong(world: World, client: httpx.AsyncClient) -> None:
    url = published(world)
    world.switches.set(download="404", download_times=2)
    assert [(await client.get(url)).status_code for _ in range(3)] == [404, 404, 200]


async def test_redirects(world: World, client: httpx.AsyncClient) -> None:
    url = published(world)
    world.switches.set(download="redirect")
    assert (await client.get(url, follow_redirects=True)).content == PICTURE
    world.switches.set(download="redirect_inside")
    assert (await client.get(url)).headers["location"] == INSIDE
    world.switches.set(download="redirect_loop")
    with pytest.raises(httpx.TooManyRedirects):
        await client.get(url, follow_redirects=True)


async def test_packed_content_is_what_it_was(world: World, client: httpx.AsyncClient) -> None:
    url = published(world)
    world.switches.set(download="packed")
    async with client.stream("GET", url) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert gzip.decompress(raw) == PICTURE


async def test_an_input_is_never_disturbed(world: World, client: httpx.AsyncClient) -> None:
    world.switches.set(download="404")
    url = world.publish("inputs/1.jpeg", PICTURE, "image/jpeg")
    assert (await client.get(url)).content == PICTURE


@pytest.mark.parametrize("how", ["truncated", "huge"])
async def test_on_a_socket_less_comes_than_was_announced(how: str) -> None:
    world = World(tiny_media=True)
    async with running(world), httpx.AsyncClient(**PATIENT) as client:
        world.switches.set(download=how)
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(published(world))


async def test_a_drip_stops_after_a_byte() -> None:
    world = World(tiny_media=True)
    async with running(world), httpx.AsyncClient(trust_env=False, timeout=0.3) as client:
        world.switches.set(download="drip")
        with pytest.raises(httpx.ReadTimeout):
            await client.get(published(world))
