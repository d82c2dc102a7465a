"""302.AI's portrait: images at once, or a task that is asked about."""

import base64
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from sandbox.pictures import tiny_portrait
from sandbox.sources import sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import ASK, DRAW, Receiver, ask, draw, drawn_task

pytestmark = pytest.mark.asyncio

TASK = "[sandbox ai302.answer=task]"


async def test_the_images_come_at_once_in_the_documented_form(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await draw(client, prompt="in oil")
    shown = answer.json()
    (link,) = shown["data"]["image_urls"]
    assert answer.headers["request-id"] == shown["request_id"]
    assert shown == {
        "code": 10000,
        "data": {
            "algorithm_base_resp": {"status_code": 0, "status_message": "Success"},
            "binary_data_base64": [""],
            "image_urls": [link],
            "llm_result": "",
            "pe_result": "",
            "predict_tags_result": "",
            "rephraser_result": "",
            "request_id": "",
            "vlm_result": "",
        },
        "message": "Success",
        "request_id": shown["request_id"],
        "status": 10000,
        "time_elapsed": shown["time_elapsed"],
    }
    assert link.startswith("http://sandbox.test/cdn/gpt/imgs/20260102/")
    assert (await client.get(link)).content == tiny_portrait()
    assert world.paid_submits("ai302") == world.paid_submits("ai302", "in oil") == 1
    assert world.paid_submits("ai302", "in chalk") == world.paid_submits("wavespeed") == 0


async def test_the_answer_can_take_its_time(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    before = clock.now()
    answer = await draw(client, prompt="[sandbox ai302.delay=25]")
    assert clock.now() - before == 25
    assert answer.json()["time_elapsed"] == "25s"


async def test_a_link_lives_a_day(client: httpx.AsyncClient, clock: LeapClock) -> None:
    link = (await draw(client)).json()["data"]["image_urls"][0]
    clock.skip(24 * 3600)
    assert (await client.get(link)).status_code == 200
    clock.skip(1)
    assert (await client.get(link)).status_code == 404


@pytest.mark.parametrize(
    ("path", "prompt"),
    [
        (DRAW, "[sandbox ai302.base64=yes]"),
        (DRAW.replace("=url", "=b64_json"), "in oil"),
    ],
)
async def test_the_images_may_come_in_base64(
    path: str, prompt: str, client: httpx.AsyncClient
) -> None:
    body = {"image_input": "http://media.test/face.jpg", "prompt": prompt}
    data = (await client.post(path, json=body)).json()["data"]
    assert data["image_urls"] == []
    assert base64.b64decode(data["binary_data_base64"][0]) == tiny_portrait()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"image_input": ""}, "MissingParameter"),
        ({"image_input": 7}, "InvalidParameter"),
        ({"image_input": "aGVsbG8="}, "InvalidParameter"),
        ({"prompt": 7}, "InvalidParameter"),
        ({"width": 511}, "InvalidParameter"),
        ({"height": 2049}, "InvalidParameter"),
        ({"width": 600.5}, "InvalidParameter"),
        ({"width": True}, "InvalidParameter"),
        ({"gpen": 1.1}, "InvalidParameter"),
        ({"skin": -0.1}, "InvalidParameter"),
        ({"skin_unifi": "0.5"}, "InvalidParameter"),
        ({"gen_mode": "wild"}, "InvalidParameter"),
        ({"seed": 3}, "InvalidParameter"),
        ({"seed": "three"}, "InvalidParameter"),
    ],
)
async def test_a_wrong_input_is_refused_and_costs_nothing(
    changes: dict[str, object], code: str, client: httpx.AsyncClient, world: World
) -> None:
    answer = await draw(client, **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert set(answer.json()) == {"code", "message", "request_id"}
    assert world.paid_submits() == 0


async def test_every_documented_field_is_taken(client: httpx.AsyncClient) -> None:
    fields = {"width": 512, "height": 2048, "gpen": 0, "skin": 1, "skin_unifi": 0.5}
    more = {"gen_mode": "reference_char", "seed": "-1", "prompt": "", "unknown": 1}
    assert (await draw(client, **fields, **more)).json()["code"] == 10000


@pytest.mark.parametrize("body", [b"[]", b"{"])
async def test_a_body_that_is_no_object_is_refused(body: bytes, client: httpx.AsyncClient) -> None:
    for path in (DRAW, ASK):
        assert (await client.post(path, content=body)).json()["code"] == "InvalidParameter"


async def test_a_key_is_needed(client: httpx.AsyncClient) -> None:
    for path in (DRAW, ASK):
        answer = await client.post(path, json={}, headers={"authorization": "Bearer bad"})
        assert answer.status_code == 401
        assert answer.json()["error"]["err_code"] == -10001


async def test_the_face_is_fetched_and_the_picture_has_the_size_that_was_asked_for(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    world.switches.set(media="real")
    receiver.pages["/face.jpg"] = httpx.Response(200, content=sample("portrait.jpg"))
    link = (await draw(client, width=640, height=512)).json()["data"]["image_urls"][0]
    with Image.open(io.BytesIO((await client.get(link)).content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 512))


@pytest.mark.parametrize("page", [httpx.Response(404), httpx.Response(200, content=b"words")])
async def test_a_face_that_cannot_be_had_is_refused(
    page: httpx.Response, client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    world.switches.set(media="real")
    receiver.pages["/face.jpg"] = page
    answer = await draw(client)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, 50207, None)
    assert world.paid_submits() == 0
    task = await drawn_task(client, prompt=TASK)
    await world.drain()
    assert (await ask(client, task)).json()["data"]["status"] == "in_queue"


async def test_a_task_waits_is_drawn_and_is_done(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    answer = await draw(client, prompt=TASK)
    assert list(answer.json()["data"]) == ["task_id"]
    task = answer.json()["data"]["task_id"]
    assert task.isdigit()
    assert world.paid_submits("ai302") == 1
    assert await state(client, task) == "in_queue"
    clock.skip(1)
    assert await state(client, task) == "generating"
    clock.skip(1)
    shown = (await ask(client, task)).json()
    assert (shown["code"], shown["status"], shown["data"]["status"]) == (10000, 10000, "done")
    assert (await client.get(shown["data"]["image_urls"][0])).content == tiny_portrait()
    assert (await ask(client, task)).json()["data"] == shown["data"]
    clock.skip(12 * 3600)
    assert await state(client, task) == "not_found"


async def test_a_task_can_end_in_a_picture_that_could_not_be_read(
    client: httpx.AsyncClient, world: World, receiver: Receiver, clock: LeapClock
) -> None:
    receiver.pages["/face.jpg"] = httpx.Response(404)
    world.switches.set(media="real")
    task = await drawn_task(client, prompt=TASK)
    clock.skip(2)
    answer = await ask(client, task)
    assert (answer.status_code, answer.json()["code"]) == (400, 50207)


async def test_a_task_of_nobody_or_of_another_is_not_found(client: httpx.AsyncClient) -> None:
    task = await drawn_task(client, prompt=TASK)
    assert await state(client, "1234567890") == "not_found"
    client.headers["authorization"] = "Bearer bob"
    assert await state(client, task) == "not_found"


async def test_what_the_query_asked_for_is_kept_and_heeded(
    client: httpx.AsyncClient, world: World
) -> None:
    task = await drawn_task(client, prompt="[sandbox ai302.answer=task ai302.duration=0]")
    logo = {"add_logo": True, "position": 2, "language": 1, "opacity": 0.5}
    wish: dict[str, Any] = {"return_url": False, "logo_info": logo}
    data = (await ask(client, task, req_json=json.dumps(wish))).json()["data"]
    assert (data["image_urls"], len(data["binary_data_base64"])) == ([], 1)
    assert data["binary_data_base64"] != [""]
    data = (await ask(client, task, req_json='{"return_url":true}')).json()["data"]
    assert (len(data["image_urls"]), data["binary_data_base64"]) == (1, [""])
    assert world.drawings[task].asked == [wish, {"return_url": True}]


@pytest.mark.parametrize(
    "wish",
    [
        {"return_url": True},
        "[1]",
        "{",
        '{"return_url":"yes"}',
        '{"logo_info":[1]}',
        '{"logo_info":{"add_logo":1}}',
        '{"logo_info":{"position":4}}',
        '{"logo_info":{"language":0.5}}',
        '{"logo_info":{"opacity":2}}',
    ],
)
async def test_a_wrong_req_json_is_refused(wish: object, client: httpx.AsyncClient) -> None:
    answer = await ask(client, "123", req_json=wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")


async def test_a_query_needs_its_task(client: httpx.AsyncClient) -> None:
    assert (await ask(client, "")).json()["code"] == "MissingParameter"


async def test_the_query_is_where_the_switch_puts_it(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(**{"ai302.result_path": "/elsewhere/result"})
    assert (await client.post(ASK, json={"task_id": "1"})).status_code == 404
    answer = await client.post("/elsewhere/result", json={"task_id": "1"})
    assert answer.json()["data"]["status"] == "not_found"
    assert (await client.get("/elsewhere/result")).status_code == 404
    assert World(ai302_result_path="/x").switches.now.ai302_result_path == "/x"


async def state(client: httpx.AsyncClient, task: str) -> str:
    answer = await ask(client, task)
    assert (answer.status_code, answer.json()["code"]) == (200, 10000)
    return str(answer.json()["data"]["status"])
