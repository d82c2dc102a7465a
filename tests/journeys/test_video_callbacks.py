"""Callbacks of films are signed by nobody: they make us ask, and change nothing by themselves."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.house import House, running_house
from tests.journeys.archived import archived
from tests.journeys.video import creates, film, filmed, hint, paid, polls, running, told, video_of
from tests.journeys.wavespeed import quarantined
from tests.journeys.wishes import types_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 90
"""Real seconds for a house of its own, from its opening to its closing."""


@pytest.mark.parametrize(
    ("mischief", "answers"),
    [
        ("normal", [204] * 3),
        ("final", [204]),
        ("duplicate", [204] * 4),
        ("out_of_order", [204] * 3),
        ("other_job", [204]),
        ("late", [204]),
        ("never", []),
        ("garbage", [400] * 3),
    ],
)
@pytest.mark.parametrize("body", ["task", "ark"])
async def test_a_callback_that_goes_wrong_never_spoils_the_film(
    shared: House, mischief: str, answers: list[int], body: str
) -> None:
    prompt = words(video_callback=mischief, video_callback_body=body, video_duration=7)
    posted = await film(shared, prompt)
    await shared.until_final(posted["id"], step=1)
    done = await archived(shared, posted["id"])
    assert done["status"] == "succeeded"
    await shared.until(lambda: len(told(shared, prompt)) == len(answers), within=90, step=1)
    assert [attempt.status for attempt in told(shared, prompt)] == answers
    types = await types_of(shared, posted["id"])
    assert types.count("provider.completed") == 1
    assert await shared.get(posted["id"]) == done
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize("body", ["task", "ark"])
@pytest.mark.parametrize("lie", ["completed", "succeeded", "failed", "expired", "cancelled"])
async def test_a_lie_changes_nothing(shared: House, lie: str, body: str) -> None:
    prompt = words(
        video_callback="lying",
        video_callback_lie=lie,
        video_callback_body=body,
        video_duration=40,
    )
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    shared.clock.advance(16)
    await shared.until(lambda: len(told(shared, prompt)) == 1, within=20, step=0.05)
    asked = len(polls(shared, prompt)) - 1
    await shared.until(lambda: len(polls(shared, prompt)) > asked, within=2, step=0.05)
    await shared.breathe()
    assert video_of(shared, prompt).status(shared.world.now()) == "processing"
    unmoved = await shared.get(posted["id"])
    assert (unmoved["status"], unmoved["error"], unmoved["result"]) == ("processing", None, None)
    done = await shared.until_final(posted["id"], step=1)
    assert done["status"] == "succeeded"
    assert done["result"]["outputs"][0]["url"] == video_of(shared, prompt).link
    assert [attempt.status for attempt in told(shared, prompt)] == [204]


async def test_a_hint_makes_us_ask_at_once(shared: House) -> None:
    _, prompt = await running(shared)
    video = video_of(shared, prompt)
    now = shared.clock.now()
    assert (await hint(shared, prompt, {"id": video.id})).status_code == 204
    await shared.until(lambda: bool(polls(shared, prompt)), within=1, step=0.01)
    assert shared.clock.now() - now < 1000


async def test_a_storm_of_hints_is_no_storm_of_questions(shared: House) -> None:
    posted, prompt = await running(shared)
    for number in range(30):
        body = {"id": video_of(shared, prompt).id, "status": f"word{number}"}
        assert (await hint(shared, prompt, body)).status_code == 204
    await shared.breathe()
    assert len(polls(shared, prompt)) <= 2
    assert (await shared.get(posted["id"]))["status"] == "processing"


async def test_the_last_of_two_quick_hints_is_not_forgotten(tmp_path: Path) -> None:
    """The first says that it begins, the second, a moment later, that it is done."""
    async with asyncio.timeout(PATIENCE), running_house(tmp_path) as house:
        posted, prompt = await running(house, video_duration=30)
        video = video_of(house, prompt)
        # A worker that is just looking what to do next would sleep half a second from then on.
        await house.breathe()
        house.clock.advance(video.due - 1.8 - house.world.now())
        await house.until(lambda: bool(polls(house, prompt)), within=0.9, step=0.002)
        await house.breathe()
        asked = len(polls(house, prompt))
        begun = {"id": video.id, "status": "processing"}
        assert (await hint(house, prompt, begun)).status_code == 204
        await house.until(lambda: len(polls(house, prompt)) > asked, within=0.4, step=0.002)
        await house.breathe()
        house.clock.advance(video.due - house.world.now())
        done = {"id": video.id, "status": "completed"}
        assert (await hint(house, prompt, done)).status_code == 204
        assert (await house.until_final(posted["id"], within=2.5))["status"] == "succeeded"


@pytest.mark.parametrize("body", [b"", b"garbage", b"[]", b'"completed"', b"7", b"\xff\xfe{"])
async def test_what_is_no_task_is_kept_in_quarantine(shared: House, body: bytes) -> None:
    posted, prompt = await running(shared)
    before = len(quarantined(shared))
    answer = await hint(shared, prompt, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_format")
    assert quarantined(shared)[before:] == ["the body is not a JSON object"]
    assert (await shared.get(posted["id"]))["status"] == "processing"


async def test_a_token_of_another_provider_or_a_forged_one_leads_nowhere(shared: House) -> None:
    _, prompt = await running(shared)
    body = json.dumps({"id": video_of(shared, prompt).id})
    url = creates(shared, prompt)[0].body["callback_url"]
    foreign = url.replace("/webhooks/alltoken/", "/webhooks/wavespeed/")
    nobody = url.replace("/webhooks/alltoken/", "/webhooks/302ai/")
    answers = [
        await shared.client.post(one, content=body)
        for one in (foreign, nobody, url[:-1], url + "=")
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text for answer in answers}) == 1
    assert not polls(shared, prompt)


async def test_a_callback_that_is_too_large_is_refused(shared: House) -> None:
    _, prompt = await running(shared)
    assert (await hint(shared, prompt, b"{" + b" " * 1024 * 1024)).status_code == 413


async def test_a_hint_before_the_create_has_returned_completes_the_film(shared: House) -> None:
    prompt = words(video_callback="early", latency=30)
    posted = await film(shared, prompt)
    try:
        await shared.until_final(posted["id"], within=8)
        done = await archived(shared, posted["id"], within=1)
    finally:
        shared.clock.advance(30)
        await shared.breathe()
    assert done["status"] == "succeeded"
    assert await shared.get(posted["id"]) == done
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1


async def test_a_hint_after_the_end_changes_nothing(shared: House) -> None:
    prompt = words()
    done = await archived(shared, (await filmed(shared, prompt))["id"])
    before = len(polls(shared, prompt))
    shared.clock.advance(5)
    lie = {"id": video_of(shared, prompt).id, "status": "failed"}
    assert (await hint(shared, prompt, lie)).status_code == 204
    await shared.breathe()
    assert await shared.get(done["id"]) == done
    assert len(polls(shared, prompt)) == before
