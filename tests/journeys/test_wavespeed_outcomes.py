"""How a paid job ends, in the provider's words and in ours."""

import pytest

from tests.house import House
from tests.journeys.wavespeed import polls, prediction, running, tell, waits

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("number", "code", "retryable"),
    [
        (1200, "content_moderation", False),
        (1400, "invalid_input", False),
        (1401, "invalid_input", False),
        (1402, "media_unreachable", False),
        (1403, "provider_failed", False),
        (1405, "provider_failed", False),
        (5000, "provider_unavailable", True),
        (5003, "provider_unavailable", True),
        (5004, "provider_timeout", False),
        (9999, "provider_failed", False),
    ],
)
async def test_a_failed_task_shows_the_providers_code(
    house: House, number: int, code: str, retryable: bool
) -> None:
    house.world.switches.set(error_code=number, duration=1)
    done = await house.until_final((await house.portrait())["id"])
    assert done["status"] == "failed"
    assert done["result"] is None
    assert done["error"]["code"] == code
    assert done["error"]["provider_code"] == str(number)
    assert done["error"]["retryable"] is retryable
    await house.until(lambda: bool(house.world.webhooks))
    assert [attempt.status for attempt in house.world.webhooks] == [204]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("cancelled", "provider_canceled"),
        ("timeout", "provider_timeout"),
        ("deleted", "provider_deleted"),
    ],
)
async def test_every_ending_of_the_provider_that_is_no_success_is_our_failed(
    house: House, word: str, code: str
) -> None:
    house.world.switches.set(outcome=word, duration=1)
    done = await house.until_final((await house.portrait())["id"], step=1)
    assert (done["status"], done["error"]["code"]) == ("failed", code)
    assert done["error"]["provider_code"] == word
    assert not house.world.webhooks


async def test_a_failure_without_a_code_shows_the_providers_word(house: House) -> None:
    posted = await running(house)
    assert (await tell(house, prediction(house, "failed", error=""))).status_code == 204
    done = await house.get(posted["id"])
    assert done["error"]["provider_code"] == "failed"


@pytest.mark.parametrize("nsfw", ["null", "absent"])
async def test_missing_flags_are_no_fault(house: House, nsfw: str) -> None:
    house.world.switches.set(nsfw=nsfw, webhook_input=True, duration=1)
    done = await house.until_final((await house.portrait())["id"])
    assert done["status"] == "succeeded"
    await house.until(lambda: bool(house.world.webhooks))
    assert [attempt.status for attempt in house.world.webhooks] == [204]


@pytest.mark.parametrize("fault", ["404", "429", "500", "502", "cut", "garbage"])
async def test_a_poll_without_a_usable_answer_says_nothing_about_the_job(
    house: House, fault: str
) -> None:
    house.world.switches.set(webhook="never", duration=1, poll=fault, poll_times=3)
    done = await house.until_final((await house.portrait())["id"], step=1)
    assert done["status"] == "succeeded"
    asked = waits(polls(house))
    assert len(asked) == 3
    assert all(wait >= 2 * 1.2**number for number, wait in enumerate(asked))


async def test_a_final_status_never_changes(house: House) -> None:
    posted = await running(house)
    assert (await tell(house, prediction(house, "failed"))).status_code == 204
    failed = await house.get(posted["id"])
    assert failed["status"] == "failed"
    assert (await tell(house, prediction(house))).status_code == 204
    assert (await tell(house, prediction(house, "processing"))).status_code == 204
    assert await house.get(posted["id"]) == failed
