"""An operator at work on single things, by clicking: a submission, dead letters, quarantine, keys, groups."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.browser.windows import DESKTOP, PHONE, Open, Window, check
from tests.delivery.receiver import says
from tests.handlers.dashboard.desk import ADMIN, OPERATOR
from tests.house import House, add_key, running_house
from tests.journeys.actions import client_of
from tests.journeys.aigc import kept
from tests.journeys.archived import archived
from tests.journeys.told import client, done, until_state
from tests.journeys.wavespeed import running, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_DAY = [
    pytest.param((PHONE, "light", True), id="phone-light"),
    pytest.param((DESKTOP, "dark", False), id="desktop-dark-no-scripts"),
]
BY_NIGHT = [
    pytest.param((PHONE, "dark", False), id="phone-dark-no-scripts"),
    pytest.param((DESKTOP, "light", True), id="desktop-light"),
]
Look = tuple[tuple[int, int], str, bool]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house with an operator, whose deliveries are given up after a second attempt."""
    folder = tmp_path_factory.mktemp("desk")
    async with running_house(folder, LIKENESS_DELIVERY_SCHEDULE_S="1") as house:
        await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
        yield house


@asynccontextmanager
async def signed_in(window: Open, house: House, look: Look) -> AsyncIterator[Window]:
    size, scheme, scripts = look
    async with window(size, scheme=scheme, scripts=scripts) as opened:
        await opened.page.goto(f"{house.url}/dashboard/login")
        await opened.page.get_by_label("Admin API key").fill(ADMIN)
        await opened.page.get_by_role("button", name="Log in").click()
        await opened.page.wait_for_url("**/dashboard")
        yield opened


async def go(opened: Window, house: House, path: str) -> None:
    answer = await opened.page.goto(f"{house.url}/dashboard{path}")
    assert answer is not None
    assert (answer.status, opened.page.url) == (200, f"{house.url}/dashboard{path}")
    await check(opened)


async def sure(page: Page, label: str, confirm: str) -> None:
    """What asks twice."""
    await page.locator(".sure > summary", has_text=label).last.click()
    await page.get_by_role("button", name=confirm).click()


@pytest.mark.parametrize("look", BY_DAY)
async def test_a_submission_is_looked_at_canceled_and_erased(
    desk: House, window: Open, look: Look
) -> None:
    shown = await desk.portrait("a calm portrait in the evening", metadata={"order": 17})
    await desk.until_final(shown["id"])
    await archived(desk, shown["id"])
    waiting = await running(desk)
    desk.world.switches.reset()
    async with signed_in(window, desk, look) as opened:
        page = opened.page
        await go(opened, desk, f"/submissions/{shown['id']}")
        image = page.get_by_role("img", name="Output 1")
        await image.scroll_into_view_if_needed()
        if opened.scripts:
            await page.wait_for_function("[...document.images].every(one => one.naturalWidth > 0)")
        await go(opened, desk, f"/submissions/{waiting['id']}")
        await sure(page, "Cancel", "Cancel it")
        await page.get_by_text("The submission is canceled.").wait_for()
        await check(opened)
        await sure(page, "Erase", "Erase it")
        await page.get_by_text("The submission is erased").wait_for()
        assert (await desk.client.get(f"/v1/submissions/{waiting['id']}")).status_code == 404


async def test_a_page_about_a_submission_follows_it(desk: House, window: Open) -> None:
    posted = await desk.submit("alltoken/liveness", {"name": "Ada"})
    async with signed_in(window, desk, (DESKTOP, "dark", True)) as opened:
        page = opened.page
        await go(opened, desk, f"/submissions/{posted['id']}")
        await page.get_by_role("button", name="Show the person's link").click()
        assert (
            await page.get_by_role("textbox", name="The link").input_value()
            == posted["action"]["url"]
        )
        await page.wait_for_function("document.querySelector('.code').naturalWidth > 0")
        await check(opened)
        await page.get_by_role("link", name="Done").click()
        await page.get_by_text("Live", exact=True).wait_for()
        await desk.client.post(f"/v1/submissions/{posted['id']}/cancel")
        canceled = page.locator("#state .status.canceled")
        # The stream looks by the clock that is held.
        await desk.until(canceled.is_visible, within=3, step=0.02)
        assert await page.locator("#timeline").get_by_text("asked to cancel").is_visible()
        await check(opened)


@pytest.mark.parametrize("look", BY_DAY)
async def test_dead_letters_are_sent_again(desk: House, window: Open, look: Look) -> None:
    async with client() as receiver, signed_in(window, desk, look) as opened:
        page = opened.page
        await go(opened, desk, "/deliveries")
        receiver.answer = says(500, b"the shop is closed")
        names = [await done(desk, receiver) for _ in range(2)]
        for name in names:
            await until_state(desk, name, "dead")
        await page.reload()
        await check(opened)
        await page.get_by_role("link", name=names[0]).click()
        await page.get_by_text("the shop is closed").first.wait_for()
        await check(opened)
        receiver.answer = says(204)
        await page.get_by_role("button", name="Send again").click()
        await page.get_by_text("The delivery is on its way again.").wait_for()
        await until_state(desk, names[0], "delivered")


@pytest.mark.parametrize("look", BY_NIGHT)
async def test_a_webhook_in_quarantine_is_read_again_and_deleted(
    desk: House, window: Open, look: Look
) -> None:
    await running(desk)
    desk.world.switches.reset()
    await tell(
        desk, b'{"id": "p-17", "model": "bytedance/portrait", "outputs": [], "note": "no status"}'
    )
    async with signed_in(window, desk, look) as opened:
        page = opened.page
        await go(opened, desk, "/quarantine")
        await page.get_by_role("link", name="the body has no status").click()
        await check(opened)
        await page.get_by_role("button", name="Read it again").click()
        await page.get_by_text("It still cannot be read").wait_for()
        await check(opened)
        await sure(page, "Delete", "Delete it")
        await page.get_by_text("The webhook is deleted.").wait_for()
        await page.get_by_text("Nothing is in quarantine").wait_for()
        await check(opened)


@pytest.mark.parametrize("look", BY_DAY)
async def test_a_key_is_made_rotated_and_revoked(desk: House, window: Open, look: Look) -> None:
    async with signed_in(window, desk, look) as opened:
        page = opened.page
        await go(opened, desk, "/keys")
        name = f"a shop, {look[1]}"
        await page.get_by_label("Name", exact=True).fill("test")
        await page.get_by_role("button", name="Make the key").click()
        await page.get_by_text("There is already a key named test").wait_for()
        await check(opened)
        await page.get_by_label("Name", exact=True).fill(name)
        await page.get_by_label("Webhook URL").fill("https://shop.example/hooks")
        await page.get_by_role("button", name="Make the key").click()
        assert (await page.get_by_role("textbox", name="API key").input_value()).startswith("lk_")
        await check(opened)
        await page.get_by_role("link", name="I have kept both").click()
        await sure(page, "Rotate its webhook secret", "Make a new secret")
        assert (await page.get_by_role("textbox", name="Webhook secret").input_value()).startswith(
            "whsec_"
        )
        await page.get_by_role("link", name="I have kept it").click()
        await page.get_by_text("two secrets").wait_for()
        await page.locator(".sure > summary", has_text="Revoke").last.click()
        await check(opened)
        await page.get_by_role("button", name=f"Revoke {name}").click()
        await page.get_by_text("The key is revoked").wait_for()


@pytest.mark.parametrize("look", BY_NIGHT)
async def test_a_group_is_looked_at_and_an_asset_deleted(
    desk: House, window: Open, look: Look
) -> None:
    made = await kept(desk, "Ada")
    async with client_of(desk) as caller:
        group_id = made["result"]["group_id"]
        await caller.asset(group_id)
    async with signed_in(window, desk, look) as opened:
        page = opened.page
        await go(opened, desk, "/groups")
        await page.get_by_role("button", name="Ask the provider").last.click()
        await page.get_by_text("The provider lists").wait_for()
        await check(opened)
        await page.locator("td .sure > summary").last.click()
        async with asyncio.TaskGroup() as group:
            pressing = group.create_task(
                page.get_by_role("button", name="Delete the asset").last.click()
            )
            await desk.until(pressing.done, step=0.1)
        await page.get_by_text("The asset is deleted at the provider.", exact=True).wait_for()
        await check(opened)
    assert len([one for one in desk.world.assets.values() if one.group_id == group_id]) == 1
