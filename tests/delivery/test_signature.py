"""What we sign, the public libraries verify; and nothing else."""

import base64
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from svix.webhooks import Webhook as SvixWebhook

from app.clock import SystemClock
from delivery.signature import checked_secret, signed_headers
from domain.ids import new_id
from domain.times import SECOND

OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = json.dumps({"type": "submission.succeeded", "data": {"name": "肖像"}}).encode()
LIBRARIES = (Webhook, SvixWebhook)

Library = type[Webhook] | type[SvixWebhook]


def now() -> int:
    """The libraries ask the machine's clock."""
    return SystemClock().now() // SECOND


def test_the_example_of_the_specifications_own_tests_comes_out() -> None:
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [OLD]
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("library", LIBRARIES, ids=("standardwebhooks", "svix"))
@pytest.mark.parametrize("secret", [OLD, NEW])
def test_during_rotation_either_secret_verifies(library: Library, secret: str) -> None:
    headers = signed_headers("msg_1", now(), BODY, [NEW, OLD])
    library(secret).verify(BODY, headers)


def test_the_newest_signature_comes_first() -> None:
    both = signed_headers("msg_1", 1, BODY, [NEW, OLD])["webhook-signature"].split(" ")
    assert both == [
        signed_headers("msg_1", 1, BODY, [secret])["webhook-signature"] for secret in (NEW, OLD)
    ]


@pytest.mark.parametrize("library", LIBRARIES, ids=("standardwebhooks", "svix"))
@pytest.mark.parametrize(
    "forged",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(now() - 1)},
        {"webhook-signature": "v1,eA=="},
    ],
    ids=("id", "timestamp", "signature"),
)
def test_a_changed_header_does_not_verify(library: Library, forged: dict[str, str]) -> None:
    headers = signed_headers("msg_1", now(), BODY, [NEW]) | forged
    with pytest.raises(WebhookVerificationError):
        library(NEW).verify(BODY, headers)


@pytest.mark.parametrize("library", LIBRARIES, ids=("standardwebhooks", "svix"))
def test_neither_another_body_nor_another_secret_verifies(library: Library) -> None:
    headers = signed_headers("msg_1", now(), BODY, [NEW])
    with pytest.raises(WebhookVerificationError):
        library(NEW).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        library(OLD).verify(BODY, headers)


def test_an_old_message_does_not_verify_until_it_is_signed_afresh() -> None:
    stale = signed_headers("msg_1", now() - 600, BODY, [NEW])
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(NEW).verify(BODY, stale)
    Webhook(NEW).verify(BODY, signed_headers("msg_1", now(), BODY, [NEW]))


def test_our_identifiers_can_be_signed() -> None:
    identifier = new_id("msg", SystemClock().now())
    assert signed_headers(identifier, 1, BODY, [NEW])["webhook-id"] == identifier


def test_no_header_holds_a_secret() -> None:
    sent = " ".join(signed_headers("msg_1", 1, BODY, [NEW, OLD]).values())
    assert NEW.removeprefix("whsec_") not in sent
    assert OLD.removeprefix("whsec_") not in sent


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
        "whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw",
        "whsec_c2hvcnQ=",
        "whsec_" + "QUFB" * 40,
        "whsec_ＭfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ],
)
def test_a_secret_that_other_libraries_would_not_read_is_refused_unseen(secret: str) -> None:
    with pytest.raises(ValueError, match="a webhook secret") as refused:
        checked_secret(secret)
    assert "MfKQ" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_message_without_a_secret_is_not_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="no secret"):
        signed_headers("msg_1", 1, BODY, [])


@pytest.mark.parametrize("identifier", ["", "msg.1", "msg 1", "msg\r\nx: y", "mśg", "msg,1"])
def test_an_identifier_that_leaves_the_signed_text_in_doubt_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        signed_headers(identifier, 1, BODY, [NEW])


def test_a_body_that_is_no_text_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        signed_headers("msg_1", 1, b"\xff", [NEW])
