"""WaveSpeed as documented: envelope, validation, states, history, and the rest of its calls."""

import base64

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import AVATAR, INPUT, PORTRAIT, VOICE_INPUT, result, submit, submitted

pytestmark = pytest.mark.asyncio

WEEK = 7 * 86400


async def test_a_submit_answers_the_documented_envelope(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await submit(client)
    data = answer.json()["data"]
    assert answer.json() == {"code": 200, "message": "success", "data": data}
    identity = data.pop("id")
    assert len(identity) == 32
    assert int(identity, 16) >= 0
    assert data == {
        "model": "bytedance/portrait",
        "outputs": [],
        "urls": {"get": f"http://sandbox.test/api/v3/predictions/{identity}/result"},
        "has_nsfw_contents": [],
        "status": "created",
        "created_at": "2026-01-02T03:04:05.000Z",
        "error": "",
        "timings": {"inference": 0},
    }
    assert world.paid_submits() == 1


@pytest.mark.parametrize(("path", "seconds"), [(PORTRAIT, 2), (AVATAR, 4), (AVATAR + "-1.5", 4)])
async def test_a_job_is_created_then_processing_then_completed(
    path: str, seconds: int, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await submitted(client, path)
    seen = []
    for _ in range(3):
        seen.append((await result(client, identity))["status"])
        clock.skip(seconds / 2)
    assert seen == ["created", "processing", "completed"]
    final = await result(client, identity)
    assert final["outputs"][0].startswith("http://sandbox.test/cdn/outputs/")
    assert final["has_nsfw_contents"] == [False]
    assert final["executionTime"] == final["timings"]["inference"] == seconds * 1000


async def test_a_result_is_served_with_and_without_its_last_word(
    client: httpx.AsyncClient,
) -> None:
    identity = await submitted(client)
    short = await client.get(f"/api/v3/predictions/{identity}")
    assert short.json()["data"] == await result(client, identity)


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        (PORTRAIT, {"prompt": "x"}, "image"),
        (PORTRAIT, INPUT | {"prompt": ""}, "prompt"),
        (PORTRAIT, INPUT | {"seed": "7"}, "integer"),
        (PORTRAIT, INPUT | {"seed": True}, "integer"),
        (PORTRAIT, INPUT | {"seed": -2}, "least"),
        (PORTRAIT, INPUT | {"seed": 2147483648}, "most"),
        (PORTRAIT, INPUT | {"enable_base64_output": "yes"}, "boolean"),
        (PORTRAIT, INPUT | {"webhook_url": "http://x.test"}, "unknown"),
        (PORTRAIT, [1], "object"),
        (AVATAR, {"image": "http://x.test/a.jpg"}, "audio"),
        (AVATAR, VOICE_INPUT | {"prompt": "x"}, "unknown"),
    ],
)
async def test_a_wrong_input_is_refused_and_costs_nothing(
    path: str, body: object, word: str, client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == answer.json()["code"] == 400
    assert word in answer.json()["message"]
    assert world.paid_submits() == 0


async def test_an_input_that_is_not_json_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post(PORTRAIT, content=b"{")).status_code == 400


async def test_a_webhook_must_be_an_address(client: httpx.AsyncClient) -> None:
    assert (await submit(client, hook="likeness.test")).status_code == 400


async def test_unknown_models_and_predictions_are_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v3/nobody/portrait", json=INPUT)).status_code == 404
    answer = await client.get(f"/api/v3/predictions/{'0' * 32}/result")
    assert answer.status_code == answer.json()["code"] == 404


@pytest.mark.parametrize("key", ["", "Basic alice", "Bearer ", "Bearer bad-key"])
async def test_a_bad_key_is_refused_and_recorded(
    key: str, client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.post(PORTRAIT, json=INPUT, headers={"authorization": key})
    assert answer.status_code == answer.json()["code"] == 401
    assert [call.authorized for call in world.calls] == [False]
    assert world.paid_submits() == 0


async def test_another_customer_does_not_see_the_prediction(client: httpx.AsyncClient) -> None:
    identity = await submitted(client)
    other = {"authorization": "Bearer bob"}
    answer = await client.get(f"/api/v3/predictions/{identity}/result", headers=other)
    assert answer.status_code == 404


async def test_calls_are_recorded_with_what_they_carried(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    await submit(client)
    call = world.called(PORTRAIT)[0]
    assert (call.at, call.method, call.authorized) == (clock.now(), "POST", True)
    assert call.body == INPUT
    assert call.query["webhook"].startswith("http://likeness.test/")


async def test_predictions_and_outputs_are_gone_after_seven_days(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await submitted(client)
    clock.skip(3)
    output = (await result(client, identity))["outputs"][0]
    assert (await client.get(output)).status_code == 200
    clock.skip(WEEK + 1)
    assert (await client.get(f"/api/v3/predictions/{identity}/result")).status_code == 404
    assert (await client.get(output)).status_code == 404
    assert (await client.post("/api/v3/predictions", json={})).json()["data"]["items"] == []


async def test_base64_outputs_stand_in_the_result(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await submitted(client, enable_base64_output=True)
    clock.skip(3)
    output = (await result(client, identity))["outputs"][0]
    assert base64.b64decode(output, validate=True).startswith(b"\xff\xd8\xff")


async def test_sync_mode_answers_the_finished_prediction(client: httpx.AsyncClient) -> None:
    answer = await submit(client, enable_sync_mode=True)
    assert answer.json()["data"]["status"] == "completed"


async def test_sync_mode_gives_up_and_the_task_goes_on(client: httpx.AsyncClient) -> None:
    answer = await submit(client, enable_sync_mode=True, prompt="[sandbox sync_wait=1]")
    data = answer.json()["data"]
    assert (data["status"], data["code"]) == ("processing", 5004)
    assert "Sync mode timed out" in data["error"]


async def test_history_is_newest_first_and_only_the_customers_own(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    first = await submitted(client)
    clock.skip(1)
    second = await submitted(client, AVATAR)
    await client.post(PORTRAIT, json=INPUT, headers={"authorization": "Bearer bob"})
    data = (await client.post("/api/v3/predictions", json={"page": 1})).json()["data"]
    assert [item["id"] for item in data["items"]] == [second, first]
    assert (data["page"], data["total"]) == (1, 2)
    assert "inputs" not in data["items"][0]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"model": "bytedance/portrait"}, ["portrait"]),
        ({"status": "completed"}, ["portrait"]),
        ({"created_after": "2026-01-02T03:04:10Z"}, ["avatar"]),
        ({"created_before": "2026-01-02T03:04:10Z"}, ["portrait"]),
        ({"page_size": 1, "page": 2}, ["portrait"]),
    ],
)
async def test_history_honours_its_filters(
    filters: dict[str, object],
    expected: list[str],
    client: httpx.AsyncClient,
    clock: LeapClock,
) -> None:
    ids = {"portrait": await submitted(client)}
    clock.skip(10)
    await result(client, ids["portrait"])
    ids["avatar"] = await submitted(client, AVATAR)
    data = (await client.post("/api/v3/predictions", json=filters)).json()["data"]
    assert [item["id"] for item in data["items"]] == [ids[name] for name in expected]


@pytest.mark.parametrize("bad", [{"page": 0}, {"page_size": 101}, {"created_after": "yesterday"}])
async def test_history_refuses_a_filter_that_it_cannot_read(
    bad: dict[str, object], client: httpx.AsyncClient
) -> None:
    await submit(client)
    assert (await client.post("/api/v3/predictions", json=bad)).status_code == 400


async def test_history_can_show_inputs_be_empty_or_break(
    client: httpx.AsyncClient, world: World
) -> None:
    await submit(client)
    world.switches.set(history="inputs")
    data = (await client.post("/api/v3/predictions", content=b"")).json()["data"]
    assert data["items"][0]["inputs"] == INPUT
    world.switches.set(history="empty")
    assert (await client.post("/api/v3/predictions", json={})).json()["data"]["items"] == []
    world.switches.set(history="500")
    assert (await client.post("/api/v3/predictions", json={})).status_code == 500


async def test_deleted_predictions_are_forgotten(client: httpx.AsyncClient, world: World) -> None:
    identity = await submitted(client)
    answer = await client.post("/api/v3/predictions/delete", json={"ids": [identity, "other"]})
    assert answer.json()["data"] == {"deleted_count": 1}
    assert world.jobs == {}
    assert world.paid_submits() == 1
    assert (await client.post("/api/v3/predictions/delete", json={})).status_code == 400


async def test_balance_models_and_secret_are_served(
    client: httpx.AsyncClient, world: World
) -> None:
    assert (await client.get("/api/v3/balance")).json()["data"] == {"balance": 100.0}
    listed = (await client.get("/api/v3/models")).json()["data"]
    schema = listed[0]["api_schema"]["api_schemas"][0]["request_schema"]
    assert schema["required"] == ["prompt", "image"]
    secret = (await client.get("/api/v3/webhook/secret")).json()["data"]["secret"]
    assert secret == world.secrets[0]
    assert secret.startswith("whsec_")
    assert len(secret) == 6 + 44


async def test_the_secret_endpoint_can_fail_or_be_missing(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(secret_endpoint="500")
    assert (await client.get("/api/v3/webhook/secret")).status_code == 500
    world.switches.set(secret_endpoint="missing")
    assert (await client.get("/api/v3/webhook/secret")).status_code == 404
