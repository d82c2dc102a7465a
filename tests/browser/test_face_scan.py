"""A person scans their face by clicking, in a real browser, and sees at once how it is getting on."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.windows import DESKTOP, PHONE, Open, check
from tests.house import House
from tests.journeys.scans import invite, invite_with_asset

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESS_THAN_A_POLL = 2.5
"""Seconds; a page that only asks now and then would not have it by then."""


async def reaches(page: Page, state: str, seconds: float = 1) -> None:
    """The page says so within so much real time; a changed page is a changed headline, too."""
    await page.wait_for_selector(f"main[data-state={state}]", timeout=seconds * 1000)


async def scan(page: Page, house: House) -> None:
    """From our page to the scan service's and back, by clicking."""
    await page.get_by_role("button", name="Start").click()
    await page.get_by_role("button", name="Complete").click()
    await page.wait_for_url("**/scan/*")
    assert "?" not in page.url


@pytest.mark.parametrize(
    ("size", "scheme", "scripts"),
    [(PHONE, "light", True), (PHONE, "dark", False), (DESKTOP, "dark", True)],
    ids=["phone", "phone-without-scripts", "desktop"],
)
async def test_a_person_clicks_from_the_link_to_the_end(
    house: House, window: Open, size: tuple[int, int], scheme: str, scripts: bool
) -> None:
    posted = await invite_with_asset(house)
    async with window(size, scheme=scheme, scripts=scripts) as opened:
        page = opened.page
        await page.goto(posted["action"]["url"])
        await check(opened)
        await scan(page, house)
        # With scripts the page follows by itself, without them it is told to by a refresh.
        await reaches(page, "asset", LESS_THAN_A_POLL if scripts else 15)
        assert await page.get_by_role("listitem").all_text_contents() == [
            "Checking your scan (done)",
            "Face verified (done)",
            "Portrait ready",
        ]
        await house.until_final(posted["id"])
        if not scripts:
            await page.reload()
        await reaches(page, "done", LESS_THAN_A_POLL)
        await expect(page.locator("[aria-current=step]")).to_have_text("Portrait ready (done)")
        await check(opened, urlsplit(house.world.base_url).netloc)
    assert (await house.get(posted["id"]))["status"] == "succeeded"


async def test_phone_and_desktop_see_each_step_within_a_second(house: House, window: Open) -> None:
    posted = await invite_with_asset(house)
    url = posted["action"]["url"]
    async with window(DESKTOP, scheme="dark") as desktop, window() as phone:
        await desktop.page.goto(f"{url}/qr")
        await expect(desktop.page.get_by_role("img", name="QR code")).to_be_visible()
        await phone.page.goto(url)
        await phone.page.get_by_role("button", name="Start").click()
        await reaches(desktop.page, "scanning")
        timer = desktop.page.get_by_role("timer")
        # By the browser's own clock, which nobody holds.
        await expect(timer).to_have_text("1:58", timeout=5000)
        # Back without a scan: the provider knows no result yet.
        await phone.page.goto(url)
        (session,) = house.world.sessions.values()
        await phone.page.goto(session.callback_url)
        await reaches(phone.page, "verifying")
        await reaches(desktop.page, "verifying")
        await check(phone, urlsplit(house.world.base_url).netloc)
        house.clock.advance(5)
        await house.world.scan(session.token, visit=True)
        await reaches(phone.page, "asset")
        await reaches(desktop.page, "asset")
        assert (await house.client.post(f"/v1/submissions/{posted['id']}/cancel")).is_success
        for page in (phone.page, desktop.page):
            await reaches(page, "canceled")
            assert await page.title() == "This request was canceled · Likeness"
        await check(desktop)


async def test_a_scan_that_ran_out_is_offered_again_where_the_person_stands(
    house: House, window: Open
) -> None:
    posted = await invite(house)
    async with window() as opened:
        page = opened.page
        await house.client.post(f"{posted['action']['url']}/start", data={"lng": "en"})
        await page.goto(posted["action"]["url"])
        await page.get_by_role("link", name="Check again").focus()
        await house.until_status(posted["id"], "action_required", within=130, step=10)
        await reaches(page, "again")
        await expect(page.get_by_role("heading", name="Please try once more")).to_be_focused()
        await check(opened)


@pytest.mark.parametrize("held_back", [True, False], ids=["held-back", "refused"])
async def test_where_no_stream_comes_through_the_page_asks_again_and_again(
    house: House, window: Open, held_back: bool
) -> None:
    posted = await invite(house)
    async with window() as opened:
        page = opened.page

        async def answer(route: Route) -> None:
            if not held_back:
                await route.fulfill(status=404)

        await page.clock.install()
        await page.route("**/events", answer)
        async with page.expect_request("**/events"):
            await page.goto(posted["action"]["url"])
        assert (await house.client.post(f"/v1/submissions/{posted['id']}/cancel")).is_success
        if held_back:
            await page.clock.fast_forward(5000)
        else:
            await page.wait_for_function("!stream")
        await page.clock.fast_forward(3000)
        await reaches(page, "canceled", 5)


async def test_a_stream_that_is_cut_is_begun_anew(house: House, window: Open) -> None:
    posted = await invite(house)
    asked = 0

    async def answer(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await route.continue_()
            return
        begun = 'retry: 50\n\nevent: state\ndata: {"state":"start","seconds_left":null}\n\n'
        await route.fulfill(content_type="text/event-stream", body=begun)

    async with window() as opened:
        await opened.page.route("**/events", answer)
        async with opened.page.expect_request(lambda _: asked > 0):
            await opened.page.goto(posted["action"]["url"])
        assert (await house.client.post(f"/v1/submissions/{posted['id']}/cancel")).is_success
        await reaches(opened.page, "canceled", LESS_THAN_A_POLL)
    assert asked == 2


async def test_start_is_sent_once_and_says_so(house: House, window: Open) -> None:
    posted = await invite(house)
    async with window() as opened:
        await opened.page.goto(posted["action"]["url"])
        sent, label = await opened.page.evaluate(
            """() => {
              let sent = 0;
              addEventListener("submit", (event) => {
                sent += !event.defaultPrevented;
                event.preventDefault();
              });
              const button = document.querySelector("form button");
              button.click();
              button.click();
              return [sent, button.textContent];
            }"""
        )
    assert (sent, label) == (1, "Opening …")


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
