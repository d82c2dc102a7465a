"""The paid call: at most one, whatever becomes of its answer."""

import pytest

from tests.house import House
from tests.journeys.wavespeed import submits, the_job, waits, webhook_url

pytestmark = pytest.mark.asyncio

UNKNOWN = ["500_page", "502", "504", "garbage", "redirect", "cut"]


@pytest.mark.parametrize("fault", ["429", "503"])
async def test_what_was_certainly_not_taken_is_sent_again_with_growing_waits(
    house: House, fault: str
) -> None:
    house.world.switches.set(submit=fault, submit_times=4, duration=1)
    posted = await house.portrait()
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert house.world.paid_submits() == 1
    calls = submits(house)
    assert len(calls) == 5
    assert all(gap >= wait for gap, wait in zip(waits(calls), (1, 2, 4, 8), strict=True))


async def test_a_submission_between_two_tries_says_that_it_waits_to_retry(house: House) -> None:
    house.world.switches.set(submit="503")
    posted = await house.portrait()

    async def waits_to_retry() -> bool:
        return bool((await house.get(posted["id"]))["waiting_for"] == "retry")

    await house.until(waits_to_retry, within=10)


@pytest.mark.parametrize(
    ("fault", "code", "provider_code", "retryable"),
    [
        ("400", "invalid_input", "400", False),
        ("401", "provider_auth", "401", False),
        ("403", "provider_auth", "permission_denied", False),
        ("500", "provider_unavailable", "500", True),
    ],
)
async def test_a_refused_submit_fails_with_the_providers_code(
    house: House, fault: str, code: str, provider_code: str, retryable: bool
) -> None:
    house.world.switches.set(submit=fault)
    done = await house.until_final((await house.portrait())["id"])
    assert done["status"] == "failed"
    assert done["error"]["code"] == code
    assert done["error"]["provider_code"] == provider_code
    assert done["error"]["retryable"] is retryable
    house.clock.advance(600)
    await house.breathe()
    assert len(submits(house)) == 1
    assert house.world.paid_submits() == 0


@pytest.mark.parametrize("fault", UNKNOWN)
async def test_a_submit_of_unknown_outcome_is_settled_by_its_webhook(
    house: House, fault: str
) -> None:
    house.world.switches.set(submit=fault, submit_job="yes", duration=10)
    posted = await house.portrait()
    settling = await house.until_status(posted["id"], "processing")
    assert settling["waiting_for"] == "settlement"
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert len(submits(house)) == house.world.paid_submits() == 1


@pytest.mark.parametrize("fault", [*UNKNOWN, "cut_before"])
async def test_a_submit_of_unknown_outcome_is_never_sent_again(house: House, fault: str) -> None:
    house.world.switches.set(submit=fault, submit_job="no")
    posted = await house.portrait()
    settling = await house.until_status(posted["id"], "processing")
    assert settling["waiting_for"] == "settlement"
    begun = house.clock.now()
    house.clock.advance(590)
    await house.breathe()
    assert (await house.get(posted["id"]))["waiting_for"] == "settlement"
    done = await house.until_final(posted["id"], within=60, step=1)
    assert (done["status"], done["error"]["code"]) == ("failed", "outcome_unknown")
    assert house.clock.now() - begun > 599_000
    assert len(submits(house)) == 1


@pytest.mark.parametrize("history", ["500", "cut", "empty"])
async def test_a_history_that_does_not_help_ends_nothing(house: House, history: str) -> None:
    house.world.switches.set(submit="cut", duration=60, history=history)
    done = await house.until_final((await house.portrait())["id"], within=90, step=1)
    assert done["status"] == "succeeded"
    assert house.world.called("/api/v3/predictions")


async def test_the_providers_history_settles_only_what_it_names_beyond_doubt(
    house: House,
) -> None:
    house.world.switches.set(submit="cut", webhook="never", duration=1, history="inputs")
    posted = await house.portrait()
    await house.until(lambda: len(house.world.called("/api/v3/predictions")) == 2)
    assert (await house.get(posted["id"]))["waiting_for"] == "settlement"
    job = the_job(house)
    job.input = {**job.input, "webhook": webhook_url(house)}
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert house.world.paid_submits() == 1


async def test_outputs_that_come_after_outcome_unknown_are_kept(house: House) -> None:
    house.world.switches.set(submit="cut", duration=700)
    posted = await house.portrait()
    await house.until_status(posted["id"], "processing")
    house.clock.advance(590)
    failed = await house.until_final(posted["id"], within=60, step=1)
    assert failed["error"]["code"] == "outcome_unknown"
    assert "late_result" not in failed

    async def came_late() -> bool:
        return "late_result" in await house.get(posted["id"])

    await house.until(came_late, within=130, step=2)
    late = await house.get(posted["id"])
    assert (late["status"], late["error"], late["result"]) == ("failed", failed["error"], None)
    assert late["late_result"]["outputs"][0]["url"].startswith(house.world.base_url)
    types = [event["type"] for event in await house.events(posted["id"])]
    assert types.index("provider.completed") > types.index("submission.failed")
    assert [attempt.status for attempt in house.world.webhooks] == [204]


async def test_a_submit_may_take_minutes_to_answer(house: House) -> None:
    house.world.switches.set(submit="slow", webhook="never", duration=1)
    posted = await house.portrait()
    await house.until(lambda: bool(house.world.jobs))
    done = await house.until_final(posted["id"], within=400, step=2)
    assert done["status"] == "succeeded"
    assert len(submits(house)) == house.world.paid_submits() == 1
    types = [event["type"] for event in await house.events(posted["id"])]
    assert "submit.outcome_unknown" not in types
