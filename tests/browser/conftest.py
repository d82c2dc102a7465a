"""The system's Chromium, as a phone and as a desktop."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

PHONE = (390, 844)
DESKTOP = (1440, 900)
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


@dataclass(kw_only=True)
class Window:
    """A page and what went wrong on it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


Open = Callable[..., AbstractAsyncContextManager[Window]]


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Chromium; .ci/run installs it")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        await running.close()


@pytest.fixture
def window(browser: Browser) -> Open:
    """Opens a window of a size, in a colour scheme and a language, with or without JavaScript."""

    @asynccontextmanager
    async def opening(
        size: tuple[int, int] = PHONE,
        *,
        scheme: str = "light",
        language: str = "en",
        scripts: bool = True,
    ) -> AsyncIterator[Window]:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=language,
            java_script_enabled=scripts,
        )
        opened = Window(page=await context.new_page())

        def on_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                opened.complaints.append(message.text)

        def on_request(request: Request) -> None:
            opened.hosts.add(request.url.split("/")[2])

        opened.page.on("console", on_console)
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("request", on_request)
        yield opened
        await context.close()

    return opening
