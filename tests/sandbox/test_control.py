"""The sandbox's own pages: looking, turning, resetting."""

import httpx
import pytest

from sandbox.past import KEPT_CALLS
from sandbox.world import World
from tests.sandbox.play import (
    CALLBACK,
    HOOK,
    VIDEO_HOOK,
    Receiver,
    done,
    draw,
    generated,
    submit,
    submitted,
)

pytestmark = pytest.mark.asyncio


async def test_the_page_shows_state_and_every_switch(client: httpx.AsyncClient) -> None:
    identity = await submitted(client)
    page = await client.get("/sandbox")
    assert page.headers["content-type"].startswith("text/html")
    assert all(
        word in page.text for word in (identity, "submit_times", "X-Sandbox", "bad_signature")
    )


async def test_the_state_is_also_json(client: httpx.AsyncClient, world: World) -> None:
    identity = await submitted(client)
    await world.drain()
    session = await done(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    group = await done(client, "CreateAssetGroup", GroupType="AIGC")
    state = (await client.get("/sandbox/state")).json()
    assert state["paid_submits"] == 1
    assert state["jobs"][identity]["status"] == "completed"
    assert state["webhooks"][0]["status"] == 204
    assert state["sessions"][session["BytedToken"]]["spent"] is False
    assert state["calls"][-1]["action"] == "CreateAssetGroup"
    assert state["groups"] == {group["Id"]: "AIGC"}
    assert state["switches"] == {"media": "tiny"}


async def test_the_state_knows_what_was_paid_and_whose_it_is(client: httpx.AsyncClient) -> None:
    await submitted(client)
    await draw(client)
    identity = await generated(client)
    group = (await done(client, "CreateAssetGroup", GroupType="AIGC"))["Id"]
    state = (await client.get("/sandbox/state")).json()
    assert state["paid"] == {"wavespeed": 1, "ai302": 1, "video": 1}
    assert state["paid_submits"] == 3
    assert state["videos"][identity]["status"] == "queued"
    assert len(state["drawings"]) == 1
    assert state["customers"] == {"alice": {"groups": [group], "assets": []}}


async def test_charges_are_found_by_provider_and_by_what_was_given(
    client: httpx.AsyncClient,
) -> None:
    await submitted(client, prompt="mine")
    identity = await generated(client, callback_url=f"{VIDEO_HOOK}-mine")
    path = "/sandbox/charges"
    everything = (await client.get(path, params={"about": "mine", "limit": "1"})).json()
    assert (everything["paid"], len(everything["charges"])) == (2, 1)
    found = (await client.get(path, params={"provider": "video", "about": "token-mine"})).json()
    assert [charge["job"] for charge in found["charges"]] == [identity]
    assert (await client.get(path, params={"about": HOOK})).json()["paid"] == 1


async def test_requests_are_shown_with_their_bodies_but_without_the_key(
    client: httpx.AsyncClient,
) -> None:
    await draw(client, prompt="mine")
    await done(client, "CreateAssetGroup", GroupType="AIGC", Name="mine")
    found = (await client.get("/sandbox/calls", params={"of": "CreateAssetGroup"})).json()
    (call,) = found
    assert call["body"] == {"GroupType": "AIGC", "Name": "mine"}
    assert (call["customer"], call["query"]["Version"]) == ("alice", "2024-01-01")
    assert "authorization" not in call["headers"]
    paths = [call["path"] for call in (await client.get("/sandbox/calls")).json()]
    assert paths == ["/doubao/drawing/portrait", "/v1/portrait/"]


async def test_old_requests_are_dropped(client: httpx.AsyncClient, world: World) -> None:
    await draw(client)
    world.past.calls *= KEPT_CALLS
    await draw(client, prompt="last")
    assert len(world.calls) == KEPT_CALLS // 2 + 1
    assert world.calls[-1].body["prompt"] == "last"


async def test_switches_are_turned_over_http(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.post("/sandbox/switches", json={"submit": "503", "latency": "2"})
    assert answer.json()["switches"] == {"media": "tiny", "submit": "503", "latency": 2.0}
    assert (await submit(client)).status_code == 503


@pytest.mark.parametrize("wish", [{"nonsense": 1}, {"webhook": "perhaps"}, [1]])
async def test_a_bad_switch_is_refused_over_http(
    wish: object, client: httpx.AsyncClient, world: World
) -> None:
    assert (await client.post("/sandbox/switches", json=wish)).status_code == 400
    assert world.switches.changed() == {"media": "tiny"}


async def test_a_reset_forgets_everything_but_the_secret(
    client: httpx.AsyncClient, world: World
) -> None:
    secret = world.secrets[0]
    await submit(client)
    world.switches.set(latency=1)
    assert (await client.post("/sandbox/reset")).status_code == 204
    assert (world.jobs, world.calls, world.paid_submits()) == ({}, [], 0)
    assert world.switches.changed() == {"media": "tiny"}
    assert world.secrets[0] == secret


async def test_the_secret_can_be_rotated_over_http(client: httpx.AsyncClient, world: World) -> None:
    old = world.secrets[0]
    new = (await client.post("/sandbox/rotate-secret")).json()["secret"]
    assert world.secrets == [new, old]


async def test_a_scan_can_be_finished_over_http(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    session = await done(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    path = f"/sandbox/sessions/{session['BytedToken']}/scan"
    answer = await client.post(path, json={"visit": True})
    assert answer.json()["redirect"].startswith(CALLBACK)
    assert len(receiver.requests) == 1
    assert (await client.post("/sandbox/sessions/nobody/scan")).status_code == 404
