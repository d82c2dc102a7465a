"""`GET /v1/submissions`: pages, filters, and what is wrong with a question."""

import base64
from typing import Any

import httpx
import pytest

from domain.submission import Status
from providers.kinds import KINDS
from tests.house import House
from tests.journeys.callers import another_caller, faults

pytestmark = pytest.mark.asyncio

LIST = "/v1/submissions"


async def ask(house: House, **asked: Any) -> httpx.Response:
    return await house.client.get(LIST, params=asked)


async def page(house: House, **asked: Any) -> dict[str, Any]:
    answer = await ask(house, **asked)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert set(shown) == {"items", "next_cursor"}
    return shown


async def ids(house: House, **asked: Any) -> list[str]:
    """Of all pages."""
    found: list[str] = []
    while True:
        shown = await page(house, **asked)
        found += [item["id"] for item in shown["items"]]
        if shown["next_cursor"] is None:
            return found
        assert len(shown["items"]) == asked.get("limit", 20)
        asked["cursor"] = shown["next_cursor"]


async def add(house: House, number: int) -> list[str]:
    """Submissions, the newest first."""
    made = []
    for _ in range(number):
        house.clock.advance(0.01)
        made.append((await house.portrait())["id"])
    return made[::-1]


async def test_without_submissions_it_is_empty(house: House) -> None:
    assert await page(house) == {"items": [], "next_cursor": None}


async def test_the_newest_come_first_as_a_lookup_shows_them(house: House) -> None:
    house.world.switches.set(webhook="never", duration=10_000)
    made = await add(house, 3)
    looked_up = [await house.until_status(name, "processing") for name in made]
    shown = await page(house)
    assert [item["id"] for item in shown["items"]] == made
    assert shown["items"] == looked_up
    assert shown["next_cursor"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
async def test_pages_hold_everything_once(house: House, limit: int) -> None:
    made = await add(house, 6)
    assert await ids(house, limit=limit) == made


async def test_twenty_are_a_page(house: House) -> None:
    await add(house, 21)
    assert len((await page(house))["items"]) == 20


async def test_what_comes_meanwhile_moves_no_page(house: House) -> None:
    made = await add(house, 4)
    first = await page(house, limit=2)
    await add(house, 3)
    second = await page(house, limit=2, cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None


async def test_filters_go_together_and_over_pages(house: House) -> None:
    house.world.switches.set(webhook="never", duration=10_000)
    made = await add(house, 4)
    scans = [(await house.submit("alltoken/liveness", {"name": "Ada"}))["id"] for _ in range(2)]
    for name in made[:3]:
        await house.client.post(f"{LIST}/{name}/cancel")
    await house.client.post(f"{LIST}/{scans[0]}/cancel")
    assert await ids(house, kind="wavespeed/portrait", limit=3) == made
    assert set(await ids(house, kind="alltoken/liveness", limit=1)) == set(scans)
    assert set(await ids(house, status="canceled", limit=3)) == {*made[:3], scans[0]}
    assert await ids(house, status="canceled", kind="wavespeed/portrait", limit=2) == made[:3]
    assert await ids(house, status="action_required") == scans[1:]
    assert await ids(house, status="failed") == []


async def test_only_the_callers_own(house: House) -> None:
    made = await add(house, 3)
    cursor = (await page(house, limit=1))["next_cursor"]
    async with another_caller(house, admin=True) as other:
        for asked in ({}, {"cursor": cursor}):
            assert (await other.get(LIST, params=asked)).json()["items"] == []
    assert await ids(house) == made


async def test_every_fault_is_named_at_once(house: House) -> None:
    told = faults(await ask(house, status="done", kind="x/y", limit="0", cursor="!"))
    assert set(told) == {"/status", "/kind", "/limit", "/cursor"}
    assert all(str(status) in told["/status"] for status in Status)
    assert all(kind in told["/kind"] for kind in KINDS)
    assert told["/limit"] == "must be a whole number from 1 to 100"
    assert told["/cursor"] == "must be the next_cursor of an earlier answer"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "x", "", "٣", "9" * 40, "0x1"])
async def test_a_limit_that_is_none_is_refused(house: House, limit: str) -> None:
    assert set(faults(await ask(house, limit=limit))) == {"/limit"}


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "====", "é", "\x00", "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 5000),
        base64.urlsafe_b64encode(b"sub_~").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"sub_01ARZ3NDEKTSV4RRFFQ69G5FAV' OR 1").decode(),
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_refused(house: House, cursor: str) -> None:
    assert set(faults(await ask(house, cursor=cursor))) == {"/cursor"}


async def test_a_parameter_is_given_once(house: House) -> None:
    names = ("status", "kind", "limit", "cursor")
    twice = "&".join(f"{name}=1&{name}=1" for name in names)
    told = faults(await house.client.get(f"{LIST}?{twice}"))
    assert told == {f"/{name}": "must be given once" for name in names}


async def test_an_empty_filter_is_none_and_an_unknown_parameter_is_ignored(house: House) -> None:
    made = await add(house, 1)
    assert await ids(house, status="", kind="", cursor="", sort="up") == made


async def test_without_a_key_there_is_no_list(house: House) -> None:
    answer = await house.client.get(LIST, headers={"authorization": "Bearer lk_x"})
    assert answer.status_code == 401
