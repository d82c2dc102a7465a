"""Switches are typed, explained, and may be written in four places."""

import httpx
import pytest

from sandbox.switches import BadSwitchError, Switchboard, Switches, describe
from sandbox.world import World
from sandbox.written import in_input, parse
from tests.sandbox.play import INPUT, PORTRAIT, result, submit, submitted

pytestmark = pytest.mark.asyncio


async def test_every_switch_is_explained_with_its_type_and_default() -> None:
    lines = {line.name: line for line in describe()}
    assert lines["webhook"].default == "normal"
    assert "bad_signature" in lines["webhook"].kind
    assert lines["latency"].kind == "float"
    assert all(line.why for line in lines.values())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("webhook=never, latency=2", {"webhook": "never", "latency": 2.0}),
        ("webhook:never,latency:2", {"webhook": "never", "latency": 2.0}),
        ("double_amp=yes poll_times=3", {"double_amp": True, "poll_times": 3}),
        ("ai302.code=50411 ai302.answer:task", {"ai302_code": 50411, "ai302_answer": "task"}),
        ("", {}),
    ],
)
async def test_switches_are_read_as_typed_values(text: str, values: dict[str, object]) -> None:
    assert parse(text) == values


@pytest.mark.parametrize(
    "text", ["nonsense=1", "webhook=perhaps", "latency=soon", "double_amp=perhaps", "webhook"]
)
async def test_a_bad_switch_names_what_is_known(text: str) -> None:
    with pytest.raises(BadSwitchError, match=r"known|must be of type"):
        parse(text)


async def test_markers_are_found_in_texts_links_and_lists() -> None:
    found = in_input(
        {
            "prompt": "a face [sandbox webhook=never latency=2] in oil",
            "image": "https://media.test/a.jpg?sandbox=duration%3A9",
            "more": ["[sandbox poll=500]", 7],
            "broken": "http://[sandbox",
        }
    )
    assert found == {"webhook": "never", "latency": 2.0, "duration": 9.0, "poll": "500"}


async def test_a_picture_in_base64_is_not_searched() -> None:
    assert in_input({"image": "A" * 9000 + "[sandbox webhook=never]"}) == {}


async def test_a_reset_returns_to_the_defaults_of_its_world() -> None:
    board = Switchboard(media="tiny")
    board.set(latency=3)
    assert board.changed() == {"media": "tiny", "latency": 3.0}
    board.reset()
    assert board.changed() == {"media": "tiny"}
    assert Switches().media == "real"


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"x-sandbox": "outcome=failed, duration=1"}},
        {"params": {"sandbox": "outcome:failed,duration:1"}},
    ],
)
async def test_one_call_brings_its_own_switches(
    how: dict[str, dict[str, str]], client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.post(PORTRAIT, json=INPUT, **how)  # type: ignore[arg-type]
    job = world.jobs[answer.json()["data"]["id"]]
    assert (job.switches.outcome, job.switches.duration) == ("failed", 1.0)
    assert (await submit(client)).status_code == 200
    assert list(world.jobs.values())[1].switches.outcome == "completed"


async def test_a_marker_in_the_prompt_sticks_to_its_job(
    client: httpx.AsyncClient, world: World
) -> None:
    marked = await submitted(client, prompt="a face [sandbox poll=500 poll_times=1]")
    plain = await submitted(client)
    assert (await client.get(f"/api/v3/predictions/{marked}")).status_code == 500
    assert (await client.get(f"/api/v3/predictions/{marked}")).status_code == 200
    assert (await client.get(f"/api/v3/predictions/{plain}")).status_code == 200


async def test_a_job_keeps_the_switches_it_began_with(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(outcome="failed", duration=0)
    identity = await submitted(client)
    world.switches.reset()
    assert (await result(client, identity))["status"] == "failed"


async def test_a_bad_switch_in_a_call_is_refused_in_the_providers_shape(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await submit(client, prompt="[sandbox webhook=perhaps]")
    assert answer.status_code == 400
    assert "bad_signature" in answer.json()["message"]
    assert world.paid_submits() == 0
