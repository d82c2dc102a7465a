"""The boundaries between steps, counted; at one of them the process kills itself.

A boundary is just before and just after each commit of the store and each call to a provider, just
after each of our own answers that promises something (201, 202, 204, 303; 200 to what was posted),
and, of an upload, each piece that comes in and each thing that is done in the uploads' folder.
"""

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.database import Database, Result, Row, Transaction, Work
from store.early_claims import EarlyClaims
from tests.crash.shared_clock import Page

PROMISES = (201, 202, 204, 303)
LONG_PART = re.compile(r"(?<=/)[^/]{20,}")
"""Tokens and ids in a path."""
UPLOADS = "uploads"
"""The folder of the uploads, and the last part of the path to which they are posted."""
ON_THE_DISK = ("open", "os.rename", "os.remove")
"""What is done to a file, by its name for an audit hook, which is asked before it is done."""


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

    def watch_folder(self, folder: Path) -> None:
        """Cross before each thing that is done to a file of the folder, or to the folder itself."""

        def asked(event: str, arguments: tuple[Any, ...]) -> None:
            if event in ON_THE_DISK and str(arguments[0]).startswith(str(folder)):
                path = Path(str(arguments[0]))
                what = "the folder" if path == folder else f"an upload{path.suffix}"
                self.cross(f"before {event} of {what}")

        sys.addaudithook(asked)

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

    async def tidy(self) -> bool:
        with self._boundaries.page.at_the_store():
            return await self._database.tidy()


class NamedTransaction:
    """A transaction that can be told by what it writes: by its news, or else by its tasks.

    News go by the kind of their submission, tasks by their lane.
    """

    inner: Transaction

    def __init__(self) -> None:
        self.early = EarlyClaims()
        self._news: list[str] = []
        self._rest: list[str] = []
        self._kinds: dict[str, str] = {}
        self._lanes: dict[tuple[str, str], str] = {}

    @property
    def name(self) -> str:
        return "+".join(dict.fromkeys(self._news or self._rest or ["nothing"]))

    async def lock(self, statement: str, **values: Any) -> None:
        await self.inner.lock(statement, **values)

    async def all(self, statement: str, **values: Any) -> list[Row]:
        rows = await self.inner.all(statement, **values)
        if statement in ("submissions_to_advance", "dependents"):
            self._kinds |= {row["id"]: row["kind"] for row in rows}
        elif statement in ("due_tasks", "urgent_tasks", "due_deliveries"):
            self._lanes |= {(row["submission_id"], row["kind"]): row["lane"] for row in rows}
        return rows

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note(statement, rows)
        await self.inner.run(statement, rows)

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._note(statement, rows)
        await self.inner.run_each(statement, rows)

    def _note(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if statement == "add_event":
            self._news += [f"{self._kinds[row['submission_id']]} {row['type']}" for row in rows]
        elif statement == "add_submission":
            self._news += [f"{row['kind']} acceptance" for row in rows]
        else:
            self._rest += [f"{statement} {self._lane(row)}".rstrip() for row in rows]

    def _lane(self, row: Mapping[str, Any]) -> str:
        kind = str(row.get("kind", ""))
        lane = row.get("lane") or self._lanes.get((row.get("submission_id", ""), kind), kind)
        # Behind the colon stands a client's URL in short, with a port that changes.
        return str(lane).partition(":")[0]


class AnswersCounted:
    """The service, whose promising answers are boundaries; and what comes in of an upload."""

    def __init__(self, app: ASGIApp, boundaries: Boundaries) -> None:
        self._app = app
        self._boundaries = boundaries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = LONG_PART.sub("*", scope["path"])
        status = 0

        async def received() -> Message:
            message = await receive()
            if scope["method"] == "POST" and path.endswith(f"/{UPLOADS}"):
                self._boundaries.cross(f"received of {path}")
            return message

        async def counted(message: Message) -> None:
            nonlocal status
            await send(message)
            status = message.get("status", status)
            promises = status in PROMISES or (status == 200 and scope["method"] == "POST")
            if message["type"] == "http.response.body" and promises:
                self._boundaries.cross(f"answered {scope['method']} {path} {status}")

        await self._app(scope, received, counted)
