"""What 302.AI says of a portrait, and what is sent to it."""

import json
from typing import Any

import pytest

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Event,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Output,
    Progress,
    ProviderError,
)
from domain.times import DAY
from providers import ai302
from providers.ai302 import PortraitInput
from providers.ai302_answer import ERROR_CODES
from providers.base import Account
from tests.providers.recorded import ACCOUNT, NOW, recorded, reply

ID = "8240219847659823104"
LINK = "https://file.302.ai/gpt/imgs/20250703/b67c97c8291640b79a1e1bbd74b41ff5.jpeg"
PICTURE = Output(url=LINK, content_type="image/jpeg", expires_at=NOW + DAY)
CONTENT = Output(content=b"\xff\xd8\xff\xe0\0\x10JFIF", content_type="image/jpeg")


def refused(code: str, message: str, provider_code: str, *, retryable: bool = False) -> Event:
    error = ProviderError(
        code=code, message=message, provider_code=provider_code, retryable=retryable
    )
    return CallRefused(source="submit", error=error)


def not_accepted(reason: str, retry_after: int | None = None) -> Event:
    return NotAccepted(source="submit", reason=reason, retry_after=retry_after)


def unknown(reason: str) -> Event:
    return OutcomeUnknown(source="submit", reason=reason)


NOTHING = "the answer has neither images nor a task"
SUBMITS: dict[str, Event] = {
    "images": Completed(source="submit", outputs=(PICTURE,)),
    "base64": Completed(source="submit", outputs=(CONTENT,)),
    "task": Accepted(source="submit", upstream_id=ID),
    "empty": unknown(NOTHING),
    "no_data": unknown(NOTHING),
    "risk": refused("content_moderation", "Pre Img Risk Not Pass", "50411"),
    "risk_inside": refused("content_moderation", "Post Img Risk Not Pass", "50511", retryable=True),
    "qps": not_accepted("50429", 3000),
    "concurrent_inside": not_accepted("50430"),
    "internal": refused("provider_unavailable", "Internal Error", "50500", retryable=True),
    "no_model": not_accepted("-10008"),
    "network_error": refused("provider_unavailable", "Network error", "-10003", retryable=True),
    "network_error_502": unknown("HTTP 502"),
    "invalid": refused("invalid_input", "width must be at least 512", "InvalidParameter"),
    "missing": refused("invalid_input", "image_input is required", "MissingParameter"),
    "bad_key": refused("provider_auth", "The provider refused the call (401).", "Unauthorized"),
    "balance": refused(
        "insufficient_balance", "The balance is insufficient", "InsufficientBalance"
    ),
    "rate_limited": not_accepted("RateLimitExceeded"),
    "openai": refused("provider_auth", "This key may not do that", "permission_error"),
    "server_page": unknown("HTTP 500"),
    "gateway_timeout": unknown("HTTP 504"),
    "redirected": unknown("HTTP 302"),
    "cut_off": unknown("HTTP 200"),
}


@pytest.mark.parametrize("case", SUBMITS)
def test_the_answer_to_a_submit(case: str) -> None:
    assert ai302.read_submit(recorded(f"ai302/submit_{case}"), NOW) == SUBMITS[case]


def progress(word: str, *, ended: bool = False) -> Event:
    return Progress(source="poll", word=word, ended=ended, upstream_id=ID)


def done(output: Output) -> Event:
    return Completed(source="poll", key=f"{ID}:done", outputs=(output,), upstream_id=ID)


def lost(word: str) -> Event:
    verdict = ProviderError(
        code="provider_lost",
        message="The provider no longer has the task.",
        provider_code=word,
        retryable=True,
    )
    return AskFailed(source="poll", reason=word, verdict=verdict)


def if_it_lasts(code: str, message: str, reason: str, *, retryable: bool = False) -> Event:
    verdict = ProviderError(code=code, message=message, provider_code=reason, retryable=retryable)
    return AskFailed(source="poll", reason=reason, verdict=verdict)


POLLS: dict[str, Event] = {
    "in_queue": progress("in_queue"),
    "generating": progress("generating"),
    "unknown_word": progress("polishing"),
    "done": done(PICTURE),
    "done_base64": done(CONTENT),
    "done_empty": progress("done without images", ended=True),
    "images_without_word": done(PICTURE),
    "not_found": lost("not_found"),
    "expired": lost("expired"),
    "risk": Failed(
        source="poll",
        key=f"{ID}:50511",
        upstream_id=ID,
        error=ProviderError(
            code="content_moderation",
            message="Post Img Risk Not Pass",
            provider_code="50511",
            retryable=True,
        ),
    ),
    "undocumented": if_it_lasts("invalid_input", "Image Decode Error", "50207"),
    "slow_down": AskFailed(source="poll", reason="50430", retry_after=4000),
    "internal": if_it_lasts("provider_unavailable", "Internal RPC Error", "50501", retryable=True),
    "gateway": AskFailed(source="poll", reason="-10008"),
    "bad_key": AskFailed(source="poll", reason="Unauthorized"),
    "page": AskFailed(source="poll", reason="HTTP 502"),
    "other_task": AskFailed(source="poll", reason="the answer is not about this task"),
}


@pytest.mark.parametrize("case", POLLS)
def test_the_answer_to_a_poll(case: str) -> None:
    assert ai302.read_poll(recorded(f"ai302/poll_{case}"), ID, NOW) == POLLS[case]


@pytest.mark.parametrize("number", ["10000", 10000], ids=repr)
@pytest.mark.parametrize("task", [ID, int(ID)], ids=repr)
def test_numbers_are_read_as_texts_and_texts_as_numbers(number: Any, task: Any) -> None:
    answer = reply(200, {"code": number, "data": {"task_id": task}})
    assert ai302.read_submit(answer, NOW) == Accepted(source="submit", upstream_id=ID)
    waiting = reply(200, {"code": number, "data": {"task_id": task, "status": "in_queue"}})
    assert ai302.read_poll(waiting, ID, NOW) == progress("in_queue")


def test_a_task_that_is_named_beside_its_images_completes_once() -> None:
    answer = reply(200, {"code": 10000, "data": {"task_id": ID, "image_urls": [LINK]}})
    told = ai302.read_submit(answer, NOW)
    again = ai302.read_poll(answer, ID, NOW)
    assert isinstance(told, Completed)
    assert isinstance(again, Completed)
    assert told.key == again.key == f"{ID}:done"
    assert told.upstream_id == ID


@pytest.mark.parametrize("word", ["in_queue", "done", "expired", "not_found", "x", None, 7, []])
def test_images_complete_a_task_whatever_its_word(word: Any) -> None:
    answer = reply(200, {"code": 10000, "data": {"status": word, "image_urls": [LINK]}})
    assert ai302.read_poll(answer, ID, NOW) == done(PICTURE)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 502, 503, 504])
def test_good_news_at_a_bad_status_is_no_news(status: int) -> None:
    answer = reply(status, {"code": 10000, "data": {"image_urls": [LINK]}})
    assert ai302.read_poll(answer, ID, NOW) == AskFailed(source="poll", reason=f"HTTP {status}")
    assert not isinstance(ai302.read_submit(answer, NOW), Completed | Accepted)


@pytest.mark.parametrize("code", ERROR_CODES)
@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 502, 503, 504])
def test_no_code_ends_a_task_at_a_status_that_is_not_the_models(status: int, code: str) -> None:
    told = int(code) if code.lstrip("-").isdigit() else code
    event = ai302.read_poll(reply(status, {"code": told, "message": "no"}), ID, NOW)
    assert isinstance(event, AskFailed)
    assert event.verdict is None or status == 500


# --- what is sent ---------------------------------------------------------------------------------


def fields(**given: Any) -> dict[str, Any]:
    checked = PortraitInput.model_validate({"image_input": LINK} | given)
    return checked.model_dump(mode="json", exclude_none=True)


def test_a_submit_sends_the_portraits_fields_and_the_seed_as_text() -> None:
    asked = fields(prompt="a beard", gen_mode="creative", seed=7, logo_info={}, return_url=False)
    request = ai302.submit(ACCOUNT, "", asked, "https://l.example/webhooks/302ai/a.b")
    assert request.method == "POST"
    assert request.url == ("https://provider.example/doubao/drawing/portrait?response_format=url")
    assert request.headers == {"Authorization": "Bearer sk-very-secret"}
    assert request.read_timeout == 300.0
    assert request.body == {
        "image_input": LINK,
        "prompt": "a beard",
        "width": 1328,
        "height": 1328,
        "gpen": 0.4,
        "skin": 0.3,
        "skin_unifi": 0.0,
        "gen_mode": "creative",
        "seed": "7",
    }


def test_a_submit_leaves_out_what_was_not_given() -> None:
    body = ai302.submit(ACCOUNT, "", fields(), None).body
    assert {"prompt", "gen_mode"}.isdisjoint(body)
    assert body["seed"] == "-1"
    assert ai302.submit(ACCOUNT, "", {"image_input": LINK, "prompt": None}, None).body == {
        "image_input": LINK
    }


@pytest.mark.parametrize("path", ["/doubao/drawing/portrait_result", "doubao/x", "//y"])
def test_a_poll_asks_where_the_setting_says(path: str) -> None:
    account = Account(base_url="https://api.302.ai/", api_key="sk-1", result_path=path)
    request = ai302.poll(account, ID, fields())
    assert request.method == "POST"
    assert request.url == f"https://api.302.ai/{path.lstrip('/')}?response_format=url"
    assert request.headers == {"Authorization": "Bearer sk-1"}
    assert request.read_timeout == 30.0
    assert request.body == {"task_id": ID, "req_json": '{"return_url": true}'}


def test_a_poll_asks_for_the_watermark_with_its_defaults() -> None:
    asked = fields(logo_info={"add_logo": True}, return_url=False)
    body = ai302.poll(ACCOUNT, ID, asked).body
    assert json.loads(body["req_json"]) == {
        "return_url": False,
        "logo_info": {"add_logo": True, "position": 0, "language": 0, "opacity": 0.3},
    }
    assert ai302.poll(ACCOUNT, ID, {}).body["req_json"] == '{"return_url": true}'
