"""The phone page: two buttons, three languages, one use, no JavaScript."""

import re
from html import unescape

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import CALLBACK, done

pytestmark = pytest.mark.asyncio


async def linked(client: httpx.AsyncClient) -> str:
    shown = await done(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    return str(shown["H5Link"])


async def pressed(client: httpx.AsyncClient, link: str, end: str = "complete") -> httpx.Response:
    """Do what a browser does with the form on the page."""
    page = await client.get(link)
    found = re.search(r'action="([^"]+)"', page.text)
    assert found is not None
    return await client.post(unescape(found.group(1)), data={"end": end})


@pytest.mark.parametrize(
    ("language", "word"),
    [("zh", "完成"), ("zh-Hant", "認證失敗"), ("en", "Complete"), ("fr", "Complete")],
)
async def test_the_page_speaks_the_language_of_its_link(
    language: str, word: str, client: httpx.AsyncClient
) -> None:
    link = (await linked(client)).replace("lng=zh", f"lng={language}")
    page = await client.get(link)
    assert page.status_code == 200
    assert word in page.text
    assert "width=device-width" in page.text
    assert "<script" not in page.text


async def test_complete_sends_the_browser_to_the_callback(client: httpx.AsyncClient) -> None:
    answer = await pressed(client, await linked(client))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK + "?bytedToken=")
    assert "resultCode=10000" in answer.headers["location"]


async def test_the_other_button_fails_the_scan(client: httpx.AsyncClient) -> None:
    answer = await pressed(client, await linked(client), "fail")
    assert "resultCode=20001" in answer.headers["location"]


async def test_a_link_serves_one_scan(client: httpx.AsyncClient) -> None:
    link = await linked(client)
    assert (await client.head(link)).status_code == 200
    await pressed(client, link)
    assert (await client.get(link)).status_code == 410
    assert (await client.post(link, data={"end": "complete"})).status_code == 410


async def test_a_link_dies_with_its_token(client: httpx.AsyncClient, clock: LeapClock) -> None:
    link = await linked(client)
    clock.skip(121)
    assert (await client.get(link)).status_code == 410


async def test_an_unknown_link_is_gone(client: httpx.AsyncClient) -> None:
    assert (await client.get("/h5?bytedToken=nobody&lng=en")).status_code == 410


@pytest.mark.parametrize(("scan", "word"), [("never", "请稍候"), ("never_redirect", "可以关闭")])
async def test_a_scan_that_leads_nowhere_says_so(
    scan: str, word: str, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(scan=scan)
    answer = await pressed(client, await linked(client))
    assert answer.status_code == 200
    assert word in answer.text
