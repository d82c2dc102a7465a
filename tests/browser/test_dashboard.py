"""An operator looks at how it goes: from the login to the list, and everything moves by itself."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from store.store import open_store
from tests.browser.windows import DESKTOP, PHONE, Open, Window, check
from tests.handlers.dashboard.desk import ADMIN, OPERATOR, XSS
from tests.house import House, add_key, running_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOKS = [
    pytest.param(PHONE, "light", True, id="phone-light"),
    pytest.param(PHONE, "dark", False, id="phone-dark-no-scripts"),
    pytest.param(DESKTOP, "light", False, id="desktop-light-no-scripts"),
    pytest.param(DESKTOP, "dark", True, id="desktop-dark"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house in which some things have ended and some wait."""
    async with running_house(tmp_path_factory.mktemp("office")) as house:
        await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
        house.world.switches.set(duration=2)
        posted = [await house.portrait(metadata={"order": f"10{number}"}) for number in range(5)]
        for one in posted:
            await house.until_final(one["id"])
        house.clock.advance(2 * 3600)
        image = f"{house.world.base_url}/media/portrait.jpg"
        await house.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": image}})
        house.world.switches.set(duration=100_000, webhook="never")
        waits = await house.portrait(metadata={"order": "1234", "note": XSS})
        await house.until_status(waits["id"], "processing")
        yield house


async def log_in(page: Page, house: House, place: str = "") -> None:
    await page.goto(f"{house.url}/dashboard{place}")
    await page.get_by_label("Admin API key").fill(ADMIN)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(f"**/dashboard{place}")


async def search(opened: Window) -> None:
    page = opened.page
    await page.get_by_label("Find", exact=True).fill("order=1234")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_text("1 found for").wait_for()
    await page.get_by_label("Find", exact=True).fill("nothing")
    await page.keyboard.press("Enter")
    await page.get_by_text("Nothing found for").wait_for()
    await page.get_by_role("link", name="Show all").click()
    await page.wait_for_url("**/submissions")
    await check(opened)


@pytest.mark.parametrize(("size", "scheme", "scripts"), LOOKS)
async def test_an_operator_clicks_from_the_login_to_what_waits(
    office: House, window: Open, size: tuple[int, int], scheme: str, scripts: bool
) -> None:
    async with window(size, scheme=scheme, scripts=scripts) as opened:
        page = opened.page
        await page.goto(f"{office.url}/dashboard")
        assert page.url.endswith("/dashboard/login")
        await check(opened)
        await page.get_by_label("Admin API key").fill("lk_wrong")
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("alert").wait_for()
        await page.wait_for_load_state()
        await check(opened)
        await log_in(page, office)
        await page.get_by_text("As a table").first.click()
        await page.get_by_role("columnheader", name="Hour (UTC)").wait_for()
        await check(opened)
        await page.get_by_role("link", name="Submissions", exact=True).click()
        await page.get_by_label("Waits for").select_option("person")
        await page.get_by_role("button", name="Filter").click()
        assert await page.locator("tbody tr").count() == 1
        await search(opened)
        await page.get_by_role("button", name="Log out").click()
        await page.get_by_text("You are logged out.").wait_for()


async def test_a_change_is_seen_within_a_second_and_nothing_is_lost(
    house: House, window: Open
) -> None:
    await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
    house.world.switches.set(duration=100_000, webhook="never")
    await house.portrait()
    async with window(DESKTOP) as overview, window(DESKTOP) as listed:
        await log_in(overview.page, house)
        await log_in(listed.page, house, "/submissions")
        for page in (overview.page, listed.page):
            await page.get_by_text("Live", exact=True).wait_for()
            house.clock.advance(1)
            await house.breathe()
        hours = overview.page.locator("#hours-numbers")
        await hours.locator("summary").click()
        await listed.page.locator("#list a.id").first.focus()
        focused = await listed.page.evaluate("document.activeElement.getAttribute('href')")
        await listed.page.evaluate("scrollTo(0, 40)")
        # The clock stands still from here on: it is told at once, and not at a next look.
        posted = await house.portrait(metadata={"order": "new"})
        await listed.page.get_by_text("order=new").wait_for(timeout=5000)
        await overview.page.locator(".tile", has_text="Unfinished 2").wait_for(timeout=5000)
        assert await hours.get_attribute("open") is not None
        assert await overview.page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert await listed.page.evaluate("document.activeElement.getAttribute('href')") == focused
        await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
        # Within a second of the clock, whatever was told just before; the browser takes its own time.
        for _ in range(4):
            await house.breathe()
            house.clock.advance(0.25)
        row = listed.page.locator("tr", has_text=posted["id"])
        await row.get_by_text("Canceled", exact=True).wait_for(timeout=10_000)
        for opened in (overview, listed):
            await check(opened)


async def test_who_is_revoked_is_shown_the_door(house: House, window: Open) -> None:
    await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
    async with window(PHONE) as opened:
        await log_in(opened.page, house)
        await opened.page.get_by_text("Live", exact=True).wait_for()
        async with open_store(house.settings.store_url) as store:
            await store.revoke_key(OPERATOR, house.clock.now())
        house.clock.advance(1)
        await house.breathe()
        house.clock.advance(1)
        await opened.page.wait_for_url("**/dashboard/login**")
        await check(opened)


async def test_a_row_that_is_read_stays_and_the_page_can_be_held_still(
    house: House, window: Open
) -> None:
    await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
    house.world.switches.set(duration=100_000, webhook="never")
    first = await house.portrait()
    async with window(DESKTOP) as opened:
        page = opened.page
        await log_in(page, house, "/submissions")
        await page.get_by_text("Live", exact=True).wait_for()
        row = page.locator("#list tbody tr", has_text=first["id"])
        kept = await row.element_handle()
        assert kept is not None
        house.clock.advance(120)
        await house.portrait(metadata={"order": "second"})
        await page.get_by_text("order=second").wait_for()
        # It stands one lower and says another time, and is still the same.
        await row.get_by_text("2 min ago").first.wait_for()
        assert await kept.evaluate("row => row.isConnected && row.rowIndex") == 2
        await page.get_by_role("button", name="Pause").click()
        await page.get_by_text("Paused", exact=True).wait_for()
        await check(opened)
        await house.portrait(metadata={"order": "third"})
        assert await page.get_by_text("order=third").count() == 0
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_text("order=third").wait_for()
        await check(opened)
