"""A running Likeness, as its clients see it: over HTTP, with an API key."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import httpx

from domain.media import check_link

Json = dict[str, Any]

TIMEOUT = httpx.Timeout(30.0, write=120.0)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Problem(Exception):
    """The service could not be asked, or it refused; each bad field is named in `fields`."""

    def __init__(
        self, message: str, *, fields: tuple[str, ...] = (), passing: bool = False
    ) -> None:
        super().__init__(message)
        self.fields = fields
        self.passing = passing
        """Whether the same question may well be answered a moment later."""


class Client:
    """The calls that the command line needs; made by `open_client`."""

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._wire = wire

    async def submit(self, kind: str, fields: Any) -> Json:
        return await self._ask("POST", "/v1/submissions", {"kind": kind, "input": fields})

    async def submission(self, submission_id: str) -> Json:
        return await self._ask("GET", f"/v1/submissions/{quote(submission_id, safe='')}")

    async def events(self, submission_id: str) -> list[Json]:
        answer = await self._ask("GET", f"/v1/submissions/{quote(submission_id, safe='')}/events")
        items: list[Json] = answer["items"]
        return items

    async def upload(self, path: Path) -> Json:
        """Streamed from the disk; OSError when it cannot be read from there."""
        with _opened(path) as file:
            return await self._ask("POST", "/v1/uploads", file=file)

    async def _ask(
        self, method: str, path: str, body: Json | None = None, file: BinaryIO | None = None
    ) -> Json:
        files = None if file is None else {"file": file}
        try:
            answer = await self._wire.request(method, path, json=body, files=files)
        except httpx.TransportError as error:
            raise Problem(
                f"No Likeness answers at {self._wire.base_url} ({type(error).__name__}). "
                "Is `likeness serve` running there?",
                passing=True,
            ) from error
        shown = _read(answer)
        if answer.is_success and shown is not None:
            return shown
        raise _problem(answer.status_code, shown, str(self._wire.base_url))


@asynccontextmanager
async def open_client(url: str, key: str) -> AsyncIterator[Client]:
    """A client of the Likeness at `url`."""
    try:
        host = urlsplit(check_link(url)).hostname
    except ValueError as error:
        raise Problem(f"{url} is not the URL of a Likeness: {error}.") from error
    if not (key.isascii() and key.isprintable()):
        raise Problem("The API key has characters in it that no key has.")
    async with httpx.AsyncClient(
        base_url=url,
        headers={"authorization": f"Bearer {key}"},
        timeout=TIMEOUT,
        trust_env=host not in LOOPBACK,
    ) as wire:
        yield Client(wire)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _read(answer: httpx.Response) -> Json | None:
    try:
        shown = answer.json()
    except ValueError:
        return None
    return shown if isinstance(shown, dict) else None


def _problem(status: int, shown: Mapping[str, Any] | None, url: str) -> Problem:
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE and shown is None:
        return Problem(f"Something in front of {url} does not let so much through (HTTP 413).")
    if shown is None or "code" not in shown:
        return Problem(f"What answers at {url} (HTTP {status}) is not a Likeness.")
    errors = shown.get("errors", [])
    return Problem(
        f"{shown.get('detail') or shown['code']} ({shown['code']})",
        fields=tuple(f"{error['pointer'] or '/'}: {error['message']}" for error in errors),
        passing=status == httpx.codes.SERVICE_UNAVAILABLE,
    )
