"""302.AI's faults: codes of the model, four shapes of an error, and lost answers."""

import json

import httpx
import pytest

from sandbox.ai302_answers import CODES
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import ask, draw, drawn_task

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("code", "status"),
    [(code, 400) for code in (50411, 50511, 50412, 50512, 50413, 50516, 50517, 50518, 50519)]
    + [(code, 400) for code in (50520, 50521, 50522)]
    + [(50429, 429), (50430, 429), (50500, 500), (50501, 500)],
)
async def test_a_submit_can_be_refused_with_every_code(
    code: int, status: int, client: httpx.AsyncClient, world: World
) -> None:
    answer = await draw(client, prompt=f"[sandbox ai302.code={code}]")
    shown = answer.json()
    assert answer.status_code == status
    assert (shown["code"], shown["status"], shown["data"]) == (code, code, None)
    assert shown["message"] == CODES[code][1]
    assert world.paid_submits() == 0


async def test_a_refusal_may_come_with_http_200(client: httpx.AsyncClient) -> None:
    answer = await draw(client, prompt="[sandbox ai302.code=50411 ai302.http=200]")
    assert (answer.status_code, answer.json()["code"]) == (200, 50411)


async def test_a_code_that_nobody_knows_is_an_internal_error(client: httpx.AsyncClient) -> None:
    answer = await draw(client, prompt="[sandbox ai302.code=59999]")
    assert (answer.status_code, answer.json()["code"]) == (500, 59999)


async def test_only_the_first_submits_may_be_refused(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_code=50429, ai302_submit_times=2)
    assert [(await draw(client)).json()["code"] for _ in range(3)] == [50429, 50429, 10000]


@pytest.mark.parametrize(
    ("shape", "status", "expected"),
    [
        ("gateway", "503", -10008),
        ("gateway", "500", -10003),
        ("gateway", "400", -10005),
        ("openai", "401", 401),
        ("documented", "402", "InsufficientBalance"),
        ("documented", "500", "InternalError"),
        ("volcengine", "429", 50429),
        ("volcengine", "503", 50500),
    ],
)
async def test_an_error_has_four_shapes(
    shape: str, status: str, expected: object, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_submit=status, ai302_shape=shape)
    shown = (await draw(client)).json()
    error = shown.get("error", shown)
    assert error["err_code" if shape == "gateway" else "code"] == expected
    assert world.paid_submits() == 0


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 429, 500, 503])
async def test_every_status_can_be_asked_for(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_submit=str(status), ai302_err_code=-1)
    answer = await draw(client)
    assert (answer.status_code, answer.json()["error"]["err_code"]) == (status, -1)


@pytest.mark.parametrize(
    ("fault", "paid"), [("502", 0), ("500_page", 0), ("504", 1), ("garbage", 1)]
)
async def test_a_page_is_no_json(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_submit=fault)
    assert (await draw(client)).text.startswith("<html>")
    assert world.paid_submits("ai302") == paid


@pytest.mark.parametrize(("fault", "paid"), [("cut", 1), ("cut_before", 0)])
async def test_a_submit_can_be_cut(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_submit=fault)
    with pytest.raises(httpx.TransportError):
        await draw(client)
    assert world.paid_submits("ai302") == paid


async def test_an_answer_can_be_truncated(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(ai302_submit="truncated")
    answer = await draw(client)
    assert answer.text.startswith('{"code":10000')
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert world.paid_submits("ai302") == 1


async def test_a_slow_answer_takes_more_than_300_seconds(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    before = clock.now()
    assert (await draw(client, prompt="[sandbox ai302.submit=slow]")).json()["code"] == 10000
    assert clock.now() - before > 300


async def test_a_refused_submit_may_be_paid_all_the_same(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(ai302_submit="502", submit_job="yes", ai302_submit_times=1)
    assert [(await draw(client)).status_code for _ in range(2)] == [502, 200]
    assert world.paid_submits("ai302") == 2


@pytest.mark.parametrize("code", [50429, 50430, 50500])
async def test_a_query_can_be_told_to_slow_down_a_few_times(
    code: int, client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    task = await drawn_task(client, prompt="[sandbox ai302.answer=task]")
    world.switches.set(ai302_query_code=code, ai302_query_times=2)
    clock.skip(2)
    codes = [(await ask(client, task)).json()["code"] for _ in range(3)]
    assert codes == [code, code, 10000]


async def test_what_is_wrong_with_a_picture_is_known_at_the_end(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    task = await drawn_task(client, prompt="[sandbox ai302.answer=task ai302.query_code=50511]")
    assert (await ask(client, task)).json()["data"]["status"] == "in_queue"
    clock.skip(2)
    answer = await ask(client, task)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, 50511, None)


@pytest.mark.parametrize("status", ["not_found", "expired", "resting"])
async def test_a_task_can_have_any_status(
    status: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    task = await drawn_task(client, prompt=f"[sandbox ai302.answer=task ai302.status={status}]")
    clock.skip(9)
    assert (await ask(client, task)).json()["data"]["status"] == status


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_queries_can_fail_a_few_times(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    task = await drawn_task(client, prompt="[sandbox ai302.answer=task]")
    world.switches.set(ai302_query=str(status), ai302_query_times=2)
    assert [(await ask(client, task)).status_code for _ in range(3)] == [status, status, 200]


async def test_a_query_can_be_cut_or_truncated(client: httpx.AsyncClient, world: World) -> None:
    task = await drawn_task(client, prompt="[sandbox ai302.answer=task]")
    world.switches.set(ai302_query="truncated")
    assert (await ask(client, task)).text.startswith('{"code":10000')
    world.switches.set(ai302_query="cut")
    with pytest.raises(httpx.TransportError):
        await ask(client, task)
