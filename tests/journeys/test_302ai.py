"""302.AI: portraits that come at once or as a task, as links or as content."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from sandbox.pictures import tiny_portrait
from tests.house import House, running_house
from tests.journeys.ai302 import KIND, QUERY, draw, drawing_of, drawn, paid, queries, submits
from tests.journeys.wishes import fetch, portrait_url, types_of, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_submit_that_takes_25_seconds_answers_with_the_picture(shared: House) -> None:
    prompt = words(ai302_delay=25)
    posted = await draw(shared, prompt)
    begun = shared.clock.now()
    assert (posted["status"], posted["result"]) == ("pending", None)
    await shared.until(lambda: paid(shared, prompt) == 1)
    shared.clock.advance(24)
    await shared.breathe()
    waiting = await shared.get(posted["id"])
    assert (waiting["status"], waiting["waiting_for"]) == ("pending", "provider")
    done = await shared.until_final(posted["id"], within=5)
    assert done["status"] == "succeeded"
    assert 25_000 <= shared.clock.now() - begun < 27_000
    (output,) = done["result"]["outputs"]
    assert output["url"] == drawing_of(shared, prompt).link
    assert output["content_type"] == "image/jpeg"
    assert (await fetch(output["url"])).content == tiny_portrait()
    assert await types_of(shared, posted["id"]) == [
        "submission.created",
        "submit.sending",
        "provider.completed",
    ]
    assert not queries(shared, prompt)
    assert len(submits(shared, prompt)) == paid(shared, prompt) == 1


async def test_a_link_is_kept_for_a_day_at_the_provider(shared: House) -> None:
    done = await drawn(shared, words())
    (output,) = done["result"]["outputs"]
    day, clock = output["expires_at"].split("T")
    finished_day, finished_clock = done["completed_at"].split("T")
    assert clock[:5] == finished_clock[:5]
    assert int(day[-2:]) == int(finished_day[-2:]) + 1


async def test_a_task_is_asked_for_until_it_is_done(shared: House) -> None:
    prompt = words(ai302_answer="task", ai302_duration=9)
    posted = await draw(shared, prompt)
    running = await shared.until_status(posted["id"], "processing")
    assert running["waiting_for"] == "provider"
    done = await shared.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert done["result"]["outputs"][0]["url"] == drawing_of(shared, prompt).link
    assert await types_of(shared, posted["id"]) == [
        "submission.created",
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]
    gaps = waits([*submits(shared, prompt), *queries(shared, prompt)])
    assert len(gaps) >= 3
    assert all(gap >= 2 for gap in gaps)
    assert paid(shared, prompt) == 1


@pytest.mark.parametrize("answer", ["images", "task"])
async def test_content_in_base64_becomes_a_file_of_ours(shared: House, answer: str) -> None:
    done = await drawn(shared, words(ai302_answer=answer, ai302_base64="yes"))
    (output,) = done["result"]["outputs"]
    assert output["url"] == output["archive"]["url"]
    assert output["url"].startswith(f"{shared.url}/files/")
    assert output["content_type"] == "image/jpeg"
    kept = await fetch(output["url"])
    assert (kept.status_code, kept.headers["content-type"]) == (200, "image/jpeg")
    assert kept.content == tiny_portrait()
    assert output["archive"]["sha256"] == hashlib.sha256(kept.content).hexdigest()
    assert output["archive"]["bytes"] == len(kept.content)
    part = await fetch(output["url"], range="bytes=2-5")
    assert (part.status_code, part.content) == (206, tiny_portrait()[2:6])


async def test_a_client_that_wants_no_link_gets_a_file_of_ours(shared: House) -> None:
    prompt = words(ai302_answer="task")
    done = await drawn(shared, prompt, return_url=False)
    assert done["result"]["outputs"][0]["url"].startswith(f"{shared.url}/files/")
    assert drawing_of(shared, prompt).asked == [{"return_url": False}]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, {"return_url": True}),
        (
            {"logo_info": {"add_logo": True}},
            {
                "return_url": True,
                "logo_info": {"add_logo": True, "position": 0, "language": 0, "opacity": 0.3},
            },
        ),
        (
            {
                "return_url": True,
                "logo_info": {"add_logo": True, "position": 3, "language": 1, "opacity": 1},
            },
            {
                "return_url": True,
                "logo_info": {"add_logo": True, "position": 3, "language": 1, "opacity": 1},
            },
        ),
    ],
)
async def test_every_query_carries_what_is_wished_of_the_picture(
    shared: House, given: dict[str, Any], asked: dict[str, Any]
) -> None:
    prompt = words(ai302_answer="task", ai302_duration=5)
    assert (await drawn(shared, prompt, **given))["status"] == "succeeded"
    assert len(drawing_of(shared, prompt).asked) > 1
    assert all(one == asked for one in drawing_of(shared, prompt).asked)
    for call in queries(shared, prompt):
        assert isinstance(call.body["req_json"], str)
        assert call.query == {"response_format": "url"}
    (submit,) = submits(shared, prompt)
    assert not {"logo_info", "return_url", "req_json"} & set(submit.body)


@pytest.mark.parametrize(
    ("seed", "sent"), [(7, "7"), ("8", "8"), (2147483647, "2147483647"), (None, "-1")]
)
async def test_a_seed_travels_as_text(shared: House, seed: object, sent: str) -> None:
    prompt = words()
    await drawn(shared, prompt, seed=seed)
    assert submits(shared, prompt)[0].body["seed"] == sent


async def test_every_field_reaches_the_provider(shared: House) -> None:
    prompt = words()
    fields: dict[str, Any] = {
        "width": 512,
        "height": 2048,
        "gpen": 1,
        "skin": 0.7,
        "skin_unifi": 0.3,
        "gen_mode": "reference_char",
    }
    done = await drawn(shared, prompt, step=0.5, **fields)
    (call,) = submits(shared, prompt)
    wish = {"image_input": portrait_url(shared), "prompt": prompt}
    assert call.body == wish | fields | {"seed": "-1"}
    assert call.query == {"response_format": "url"}
    assert done["input"] == wish | fields | {"seed": -1, "return_url": True}


async def test_what_was_left_out_takes_the_documented_values(shared: House) -> None:
    posted = await shared.submit(KIND, {"image_input": portrait_url(shared)})
    assert posted["input"] == {
        "image_input": portrait_url(shared),
        "width": 1328,
        "height": 1328,
        "gpen": 0.4,
        "skin": 0.3,
        "skin_unifi": 0.0,
        "seed": -1,
        "return_url": True,
    }
    assert (await shared.until_final(posted["id"]))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({}, ["/input/image_input"]),
        ({"image_input": "data:image/jpeg;base64,/9j/"}, ["/input/image_input"]),
        ({"image_input": "/9j/4AAQSkZJRg=="}, ["/input/image_input"]),
        ({"image_input": "asset://asset-1"}, ["/input/image_input"]),
        (
            {"image_input": "https://x.example/a.jpg", "width": 511, "height": 2049},
            ["/input/width", "/input/height"],
        ),
        (
            {"image_input": "ftp://x", "gpen": 0.45, "skin": 1.1, "skin_unifi": -0.1},
            ["/input/image_input", "/input/gpen", "/input/skin", "/input/skin_unifi"],
        ),
        (
            {
                "image_input": "https://x.example/a.jpg",
                "gen_mode": "free",
                "seed": "x",
                "return_url": "yes",
                "logo_info": {"position": 4, "language": 2, "opacity": 1.1, "size": 1},
                "mask": 1,
            },
            [
                "/input/gen_mode",
                "/input/seed",
                "/input/return_url",
                "/input/logo_info/position",
                "/input/logo_info/language",
                "/input/logo_info/opacity",
                "/input/logo_info/size",
                "/input/mask",
            ],
        ),
        ({"image_input": "https://x.example/a.jpg", "seed": 2147483648}, ["/input/seed"]),
        ({"image_input": "https://x.example/a.jpg", "seed": "-2"}, ["/input/seed"]),
    ],
)
async def test_a_bad_input_costs_nothing_and_names_every_field(
    shared: House, fields: dict[str, Any], pointers: list[str]
) -> None:
    before = len(shared.world.calls)
    answer = await shared.client.post("/v1/submissions", json={"kind": KIND, "input": fields})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert sorted(one["pointer"] for one in answer.json()["errors"]) == sorted(pointers)
    assert len(shared.world.calls) == before


async def test_the_path_of_the_query_is_a_setting(tmp_path: Path) -> None:
    async with running_house(tmp_path, AI302_PORTRAIT_RESULT_PATH="/somewhere/else") as house:
        house.world.switches.set(ai302_result_path="/somewhere/else")
        prompt = words(ai302_answer="task")
        assert (await drawn(house, prompt))["status"] == "succeeded"
        assert queries(house, prompt, "/somewhere/else")
        assert not house.world.called(QUERY)


async def test_without_a_key_the_kind_is_refused_and_listed_as_unavailable(tmp_path: Path) -> None:
    async with running_house(tmp_path, AI302_API_KEY="") as house:
        body = {"kind": KIND, "input": {"image_input": portrait_url(house)}}
        answer = await house.client.post("/v1/submissions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "provider_not_configured")
        items = (await house.client.get("/v1/kinds")).json()["items"]
        assert [one["kind"] for one in items if not one["available"]] == [KIND]
