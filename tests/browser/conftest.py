"""The system's Chromium, as a phone and as a desktop, and a house to look at.

Tests here share the loop of their module, and with it the browser:
`pytestmark = pytest.mark.asyncio(loop_scope="module")`.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.windows import AXE, CHROMIUM, Open, opener
from tests.house import House, running_house

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def lacking(what: str, remedy: str) -> None:
    """A machine may lack what is only for tests; CI may not."""
    sentence = f"needs {what}: {remedy}"
    if os.environ.get("CI"):  # noqa: TID251 - no setting of ours: it says who runs the tests
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for a whole file."""
    if CHROMIUM is None:
        lacking("Chromium", "apt-get install chromium-headless-shell, or chromium")
    if not AXE.is_file():
        lacking("axe-core", "apt-get install npm, then npm ci in tests/browser (make test does)")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        await running.close()


@pytest.fixture
def window(browser: Browser) -> Open:
    return opener(browser)


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house for one test, on the loop of the module."""
    async with running_house(tmp_path) as open_house:
        yield open_house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house for a whole file of looks that leave nothing behind."""
    async with running_house(tmp_path_factory.mktemp("shared")) as open_house:
        yield open_house
