"""WaveSpeedAI: portraits and talking avatars, with signed webhooks.

A prediction is paid for by its submit and told by its webhook; the poll is the net below.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
)
from domain.times import rfc3339
from providers.base import Account, History, Reply, Request
from providers.inputs import Audio, Image, Input, Text
from providers.reading import as_name, as_object, is_fine, not_done, read_json, retry_after
from providers.wavespeed_prediction import (
    envelope_error,
    envelope_status,
    read_prediction,
    request,
    unwrap,
)
from providers.wavespeed_webhook import read_webhook, read_webhook_secret, verify, webhook_secret

__all__ = [
    "AvatarInput",
    "PortraitInput",
    "history",
    "poll",
    "read_history",
    "read_poll",
    "read_submit",
    "read_webhook",
    "read_webhook_secret",
    "submit",
    "verify",
    "webhook_secret",
]

PAGE_SIZE = 100
SHORTEST_MARK = 16
"""A mark must be unlike anything that a client could have written."""
MOST_VALUES = 10_000
"""How many values of one item are searched for a mark."""


class PortraitInput(Input):
    """A portrait made from one picture of a person and a description."""

    prompt: Text = Field(description="What the portrait should show.")
    image: Image = Field(
        description="The person's picture: an http(s) URL, upload://, submission://, a data: URL or base64."
    )
    seed: int = Field(
        default=-1,
        ge=-1,
        le=2147483647,
        description="The same seed gives the same picture; -1 takes a random one.",
    )
    enable_base64_output: bool = Field(
        default=False, description="Whether the provider gives content in base64, not a link."
    )


class AvatarInput(Input):
    """A film of a person who says what is in the audio; it lasts as many seconds as the audio."""

    image: Image = Field(
        description="Picture of one person, at most 50 MB: an http(s) URL, upload://, submission://, "
        "a data: URL or base64."
    )
    audio: Audio = Field(
        description="What is said: an http(s) URL, upload://, submission://, a data: URL or base64."
    )
    enable_base64_output: bool = Field(
        default=False, description="Whether the provider gives content in base64, not a link."
    )


# https://wavespeed.ai/docs/how-to-use-webhooks
def submit(
    account: Account, model: str, fields: Mapping[str, Any], callback: str | None
) -> Request:
    """The paid call; it may take minutes to answer."""
    query = f"?webhook={quote(callback, safe='')}" if callback else ""
    return request(account, "submit", f"/api/v3/{quote(model)}{query}", dict(fields), 300.0)


# https://wavespeed.ai/docs/submit-task
def read_submit(
    reply: Reply, now: int
) -> Accepted | Completed | Failed | NotAccepted | OutcomeUnknown | CallRefused:
    answer = read_json(reply.body)
    status = envelope_status(reply, answer)
    if not is_fine(status):
        return not_done(reply, envelope_error(status, answer), status)
    prediction = unwrap(answer)
    upstream_id = as_name(prediction.get("id"))
    if upstream_id is None:
        return OutcomeUnknown(source="submit", reason="the answer names no prediction")
    return _started(prediction, upstream_id, "submit", now)


def _started(
    prediction: Mapping[str, Any], upstream_id: str, source: str, now: int
) -> Accepted | Completed | Failed:
    """A prediction that we hear of for the first time: it exists, whatever its word."""
    news = read_prediction(prediction, upstream_id, source, now)
    if isinstance(news, Progress):
        return Accepted(source=source, upstream_id=upstream_id)
    return news


# https://wavespeed.ai/docs/get-result
def poll(account: Account, upstream_id: str, _fields: Mapping[str, Any]) -> Request:
    return request(account, "poll", f"/api/v3/predictions/{quote(upstream_id, safe='')}/result")


def read_poll(
    reply: Reply, upstream_id: str, now: int
) -> Progress | Completed | Failed | AskFailed:
    """Only the prediction's own word ends it; a bad answer says nothing about the job."""
    answer = read_json(reply.body)
    status = envelope_status(reply, answer)
    if not is_fine(status):
        return _ask_failed(reply, f"HTTP {status}", "poll")
    prediction = unwrap(answer)
    if prediction.get("id") != upstream_id:
        return _ask_failed(reply, "the answer is not about this prediction", "poll")
    return read_prediction(prediction, upstream_id, "poll", now)


def _ask_failed(reply: Reply, reason: str, source: str) -> AskFailed:
    return AskFailed(source=source, reason=reason, retry_after=retry_after(reply))


# --- settling a submit of unknown outcome ---------------------------------------------------------


# https://wavespeed.ai/docs/predictions-api
def history(account: Account, model: str, since: int, until: int, page: int) -> Request:
    """One page, from 1 on, of what was submitted to a model between two times; newest first."""
    body = {
        "page": page,
        "page_size": PAGE_SIZE,
        "model": model,
        "created_after": rfc3339(since),
        "created_before": rfc3339(until),
    }
    return request(account, "history", "/api/v3/predictions", body)


def read_history(reply: Reply, mark: str, now: int) -> History | AskFailed:
    """The one item that repeats `mark`, the token in the webhook URL of that very submit.

    Never found by model and time alone: another call of ours may have been made just then.
    """
    answer = read_json(reply.body)
    status = envelope_status(reply, answer)
    items = unwrap(answer).get("items")
    if not is_fine(status):
        return _ask_failed(reply, f"HTTP {status}", "settlement")
    if not isinstance(items, list):
        return _ask_failed(reply, "the answer has no items", "settlement")
    named = (_named(as_object(item), mark, now) for item in items)
    event = next((found for found in named if found is not None), None)
    return History(event=event, more=event is None and len(items) >= PAGE_SIZE)


def _named(item: Mapping[str, Any], mark: str, now: int) -> Accepted | Completed | Failed | None:
    upstream_id = as_name(item.get("id"))
    if upstream_id is None or len(mark) < SHORTEST_MARK:
        return None
    if not any(mark in text for text in _texts(item)):
        return None
    return _started(item, upstream_id, "settlement", now)


def _texts(item: Mapping[str, Any]) -> Iterator[str]:
    """Every text inside an item, however deep, within reason."""
    waiting: list[Any] = [item]
    for _ in range(MOST_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        match value:
            case str():
                yield value
            case dict():
                waiting.extend(value.values())
            case list():
                waiting.extend(value)
            case _:
                pass
