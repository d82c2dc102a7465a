"""An operator at the dashboard, without a browser: signed in, reading pages, sending their forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser

import httpx

from tests.house import House, add_key
from tests.wire import new_client

ADMIN = "lk_" + "o" * 43
OPERATOR = "the operator"
XSS = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>"
"""A text that would do something, if it were anything but text."""
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Page(HTMLParser):
    """A page as a person has it: its words, and the elements that it is made of."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.html = answer.text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._words: list[str] = []
        self._goes_on = False
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        # A word that may break here is one word all the same.
        self._goes_on = tag == "wbr"

    def handle_data(self, data: str) -> None:
        if self._goes_on:
            self._words[-1] += data
        else:
            self._words.append(data)
        self._goes_on = False

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def values(self, tag: str, attribute: str) -> list[str]:
        """That attribute of every such element."""
        found = (attributes.get(attribute) for name, attributes in self.elements if name == tag)
        return [value for value in found if value is not None]


class Desk:
    """One signed-in session."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def look(self, path: str) -> Page:
        return Page(await self.client.get(f"/dashboard{path}", follow_redirects=True))

    async def send(self, path: str, **fields: str) -> Page:
        """A form of ours; what it leads to is followed."""
        answer = await self.post(path, csrf=await self.token(), **fields)
        if answer.status_code == 303:
            answer = await self.client.get(answer.headers["location"], follow_redirects=True)
        return Page(answer)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """A form as it is given, whosever it is."""
        return await self.client.post(f"/dashboard{path}", data=fields)

    async def token(self) -> str:
        """What makes a form this session's own."""
        found = TOKEN.search((await self.client.get("/dashboard/keys")).text)
        assert found is not None
        return found[1]


@asynccontextmanager
async def at_the_desk(house: House, key: str = ADMIN, name: str = OPERATOR) -> AsyncIterator[Desk]:
    """Signed in with an admin key of that name, which is made when there is none."""
    await add_key(house.settings, house.clock, key, name, admin=True)
    async with new_client(house.url) as client:
        answer = await client.post("/dashboard/login", data={"key": key})
        assert answer.status_code == 303, answer.text
        yield Desk(client)
