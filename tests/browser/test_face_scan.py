"""A person scans their face by clicking, in a real browser."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.house import House

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_person_clicks_from_the_link_to_the_end(
    house: House, window: Open, size: tuple[int, int], scripts: bool
) -> None:
    image = f"{house.world.base_url}/media/portrait.jpg"
    posted = await house.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": image}})
    async with window(size, scripts=scripts) as opened:
        page = opened.page
        await page.goto(posted["action"]["url"])
        await page.get_by_role("button", name="Start").click()
        await page.get_by_role("button", name="Complete").click()
        await page.wait_for_url("**/scan/*")
        assert "?" not in page.url
        await house.until_final(posted["id"])
        # With scripts the page follows by itself, without them it is told to by a refresh.
        await page.wait_for_selector("main[data-state=done]", timeout=15_000)
        assert opened.complaints == []
        ours = {urlsplit(house.url).netloc, urlsplit(house.world.base_url).netloc}
        assert opened.hosts <= ours
    assert (await house.get(posted["id"]))["status"] == "succeeded"


@pytest.mark.parametrize("language", ["zh-CN", "en-US", "ja-JP"])
async def test_the_page_speaks_the_phones_language(
    house: House, window: Open, language: str
) -> None:
    posted = await house.submit("alltoken/liveness", {"name": "Ada"})
    async with window(language=language) as opened:
        await opened.page.goto(posted["action"]["url"])
        shown = await opened.page.locator("html").get_attribute("lang")
        assert shown is not None
        assert shown[:2] == language[:2]
        width = await opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE[0]
        assert opened.complaints == []


async def test_the_talking_avatar_plays(house: House, window: Open) -> None:
    media = f"{house.world.base_url}/media"
    posted = await house.submit(
        "wavespeed/avatar-omni-human",
        {"image": f"{media}/portrait.jpg", "audio": f"{media}/speech.wav"},
    )
    done = await house.until_final(posted["id"])
    async with window() as opened:
        await opened.page.goto(done["result"]["outputs"][0]["url"])
        video = opened.page.locator("video")
        await video.evaluate("video => video.play()")
        await opened.page.wait_for_function("document.querySelector('video').currentTime > 0.2")
        assert await video.evaluate("video => video.error") is None
