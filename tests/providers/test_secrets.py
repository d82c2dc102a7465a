"""The API key goes into one header, and nothing that a provider repeats of our secrets gets out."""

import json
from typing import Any

import pytest

from domain.errors import BadFormat
from domain.event import Event, Progress
from domain.reference import put
from providers import ai302, alltoken_video, wavespeed
from providers.base import Account, Request
from tests.providers.contracts import CONTRACTS, Contract
from tests.providers.recorded import NOW, recorded, reply

KEY = "sk-very-secret"
ACCOUNT = Account(base_url="https://provider.example", api_key=KEY, result_path="/r")
CALLBACK = "https://l.example/webhooks/alltoken/sub.TOKEN.aFwqzA.0a1b2c3d"
SECRETS = ("very-secret", "TOKEN")
ECHOES = (
    KEY,
    f"Incorrect API key provided: {KEY}. See our documentation.",
    f"Bearer {KEY}",
    f"the header Authorization: bearer  {KEY}\n was refused",
    "Bearer TOKENwithoutprefix",
    f"callback {CALLBACK} is not reachable",
    CALLBACK,
    "https%3A%2F%2Fl.example%2Fwebhooks%2Fwavespeed%2Fsub.TOKEN.aFwqzA",
    "could not download https://l.example/files/TOKEN.0a1b",
    f"{'x' * 500} {KEY}",
    f"{'x' * 60} {KEY}",
)
each_provider = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)


def is_silent(event: Event) -> bool:
    text = f"{event!r} {event.facts()}"
    return not any(secret in text for secret in SECRETS)


@each_provider
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 503])
def test_an_error_that_repeats_a_secret_is_not_repeated(
    contract: Contract, status: int, echo: str
) -> None:
    for code, message in ((echo, echo), ("x", echo), (echo, "x")):
        answer = reply(status, contract.own_error(code, message))
        assert is_silent(contract.reader.read_submit(answer, NOW))
        assert is_silent(contract.reader.read_poll(answer, contract.upstream_id, NOW))


@each_provider
@pytest.mark.parametrize("echo", ECHOES)
def test_a_job_that_repeats_a_secret_does_not_tell_it(contract: Contract, echo: str) -> None:
    failed = reply(200, contract.failed_with(echo, echo))
    assert is_silent(contract.reader.read_poll(failed, contract.upstream_id, NOW))
    answer = json.loads(recorded(contract.pending).body)
    pending = reply(200, put(answer, contract.word_at, echo))
    event = contract.reader.read_poll(pending, contract.upstream_id, NOW)
    assert isinstance(event, Progress)
    assert is_silent(event)


@pytest.mark.parametrize("echo", ECHOES)
def test_a_callback_that_cannot_be_read_is_not_repeated(echo: str) -> None:
    body = json.dumps([echo]).encode()
    with pytest.raises(BadFormat) as hint:
        alltoken_video.read_hint(body)
    with pytest.raises(BadFormat) as webhook:
        wavespeed.read_webhook(json.dumps({"status": echo}).encode(), NOW)
    assert not any(secret in f"{hint.value}{webhook.value}" for secret in SECRETS)


PICTURE = "https://images.example/1.png"
VIDEO = {"model": "seedance-2.0", "prompt": "rain"}
REQUESTS: dict[str, Request] = {
    "wavespeed submit": wavespeed.submit(ACCOUNT, "bytedance/portrait", {"prompt": "x"}, CALLBACK),
    "wavespeed poll": wavespeed.poll(ACCOUNT, "a/b", {}),
    "wavespeed history": wavespeed.history(ACCOUNT, "bytedance/portrait", NOW, NOW, 1),
    "wavespeed secret": wavespeed.webhook_secret(ACCOUNT),
    "ai302 submit": ai302.submit(ACCOUNT, "", {"image_input": PICTURE}, CALLBACK),
    "ai302 poll": ai302.poll(ACCOUNT, "a/b", {"image_input": PICTURE}),
    "alltoken_video submit": alltoken_video.submit(ACCOUNT, "", VIDEO, CALLBACK),
    "alltoken_video poll": alltoken_video.poll(ACCOUNT, "a/b", VIDEO),
    "alltoken_video cancel": alltoken_video.cancel(ACCOUNT, "a/b"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_key_goes_into_one_header_only(name: str) -> None:
    request = REQUESTS[name]
    assert request.headers == {"Authorization": f"Bearer {KEY}"}
    assert KEY not in request.url
    assert KEY not in json.dumps(request.body)
    assert KEY not in repr(request)
    assert KEY not in repr(ACCOUNT)
    assert request.url.startswith("https://provider.example/")
    assert "a/b" not in request.url


@pytest.mark.parametrize("name", [name for name in REQUESTS if "submit" in name])
def test_a_paid_call_may_take_five_minutes_and_its_body_can_be_sent(name: str) -> None:
    request = REQUESTS[name]
    assert (request.method, request.read_timeout) == ("POST", 300.0)
    assert None not in request.body.values()
    assert json.dumps(request.body, allow_nan=False)


@pytest.mark.parametrize("name", ["wavespeed", "alltoken_video"])
def test_a_callback_is_named_to_those_who_call_back(name: str) -> None:
    request: Any = REQUESTS[f"{name} submit"]
    assert "TOKEN" in request.url + json.dumps(request.body)
    silent = REQUESTS["ai302 submit"]
    assert "TOKEN" not in silent.url + json.dumps(silent.body)
