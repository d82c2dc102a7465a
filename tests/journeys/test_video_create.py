"""The paid call for a film: at most one, whatever becomes of its answer."""

from pathlib import Path

import pytest

from tests.house import House, running_house
from tests.journeys.archived import archived
from tests.journeys.video import creates, film, filmed, paid, polls, told, video_of, videos
from tests.journeys.wishes import waiting_for, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAID = ["cut", "garbage", "truncated", "504"]
FREE = ["cut_before", "redirect", "500_page", "502"]


@pytest.mark.parametrize("fault", ["429", "503"])
async def test_what_was_certainly_not_taken_is_sent_again_with_growing_waits(
    shared: House, fault: str
) -> None:
    prompt = words(video_create=fault, video_create_times=4)
    posted = await film(shared, prompt)
    await waiting_for(shared, posted["id"], "retry")
    assert (await shared.until_final(posted["id"]))["status"] == "succeeded"
    calls = creates(shared, prompt)
    assert (len(calls), paid(shared, prompt)) == (5, 1)
    assert all(gap >= wait for gap, wait in zip(waits(calls), (1, 2, 4, 8), strict=True))


@pytest.mark.parametrize("form", ["nested", "top_level", "integer"])
@pytest.mark.parametrize(
    ("fault", "told_code", "code", "provider_code", "retryable"),
    [
        ("400", "", "invalid_input", "invalid_request", False),
        ("400", "upstream_invalid_parameter", "invalid_input", None, False),
        ("400", "upstream_content_violation", "content_moderation", None, False),
        ("401", "", "provider_auth", "invalid_api_key", False),
        ("402", "", "insufficient_balance", "insufficient_balance", False),
        ("404", "", "invalid_input", "upstream_model_not_found", False),
        ("500", "", "provider_unavailable", None, True),
    ],
)
async def test_a_refused_create_fails_with_the_providers_code(
    shared: House,
    form: str,
    fault: str,
    told_code: str,
    code: str,
    provider_code: str | None,
    retryable: bool,
) -> None:
    more = {"video_create_code": told_code} if told_code else {}
    prompt = words(video_create=fault, video_error_form=form, **more)
    done = await filmed(shared, prompt)
    assert (done["status"], done["result"]) == ("failed", None)
    error = done["error"]
    if form == "integer":
        # The word is lost, so only the status can tell.
        assert error["provider_code"] == fault
    else:
        assert error["code"] == code
        assert error["provider_code"] == (provider_code or told_code or error["provider_code"])
        assert error["retryable"] is retryable
    assert error["message"]
    assert (len(creates(shared, prompt)), paid(shared, prompt)) == (1, 0)


@pytest.mark.parametrize("code", ["upstream_error", "upstream_auth_failed", "unknown_api_format"])
async def test_each_code_of_a_503_means_later(shared: House, code: str) -> None:
    prompt = words(video_create=503, video_create_code=code, video_create_times=2)
    assert (await filmed(shared, prompt))["status"] == "succeeded"
    assert (len(creates(shared, prompt)), paid(shared, prompt)) == (3, 1)


@pytest.mark.parametrize("fault", [*PAID, "redirect", "500_page", "502"])
@pytest.mark.parametrize("callback", ["normal", "final"])
async def test_a_lost_create_is_settled_by_the_callback_that_names_the_film(
    shared: House, fault: str, callback: str
) -> None:
    prompt = words(video_create=fault, submit_job="yes", video_callback=callback, video_duration=10)
    posted = await film(shared, prompt)
    done = await shared.until_final(posted["id"], step=0.5)
    assert done["status"] == "succeeded"
    assert done["result"]["outputs"][0]["url"] == video_of(shared, prompt).link
    assert {attempt.status for attempt in told(shared, prompt)} == {204}
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1
    types = [event["type"] for event in await shared.events(posted["id"])]
    assert "submit.outcome_unknown" in types


@pytest.mark.parametrize("fault", PAID)
async def test_a_callback_before_the_answer_is_lost_settles_it_too(
    shared: House, fault: str
) -> None:
    prompt = words(video_create=fault, video_callback="early")
    assert (await filmed(shared, prompt))["status"] == "succeeded"
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize("fault", [*PAID, *FREE])
async def test_a_lost_create_that_nobody_names_is_never_sent_again(
    shared: House, fault: str
) -> None:
    prompt = words(video_create=fault, video_callback="never")
    posted = await film(shared, prompt)
    settling = await shared.until_status(posted["id"], "processing")
    assert settling["waiting_for"] == "settlement"
    begun = shared.clock.now()
    shared.clock.advance(7190)
    await shared.breathe()
    assert (await shared.get(posted["id"]))["waiting_for"] == "settlement"
    done = await shared.until_final(posted["id"], within=60, step=2)
    assert (done["status"], done["error"]["code"]) == ("failed", "outcome_unknown")
    assert shared.clock.now() - begun >= 7_195_000
    assert len(creates(shared, prompt)) == 1
    assert not polls(shared, prompt)
    assert paid(shared, prompt) == (fault in PAID)


@pytest.mark.parametrize("callback", ["other_job", "final"])
async def test_a_callback_that_names_another_film_settles_nothing(
    tmp_path: Path, callback: str
) -> None:
    """One of somebody else of ours, or Ark's own name, which the provider does not know."""
    async with running_house(tmp_path, LIKENESS_SETTLE_S="60") as house:
        first = words()
        other = await archived(house, (await filmed(house, first))["id"])
        prompt = words(
            video_create="cut",
            video_callback=callback,
            video_callback_body="ark" if callback == "final" else "task",
        )
        done = await filmed(house, prompt, within=90)
        assert (done["status"], done["error"]["code"]) == ("failed", "outcome_unknown")
        assert done["result"] is None
        assert await house.get(other["id"]) == other
        assert len(creates(house, prompt)) == paid(house, prompt) == 1
        assert len(polls(house, first)) + len(house.world.calls) < 40


async def test_a_film_that_is_done_after_outcome_unknown_is_kept(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_SETTLE_S="30") as house:
        prompt = words(video_create="cut", video_callback="final", video_duration=60)
        done = await filmed(house, prompt, within=40)
        assert done["error"]["code"] == "outcome_unknown"

        async def came_late() -> bool:
            return "late_result" in await house.get(done["id"])

        await house.until(came_late, step=0.5)
        late = await house.get(done["id"])
        assert (late["status"], late["result"]) == ("failed", None)
        assert late["late_result"]["outputs"][0]["url"] == video_of(house, prompt).link


async def test_a_create_may_take_minutes_to_answer(shared: House) -> None:
    prompt = words(video_create="slow", video_callback="never")
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(videos(shared, prompt)))
    shared.clock.advance(305)
    await shared.breathe()
    done = await shared.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1
