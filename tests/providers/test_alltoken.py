"""What AllToken says of a face scan, and what is sent to it."""

from typing import Any

import pytest

from domain.event import CallRefused, NotAccepted, OutcomeUnknown, ProviderError
from domain.portrait_event import ScanOver, ScanPending, Verified
from providers import alltoken
from providers.alltoken_envelope import ERROR_CODES
from tests.providers.recorded import ACCOUNT, recorded, reply

SESSION = "ses_01J"
TOKEN = "20260702230643ABCDEF0123456789ABCD"


def business(code: str, message: Any = "why") -> dict[str, Any]:
    return {"ResponseMetadata": {"Error": {"Code": code, "Message": message}}, "Result": None}


# --- sessions -------------------------------------------------------------------------------------


def test_a_session_is_asked_for_with_the_slash_before_the_query() -> None:
    request = alltoken.create_session(ACCOUNT, "https://l.example/liveness/callback/t")
    assert (request.method, request.url) == (
        "POST",
        "https://provider.example/v1/portrait/?Action=CreateVisualValidateSession"
        "&Version=2024-01-01",
    )
    assert request.headers == {"Authorization": "Bearer sk-very-secret"}
    assert request.body == {"CallbackURL": "https://l.example/liveness/callback/t"}
    assert request.read_timeout == 15.0


@pytest.mark.parametrize("case", ["session", "session_flat"])
def test_a_session_is_read_from_both_envelopes(case: str) -> None:
    session = alltoken.read_session(recorded(f"alltoken/{case}"))
    assert isinstance(session, alltoken.Session)
    assert session.token == TOKEN
    assert session.link.startswith("https://h5-v2.kych5.com?accessKeyId=AK&sessionToken=a%2Bb")
    assert repr(session) == "Session()"


def test_a_refused_session_tells_why_without_our_callback_token() -> None:
    event = alltoken.read_session(recorded("alltoken/session_refused"))
    assert isinstance(event, CallRefused)
    assert event.error.code == "invalid_input"
    assert event.error.provider_code == "InvalidParameter"
    assert event.error.message.endswith("is malformed")
    assert "t1-secret" not in repr(event)


@pytest.mark.parametrize(
    ("case", "event"),
    [
        ("session_rate_limited", NotAccepted(source="submit", reason="RateLimitExceeded")),
        ("rate_limited", NotAccepted(source="submit", reason="429", retry_after=3000)),
        ("session_without_link", OutcomeUnknown(source="submit", reason="HTTP 200")),
        ("gateway_page", OutcomeUnknown(source="submit", reason="HTTP 500")),
        ("bad_gateway", OutcomeUnknown(source="submit", reason="HTTP 502")),
        (
            "bad_key",
            CallRefused(
                source="submit",
                error=ProviderError(
                    code="provider_auth",
                    message="The provider refused the call (401).",
                    provider_code="invalid_api_key",
                ),
            ),
        ),
        (
            "server_error",
            CallRefused(
                source="submit",
                error=ProviderError(
                    code="provider_unavailable",
                    message="oops",
                    provider_code="internal",
                    retryable=True,
                ),
            ),
        ),
        (
            "too_large",
            CallRefused(
                source="submit",
                error=ProviderError(
                    code="invalid_input",
                    message="too large",
                    provider_code="invalid_request_error",
                ),
            ),
        ),
    ],
)
def test_a_session_that_was_not_opened(case: str, event: object) -> None:
    assert alltoken.read_session(recorded(f"alltoken/{case}")) == event


@pytest.mark.parametrize(
    "link",
    [None, 5, "", "javascript:alert(1)", "https://h5 x", "https://h5/\n", "https://" + "a" * 9000],
)
def test_a_session_without_a_usable_link_is_of_unknown_outcome(link: Any) -> None:
    answer = reply(200, {"Result": {"BytedToken": TOKEN, "H5Link": link}})
    assert isinstance(alltoken.read_session(answer), OutcomeUnknown)


@pytest.mark.parametrize(
    ("provider_code", "code", "retryable"),
    [
        ("Unauthorized", "provider_auth", False),
        ("InvalidAccessKey", "provider_auth", False),
        ("Forbidden", "provider_refused", False),
        ("MissingParameter", "invalid_input", False),
        ("MissingParameter.CallbackURL", "invalid_input", False),
        ("InvalidParameter", "invalid_input", False),
        ("QuotaExceeded", "quota_exceeded", True),
        ("NotFound", "asset_missing", False),
        ("AIGCNotAvailable", "provider_refused", False),
        ("SubscriptionRequired", "provider_refused", False),
        ("SomethingNew", "provider_refused", False),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_every_business_error_refuses_at_any_status(
    status: int, provider_code: str, code: str, *, retryable: bool
) -> None:
    event = alltoken.read_created_asset(reply(status, business(provider_code)))
    assert isinstance(event, CallRefused)
    assert (event.error.code, event.error.retryable) == (code, retryable)
    assert event.error.provider_code == provider_code


def test_an_answer_about_our_key_is_not_repeated() -> None:
    event = alltoken.read_session(reply(200, business("Unauthorized", "bad key sk-very-secret")))
    assert "sk-very-secret" not in repr(event)


# --- the link -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "language", "wanted"),
    [
        ("https://h/?a=1&lng=zh", "en", "https://h/?a=1&lng=en"),
        ("https://h/?lng=zh&a=%2B+%E4", "ja", "https://h/?lng=en&a=%2B+%E4"),
        ("https://h/?a=1", "zh", "https://h/?a=1&lng=zh"),
        ("https://h", "zh-Hant", "https://h?lng=zh-Hant"),
        ("https://h?", "en", "https://h?lng=en"),
        ("https://h?a=1&", "en", "https://h?a=1&lng=en"),
        ("https://h?xlng=zh", "en", "https://h?xlng=zh&lng=en"),
        ("https://h?a=1#top?lng=zh", "en", "https://h?a=1&lng=en#top?lng=zh"),
        ("https://h?lng=&b&lng=zh", "en", "https://h?lng=en&b&lng=en"),
        ("https://h?lng=zh", "fr", "https://h?lng=en"),
    ],
)
def test_only_the_language_of_a_link_changes(link: str, language: str, wanted: str) -> None:
    assert alltoken.link_in_language(link, language) == wanted


# --- the exchange ---------------------------------------------------------------------------------


def test_a_token_is_exchanged() -> None:
    request = alltoken.exchange(ACCOUNT, TOKEN)
    assert request.url.endswith("/v1/portrait/?Action=GetVisualValidateResult&Version=2024-01-01")
    assert request.body == {"BytedToken": TOKEN}
    assert request.read_timeout == 15.0
    assert TOKEN not in repr(request)


@pytest.mark.parametrize("case", ["exchanged", "exchanged_flat"])
def test_a_group_proves_the_person(case: str) -> None:
    event = alltoken.read_exchange(recorded(f"alltoken/{case}"), SESSION)
    group = "group-20260331145705-abcde"
    assert event == Verified(source="poll", session=SESSION, group_id=group)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("exchange_TokenExpired", "expired"),
        ("exchange_InvalidToken", "spent"),
        ("not_found_page", "spent"),
    ],
)
def test_a_dead_token_ends_the_session(case: str, reason: str) -> None:
    event = alltoken.read_exchange(recorded(f"alltoken/{case}"), SESSION)
    assert event == ScanOver(source="poll", session=SESSION, reason=reason)


@pytest.mark.parametrize(
    ("case", "reason", "wait"),
    [
        ("exchange_ValidatePending", "pending", None),
        ("exchange_empty", "pending", None),
        ("rate_limited", "rate_limited", 3000),
        ("server_error", "unavailable", None),
        ("gateway_page", "unavailable", None),
        ("bad_key", "unauthorized", None),
        ("bad_gateway", "unavailable", None),
    ],
)
def test_everything_else_leaves_the_session_to_time(
    case: str, reason: str, wait: int | None
) -> None:
    event = alltoken.read_exchange(recorded(f"alltoken/{case}"), SESSION)
    assert event == ScanPending(source="poll", session=SESSION, reason=reason, retry_after=wait)


@pytest.mark.parametrize(
    "code",
    sorted(set(ERROR_CODES) | {"ValidatePending", "ValidateNotReady", "SomethingNew"}),
)
@pytest.mark.parametrize("status", [200, 404, 429, 500])
def test_no_other_code_ends_a_session(status: int, code: str) -> None:
    event = alltoken.read_exchange(reply(status, business(code)), SESSION)
    assert isinstance(event, ScanPending)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"", "unreadable"),
        (200, b"[]", "unreadable"),
        (200, {"Result": {}}, "unreadable"),
        (200, {"Result": {"GroupId": None}}, "pending"),
        (200, {"Result": {"GroupId": 5}}, "unreadable"),
        (500, {"Result": {"GroupId": "group-1"}}, "unavailable"),
        (403, b"", "unauthorized"),
        (301, b"", "unavailable"),
        (200, business("RateLimitExceeded"), "rate_limited"),
        (200, business("SomethingNew"), "refused"),
    ],
)
def test_an_unusable_answer_leaves_the_session_to_time(status: int, body: Any, reason: str) -> None:
    event = alltoken.read_exchange(reply(status, body), SESSION)
    assert event == ScanPending(source="poll", session=SESSION, reason=reason)
