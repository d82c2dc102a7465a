"""What WaveSpeed says of a prediction, and what is sent to it."""

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
from providers import wavespeed
from providers.base import History
from providers.wavespeed_prediction import ERROR_CODES
from tests.providers.recorded import ACCOUNT, NOW, recorded, reply

ID = "e6832d4abffb4d79bfbca19783fca133"
LINK = "https://d11ewybssaphwx.cloudfront.net/output/1.jpeg"
OUTPUT = Output(url=LINK, content_type="image/jpeg", expires_at=NOW + 7 * DAY)
MARK = "sub.mark-of-the-call.aFwqzA.0a1b2c3d"


def completed(source: str) -> Completed:
    return Completed(source=source, key=f"{ID}:completed", outputs=(OUTPUT,), upstream_id=ID)


def refused(code: str, message: str, provider_code: str, *, retryable: bool = False) -> Event:
    error = ProviderError(
        code=code, message=message, provider_code=provider_code, retryable=retryable
    )
    return CallRefused(source="submit", error=error)


def unknown(reason: str) -> Event:
    return OutcomeUnknown(source="submit", reason=reason)


SUBMITS: dict[str, Event] = {
    "created": Accepted(source="submit", upstream_id=ID),
    "done_at_once": completed("submit"),
    "failed_at_once": Failed(
        source="submit",
        key=f"{ID}:failed",
        upstream_id=ID,
        error=ProviderError(
            code="content_moderation", message="The content was flagged.", provider_code="1200"
        ),
    ),
    "bad_parameters": refused("invalid_input", 'property "prompt" is missing', "400"),
    "bad_key": refused("provider_auth", "The provider refused the call (401).", "401"),
    "no_permission": refused("provider_auth", "The role member is needed", "permission_denied"),
    "rate_limited": NotAccepted(source="submit", reason="429", retry_after=7000),
    "rate_limited_inside": NotAccepted(source="submit", reason="429"),
    "server_error": refused("provider_unavailable", "internal error", "500", retryable=True),
    "gateway_page": unknown("HTTP 500"),
    "bad_gateway": unknown("HTTP 502"),
    "unavailable": NotAccepted(source="submit", reason="HTTP 503"),
    "gateway_timeout": unknown("HTTP 504"),
    "sync_timeout": unknown("HTTP 504"),
    "redirected": unknown("HTTP 302"),
    "cut_off": unknown("the answer names no prediction"),
    "without_id": unknown("the answer names no prediction"),
}


@pytest.mark.parametrize("case", SUBMITS)
def test_the_answer_to_a_submit(case: str) -> None:
    assert wavespeed.read_submit(recorded(f"wavespeed/submit_{case}"), NOW) == SUBMITS[case]


POLLS: dict[str, Event] = {
    "processing": Progress(source="poll", word="processing", upstream_id=ID),
    "completed": completed("poll"),
    "bare": completed("poll"),
    "completed_empty": Progress(
        source="poll", word="completed without outputs", ended=True, upstream_id=ID
    ),
    "completed_base64": Completed(
        source="poll",
        key=f"{ID}:completed",
        upstream_id=ID,
        outputs=(Output(content=b"\xff\xd8\xff\xe0\0\x10JFIF", content_type="image/jpeg"),),
    ),
    "failed": Failed(
        source="poll",
        key=f"{ID}:failed",
        upstream_id=ID,
        error=ProviderError(
            code="media_unreachable", message="Failed to download image", provider_code="1402"
        ),
    ),
    "unknown_word": Progress(source="poll", word="queued_again", upstream_id=ID),
    "not_found": AskFailed(source="poll", reason="HTTP 404"),
    "other_id": AskFailed(source="poll", reason="the answer is not about this prediction"),
}


@pytest.mark.parametrize("case", POLLS)
def test_the_answer_to_a_poll(case: str) -> None:
    assert wavespeed.read_poll(recorded(f"wavespeed/poll_{case}"), ID, NOW) == POLLS[case]


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
def test_every_row_of_the_task_errors(number: int, code: str, *, retryable: bool) -> None:
    data = {"id": ID, "status": "failed", "code": number, "error": "why"}
    event = wavespeed.read_poll(reply(200, {"code": 200, "data": data}), ID, NOW)
    assert isinstance(event, Failed)
    assert event.error == ProviderError(
        code=code, message="why", provider_code=str(number), retryable=retryable
    )


@pytest.mark.parametrize("number", [code for code in ERROR_CODES if code != 5004])
def test_a_task_error_in_the_envelope_refuses_the_submit(number: int) -> None:
    event = wavespeed.read_submit(reply(200, {"code": number, "message": "why"}), NOW)
    assert isinstance(event, CallRefused)
    assert (event.error.code, event.error.retryable) == ERROR_CODES[number]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("failed", "provider_failed"),
        ("cancelled", "provider_canceled"),
        ("timeout", "provider_timeout"),
        ("deleted", "provider_deleted"),
    ],
)
def test_every_ending_is_a_failure_of_its_own(word: str, code: str) -> None:
    data = {"id": ID, "status": word, "error": "", "code": 0}
    event = wavespeed.read_poll(reply(200, {"code": 200, "data": data}), ID, NOW)
    assert isinstance(event, Failed)
    assert (event.error.code, event.error.provider_code) == (code, word)
    assert event.error.message.startswith("The provider")
    assert event.key == f"{ID}:{word}"


@pytest.mark.parametrize(
    "word", ["created", "pending", "Completed", "FAILED", "canceled", "", None, 7, ["failed"], {}]
)
def test_any_other_word_is_progress(word: Any) -> None:
    data = {"id": ID, "status": word, "outputs": [LINK], "error": "x", "code": 5004}
    event = wavespeed.read_poll(reply(200, {"code": 200, "data": data}), ID, NOW)
    assert isinstance(event, Progress)
    assert event.word
    assert event.key is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503, 504, 301])
def test_an_http_error_to_a_poll_says_nothing_about_the_job(status: int) -> None:
    data = {"id": ID, "status": "completed", "outputs": [LINK]}
    event = wavespeed.read_poll(
        reply(status, {"code": 200, "data": data}, **{"retry-after": "2"}), ID, NOW
    )
    assert event == AskFailed(source="poll", reason=f"HTTP {status}", retry_after=2000)


def test_an_envelope_that_says_no_says_nothing_about_the_job() -> None:
    data = {"id": ID, "status": "failed"}
    event = wavespeed.read_poll(reply(200, {"code": 500, "data": data}), ID, NOW)
    assert isinstance(event, AskFailed)


@pytest.mark.parametrize("code", [200, "0", None, "x", True])
def test_a_submit_is_taken_when_its_envelope_says_nothing_else(code: Any) -> None:
    event = wavespeed.read_submit(reply(200, {"code": code, "data": {"id": ID}}), NOW)
    assert event == Accepted(source="submit", upstream_id=ID)


def test_a_submit_names_its_webhook_in_the_query_and_only_the_fields_in_the_body() -> None:
    request = wavespeed.submit(
        ACCOUNT, "bytedance/portrait", {"prompt": "x"}, "https://l.example/webhooks/wavespeed/a.b"
    )
    assert request.method == "POST"
    assert request.url == (
        "https://provider.example/api/v3/bytedance/portrait"
        "?webhook=https%3A%2F%2Fl.example%2Fwebhooks%2Fwavespeed%2Fa.b"
    )
    assert request.headers == {"Authorization": "Bearer sk-very-secret"}
    assert request.body == {"prompt": "x"}
    assert request.read_timeout == 300.0
    assert "secret" not in repr(request)


def test_a_submit_without_a_webhook_has_no_query() -> None:
    request = wavespeed.submit(ACCOUNT, "bytedance/avatar-omni-human-1.5", {}, None)
    assert request.url == "https://provider.example/api/v3/bytedance/avatar-omni-human-1.5"


def test_a_poll_cannot_leave_its_path() -> None:
    request = wavespeed.poll(ACCOUNT, "a/../b?c", {})
    assert request.method == "GET"
    assert request.url == "https://provider.example/api/v3/predictions/a%2F..%2Fb%3Fc/result"


# --- history --------------------------------------------------------------------------------------


def test_the_history_is_asked_page_by_page() -> None:
    request = wavespeed.history(ACCOUNT, "bytedance/portrait", NOW, NOW + 1000, 2)
    assert (request.method, request.url) == (
        "POST",
        "https://provider.example/api/v3/predictions",
    )
    assert request.body == {
        "page": 2,
        "page_size": 100,
        "model": "bytedance/portrait",
        "created_after": "2026-01-02T03:04:05.678Z",
        "created_before": "2026-01-02T03:04:06.678Z",
    }


def test_the_item_that_repeats_our_mark_settles_the_call() -> None:
    found = wavespeed.read_history(recorded("wavespeed/history"), MARK, NOW)
    event = Completed(
        source="settlement",
        key=f"{'b' * 32}:completed",
        outputs=(OUTPUT,),
        upstream_id="b" * 32,
    )
    assert found == History(event=event, more=False)


def test_an_unfinished_item_settles_the_call_as_accepted() -> None:
    item = {"id": ID, "status": "processing", "input": [[{"x": f"a{MARK}b"}], 5]}
    found = wavespeed.read_history(reply(200, {"data": {"items": [item]}}), MARK, NOW)
    event = Accepted(source="settlement", upstream_id=ID)
    assert found == History(event=event, more=False)


@pytest.mark.parametrize("mark", ["", "sub", MARK + "x"])
def test_model_and_time_alone_settle_nothing(mark: str) -> None:
    found = wavespeed.read_history(recorded("wavespeed/history"), mark, NOW)
    assert found == History(event=None, more=False)


def test_a_full_page_may_be_followed_by_another() -> None:
    items = [{"id": str(number), "status": "created"} for number in range(100)]
    found = wavespeed.read_history(reply(200, {"data": {"items": items}}), MARK, NOW)
    assert found == History(event=None, more=True)


def test_a_named_item_without_an_id_settles_nothing() -> None:
    item = {"status": "completed", "outputs": [LINK], "input": MARK}
    found = wavespeed.read_history(reply(200, {"data": {"items": [item, None]}}), MARK, NOW)
    assert found == History(event=None, more=False)


def test_the_search_for_a_mark_has_an_end() -> None:
    item = {"id": ID, "input": MARK, "outputs": [0] * 20_000}
    found = wavespeed.read_history(reply(200, {"data": {"items": [item]}}), MARK, NOW)
    assert found == History(event=None, more=False)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"", "HTTP 500"),
        (200, b'{"code":429,"message":"slow"}', "HTTP 429"),
        (200, b"<html>", "the answer has no items"),
        (200, b'{"data":{"items":{}}}', "the answer has no items"),
    ],
)
def test_a_history_that_could_not_be_asked_is_not_an_empty_one(
    status: int, body: bytes, reason: str
) -> None:
    found = wavespeed.read_history(reply(status, body), MARK, NOW)
    assert found == AskFailed(source="settlement", reason=reason)
