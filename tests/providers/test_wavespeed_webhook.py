"""Is a webhook of WaveSpeed genuine, and what does it say."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadFormat, BadSignature
from domain.event import Completed, Failed, Output, Progress
from domain.times import DAY
from providers import wavespeed
from tests.providers.recorded import ACCOUNT, NOW, recorded, reply

SAMPLE = recorded("wavespeed/webhook_completed")
SECRET = "whsec_dGVzdC1vbmx5LW5vdC1hLXJlYWwta2V5"
STAMP = 1767323045
SIGNATURE = "ae549eb73a1c97a2e01e1ef08bcbadea6e609902ecdc4c5463508f212a0d3fe9"
BASE64_KEY_SIGNATURE = "9f9e072243664e1ac8d142281dd201549f2bbb276dba36d838c711260c9ecdf9"


def verify(
    body: bytes = SAMPLE.body, now: int = STAMP * 1000, secret: str = SECRET, **changed: str
) -> None:
    headers = dict(SAMPLE.headers)
    headers.update({f"webhook-{name}": value for name, value in changed.items()})
    wavespeed.verify(headers, body, [secret], now)


def signed(body: bytes, stamp: str, key: bytes, name: bytes = b"p0001") -> str:
    content = name + b"." + stamp.encode() + b"." + body
    return "v3," + hmac.new(key, content, hashlib.sha256).hexdigest()


def test_the_worked_example_is_genuine() -> None:
    assert hashlib.sha256(SAMPLE.body).hexdigest().startswith("5eb43a0bbbb55edb")
    verify()


def test_a_signature_with_the_decoded_key_is_refused() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert signed(SAMPLE.body, str(STAMP), key) == f"v3,{BASE64_KEY_SIGNATURE}"
    with pytest.raises(BadSignature):
        verify(signature=f"v3,{BASE64_KEY_SIGNATURE}")


def test_any_of_several_secrets_may_have_signed() -> None:
    secrets = ["whsec_other", "", "whsec_", SECRET]
    wavespeed.verify(SAMPLE.headers, SAMPLE.body, secrets, STAMP * 1000)


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_other"]])
def test_without_the_right_secret_nothing_is_genuine(secrets: list[str]) -> None:
    with pytest.raises(BadSignature):
        wavespeed.verify(SAMPLE.headers, SAMPLE.body, secrets, STAMP * 1000)


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_nobody_can_sign_with_an_empty_key(secret: str) -> None:
    with pytest.raises(BadSignature):
        verify(secret=secret, signature=signed(SAMPLE.body, str(STAMP), b""))


@settings(deadline=None)
@given(at=st.integers(0, len(SAMPLE.body) - 1), flip=st.integers(1, 255))
def test_one_changed_byte_is_noticed(at: int, flip: int) -> None:
    body = bytearray(SAMPLE.body)
    body[at] ^= flip
    with pytest.raises(BadSignature):
        verify(bytes(body))


@pytest.mark.parametrize("seconds", [-300, -299, 0, 300])
def test_a_timestamp_up_to_300_seconds_away_is_taken(seconds: int) -> None:
    verify(now=(STAMP + seconds) * 1000)


@pytest.mark.parametrize("seconds", [-301, 301, -86400, 86400])
def test_a_timestamp_further_away_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature):
        verify(now=(STAMP + seconds) * 1000)


@pytest.mark.parametrize(
    "signature",
    [
        f"v1,abc v3,{SIGNATURE}",
        f"v3,{SIGNATURE} v3,{'0' * 64}",
        f"  v3,{SIGNATURE}",
    ],
)
def test_a_list_with_the_right_signature_in_it_is_taken(signature: str) -> None:
    verify(signature=signature)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v3",
        "v3,",
        ",",
        SIGNATURE,
        f"v1,{SIGNATURE}",
        f"V3,{SIGNATURE}",
        f"v3,,{SIGNATURE}",
        f"v3,{SIGNATURE},",
        f"v3,{SIGNATURE},v3",
        f"v3,{SIGNATURE.upper()}",
        f"v3,{SIGNATURE[:-1]}",
        f"v3, {SIGNATURE}",
        f"v3,{SIGNATURE[:-1]}é",
        f"v3,{SIGNATURE}…",
        "v3,\ud800",
        " ".join(["v3,x"] * 9 + [f"v3,{SIGNATURE}"]),
    ],
)
def test_any_other_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        verify(signature=signature)


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        " ",
        "now",
        "-1767323045",
        "+1767323045",
        "1767323045.0",
        "1.767323045e9",
        "1767323045 ",
        "1_767_323_045",
        "١٧٦٧٣٢٣٠٤٥",
        "²",
        "9" * 5000,
        "1767323045000",
        "0x6957",
        "\ud800",
    ],
)
def test_a_malformed_timestamp_is_refused_even_when_it_is_signed(stamp: str) -> None:
    key = SECRET.removeprefix("whsec_").encode()
    signature = signed(SAMPLE.body, stamp.encode("ascii", "replace").decode(), key)
    with pytest.raises(BadSignature):
        verify(timestamp=stamp, signature=signature)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(missing: str) -> None:
    headers = {name: value for name, value in SAMPLE.headers.items() if name != missing}
    with pytest.raises(BadSignature):
        wavespeed.verify(headers, SAMPLE.body, [SECRET], STAMP * 1000)


def test_an_empty_id_is_refused_even_when_it_is_signed() -> None:
    key = SECRET.removeprefix("whsec_").encode()
    with pytest.raises(BadSignature):
        verify(id="", signature=signed(SAMPLE.body, str(STAMP), key, b""))


def test_an_id_and_a_body_are_signed_as_bytes() -> None:
    key = SECRET.removeprefix("whsec_").encode()
    body = b"\xff\xfe not UTF-8"
    verify(body, id="\xe9", signature=signed(body, str(STAMP), key, b"\xe9"))


header = st.text(max_size=30) | st.sampled_from(
    ["p0001", str(STAMP), f"v3,{'0' * 64}", "v3,", "9" * 400, "\xff", "v3,\xff", "\ud800"]
)


@settings(deadline=None)
@given(name=header, stamp=header, signature=header, body=st.binary(max_size=20))
def test_garbage_in_the_headers_is_a_bad_signature_and_nothing_else(
    name: str, stamp: str, signature: str, body: bytes
) -> None:
    with pytest.raises(BadSignature) as caught:
        verify(body, id=name, timestamp=stamp, signature=signature)
    assert SECRET not in str(caught.value)


# --- the body -------------------------------------------------------------------------------------


def test_a_completed_webhook_is_the_same_event_as_a_completed_poll() -> None:
    output = Output(
        url="https://cdn.example/o/1.jpeg", content_type="image/jpeg", expires_at=NOW + 7 * DAY
    )
    event = wavespeed.read_webhook(SAMPLE.body, NOW)
    assert event == Completed(
        source="webhook", key="p0001:completed", outputs=(output,), upstream_id="p0001"
    )
    polled = wavespeed.read_poll(reply(200, SAMPLE.body), "p0001", NOW)
    assert event.key == polled.key


def test_a_failed_webhook_needs_no_outputs() -> None:
    event = wavespeed.read_webhook(recorded("wavespeed/webhook_failed").body, NOW)
    assert isinstance(event, Failed)
    assert (event.key, event.upstream_id) == ("p0001:failed", "p0001")
    assert event.error.as_json() == {
        "code": "provider_failed",
        "message": "no face was found",
        "provider_code": "1405",
        "retryable": False,
    }


def test_a_webhook_with_another_word_is_progress_told_once() -> None:
    event = wavespeed.read_webhook(b'{"id":"p0001","status":"warming"}', NOW)
    assert event == Progress(
        source="webhook", key="p0001:warming", word="warming", upstream_id="p0001"
    )


def test_a_webhook_that_is_completed_without_outputs_does_not_hide_the_one_that_has_them() -> None:
    event = wavespeed.read_webhook(b'{"id":"p0001","status":"completed","outputs":[]}', NOW)
    assert isinstance(event, Progress)
    assert event.key == "p0001:completed without outputs"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"p0001"',
        b"\xff",
        b"{}",
        b'{"id":"p0001"}',
        b'{"status":"completed"}',
        b'{"id":5,"status":"completed"}',
        b'{"id":"","status":"completed"}',
        b'{"id":"p0001","status":null}',
        b'{"id":"p0001","status":["completed"]}',
        b'{"code":200,"data":{"id":"p0001","status":"completed"}}',
        b'{"a":' * 50_000,
    ],
)
def test_a_body_that_is_no_prediction_is_a_bad_format(body: bytes) -> None:
    with pytest.raises(BadFormat) as caught:
        wavespeed.read_webhook(body, NOW)
    assert "p0001" not in str(caught.value)


# --- the secret -----------------------------------------------------------------------------------


def test_the_secret_is_fetched() -> None:
    request = wavespeed.webhook_secret(ACCOUNT)
    assert (request.method, request.url) == (
        "GET",
        "https://provider.example/api/v3/webhook/secret",
    )
    assert wavespeed.read_webhook_secret(recorded("wavespeed/secret")) == SECRET


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"code": 200, "data": {"secret": SECRET}}),
        (200, {"code": 403, "data": {"secret": SECRET}}),
        (200, {"code": 200, "data": {"secret": "whsec_"}}),
        (200, {"code": 200, "data": {"secret": "other"}}),
        (200, {"code": 200, "data": {"secret": None}}),
        (200, {"code": 200, "data": [SECRET]}),
        (200, b"<html>"),
    ],
)
def test_without_a_secret_there_is_none(status: int, body: Any) -> None:
    assert wavespeed.read_webhook_secret(reply(status, body)) is None
