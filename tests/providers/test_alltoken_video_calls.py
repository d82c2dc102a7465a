"""What is sent to AllToken for a video, and what its callback hints."""

import json
from typing import Any

import pytest

from domain.errors import BadFormat
from domain.event import Accepted, CallRefused
from providers import alltoken_video
from providers.alltoken_video_input import VideoInput
from tests.providers.recorded import ACCOUNT, NOW, reply

ID = "vgen_01abc"
URL = "https://provider.example/v1/videos/generations"


def fields(**given: Any) -> dict[str, Any]:
    checked = VideoInput.model_validate({"model": "seedance-2.0", "prompt": "rain"} | given)
    return checked.model_dump(mode="json")


def test_a_submit_sends_what_was_given_and_our_callback() -> None:
    item = {"type": "image_url", "image_url": {"url": "asset://a-1"}, "role": "first_frame"}
    asked = fields(content=[item], duration=-1, frames=1000)
    callback = "https://l.example/webhooks/alltoken/a.b"
    request = alltoken_video.submit(ACCOUNT, "", asked, callback)
    assert (request.method, request.url, request.read_timeout) == ("POST", URL, 300.0)
    assert request.headers == {"Authorization": "Bearer sk-very-secret"}
    assert request.body == {
        "model": "seedance-2.0",
        "prompt": "rain",
        "content": [item],
        "duration": -1,
        "watermark": False,
        "callback_url": callback,
    }


def test_a_submit_without_a_callback_names_none() -> None:
    body = alltoken_video.submit(ACCOUNT, "", fields(), None).body
    assert body == {"model": "seedance-2.0", "prompt": "rain", "watermark": False}


@pytest.mark.parametrize("model", ["seedance-1.0-pro", "seedance-1.0-pro-fast"])
def test_frames_are_sent_to_the_models_that_count_them(model: str) -> None:
    body = alltoken_video.submit(ACCOUNT, "", fields(model=model, frames=57), None).body
    assert body["frames"] == 57


def test_a_poll_and_a_cancel_cannot_leave_their_path() -> None:
    poll = alltoken_video.poll(ACCOUNT, "a/../b?c", {})
    assert (poll.method, poll.url) == ("GET", f"{URL}/a%2F..%2Fb%3Fc")
    cancel = alltoken_video.cancel(ACCOUNT, "a/../b?c")
    assert (cancel.method, cancel.url) == ("POST", f"{URL}/a%2F..%2Fb%3Fc/cancel")
    assert poll.body is cancel.body is None


# --- our own call, seen twice ---------------------------------------------------------------------


def twice(nested: Any = None, above: Any = None, code: str = "duplicate_request") -> Any:
    body = {"error": {"code": code, "message": "x", "task_id": nested}, "task_id": above}
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "named",
    [{"nested": ID}, {"above": ID}, {"nested": "", "above": ID}, {"nested": 7, "above": ID}],
)
def test_a_call_that_is_seen_twice_has_made_the_task_that_it_names(named: dict[str, Any]) -> None:
    event = alltoken_video.read_submit(reply(409, twice(**named)), NOW)
    assert event == Accepted(source="submit", upstream_id=ID)


@pytest.mark.parametrize(
    "named", [{}, {"nested": {"id": ID}}, {"above": [ID]}, {"nested": "a b"}, {"above": "x" * 300}]
)
def test_a_call_that_is_seen_twice_and_names_no_task_is_refused(
    named: dict[str, Any],
) -> None:
    event = alltoken_video.read_submit(reply(409, twice(**named)), NOW)
    assert isinstance(event, CallRefused)
    assert event.error.provider_code == "duplicate_request"


@pytest.mark.parametrize(("status", "code"), [(409, "conflict"), (400, "duplicate_request")])
def test_every_other_refusal_is_one_whatever_it_names(status: int, code: str) -> None:
    event = alltoken_video.read_submit(reply(status, twice(ID, ID, code)), NOW)
    assert isinstance(event, CallRefused)


# --- a callback -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"id":"vgen_01abc","status":"completed"}', ID),
        (b'{"task_id":"vgen_01abc"}', ID),
        (b'{"id":5,"data":{"id":"vgen_01abc"}}', ID),
        (b'{"id":"a b","task_id":"\\u0000","data":[]}', None),
        (b"{}", None),
    ],
)
def test_a_hint_may_name_a_task(body: bytes, names: str | None) -> None:
    assert alltoken_video.read_hint(body) == names


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"null", b"\xff", b"[" * 100_000, b"1"])
def test_a_hint_is_a_json_object(body: bytes) -> None:
    with pytest.raises(BadFormat):
        alltoken_video.read_hint(body)
