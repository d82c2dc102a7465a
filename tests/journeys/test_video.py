"""A film by Seedance, from the request to its outputs."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.films import tiny_film
from tests.house import House, running_house
from tests.journeys.video import (
    FILM_TYPE,
    KIND,
    creates,
    film,
    filmed,
    paid,
    polls,
    told,
    video_of,
)
from tests.journeys.wishes import fetch, portrait_url, types_of, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_film_is_made_and_told_by_a_callback_that_is_checked(shared: House) -> None:
    prompt = words(video_duration=30)
    posted = await film(shared, prompt)
    assert (posted["status"], posted["waiting_for"]) == ("pending", None)
    running = await shared.until_status(posted["id"], "processing")
    assert running["waiting_for"] == "provider"
    done = await shared.until_final(posted["id"], step=0.5)
    assert done["status"] == "succeeded"
    (output,) = done["result"]["outputs"]
    assert output["url"] == video_of(shared, prompt).link
    assert output["content_type"] == FILM_TYPE
    assert (await fetch(output["url"])).content == tiny_film()
    assert await types_of(shared, posted["id"]) == [
        "submission.created",
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]
    # The next question's own turn would have come after 37 s.
    assert seconds(done["completed_at"]) - seconds(posted["created_at"]) < 36
    assert [attempt.status for attempt in told(shared, prompt)] == [204] * 3
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


async def test_the_callback_carries_a_token_in_its_path_and_nothing_in_a_query(
    shared: House,
) -> None:
    prompt = words()
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(creates(shared, prompt)))
    url = creates(shared, prompt)[0].body["callback_url"]
    assert url.startswith(f"{shared.url}/webhooks/alltoken/{posted['id']}.")
    assert "?" not in url
    await shared.until_final(posted["id"])


async def test_without_a_public_url_no_callback_is_asked_for(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="") as house:
        prompt = words(video_duration=8)
        assert (await filmed(house, prompt))["status"] == "succeeded"
        assert "callback_url" not in creates(house, prompt)[0].body
        gaps = waits([*creates(house, prompt), *polls(house, prompt)])
        assert len(gaps) == 2
        assert all(gap >= 5 for gap in gaps)


async def test_the_last_frame_is_a_second_output(shared: House) -> None:
    prompt = words()
    done = await filmed(shared, prompt, return_last_frame=True)
    video = video_of(shared, prompt)
    outputs = done["result"]["outputs"]
    assert [one["url"] for one in outputs] == [video.link, video.last_frame]
    assert [one["content_type"] for one in outputs] == [FILM_TYPE, "image/jpeg"]


async def test_a_link_expires_when_the_provider_says(shared: House) -> None:
    done = await filmed(shared, words(video_link_life=7200))
    (output,) = done["result"]["outputs"]
    life = seconds(output["expires_at"]) - seconds(done["completed_at"])
    assert 7190 <= life <= 7200


@pytest.mark.parametrize("word", ["completed", "succeeded"])
async def test_both_words_of_success_are_understood(shared: House, word: str) -> None:
    prompt = words(video_outcome=word, video_duration=1, video_callback="never")
    assert (await filmed(shared, prompt))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("switches", "code", "provider_code", "retryable"),
    [
        ({"video_outcome": "failed"}, "provider_unavailable", "upstream_error", True),
        ({"video_outcome": "expired"}, "provider_expired", "expired", True),
        ({"video_outcome": "cancelled"}, "provider_canceled", "cancelled", False),
        (
            {"video_error": "upstream_content_violation"},
            "content_moderation",
            "upstream_content_violation",
            False,
        ),
        (
            {"video_error": "OutputVideoSensitiveContentDetected"},
            "content_moderation",
            "OutputVideoSensitiveContentDetected",
            False,
        ),
        (
            {"video_error": "upstream_invalid_parameter"},
            "invalid_input",
            "upstream_invalid_parameter",
            False,
        ),
        ({"video_error": "something_new"}, "provider_failed", "something_new", False),
    ],
)
async def test_every_other_end_of_the_provider_is_our_failed(
    shared: House, switches: dict[str, str], code: str, provider_code: str, retryable: bool
) -> None:
    prompt = words(video_duration=1, **switches)
    done = await filmed(shared, prompt)
    assert (done["status"], done["result"]) == ("failed", None)
    error = done["error"]
    assert (error["code"], error["provider_code"]) == (code, provider_code)
    assert error["retryable"] is retryable
    assert len(creates(shared, prompt)) == paid(shared, prompt) == 1


@pytest.mark.parametrize("word", ["sunbathing", "done", "success"])
async def test_an_unknown_word_is_never_an_end(shared: House, word: str) -> None:
    prompt = words(video_outcome=word, video_duration=1)
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await shared.until(lambda: len(polls(shared, prompt)) >= 4, within=90, step=1)
    await shared.breathe()
    assert (await shared.get(posted["id"]))["status"] == "processing"


@pytest.mark.parametrize("word", ["running", "in_queue", ""])
async def test_any_word_on_the_way_is_progress(shared: House, word: str) -> None:
    prompt = words(video_callback="never", **({"video_pending": word} if word else {}))
    assert (await filmed(shared, prompt))["status"] == "succeeded"


@pytest.mark.parametrize("fault", ["404", "429", "500", "502", "503", "cut", "garbage"])
async def test_a_poll_without_a_usable_answer_says_nothing_about_the_film(
    shared: House, fault: str
) -> None:
    times = 2 if fault == "404" else 4
    prompt = words(video_callback="never", video_poll=fault, video_poll_times=times)
    assert (await filmed(shared, prompt, within=120, step=1))["status"] == "succeeded"
    gaps = waits(polls(shared, prompt))
    assert len(gaps) == times
    assert all(gap >= 5 * 1.2**number for number, gap in enumerate(gaps))
    assert paid(shared, prompt) == 1


async def test_a_film_that_stays_away_fails_when_it_has_long_been_away(shared: House) -> None:
    prompt = words(video_callback="never", video_poll=404)
    done = await filmed(shared, prompt, within=120, step=1)
    assert (done["status"], done["error"]["code"]) == ("failed", "provider_lost")
    gaps = waits(polls(shared, prompt))
    assert len(gaps) >= 2
    assert sum(gaps) >= 20
    assert len(creates(shared, prompt)) == 1


async def test_every_field_reaches_the_provider(shared: House) -> None:
    prompt = words()
    fields: dict[str, Any] = {
        "model": "seedance-1.0-pro",
        "content": [
            {"type": "text", "text": "slowly"},
            {
                "type": "image_url",
                "image_url": {"url": portrait_url(shared)},
                "role": "first_frame",
            },
            {"type": "image", "url": portrait_url(shared), "role": "last_frame"},
        ],
        "ratio": "9:16",
        "duration": 2,
        "resolution": "1080p",
        "frames": 33,
        "seed": 7,
        "camera_fixed": True,
        "generate_audio": False,
        "return_last_frame": False,
        "draft": False,
        "input_has_video": False,
        "watermark": True,
        "service_tier": "flex",
        "execution_expires_after": 3600,
        "tools": [{"type": "web_search"}],
        "safety_identifier": "u" * 64,
    }
    done = await filmed(shared, prompt, **fields)
    assert done["status"] == "succeeded"
    assert done["input"] == {"prompt": prompt} | fields
    sent = dict(creates(shared, prompt)[0].body)
    assert sent.pop("callback_url")
    assert sent == {"prompt": prompt} | fields


async def test_frames_go_only_where_they_count(shared: House) -> None:
    prompt = words()
    done = await filmed(shared, prompt, frames=30)
    assert done["input"]["frames"] == 30
    assert "frames" not in creates(shared, prompt)[0].body


async def test_without_a_key_the_kind_is_refused(tmp_path: Path) -> None:
    async with running_house(tmp_path, ALLTOKEN_API_KEY="") as house:
        body = {"kind": KIND, "input": {"model": "seedance-2.0", "prompt": "x"}}
        answer = await house.client.post("/v1/submissions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "provider_not_configured")
        items = (await house.client.get("/v1/kinds")).json()["items"]
        gone = {one["kind"] for one in items if not one["available"]}
        assert gone == {"alltoken/video", "alltoken/portrait", "alltoken/liveness"}
