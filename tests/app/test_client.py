"""The client of a running Likeness, and following a submission with it."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from app.client import Client, Json, open_client
from app.client_commands import MOST_MISSES, follow
from app.ending import Problem
from tests.clock import TestClock

pytestmark = pytest.mark.asyncio

Answer = Callable[[httpx.Request], httpx.Response]


def _client(answer: Answer) -> Client:
    wire = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://likeness.test")
    return Client(wire)


def _problem(status: int, **body: Any) -> Answer:
    return lambda _: httpx.Response(status, json=body)


async def test_every_bad_field_is_named() -> None:
    errors = [
        {"pointer": "/input/prompt", "message": "is required"},
        {"pointer": "", "message": "must be a JSON object"},
    ]
    client = _client(_problem(422, code="invalid_input", detail="2 fields", errors=errors))
    with pytest.raises(Problem, match=r"2 fields \(invalid_input\)") as caught:
        await client.submit("wavespeed/portrait", {})
    assert caught.value.fields == ("/input/prompt: is required", "/: must be a JSON object")
    assert not caught.value.passing


async def test_a_service_that_is_busy_may_be_asked_again() -> None:
    with pytest.raises(Problem) as caught:
        await _client(_problem(503, code="store_unavailable", detail="Later.")).submission("sub_1")
    assert caught.value.passing


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(502, text="<h1>Bad Gateway</h1>"),
        lambda _: httpx.Response(200, text="hello"),
        lambda _: httpx.Response(200, json=[1]),
        lambda _: httpx.Response(404, json={"message": "no route"}),
    ],
    ids=["a gateway's page", "text", "a list", "another API's error"],
)
async def test_what_is_no_likeness_is_told_so(answer: Answer) -> None:
    with pytest.raises(Problem, match="is not a Likeness"):
        await _client(answer).submission("sub_1")


async def test_nobody_there_is_told_so() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Problem, match="No Likeness answers at"):
        await _client(refuse).submission("sub_1")


async def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        return httpx.Response(200, json={"items": []})

    await _client(answer).events("../x?y")
    assert asked == [b"/v1/submissions/..%2Fx%3Fy/events"]


@pytest.mark.parametrize("url", ["likeness.example", "ftp://a", "http://[", "http://"])
async def test_a_bad_url_is_told_so(url: str) -> None:
    with pytest.raises(Problem, match="is not the URL of a Likeness"):
        async with open_client(url, "lk_a"):
            pass


@pytest.mark.parametrize("key", ["lk_\u00e9", "lk_a\nb"])
async def test_a_bad_key_is_told_so(key: str) -> None:
    with pytest.raises(Problem, match="API key"):
        async with open_client("http://likeness.test", key):
            pass


class Seen:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.pauses = 0

    def show(self, submission: Json) -> None:
        self.statuses.append(submission["status"])

    def pause(self, _reason: str) -> None:
        self.pauses += 1


def _story(*statuses: str | None) -> Answer:
    """One status for each question; None is a dropped connection, the last one stays."""
    left = list(statuses)

    def answer(request: httpx.Request) -> httpx.Response:
        status = left.pop(0) if len(left) > 1 else left[0]
        if status is None:
            raise httpx.ReadError("cut", request=request)
        return httpx.Response(200, json={"status": status})

    return answer


async def _follow(answer: Answer, every: int = 0) -> Seen:
    """Each answer takes as long as it was to wait for."""
    seen, clock = Seen(), TestClock()

    def answered(request: httpx.Request) -> httpx.Response:
        clock.advance(int(request.url.params["wait"]))
        return answer(request)

    await follow(_client(answered), "sub_1", clock, seen, every=every)
    return seen


async def test_a_submission_is_followed_to_its_end() -> None:
    seen = await _follow(_story("pending", "processing", "succeeded"))
    assert seen.statuses == ["pending", "processing", "succeeded"]


async def test_what_has_not_changed_is_not_sent_again() -> None:
    asked: list[tuple[str | None, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.params["wait"], request.headers.get("if-none-match")))
        if len(asked) == 2:
            return httpx.Response(304)
        status = "processing" if len(asked) == 1 else "succeeded"
        return httpx.Response(200, json={"status": status}, headers={"etag": f'"{len(asked)}"'})

    seen = await _follow(answer, every=2)
    assert asked == [("0", None), ("2", '"1"'), ("2", '"1"')]
    assert seen.statuses == ["processing", "processing", "succeeded"]


async def test_a_service_that_does_not_wait_is_not_hurried() -> None:
    """Time passes only while we wait here: so the questions are a second apart."""
    clock, asked = TestClock(), []

    def answer(_: httpx.Request) -> httpx.Response:
        asked.append(clock.now())
        return httpx.Response(200, json={"status": "succeeded" if len(asked) == 4 else "pending"})

    async with asyncio.TaskGroup() as group:
        following = group.create_task(follow(_client(answer), "sub_1", clock, Seen()))
        while not following.done():
            await asyncio.sleep(0)
            clock.advance(0.25)
    assert asked[1] - asked[0] < 1000
    assert all(later - earlier >= 1000 for earlier, later in pairwise(asked[1:]))


async def test_a_service_that_restarts_is_waited_for() -> None:
    seen = await _follow(_story("processing", None, None, "succeeded"))
    assert (seen.statuses, seen.pauses) == (["processing", "succeeded"], 2)


async def test_a_service_that_never_was_there_is_not_waited_for() -> None:
    with pytest.raises(Problem):
        await _follow(_story(None))


async def test_a_service_that_stays_away_is_given_up() -> None:
    with pytest.raises(Problem):
        await _follow(_story("processing", *[None] * (MOST_MISSES + 1)))
