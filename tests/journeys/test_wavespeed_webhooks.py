"""Webhooks that go wrong, and jobs that end well all the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.house import House, running_house
from tests.journeys.archived import archived
from tests.journeys.wavespeed import (
    polls,
    prediction,
    quarantined,
    running,
    submits,
    tell,
    the_job,
    waits,
)

pytestmark = pytest.mark.asyncio

REFUSED = [401, 401, 401, 401]


async def test_a_silent_job_is_polled_after_the_grace_and_not_before(house: House) -> None:
    house.world.switches.set(webhook="never", duration=1)
    posted = await house.portrait()
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert 20 <= polls(house)[0].at - submits(house)[0].at < 25


async def test_without_a_public_url_no_webhook_is_asked_for_and_polling_begins_at_once(
    tmp_path: Path,
) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="") as house:
        house.world.switches.set(duration=1)
        posted = await house.portrait()
        done = await house.until_final(posted["id"])
        assert done["status"] == "succeeded"
        assert submits(house)[0].query == {}
        assert 2 <= polls(house)[0].at - submits(house)[0].at < 6


@pytest.mark.parametrize(
    ("mischief", "answers", "finished_by", "kept"),
    [
        ("normal", [204], "webhook", []),
        ("duplicate", [204, 204], "webhook", []),
        ("early", [204], "webhook", []),
        ("late", [204], "poll", []),
        ("out_of_order", [204, 204], "webhook", []),
        ("bad_signature", REFUSED, "poll", []),
        ("old_timestamp", REFUSED, "poll", []),
        ("base64_key", REFUSED, "poll", []),
        ("unsigned", REFUSED, "poll", []),
        ("garbage", [400] * 4, "poll", ["the body is not a JSON object"] * 4),
        ("other_job", [204], "poll", ["it is about another job"]),
    ],
)
async def test_a_webhook_that_goes_wrong_never_spoils_the_job(
    house: House, mischief: str, answers: list[int], finished_by: str, kept: list[str]
) -> None:
    house.world.switches.set(webhook=mischief, duration=1)
    posted = await house.portrait()
    await house.until_final(posted["id"], step=1)
    done = await archived(house, posted["id"])
    assert done["status"] == "succeeded"
    await house.until(lambda: len(house.world.webhooks) == len(answers), step=1)
    assert [attempt.status for attempt in house.world.webhooks] == answers
    ends = [one for one in await house.events(posted["id"]) if one["type"] == "provider.completed"]
    assert [end["source"] for end in ends] == [finished_by]
    assert await house.get(posted["id"]) == done
    assert quarantined(house) == kept
    assert house.world.paid_submits() == 1


async def test_a_webhook_before_our_submit_has_returned_completes_the_submission(
    house: House,
) -> None:
    house.world.switches.set(webhook="early", latency=30)
    posted = await house.portrait()
    await house.until_final(posted["id"], within=5)
    done = await archived(house, posted["id"])
    assert done["status"] == "succeeded"
    house.clock.advance(30)
    await house.breathe()
    assert await house.get(posted["id"]) == done
    assert not polls(house)
    assert house.world.paid_submits() == 1


async def test_news_of_another_submissions_job_changes_neither(house: House) -> None:
    house.world.switches.set(duration=1)
    ended = await house.until_final((await house.portrait())["id"])
    first = await archived(house, ended["id"])
    house.world.switches.set(webhook="other_job", duration=1000)
    second = await house.until_status((await house.portrait())["id"], "processing")
    first_job = next(iter(house.world.jobs))
    answer = await tell(house, prediction(house, id=first_job))
    assert answer.status_code == 204
    assert await house.get(first["id"]) == first
    assert await house.get(second["id"]) == second
    assert quarantined(house) == ["it is about another job"]


async def test_another_submissions_job_is_known_before_our_submit_has_returned(
    house: House,
) -> None:
    first_job = (await running(house), next(iter(house.world.jobs)))[1]
    house.world.switches.set(latency=30)
    posted = await house.portrait()
    await house.until(lambda: len(submits(house)) == 2)
    answer = await tell(house, prediction(house, id=first_job))
    assert answer.status_code == 204
    assert quarantined(house) == ["it is about another job"]
    assert (await house.get(posted["id"]))["status"] == "pending"
    house.clock.advance(30)


@pytest.mark.parametrize("word", ["sunbathing", "Completed", "succeeded", ""])
async def test_an_unknown_word_is_never_an_end(house: House, word: str) -> None:
    posted = await running(house, outcome=word or "sunbathing", duration=1)
    assert (await tell(house, prediction(house, word))).status_code == 204
    await house.until(lambda: len(polls(house)) == 4, within=90, step=1)
    assert (await house.get(posted["id"]))["status"] == "processing"
    assert all(wait >= 2 for wait in waits(polls(house)))
    job = the_job(house)
    job.switches, job.made = replace(job.switches, outcome="completed"), False
    assert (await house.until_final(posted["id"], step=1))["status"] == "succeeded"


async def test_completed_without_outputs_waits_for_them(house: House) -> None:
    posted = await running(house, duration=1)
    assert (await tell(house, prediction(house, outputs=[]))).status_code == 204
    assert (await house.get(posted["id"]))["status"] == "processing"
    assert (await house.until_final(posted["id"], step=1))["status"] == "succeeded"
