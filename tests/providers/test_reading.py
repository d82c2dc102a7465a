"""How every answer is read, and what a call has come to."""

from typing import Any

import pytest

from domain.event import CallRefused, Event, NotAccepted, OutcomeUnknown, ProviderError
from domain.times import DAY
from providers.base import Reply
from providers.reading import (
    as_message,
    as_name,
    as_number,
    as_word,
    not_done,
    read_json,
    refused_with,
    retry_after,
)
from tests.providers.recorded import reply

OWN = ProviderError(code="invalid_input", message="no", provider_code="1401")


@pytest.mark.parametrize("error", [None, OWN])
@pytest.mark.parametrize(
    ("status", "meant"),
    [
        (429, NotAccepted),
        (503, NotAccepted),
        (502, OutcomeUnknown),
        (504, OutcomeUnknown),
        (301, OutcomeUnknown),
        (307, OutcomeUnknown),
        (400, CallRefused),
        (402, CallRefused),
        (404, CallRefused),
        (408, CallRefused),
    ],
)
def test_some_statuses_mean_the_same_whatever_the_body(
    status: int, meant: type[Event], error: ProviderError | None
) -> None:
    assert type(not_done(reply(status, b""), error)) is meant


@pytest.mark.parametrize("status", [200, 202, 500, 501, 507, 599])
def test_other_statuses_are_a_refusal_only_with_the_providers_own_body(status: int) -> None:
    assert isinstance(not_done(reply(status, b""), None), OutcomeUnknown)
    assert not_done(reply(status, b""), OWN) == CallRefused(source="submit", error=OWN)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("code", ["RateLimitExceeded", "UpstreamUnavailable", "50429", "50430"])
def test_some_codes_say_that_the_call_was_not_taken(code: str, status: int) -> None:
    error = ProviderError(code="provider_unavailable", message="no", provider_code=code)
    event = not_done(reply(status, b"", **{"retry-after": "4"}), error)
    assert event == NotAccepted(source="submit", reason=code, retry_after=4000)


@pytest.mark.parametrize("status", [302, 502, 504])
def test_a_gateway_between_us_leaves_open_whether_the_call_was_taken(status: int) -> None:
    error = ProviderError(code="x", message="no", provider_code="UpstreamUnavailable")
    assert isinstance(not_done(reply(status, b""), error), OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "invalid_input", False),
        (401, "provider_auth", False),
        (402, "insufficient_balance", False),
        (403, "provider_auth", False),
        (404, "provider_refused", False),
        (413, "invalid_input", False),
        (422, "invalid_input", False),
        (500, "provider_unavailable", True),
        (1999, "provider_refused", False),
    ],
)
def test_a_status_alone_names_our_code(status: int, code: str, *, retryable: bool) -> None:
    error = refused_with(status)
    assert (error.code, error.retryable, error.provider_code) == (code, retryable, str(status))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", 0),
        ("7", 7000),
        (" 7 ", 7000),
        ("999999999", DAY),
        ("9999999999", None),
        ("-1", None),
        ("1.5", None),
        ("٧", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_its_seconds_form(header: str, wait: int | None) -> None:
    assert retry_after(reply(429, b"", **{"retry-after": header})) == wait


def test_without_retry_after_there_is_no_wait() -> None:
    assert retry_after(Reply(status=429, headers={}, body=b"")) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 5000])
def test_what_is_not_json_is_nothing(body: bytes) -> None:
    assert read_json(body) is None


@pytest.mark.parametrize(
    "value", [None, 1, "", ".", "..", "a b", "a\n", "a\0", "\ud800", "x" * 256, ["a"]]
)
def test_a_name_is_one_short_printable_word(value: Any) -> None:
    assert as_name(value) is None


def test_numbers_are_read_also_from_text() -> None:
    assert [as_number(value) for value in (5, "5", "-5")] == [5, 5, -5]
    unusable: list[Any] = [True, 5.0, None, "", "٥", "5a", 10**30]
    assert [as_number(value) for value in unusable] == [None] * 7


def test_a_word_is_text_or_a_number_and_short() -> None:
    assert as_word(401) == "401"
    assert as_word("x" * 100) == "x" * 64
    wordless: list[Any] = [None, True, 1.5, [], {}]
    assert [as_word(value) for value in wordless] == [""] * 5


def test_a_message_is_cut_and_can_be_stored() -> None:
    assert as_message("no " * 5000, "") == ("no " * 500)[:500]
    assert as_message(f"bad image {'/9j4' * 50}.", "") == "bad image [...]."
    assert as_message("token 20260702230643abcdefghijklmnop is bad", "") == "token [...] is bad"
    assert as_message("a\0b\ud800c", "") == "ab?c"
    assert as_message({"message": "inside"}, "") == "inside"


@pytest.mark.parametrize("value", [None, 1, [], {}, {"message": 1}, "", " \0 "])
def test_without_a_message_ours_stands_in(value: Any) -> None:
    assert as_message(value, "ours") == "ours"


@pytest.mark.parametrize(
    "text",
    [
        "bad webhook https://l.example/webhooks/wavespeed/SECRET",
        "bad webhook https%3A%2F%2Fl.example%2Fwebhooks%2Fwavespeed%2FSECRET",
        "CallbackURL https://l.example/liveness/callback/SECRET is not reachable",
        "BytedToken: SECRET is unknown",
        "open https://h5.example?bytedToken=SECRET&x=1",
        "Authorization was Bearer SECRET",
        "API key: SECRET is not known",
        "Incorrect API key provided: sk-SECRET.",
        "the key sk-SECRET is not known",
        "signed with whsec_SECRET",
        "could not download https://l.example/files/SECRET",
    ],
)
def test_neither_message_nor_word_gives_a_secret_away(text: str) -> None:
    assert "SECRET" not in as_message(text, "")
    assert "SECRET" not in as_word(text)
