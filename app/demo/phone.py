"""A person with a phone: opens pages, presses the button of the form, goes where it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from app.console import OUT, plain
from app.ending import Code, Stop

MOST_REDIRECTS = 5


class Form(HTMLParser):
    """The first form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._buttons = 0
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and self.action is None:
            self._inside, self.action = True, values.get("action") or ""
        elif self._inside and values.get("name") and self._counts(tag):
            self.fields[values["name"] or ""] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _counts(self, tag: str) -> bool:
        """A field, or the first button: that is the one the person presses."""
        self._buttons += tag == "button"
        return tag == "input" or (tag == "button" and self._buttons == 1)


class Phone:
    """Shows each page that it visits; made by `open_phone`."""

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._wire = wire

    async def press(self, url: str) -> str:
        """Open the page, press its button; the address where that leads in the end."""
        form = Form((await self._go("GET", url)).text)
        if form.action is None:
            raise Stop(f"The page at {shortened(url)} has no button to press.", Code.FAILED)
        answer = await self._go("POST", urljoin(url, form.action), form.fields)
        for _ in range(MOST_REDIRECTS):
            if not answer.has_redirect_location:
                return str(answer.url)
            target = urljoin(str(answer.url), answer.headers["location"])
            if urlsplit(target).path == "/h5":
                return target
            answer = await self._go("GET", target)
        raise Stop("The phone was sent from page to page without end.", Code.FAILED)

    async def _go(
        self, method: str, url: str, fields: dict[str, str] | None = None
    ) -> httpx.Response:
        answer = await self._wire.request(method, url, data=fields)
        where = ""
        if answer.has_redirect_location:
            where = f", sent on to {shortened(urljoin(url, answer.headers['location']))}"
        OUT.print(plain(f"   phone   {method:4} {shortened(url)}  {answer.status_code}{where}"))
        if answer.is_error:
            raise Stop(f"{shortened(url)} answered HTTP {answer.status_code}.", Code.FAILED)
        return answer


@asynccontextmanager
async def open_phone() -> AsyncIterator[Phone]:
    headers = {"accept-language": "en", "accept": "text/html"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=30) as wire:
        yield Phone(wire)


def shortened(url: str) -> str:
    """An address that fits a line: tokens and queries are long."""
    parts = urlsplit(url)
    path = "/".join(
        part if len(part) <= 24 else f"{part[:10]}..." for part in parts.path.split("/")
    )
    return f"{path}{'?...' if parts.query else ''}"
