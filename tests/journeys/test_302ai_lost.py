"""302.AI has no history and calls nobody: a lost answer is waited for, and never asked for again."""

from pathlib import Path

import pytest

from tests.house import House, running_house
from tests.journeys.ai302 import draw, drawing_of, drawn, paid, submits
from tests.journeys.wishes import types_of, waiting_for, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAID = ["cut", "garbage", "truncated", "504"]
FREE = ["cut_before", "redirect", "500_page", "502"]


@pytest.mark.parametrize("fault", [*PAID, *FREE])
async def test_a_submit_of_unknown_outcome_is_never_sent_again(shared: House, fault: str) -> None:
    prompt = words(ai302_submit=fault)
    posted = await draw(shared, prompt)
    settling = await shared.until_status(posted["id"], "processing")
    assert settling["waiting_for"] == "settlement"
    begun = shared.clock.now()
    shared.clock.advance(598)
    await shared.breathe()
    assert (await shared.get(posted["id"]))["waiting_for"] == "settlement"
    done = await shared.until_final(posted["id"], within=5)
    assert shared.clock.now() - begun >= 597_000
    assert (done["status"], done["error"]["code"]) == ("failed", "outcome_unknown")
    assert done["error"]["retryable"] is False
    assert len(submits(shared, prompt)) == 1
    assert paid(shared, prompt) == (fault in PAID)
    assert (await types_of(shared, posted["id"]))[2] == "submit.outcome_unknown"


async def test_how_long_it_is_waited_for_is_a_setting(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_SETTLE_S="30") as house:
        prompt = words(ai302_submit="cut")
        posted = await draw(house, prompt)
        await waiting_for(house, posted["id"], "settlement")
        begun = house.clock.now()
        done = await house.until_final(posted["id"], within=60)
        assert done["error"]["code"] == "outcome_unknown"
        assert 29_000 < house.clock.now() - begun < 32_000
        assert len(submits(house, prompt)) == 1


async def test_a_provider_that_cannot_be_reached_has_taken_nothing(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    async with running_house(tmp_path, AI302_BASE_URL=nobody) as house:
        posted = await draw(house, words())
        await waiting_for(house, posted["id"], "retry")
        events = await house.events(posted["id"])
        assert events[-1]["type"] == "submit.not_accepted"
        assert (await house.get(posted["id"]))["status"] == "pending"


async def test_a_submit_may_take_minutes_to_answer(shared: House) -> None:
    prompt = words(ai302_submit="slow")
    posted = await draw(shared, prompt)
    await shared.until(lambda: paid(shared, prompt) == 1)
    shared.clock.advance(300)
    await shared.breathe()
    assert (await shared.get(posted["id"]))["status"] == "pending"
    done = await shared.until_final(posted["id"], step=1)
    assert done["status"] == "succeeded"
    assert len(submits(shared, prompt)) == paid(shared, prompt) == 1


async def test_a_picture_that_comes_after_the_cancellation_is_kept(shared: House) -> None:
    prompt = words(ai302_delay=25)
    posted = await draw(shared, prompt)
    await shared.until(lambda: paid(shared, prompt) == 1)
    answer = await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert answer.json()["status"] == "canceled"

    async def came_late() -> bool:
        return "late_result" in await shared.get(posted["id"])

    await shared.until(came_late, within=120, step=0.5)
    late = await shared.get(posted["id"])
    assert (late["status"], late["result"]) == ("canceled", None)
    assert late["late_result"]["outputs"][0]["url"] == drawing_of(shared, prompt).link
    assert (await types_of(shared, posted["id"]))[-1] == "provider.completed"


async def test_a_task_is_followed_to_its_end_after_the_cancellation(shared: House) -> None:
    prompt = words(ai302_answer="task", ai302_duration=20)
    posted = await draw(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    assert (await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")).status_code == 200

    async def came_late() -> bool:
        return "late_result" in await shared.get(posted["id"])

    await shared.until(came_late, within=120, step=0.5)
    assert (await shared.get(posted["id"]))["status"] == "canceled"
    assert paid(shared, prompt) == 1


async def test_an_expired_submission_keeps_what_comes_later(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="60") as house:
        prompt = words(ai302_answer="task", ai302_duration=90)
        done = await drawn(house, prompt, within=80, step=1)
        assert (done["status"], done["error"]["code"]) == ("expired", "expired")

        async def came_late() -> bool:
            return "late_result" in await house.get(done["id"])

        await house.until(came_late, within=90, step=1)
        assert (await house.get(done["id"]))["status"] == "expired"
