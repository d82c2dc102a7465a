"""A phone: a browser without JavaScript that follows one link at a time."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx

FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"')
BUTTON = re.compile(r'<button[^>]*name="([^"]*)"[^>]*value="([^"]*)"')


@dataclass(kw_only=True)
class Phone:
    """Keeps where it was, so that a test can go back."""

    client: httpx.AsyncClient
    visited: list[str] = field(default_factory=list)

    async def open(self, url: str) -> httpx.Response:
        self.visited.append(url)
        return await self.client.get(url, headers={"accept-language": "en"})

    async def press(self, page: httpx.Response, button: int = 0) -> httpx.Response:
        """Press a button of the page's form; the answer is not followed."""
        action, inside = FORM.findall(page.text)[0]
        url = urljoin(str(page.url), html.unescape(action))
        self.visited.append(url)
        pressed = BUTTON.findall(inside)[button : button + 1]
        fields = {name: html.unescape(value) for name, value in [*HIDDEN.findall(inside), *pressed]}
        return await self.client.post(url, data=fields)

    async def follow(self, response: httpx.Response) -> httpx.Response:
        assert response.status_code in (302, 303), response.text
        return await self.open(urljoin(str(response.url), response.headers["location"]))

    async def begin(self, scan_url: str) -> httpx.Response:
        """Open our link and press Start; the provider's page."""
        return await self.follow(await self.press(await self.open(scan_url)))
