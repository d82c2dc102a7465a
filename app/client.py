"""A running Likeness, as its clients see it: over HTTP, with an API key."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import httpx

from app.ending import Problem
from domain.media import check_link

Json = dict[str, Any]

TIMEOUT = httpx.Timeout(30.0, write=120.0)
SUBMISSIONS = "/v1/submissions"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A submission as it was seen, and the mark by which the service knows whether it has changed."""

    submission: Json
    mark: str | None


class Client:
    """The calls that the command line needs; made by `open_client`."""

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._wire = wire

    # --- submissions

    async def submit(self, kind: str, fields: Any, name: str | None = None) -> Json:
        """Under a `name`, however often it is sent, it is made once."""
        body = {"kind": kind, "input": fields}
        headers = {} if name is None else {"idempotency-key": name}
        return await self._ask("POST", SUBMISSIONS, json=body, headers=headers)

    async def submission(self, submission_id: str) -> Json:
        return await self._ask("GET", _path(SUBMISSIONS, submission_id))

    async def look(self, submission_id: str, before: Look | None, wait: int) -> Look:
        """The submission; asked for at most `wait` seconds to see its end."""
        headers = {"if-none-match": before.mark} if before and before.mark else {}
        answer = await self._send(
            "GET", _path(SUBMISSIONS, submission_id), params={"wait": wait}, headers=headers
        )
        if before is not None and answer.status_code == httpx.codes.NOT_MODIFIED:
            return before
        return Look(submission=self._json(answer), mark=answer.headers.get("etag"))

    async def submissions(self, **asked: str | int | None) -> Json:
        """A page of them, newest first, and where the next one begins."""
        given = {name: value for name, value in asked.items() if value is not None}
        return await self._ask("GET", SUBMISSIONS, params=given)

    async def events(self, submission_id: str) -> list[Json]:
        return await self._items(f"{_path(SUBMISSIONS, submission_id)}/events")

    async def cancel(self, submission_id: str) -> Json:
        return await self._ask("POST", f"{_path(SUBMISSIONS, submission_id)}/cancel")

    async def archive(self, submission_id: str) -> Json:
        """Copy its outputs, where that has not come about yet."""
        return await self._ask("POST", f"{_path(SUBMISSIONS, submission_id)}/archive")

    async def erase(self, submission_id: str, *, upstream: bool) -> None:
        """With `upstream` what the provider keeps as well."""
        params = {"upstream": "true"} if upstream else {}
        answer = await self._send("DELETE", _path(SUBMISSIONS, submission_id), params=params)
        if answer.status_code != httpx.codes.NO_CONTENT:
            raise _problem(answer.status_code, None, str(self._wire.base_url))

    # --- what clients were told

    async def deliveries(self, submission_id: str) -> list[Json]:
        return await self._items(f"{_path(SUBMISSIONS, submission_id)}/deliveries")

    async def replay(self, delivery_id: str) -> Json:
        return await self._ask("POST", f"{_path('/v1/deliveries', delivery_id)}/replay")

    # --- uploads

    async def upload(self, path: Path) -> Json:
        """Streamed from the disk; OSError when it cannot be read from there."""
        with _opened(path) as file:
            return await self._ask("POST", "/v1/uploads", files={"file": file})

    async def _items(self, path: str) -> list[Json]:
        items: list[Json] = (await self._ask("GET", path))["items"]
        return items

    async def _ask(self, method: str, path: str, **given: Any) -> Json:
        return self._json(await self._send(method, path, **given))

    def _json(self, answer: httpx.Response) -> Json:
        shown = _read(answer)
        if shown is None:
            raise _problem(answer.status_code, shown, str(self._wire.base_url))
        return shown

    async def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            answer = await self._wire.request(method, path, **given)
        except httpx.TransportError as error:
            raise Problem(
                f"No Likeness answers at {self._wire.base_url} ({type(error).__name__}). "
                "Is `likeness serve` running there?",
                passing=True,
            ) from error
        if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
            return answer
        raise _problem(answer.status_code, _read(answer), str(self._wire.base_url))


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


def _path(collection: str, name: str) -> str:
    return f"{collection}/{quote(name, safe='')}"


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
