"""A film that nobody wants any more: stopped upstream while it can be, and else kept when it comes."""

from pathlib import Path
from typing import Any

import pytest

from tests.house import House, running_house
from tests.journeys.video import cancels, creates, film, hint, paid, polls, video_of, videos
from tests.journeys.wishes import types_of, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def cancel(house: House, posted: dict[str, Any]) -> dict[str, Any]:
    answer = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert answer.status_code == 200, answer.text
    canceled: dict[str, Any] = answer.json()
    assert (canceled["status"], canceled["waiting_for"]) == ("canceled", None)
    assert canceled["error"]["code"] == "canceled"
    return canceled


async def late_result(house: House, posted: dict[str, Any], within: float = 150) -> dict[str, Any]:
    async def came() -> bool:
        return "late_result" in await house.get(posted["id"])

    await house.until(came, within=within, step=0.5)
    found: dict[str, Any] = await house.get(posted["id"])
    return found


async def test_what_is_still_queued_is_cancelled_upstream(shared: House) -> None:
    prompt = words(video_duration=100)
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    canceled = await cancel(shared, posted)
    await shared.until(lambda: video_of(shared, prompt) in shared.world.cancelled_videos())
    shared.clock.advance(200)
    await shared.breathe()
    assert await shared.get(posted["id"]) == canceled
    assert len(cancels(shared, prompt)) == 1
    assert (await types_of(shared, posted["id"]))[-2:] == ["cancel.asked", "provider.failed"]


async def test_what_runs_already_is_followed_and_kept_when_it_comes(shared: House) -> None:
    prompt = words(video_duration=40, video_callback="never")
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(videos(shared, prompt)))
    shared.clock.advance(20)
    await shared.until_status(posted["id"], "processing")
    canceled = await cancel(shared, posted)
    late = await late_result(shared, posted)
    assert video_of(shared, prompt).cancelled_at is None
    assert (late["status"], late["error"], late["result"]) == (
        "canceled",
        canceled["error"],
        None,
    )
    assert late["late_result"]["outputs"][0]["url"] == video_of(shared, prompt).link
    assert (await types_of(shared, posted["id"]))[-1] == "provider.completed"
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1
    asked = len(polls(shared, prompt))
    shared.clock.advance(600)
    await shared.breathe()
    assert len(polls(shared, prompt)) == asked


async def test_a_running_film_is_stopped_where_the_provider_allows_it(shared: House) -> None:
    prompt = words(video_duration=40, video_callback="never", video_cancel="running")
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(videos(shared, prompt)))
    shared.clock.advance(20)
    await shared.until_status(posted["id"], "processing")
    await cancel(shared, posted)
    await shared.until(lambda: video_of(shared, prompt) in shared.world.cancelled_videos())
    shared.clock.advance(100)
    await shared.breathe()
    assert "late_result" not in await shared.get(posted["id"])


@pytest.mark.parametrize("fault", ["404", "409", "429", "500", "503", "cut", "garbage"])
async def test_a_cancel_that_is_not_answered_well_loses_nothing(shared: House, fault: str) -> None:
    prompt = words(video_duration=30, video_callback="never", video_cancel=fault)
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await cancel(shared, posted)
    late = await late_result(shared, posted)
    assert late["status"] == "canceled"
    calls = cancels(shared, prompt)
    assert 1 <= len(calls) <= 5
    assert all(gap >= 1 for gap in waits(calls))
    assert paid(shared, prompt) == 1


async def test_a_film_that_fails_after_the_cancellation_leaves_nothing(shared: House) -> None:
    prompt = words(video_duration=20, video_outcome="failed", video_cancel="409")
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    canceled = await cancel(shared, posted)
    shared.clock.advance(60)
    await shared.until(lambda: bool(polls(shared, prompt)), step=0.5)
    await shared.breathe()
    assert await shared.get(posted["id"]) == canceled


async def test_a_cancellation_before_the_create_has_returned_reaches_the_film(
    shared: House,
) -> None:
    prompt = words(latency=10, video_duration=100)
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(videos(shared, prompt)))
    await cancel(shared, posted)
    await shared.until(lambda: video_of(shared, prompt) in shared.world.cancelled_videos())
    assert (await shared.get(posted["id"]))["status"] == "canceled"


async def test_what_was_not_sent_is_never_sent(shared: House) -> None:
    prompt = words(video_create=503, video_create_times=3)
    posted = await film(shared, prompt)
    await shared.until(lambda: len(creates(shared, prompt)) == 2)
    await shared.breathe()
    await cancel(shared, posted)
    shared.clock.advance(600)
    await shared.breathe()
    assert (len(creates(shared, prompt)), paid(shared, prompt)) == (2, 0)


async def test_a_hint_after_the_cancellation_brings_the_film_at_once(shared: House) -> None:
    prompt = words(video_duration=40, video_callback="final", video_cancel="409")
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await cancel(shared, posted)
    await late_result(shared, posted, within=42)


async def test_a_hint_about_anothers_film_is_never_taken_for_ours(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_SETTLE_S="20") as house:
        first, prompt = words(), words(video_create="cut", video_callback="never")
        other = await film(house, first)
        posted = await film(house, prompt)
        done = await house.until_final(posted["id"])
        assert done["error"]["code"] == "outcome_unknown"
        await house.until_final(other["id"])
        await hint(house, prompt, {"id": video_of(house, first).id, "status": "completed"})
        before = len(polls(house, first))
        await house.until(lambda: len(polls(house, first)) > before, step=0.5)
        for _ in range(12):
            house.clock.advance(10)
            await house.breathe(5)
        assert await house.get(posted["id"]) == done
        # It is asked about more and more rarely, and not for ever.
        assert len(polls(house, first)) - before < 8


async def test_an_expired_film_is_followed_too(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="30") as house:
        prompt = words(video_duration=60, video_callback="never")
        posted = await film(house, prompt)
        done = await house.until_final(posted["id"], within=40, step=0.5)
        assert (done["status"], done["error"]["code"]) == ("expired", "expired")
        late = await late_result(house, posted)
        assert (late["status"], late["result"]) == ("expired", None)
        assert not cancels(house, prompt)
