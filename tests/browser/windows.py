"""Windows of a real browser, and a judge of what they show: accessible, quiet and at home."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response

PHONE = (390, 844)
DESKTOP = (1440, 900)
SCHEMES = ("light", "dark")
SMALL = """
const within = (one) => {
  const around = one.parentElement.textContent.trim();
  return one.tagName === "A" && around.length > one.textContent.trim().length + 20;
};
[...document.querySelectorAll("a[href], button, select, summary, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip, label input") && !within(one))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => height < 23.5 || width < 19.5)
  .map(([one, { width, height }]) => `${width} x ${height}: ${one.outerHTML.slice(0, 120)}`)
"""
"""What can be pressed, stands not within a sentence and is too small to be hit; axe-core looks only at what is
nearer to another than that."""
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Debian's build of Chromium without its own windows, menus and buttons, which we do not look at and which
take half of the time; else the whole of it."""
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(kw_only=True)
class Window:
    """A page, the hosts that it asked, and what went wrong on it."""

    page: Page
    size: tuple[int, int]
    scripts: bool
    heard: list[tuple[str, str]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    refused: list[tuple[str, int]] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """What was heard. A page that is not there says so by its status, and that is no fault of what it shows;
        but a script that asks for the same address has none to ask for."""
        left, refused = [], [*self.refused]
        for url, text in self.heard:
            answer = next(
                (one for one in refused if one[0] == url and f"status of {one[1]} " in text), None
            )
            if answer is None:
                left.append(text)
            else:
                refused.remove(answer)
        return left

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append((message.location["url"], message.text))

    def answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status >= 400:
            self.refused.append((response.url, response.status))

    def see(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if host and host not in self.hosts:
            self.hosts.append(host)


Open = Callable[..., AbstractAsyncContextManager[Window]]


def opener(browser: Browser) -> Open:
    """Opens a window of a size, in a colour scheme and a language, with or without JavaScript."""

    @asynccontextmanager
    async def opening(
        size: tuple[int, int] = PHONE,
        *,
        scheme: str = "light",
        language: str = "en",
        scripts: bool = True,
        **more: Any,
    ) -> AsyncIterator[Window]:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=language,
            java_script_enabled=scripts,
            **more,
        )
        opened = Window(page=await context.new_page(), size=size, scripts=scripts)
        opened.page.on("console", opened.hear)
        opened.page.on("pageerror", lambda error: opened.heard.append(("", str(error))))
        opened.page.on("request", opened.see)
        opened.page.on("response", opened.answered)
        try:
            yield opened
        finally:
            await context.close()

    return opening


async def check(window: Window, *beyond: str) -> None:
    """Nobody is shut out, nothing complains, nothing is wider than the window, and nothing was asked
    of another host than the first; `beyond` are hosts that the person was sent to on purpose."""
    # What stands in a page may be there before its style is.
    await window.page.wait_for_load_state("load")
    assert window.complaints == []
    assert set(window.hosts[1:]) <= set(beyond), f"asked of other hosts: {window.hosts}"
    width = await window.page.evaluate("document.documentElement.scrollWidth")
    assert width <= window.size[0], f"{width} wide on {window.page.url}"
    small = await window.page.evaluate(SMALL) if window.scripts else []
    assert not small, f"too small to be hit: {small}"
    # The judge is a script itself.
    assert not window.scripts or await violations(window.page) == []


async def check_both(window: Window, *beyond: str) -> None:
    """The same in both colour schemes; in the second only what colours can change."""
    await check(window, *beyond)
    dark = await window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    await window.page.emulate_media(color_scheme="light" if dark else "dark")
    assert await violations(window.page, "color-contrast", "link-in-text-block") == []
    await window.page.emulate_media(color_scheme="dark" if dark else "light")


async def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, one line for each rule and element; all its rules, unless some are named."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
