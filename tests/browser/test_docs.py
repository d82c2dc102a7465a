"""The reference in a browser: to be read on a phone and on a desktop, with JavaScript and without."""

import pytest

from tests.browser.windows import DESKTOP, PHONE, Open, check
from tests.house import House

FEWER = """
const one = "#kind-302ai-portrait, #createSubmission, #performAction, #shape-Submission";
const many = "tr:nth-child(n + 5), li:nth-child(n + 5), details.action:nth-of-type(n + 2)";
for (const entry of document.querySelectorAll("details.entry"))
  entry.matches(one) ? (entry.open = true) : entry.remove();
for (const alike of document.querySelectorAll(many)) alike.remove();
"""
"""Entries, rows and links of one sort are made alike, and axe needs a while for each."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"]
)
async def test_the_reference_is_read_and_found_in(
    shared: House, window: Open, size: tuple[int, int], scheme: str
) -> None:
    async with window(size, scheme=scheme) as opened:
        page = opened.page
        await page.goto(f"{shared.url}/docs#error-not_found")
        assert await page.locator("#error-not_found").is_visible()
        column = page.locator("nav.column")
        if size is PHONE:
            # Entries are folded, and a link opens what it leads to.
            entry = page.locator("#cancelSubmission")
            assert await entry.get_attribute("open") is None
            assert not await column.is_visible()
            await page.locator("details.contents > summary").click()
            await page.locator("details.contents").get_by_role("link", name="Cancel it").click()
            await entry.locator("table").first.wait_for()
        else:
            await column.get_by_label("Find").fill("logo_info")
            links = column.get_by_role("link")
            assert await links.all_text_contents() != []
            assert await column.get_by_role("link", name="302ai/portrait").is_visible()
            assert not await column.get_by_role("link", name="Cancel it").is_visible()
            await column.get_by_label("Find").fill("no such thing")
            assert await column.get_by_role("status").is_visible()
            await column.get_by_label("Find").fill("")
        await page.evaluate(FEWER)
        await check(opened)


async def test_a_call_is_copied_into_a_shell(shared: House, window: Open) -> None:
    async with window(DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as opened:
        page = opened.page
        await page.goto(f"{shared.url}/docs#createSubmission")
        call = page.locator("#createSubmission figure").filter(has_text="curl")
        await call.get_by_role("button", name="Copy").click()
        await call.get_by_role("button", name="Copied").wait_for()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(f'curl "{shared.url}/v1/submissions"')
        assert "Bearer $LIKENESS_API_KEY" in copied


async def test_it_is_whole_without_javascript(shared: House, window: Open) -> None:
    async with window(PHONE, scripts=False) as opened:
        page = opened.page
        await page.goto(f"{shared.url}/docs")
        assert await page.locator("#cancelSubmission table").first.is_visible()
        assert not await page.get_by_role("button").count()
        await page.locator("details.contents > summary").click()
        assert await page.get_by_role("link", name="Error codes").is_visible()
        await check(opened)


async def test_what_may_not_be_copied_is_marked(shared: House, window: Open) -> None:
    async with window(DESKTOP) as opened:
        page = opened.page
        # As a browser does that gives nobody its clipboard.
        await page.add_init_script("navigator.clipboard.writeText = () => Promise.reject()")
        await page.goto(f"{shared.url}/docs#createSubmission")
        call = page.locator("#createSubmission figure").filter(has_text="curl")
        await call.get_by_role("button", name="Copy").click()
        await page.get_by_role("status").get_by_text("It could not be copied").wait_for()
        assert (await page.evaluate("String(getSelection())")).startswith("curl ")
        await call.get_by_role("button", name="Copy").wait_for()
        assert opened.complaints == []
