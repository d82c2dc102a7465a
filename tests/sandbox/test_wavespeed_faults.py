"""WaveSpeed's faults: what a submit, a poll and a result can do wrong."""

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import result, submit, submitted

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
async def test_a_refused_submit_speaks_the_providers_language_and_costs_nothing(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(submit=str(status))
    answer = await submit(client)
    assert answer.status_code == answer.json()["code"] == status
    assert ("error_code" in answer.json()) is (status == 403)
    assert world.paid_submits() == 0


@pytest.mark.parametrize(("fault", "paid"), [("500_page", 0), ("502", 0), ("504", 1)])
async def test_a_gateway_page_is_not_json(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(submit=fault)
    answer = await submit(client)
    assert answer.status_code == int(fault[:3])
    assert answer.headers["content-type"].startswith("text/html")
    assert world.paid_submits() == paid


@pytest.mark.parametrize(("fault", "paid"), [("cut", 1), ("cut_before", 0)])
async def test_a_cut_submit_is_a_transport_error(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(submit=fault)
    with pytest.raises(httpx.TransportError):
        await submit(client)
    assert world.paid_submits() == paid


async def test_a_garbled_answer_hides_a_paid_job(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(submit="garbage")
    answer = await submit(client)
    assert (answer.status_code, answer.text[:6]) == (200, "<html>")
    assert world.paid_submits() == 1


async def test_an_answer_can_be_truncated(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(submit="truncated", poll="truncated")
    answer = await submit(client)
    assert answer.text.startswith('{"code":200')
    assert not answer.text.endswith("}")
    assert world.paid_submits("wavespeed") == 1
    (identity,) = world.jobs
    assert (await client.get(f"/api/v3/predictions/{identity}")).text == "{"


async def test_a_submit_can_be_redirected(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(submit="redirect")
    assert (await submit(client)).status_code == 302
    assert world.paid_submits() == 0


async def test_a_slow_submit_answers_after_more_than_300_seconds(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    before = clock.now()
    await submitted(client, prompt="[sandbox submit=slow]")
    assert clock.now() - before > 300


async def test_latency_delays_the_answer_not_the_job(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    before = clock.now()
    identity = await submitted(client, prompt="[sandbox latency=7]")
    assert clock.now() - before == 7
    assert world.jobs[identity].created_at == before


@pytest.mark.parametrize(("wish", "paid"), [("yes", 1), ("no", 0)])
async def test_whether_a_fault_leaves_a_job_can_be_chosen(
    wish: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(submit="502", submit_job=wish)
    await submit(client)
    assert world.paid_submits() == paid


async def test_a_fault_can_hit_only_the_first_submits(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(submit="503", submit_times=2)
    assert [(await submit(client)).status_code for _ in range(3)] == [503, 503, 200]
    world.switches.set(submit="503", submit_times=1)
    assert [(await submit(client)).status_code for _ in range(2)] == [503, 200]


async def test_a_jobs_own_fault_counts_its_own_submits(client: httpx.AsyncClient) -> None:
    marker = "[sandbox submit=429 submit_times=1]"
    statuses = [
        (await submit(client, prompt=f"{name} {marker}")).status_code
        for name in ("one", "two", "one", "two")
    ]
    assert statuses == [429, 429, 200, 200]


@pytest.mark.parametrize("status", [404, 429, 500, 502])
async def test_polls_can_fail_a_few_times(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    identity = await submitted(client)
    world.switches.set(poll=str(status), poll_times=2)
    path = f"/api/v3/predictions/{identity}/result"
    assert [(await client.get(path)).status_code for _ in range(3)] == [status, status, 200]


async def test_a_poll_can_be_cut_or_garbled(client: httpx.AsyncClient, world: World) -> None:
    identity = await submitted(client)
    world.switches.set(poll="garbage")
    assert (await client.get(f"/api/v3/predictions/{identity}")).text.startswith("<html>")
    world.switches.set(poll="cut")
    with pytest.raises(httpx.TransportError):
        await client.get(f"/api/v3/predictions/{identity}")


@pytest.mark.parametrize("outcome", ["cancelled", "timeout", "deleted", "resting"])
async def test_a_job_can_end_with_any_word(
    outcome: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await submitted(client, prompt=f"[sandbox outcome={outcome}]")
    clock.skip(3)
    shown = await result(client, identity)
    assert (shown["status"], shown["outputs"]) == (outcome, [])
    assert "code" not in shown


@pytest.mark.parametrize(
    ("marker", "code"),
    [("outcome=failed", 1405)]
    + [(f"error_code={n}", n) for n in (1200, 1400, 1401, 1402, 1403, 5000, 5003, 5004)],
)
async def test_a_failed_job_names_its_code(
    marker: str, code: int, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await submitted(client, prompt=f"[sandbox {marker}]")
    clock.skip(3)
    shown = await result(client, identity)
    assert (shown["status"], shown["code"], shown["outputs"]) == ("failed", code, [])
    assert shown["error"]


async def test_a_job_can_take_its_time(client: httpx.AsyncClient, clock: LeapClock) -> None:
    identity = await submitted(client, prompt="[sandbox duration=100]")
    clock.skip(99)
    assert (await result(client, identity))["status"] == "processing"
    clock.skip(1)
    assert (await result(client, identity))["status"] == "completed"


@pytest.mark.parametrize(("nsfw", "shown"), [("null", {"has_nsfw_contents": None}), ("absent", {})])
async def test_nsfw_flags_can_be_null_or_absent(
    nsfw: str, shown: dict[str, None], client: httpx.AsyncClient
) -> None:
    identity = await submitted(client, prompt=f"[sandbox nsfw={nsfw} duration=0]")
    final = await result(client, identity)
    assert {name: final[name] for name in final if name == "has_nsfw_contents"} == shown


async def test_outputs_can_die(client: httpx.AsyncClient, world: World) -> None:
    output = (await result(client, await submitted(client, prompt="[sandbox duration=0]")))[
        "outputs"
    ][0]
    assert (await client.get(output)).status_code == 200
    world.switches.set(outputs_gone=True)
    assert (await client.get(output)).status_code == 404


async def test_the_outputs_of_one_job_can_die(client: httpx.AsyncClient) -> None:
    identity = await submitted(client, prompt="[sandbox duration=0 outputs_gone=yes]")
    assert (await client.get((await result(client, identity))["outputs"][0])).status_code == 404
