"""Every page around a face scan, light and dark: nobody is shut out, nothing is too wide, nothing complains."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from domain.times import DAY, SECOND
from handlers.pages import STATES
from tests.browser.windows import DESKTOP, PHONE, Open, check, check_both
from tests.handlers.live import Hall, running_hall
from tests.house import House
from tests.journeys.scans import invite, invite_with_asset

pytestmark = pytest.mark.asyncio(loop_scope="module")

WECHAT = (
    "Mozilla/5.0 (iPhone) AppleWebKit/605 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49"
)
BACK = "https://app.example/back"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A house with a scan in every state; its clock stands still from then on."""

    hall: Hall
    urls: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with running_hall(tmp_path_factory.mktemp("scene")) as hall:
        house, urls = hall.house, {"gone": f"{hall.house.url}/scan/c3ViXzAx.aaaaaa.bbbbbbb"}
        expired = await invite(house, return_url=BACK)
        house.clock.advance(DAY / SECOND)
        await house.until_final(expired["id"])
        again = await invite(house)
        await begin(house, again["action"]["url"])
        house.clock.advance(119)
        await house.until_status(again["id"], "action_required", within=10)
        house.world.switches.set(asset_outcome="failed")
        failed = await verified(house)
        await house.until_final(failed["id"])
        house.world.switches.set(asset_outcome="active")
        done = await verified(house)
        await house.until_final(done["id"])
        canceled = await invite(house)
        await house.client.post(f"/v1/submissions/{canceled['id']}/cancel")
        asset, verifying, scanning = await verified(house), await invite(house), await invite(house)
        token = await begin(house, verifying["action"]["url"])
        await house.client.get(house.world.sessions[token].callback_url)
        await begin(house, scanning["action"]["url"])
        start = await invite(house)
        made = locals()
        urls |= {state: made[state]["action"]["url"] for state in STATES if state in made}
        # What is no state of a submission: no session, and no store.
        urls |= {"busy": start["action"]["url"], "unavailable": start["action"]["url"]}
        yield Scene(hall=hall, urls=urls)


async def begin(house: House, url: str) -> str:
    """Start is pressed; the token of the session, a moment after any other."""
    house.clock.advance(1)
    known = set(house.world.sessions)
    assert (await house.client.post(f"{url}/start", data={"lng": "en"})).status_code == 303
    (token,) = set(house.world.sessions) - known
    return token


async def verified(house: House) -> dict[str, Any]:
    posted = await invite_with_asset(house, name="A portrait")
    token = await begin(house, posted["action"]["url"])
    await house.world.scan(token, visit=True)
    await house.breathe()
    return posted


@pytest.mark.parametrize(
    ("size", "place"), [(PHONE, ""), (DESKTOP, "/qr")], ids=["phone", "desktop"]
)
async def test_every_state_can_be_used_by_everybody(
    scene: Scene, window: Open, size: tuple[int, int], place: str
) -> None:
    async with window(size) as opened:
        for state in STATES:
            scene.hall.database.away = state == "unavailable"
            if state == "busy":
                continue
            await opened.page.goto(scene.urls[state] + place)
            scene.hall.database.away = False
            assert await opened.page.locator("main").get_attribute("data-state") == state
            await check_both(opened)


async def test_who_cannot_start_just_now_is_told_when(scene: Scene, window: Open) -> None:
    house = scene.hall.house
    house.world.switches.set(create_session="500")
    async with window() as opened:
        await opened.page.goto(scene.urls["busy"])
        house.clock.advance(1)
        await opened.page.get_by_role("button", name="Start").click()
        await expect(opened.page.get_by_role("heading")).to_have_text("One moment, please")
        await check_both(opened)
    house.world.switches.set(create_session="ok")


@pytest.mark.parametrize("language", ["zh-CN", "en-US", "ja-JP"])
async def test_the_page_speaks_the_phones_language_also_inside_of_an_app(
    scene: Scene, window: Open, language: str
) -> None:
    async with window(language=language, user_agent=WECHAT) as opened:
        page = opened.page
        await page.goto(scene.urls["start"])
        shown = await page.locator("html").get_attribute("lang")
        assert shown is not None
        assert shown[:2] == language[:2]
        await expect(page.locator("section.advice")).to_be_visible()
        await expect(page.locator("form button")).to_be_visible()
        await check_both(opened)
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", name="Open this page")).to_be_visible()


async def test_the_link_is_copied_and_where_that_is_forbidden_marked(
    scene: Scene, window: Open
) -> None:
    url = scene.urls["start"]
    async with window(permissions=["clipboard-read", "clipboard-write"]) as opened:
        await opened.page.goto(url)
        await opened.page.get_by_role("button", name="Copy link").click()
        await expect(opened.page.get_by_role("button", name="Copied")).to_be_visible()
        copied = await opened.page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{url}?lng=en"
    async with window(scripts=False) as opened:
        await opened.page.goto(url)
        await expect(opened.page.get_by_label("Link to this page")).to_have_value(f"{url}?lng=en")
        await expect(opened.page.get_by_role("button", name="Copy link")).to_be_hidden()


async def test_a_browser_without_a_camera_is_told_where_there_is_one(
    scene: Scene, window: Open
) -> None:
    async with window() as opened:
        await opened.page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })"
        )
        await opened.page.goto(scene.urls["start"])
        advice = opened.page.locator("section.advice")
        await expect(advice.get_by_role("heading")).to_have_text("This browser has no camera")
        start = opened.page.get_by_role("button", name="Start")
        above, below = await advice.bounding_box(), await start.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] < below["y"]
        await check(opened)


async def test_a_desktop_offers_the_phone_and_the_code_leads_back(
    scene: Scene, window: Open
) -> None:
    async with window(DESKTOP) as opened:
        page = opened.page
        await page.goto(scene.urls["start"])
        await check_both(opened)
        await page.get_by_role("link", name="Continue on your phone").click()
        code = page.get_by_role("img", name="QR code")
        assert (
            await code.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
        )
        await page.get_by_role("link", name="Scan on this device").click()
        await expect(page.get_by_role("button", name="Start")).to_be_visible()
    async with window(PHONE) as opened:
        await opened.page.goto(scene.urls["start"])
        await expect(opened.page.get_by_text("Continue on your phone")).to_be_hidden()


async def test_start_is_reached_by_keyboard_and_seen(scene: Scene, window: Open) -> None:
    async with window() as opened:
        await opened.page.goto(scene.urls["start"])
        for _ in range(4):
            await opened.page.keyboard.press("Tab")
        start = opened.page.get_by_role("button", name="Start")
        await expect(start).to_be_focused()
        assert await start.evaluate("button => getComputedStyle(button).outlineWidth") == "3px"
        box = await start.bounding_box()
        assert box is not None
        # Where a thumb finds it without scrolling.
        assert box["y"] + box["height"] <= PHONE[1]
        assert box["height"] >= 48
