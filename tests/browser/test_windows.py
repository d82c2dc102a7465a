"""The judge of the other files here: what it forgives, and what it does not."""

import pytest

from tests.browser.windows import DESKTOP, Open
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_page_may_be_missing_but_no_script_may_ask_for_it_again(
    shared: House, window: Open
) -> None:
    async with window(DESKTOP) as opened:
        await opened.page.goto(f"{shared.url}/nothing")
        await opened.page.get_by_text("Nothing is here").wait_for()
        assert opened.complaints == []
        async with opened.page.expect_console_message():
            await opened.page.evaluate("fetch(location.href)")
        assert len(opened.complaints) == 1
