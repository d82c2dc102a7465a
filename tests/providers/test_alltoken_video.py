"""What AllToken says of a video."""

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
from providers import alltoken_video
from providers.alltoken_video_task import ERROR_CODES
from tests.providers.recorded import NOW, recorded, reply

ID = "vgen_01abc"
EXPIRY = 1767409445_000
VIDEO = Output(
    url="https://cdn.alltoken.ai/videos/vgen_01abc.mp4?sig=x",
    content_type="video/mp4",
    expires_at=EXPIRY,
)
FRAME = Output(
    url="https://cdn.alltoken.ai/videos/vgen_01abc-last.png?sig=x",
    content_type="image/png",
    expires_at=EXPIRY,
)


def completed(source: str, *outputs: Output) -> Event:
    return Completed(source=source, key=f"{ID}:completed", outputs=outputs, upstream_id=ID)


def failed(source: str, word: str, error: ProviderError) -> Event:
    return Failed(source=source, key=f"{ID}:{word}", error=error, upstream_id=ID)


def refused(code: str, message: str, provider_code: str, *, retryable: bool = False) -> Event:
    error = ProviderError(
        code=code, message=message, provider_code=provider_code, retryable=retryable
    )
    return CallRefused(source="submit", error=error)


def unknown(reason: str) -> Event:
    return OutcomeUnknown(source="submit", reason=reason)


ACCEPTED = Accepted(source="submit", upstream_id=ID)
FLAGGED = ProviderError(
    code="content_moderation",
    message="The prompt was flagged.",
    provider_code="upstream_content_violation",
)
SUBMITS: dict[str, Event] = {
    "queued": ACCEPTED,
    "queued_ok": ACCEPTED,
    "wrapped": ACCEPTED,
    "done_at_once": completed("submit", VIDEO),
    "failed_at_once": failed("submit", "failed", FLAGGED),
    "without_id": unknown("the answer names no task"),
    "invalid": refused("invalid_input", "duration must be 4 to 15", "invalid_request"),
    "upstream_invalid": refused("invalid_input", "ratio", "upstream_invalid_parameter"),
    "violation": CallRefused(source="submit", error=FLAGGED),
    "bad_key": refused("provider_auth", "The provider refused the call (401).", "invalid_api_key"),
    "bad_key_integer": refused("provider_auth", "The provider refused the call (401).", "401"),
    "balance": refused("insufficient_balance", "Top up first.", "insufficient_balance"),
    "error_inside": refused("insufficient_balance", "Top up first.", "insufficient_balance"),
    "model_not_found": refused(
        "invalid_input", "The model is not available.", "upstream_model_not_found"
    ),
    # Our own call, seen twice by its Idempotency-Key.
    "duplicate": Accepted(source="submit", upstream_id="vgen_other"),
    "rate_limited": NotAccepted(source="submit", reason="rate_limit_exceeded", retry_after=6000),
    "unavailable": NotAccepted(source="submit", reason="upstream_error"),
    "upstream_auth": NotAccepted(source="submit", reason="upstream_auth_failed"),
    "server_error": refused(
        "provider_unavailable", "Something went wrong.", "internal_error", retryable=True
    ),
    "server_page": unknown("HTTP 500"),
    "bad_gateway": unknown("HTTP 502"),
    "gateway_timeout": unknown("HTTP 504"),
    "redirected": unknown("HTTP 307"),
    "cut_off": unknown("the answer names no task"),
}


@pytest.mark.parametrize("case", SUBMITS)
def test_the_answer_to_a_submit(case: str) -> None:
    event = alltoken_video.read_submit(recorded(f"alltoken_video/submit_{case}"), NOW)
    assert event == SUBMITS[case]


def progress(word: str, source: str = "poll", *, ended: bool = False) -> Event:
    return Progress(source=source, word=word, ended=ended, upstream_id=ID)


def canceled(source: str) -> Event:
    error = ProviderError(
        code="provider_canceled", message="The provider canceled it.", provider_code="cancelled"
    )
    return failed(source, "cancelled", error)


LATE = ProviderError(
    code="provider_expired",
    message="The provider did not come to it in time.",
    provider_code="expired",
    retryable=True,
)
LOST = ProviderError(
    code="provider_lost",
    message="The provider no longer has the task.",
    provider_code="404",
    retryable=True,
)
A_DAY = NOW + DAY
POLLS: dict[str, Event] = {
    "queued": progress("queued"),
    "processing": progress("processing"),
    "unknown_word": progress("rendering"),
    "completed": completed("poll", VIDEO),
    "succeeded": completed("poll", VIDEO),
    "last_frame": completed("poll", VIDEO, FRAME),
    "completed_empty": progress("completed without a video", ended=True),
    "ark": completed(
        "poll",
        Output(url=VIDEO.url, content_type="video/mp4", expires_at=A_DAY),
        Output(url=FRAME.url, content_type="image/png", expires_at=A_DAY),
    ),
    "failed": failed(
        "poll",
        "failed",
        ProviderError(
            code="content_moderation",
            message="The film was flagged.",
            provider_code="OutputVideoSensitiveContentDetected",
        ),
    ),
    "expired": failed("poll", "expired", LATE),
    "cancelled": canceled("poll"),
    "not_found": AskFailed(source="poll", reason="not_found", verdict=LOST),
    "other_id": AskFailed(source="poll", reason="the answer is not about this task"),
    "rate_limited": AskFailed(source="poll", reason="rate_limit_exceeded", retry_after=6000),
    "bad_key": AskFailed(source="poll", reason="invalid_api_key"),
    "page": AskFailed(source="poll", reason="HTTP 502"),
}


@pytest.mark.parametrize("case", POLLS)
def test_the_answer_to_a_poll(case: str) -> None:
    event = alltoken_video.read_poll(recorded(f"alltoken_video/poll_{case}"), ID, NOW)
    assert event == POLLS[case]


CANCELS: dict[str, Event] = {
    "cancelled": canceled("cancel"),
    "processing": progress("processing", "cancel"),
    # It cannot be stopped any more: a poll will say how it is.
    "too_late": progress("HTTP 409", "cancel"),
    "not_found": progress("HTTP 404", "cancel"),
}


@pytest.mark.parametrize("case", CANCELS)
def test_the_answer_to_a_cancel(case: str) -> None:
    event = alltoken_video.read_cancel(recorded(f"alltoken_video/cancel_{case}"), ID, NOW)
    assert event == CANCELS[case]


def read(**task: Any) -> Event:
    return alltoken_video.read_poll(reply(200, {"id": ID} | task), ID, NOW)


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("FAILED", "failed"),
        ("Expired", "expired"),
        ("Cancelled", "cancelled"),
        ("CANCELED", "cancelled"),
    ],
)
def test_the_case_of_a_word_does_not_matter(word: str, key: str) -> None:
    event = read(status=word)
    assert isinstance(event, Failed)
    assert event.key == f"{ID}:{key}"
    assert read(status="SUCCEEDED", video_url=VIDEO.url) != read(status="x")


@pytest.mark.parametrize("word", ["complete", "done", "", None, 7, ["failed"], {}, "failed "])
def test_any_other_word_is_progress(word: Any) -> None:
    event = read(status=word, video_url=VIDEO.url, error={"code": "upstream_error"})
    assert isinstance(event, Progress)
    assert event.word
    assert not event.ended


@pytest.mark.parametrize(
    ("told", "expires_at"),
    [
        ({"video_url_expires_at": "2026-01-03T03:04:05Z", "video_url_ttl": 5}, EXPIRY),
        ({"video_url_expires_at": "2026-01-03T04:04:05.678+01:00"}, EXPIRY + 678),
        ({"video_url_expires_at": "2026-01-03T03:04:05", "video_url_ttl": 5}, NOW + 5000),
        ({"video_url_expires_at": 1767409445}, A_DAY),
        ({"video_url_expires_at": "soon", "video_url_ttl": "7"}, NOW + 7000),
        ({"video_url_expires_at": "9999-12-31T23:59:59Z"}, NOW + 30 * DAY),
        ({"video_url_expires_at": "0001-01-01T00:00:00+23:59"}, 0),
        ({"video_url_ttl": 10**17}, NOW + 30 * DAY),
        ({"video_url_ttl": -(10**17)}, 0),
        ({"video_url_ttl": True}, A_DAY),
        ({}, A_DAY),
    ],
    ids=str,
)
def test_a_link_lives_as_long_as_the_provider_says_within_reason(
    told: dict[str, Any], expires_at: int
) -> None:
    event = read(status="completed", video_url=VIDEO.url, **told)
    assert isinstance(event, Completed)
    assert event.outputs[0].expires_at == expires_at


@pytest.mark.parametrize("link", ["", None, 5, "iVBORw0KGgo" * 9, "ftp://x/1.mp4", [], "https://"])
def test_a_video_is_a_link_and_nothing_else(link: Any) -> None:
    event = read(status="completed", video_url=link, content={"video_url": link})
    assert event == progress("completed without a video", ended=True)


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_known_code_of_a_failed_task(code: str) -> None:
    event = read(status="failed", error={"code": code, "message": "why"})
    ours, retryable = ERROR_CODES[code]
    error = ProviderError(code=ours, message="why", provider_code=code, retryable=retryable)
    assert event == failed("poll", "failed", error)


@pytest.mark.parametrize("error", [None, {}, {"code": None, "message": ""}, [], 7])
def test_a_failed_task_without_a_reason_gets_ours(error: Any) -> None:
    event = read(status="failed", error=error)
    expected = ProviderError(
        code="provider_failed", message="The provider could not do it.", provider_code="failed"
    )
    assert event == failed("poll", "failed", expected)
