"""Submissions over HTTP: what a client reads of them, and what it can do."""

import re

import pytest

from providers.kinds import KINDS
from tests.house import House
from tests.journeys.wishes import story_of

pytestmark = pytest.mark.asyncio

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
ULID = r"[0-9A-HJKMNP-TV-Z]{26}"


async def test_an_accepted_submission_shows_itself(house: House) -> None:
    answer = await house.client.post(
        "/v1/submissions",
        json={
            "kind": "alltoken/liveness",
            "input": {"name": "Ada"},
            "metadata": {"order": 7},
            "notify": {"url": "https://app.example/hook"},
        },
    )
    assert answer.status_code == 202
    shown = answer.json()
    assert re.fullmatch(f"sub_{ULID}", shown["id"])
    own = f"{house.url}/v1/submissions/{shown['id']}"
    assert answer.headers["location"] == own
    assert shown["links"] == {"self": own, "events": f"{own}/events", "cancel": f"{own}/cancel"}
    for name in ("created_at", "updated_at"):
        assert re.fullmatch(TIME, shown[name])
    assert set(shown) >= {
        *("id", "kind", "status", "waiting_for", "input", "result", "error", "action"),
        *("metadata", "created_at", "updated_at", "completed_at", "links"),
    }
    assert (shown["result"], shown["error"], shown["completed_at"]) == (None, None, None)
    assert shown["metadata"] == {"order": 7}
    # Nobody is told yet, so nothing may look as if somebody were.
    assert "notify" not in shown
    assert (await house.client.get(own)).json() == shown


async def test_the_timeline_tells_the_whole_story_in_order(house: House) -> None:
    house.world.switches.set(duration=1)
    posted = await house.portrait()
    done = await house.until_final(posted["id"])
    items = await story_of(house, posted["id"])
    assert [(item["type"], item["source"]) for item in items] == [
        ("submission.created", "client"),
        ("submit.sending", "submit"),
        ("submit.accepted", "submit"),
        ("provider.completed", "webhook"),
    ]
    assert all(re.fullmatch(f"evt_{ULID}", item["id"]) for item in items)
    assert all(re.fullmatch(TIME, item["at"]) for item in items)
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert items[0]["at"] == done["created_at"]
    assert items[-1]["at"] == done["completed_at"]
    assert items[-1]["status"] == "succeeded"


async def test_an_unfinished_submission_can_be_canceled_once(house: House) -> None:
    posted = await house.submit("alltoken/liveness", {"name": "Ada"})
    answer = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert answer.status_code == 200
    canceled = answer.json()
    assert (canceled["status"], canceled["action"]) == ("canceled", None)
    assert canceled["completed_at"] is not None
    again = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert again.status_code == 409
    assert again.json()["code"] == "already_final"
    assert await house.get(posted["id"]) == canceled
    types = [event["type"] for event in await house.events(posted["id"])]
    assert types.count(types[-1]) == 1


async def test_a_finished_submission_cannot_be_canceled(house: House) -> None:
    house.world.switches.set(duration=1)
    done = await house.until_final((await house.portrait())["id"])

    async def copied() -> bool:
        done.update(await house.get(done["id"]))
        return bool(done["result"]["outputs"][0]["archive"])

    await house.until(copied)
    answer = await house.client.post(f"/v1/submissions/{done['id']}/cancel")
    assert answer.status_code == 409
    assert await house.get(done["id"]) == done


async def test_a_canceled_submission_that_was_not_sent_is_never_sent(house: House) -> None:
    house.world.switches.set(submit="503")
    posted = await house.portrait()
    await house.until(lambda: len(house.world.called("/api/v3/bytedance/portrait")) == 2)
    assert (await house.client.post(f"/v1/submissions/{posted['id']}/cancel")).status_code == 200
    house.world.switches.set(submit="ok")
    house.clock.advance(600)
    await house.breathe()
    assert house.world.paid_submits() == 0


async def test_every_kind_is_listed_with_its_schema(house: House) -> None:
    items = (await house.client.get("/v1/kinds")).json()["items"]
    assert [item["kind"] for item in items] == list(KINDS)
    for item in items:
        assert item["available"] is True
        assert item["schema"]["type"] == "object"
        assert item["schema"]["additionalProperties"] is False
    schemas = {item["kind"]: item["schema"] for item in items}
    assert schemas["wavespeed/portrait"]["required"] == ["prompt", "image"]
    assert schemas["wavespeed/portrait"]["properties"]["seed"]["maximum"] == 2147483647
