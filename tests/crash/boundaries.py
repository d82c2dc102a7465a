"""The boundaries between steps, counted; at one of them the process kills itself.

A boundary is just before and just after each commit of the store and each call to a provider, and
just after each of our own answers that promises something (202, 204, 303).
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.database import Database, Result, Row, Transaction, Work
from tests.crash.shared_clock import Page

PROMISES = (202, 204, 303)
LONG_PART = re.compile(r"(?<=/)[^/]{20,}")
"""Tokens and ids in a path."""


class Boundaries:
    """Counts them, writes each down, and dies at the one that was asked for.

    `#17` is the seventeenth of this process, `before commit acceptance #2` the second of that name.
    """

    def __init__(self, path: Path, page: Page, death: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._death = death
        # The store crosses in a thread of its own.
        self._lock = Lock()
        self._crossed: Counter[str] = Counter()
        self.page = page

    def cross(self, label: str) -> None:
        with self._lock:
            self._crossed[label] += 1
            names = (f"#{self._crossed.total()}", f"{label} #{self._crossed[label]}")
            os.write(self._file, f"{names[1]}\n".encode())
            if self._death in names:
                os.kill(os.getpid(), signal.SIGKILL)

    async def before_call(self, request: httpx.Request) -> None:
        self.page.calls += 1
        self.cross(f"before call {_name(request.url)}")

    async def after_call(self, response: httpx.Response) -> None:
        self.cross(f"after call {_name(response.request.url)}")
        self.page.calls -= 1


def _name(url: httpx.URL) -> str:
    return url.params.get("Action") or LONG_PART.sub("*", url.path)


class CountedDatabase:
    """A database whose commits are boundaries."""

    def __init__(self, database: Database, boundaries: Boundaries) -> None:
        self._database = database
        self._boundaries = boundaries

    async def write(self, work: Work[Result]) -> Result:
        named = NamedTransaction()

        async def watched(transaction: Transaction) -> Result:
            named.inner = transaction
            result = await work(named)
            self._boundaries.cross(f"before commit {named.name}")
            return result

        with self._boundaries.page.at_the_store():
            result = await self._database.write(watched)
        self._boundaries.cross(f"after commit {named.name}")
        return result

    async def read(self, statement: str, **values: Any) -> list[Row]:
        with self._boundaries.page.at_the_store():
            return await self._database.read(statement, **values)


class NamedTransaction:
    """A transaction that can be told by what it writes: by its news, or else by its tasks."""

    inner: Transaction

    def __init__(self) -> None:
        self._news: list[str] = []
        self._rest: list[str] = []

    @property
    def name(self) -> str:
        return "+".join(dict.fromkeys(self._news or self._rest or ["nothing"]))

    async def all(self, statement: str, **values: Any) -> list[Row]:
        return await self.inner.all(statement, **values)

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note(statement, rows)
        await self.inner.run(statement, rows)

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note(statement, rows)
        await self.inner.run_each(statement, rows)

    def _note(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if statement == "add_event":
            self._news += [row["type"] for row in rows]
        elif statement == "add_submission":
            self._news.append("acceptance")
        else:
            self._rest += [f"{statement} {row.get('kind', '')}".rstrip() for row in rows]


class AnswersCounted:
    """The service, whose promising answers are boundaries."""

    def __init__(self, app: ASGIApp, boundaries: Boundaries) -> None:
        self._app = app
        self._boundaries = boundaries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def counted(message: Message) -> None:
            nonlocal status
            await send(message)
            status = message.get("status", status)
            if message["type"] == "http.response.body" and status in PROMISES:
                path = LONG_PART.sub("*", scope["path"])
                self._boundaries.cross(f"answered {scope['method']} {path} {status}")

        await self._app(scope, receive, counted if scope["type"] == "http" else send)
