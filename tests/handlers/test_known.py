"""What a client knows already is not sent again, and it is told when to ask."""

from typing import Any

import httpx
import pytest

from tests.house import House
from tests.journeys.scans import invite

pytestmark = pytest.mark.asyncio


async def lookup(house: House, submission_id: str, **headers: str) -> httpx.Response:
    return await house.client.get(f"/v1/submissions/{submission_id}", headers=headers)


@pytest.mark.parametrize(
    "known", ["{tag}", "W/{tag}", '"x", {tag}', '"x",W/{tag} ,"y"', "*", '"0", *']
)
async def test_a_known_answer_is_not_sent_again(house: House, known: str) -> None:
    posted = await invite(house)
    first = await lookup(house, posted["id"])
    tag = first.headers["etag"]
    again = await lookup(house, posted["id"], **{"if-none-match": known.format(tag=tag)})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "retry-after"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("known", ["", '"x"', "1", '"1 "', 'W/"x", "y"', "**", '"', '"*"'])
async def test_another_tag_is_no_known_answer(house: House, known: str) -> None:
    posted = await house.portrait()
    assert (await lookup(house, posted["id"], **{"if-none-match": known})).status_code == 200


async def test_a_known_answer_that_is_waited_for_is_told_when_it_changes(house: House) -> None:
    posted = await invite(house)
    await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    done = await house.get(posted["id"])
    tag = (await lookup(house, posted["id"])).headers["etag"]
    path = f"/v1/submissions/{posted['id']}?wait=60"
    known = await house.client.get(path, headers={"if-none-match": tag})
    assert known.status_code == 304
    assert "retry-after" not in known.headers
    assert (await house.client.get(path, headers={"if-none-match": '"1"'})).json() == done


async def test_the_tag_changes_with_everything_that_a_client_sees(house: House) -> None:
    """Every look that differs from the one before has another tag."""
    house.world.switches.set(duration=3, submit="429")
    posted = await house.portrait()
    seen: dict[str, dict[str, Any]] = {}
    shown: dict[str, Any] = {}
    for step in range(60):
        if step == 20:
            house.world.switches.set(submit="ok")
        answer = await lookup(house, posted["id"])
        shown = answer.json()
        assert seen.setdefault(answer.headers["etag"], shown) == shown
        house.clock.advance(0.5)
        await house.breathe(2)
    assert shown["status"] == "succeeded"
    assert len(seen) > 4


async def test_a_foreign_submission_is_not_there_whatever_is_known(house: House) -> None:
    answer = await lookup(house, "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV", **{"if-none-match": "*"})
    assert answer.status_code == 404


async def hint(house: House, submission_id: str) -> int:
    return int((await lookup(house, submission_id)).headers["retry-after"])


async def test_the_hint_follows_what_jobs_of_the_kind_usually_take(house: House) -> None:
    house.world.switches.set(webhook="never", duration=100_000)
    posted = await house.portrait()
    await house.breathe()
    assert await hint(house, posted["id"]) == 10
    house.clock.advance(6)
    assert await hint(house, posted["id"]) == 4
    house.clock.advance(3.9)
    assert await hint(house, posted["id"]) == 1
    house.clock.advance(190)
    assert await hint(house, posted["id"]) == 20
    house.clock.advance(10_000)
    assert await hint(house, posted["id"]) == 60


async def test_who_waits_for_a_person_or_another_is_told_a_time_as_well(house: House) -> None:
    invited = await invite(house)
    assert invited["waiting_for"] == "person"
    assert await hint(house, invited["id"]) == 5
    built_on = await house.submit(
        "wavespeed/portrait", {"prompt": "x", "image": f"submission://{invited['id']}"}
    )
    assert built_on["waiting_for"] == "dependency"
    assert await hint(house, built_on["id"]) == 10
    house.clock.advance(50_000)
    assert await hint(house, built_on["id"]) == 10


async def test_a_job_of_unknown_outcome_need_not_be_asked_for_often(house: House) -> None:
    house.world.switches.set(submit="cut", submit_job="no")
    posted = await house.portrait()
    await house.until_status(posted["id"], "processing")
    assert (await house.get(posted["id"]))["waiting_for"] == "settlement"
    assert await hint(house, posted["id"]) == 30
