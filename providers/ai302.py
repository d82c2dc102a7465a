"""302.AI: portraits by Doubao. No webhook; the submit shows the images, or a task to ask about.

Rules of this file:
- A submit is judged by `code`, then by what it holds: images, or the name of a task.
- Only images or a refusal of the picture end a task. A question that came too soon, a gateway or a
  bad key say nothing about it.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
    ProviderError,
)
from providers.ai302_answer import RISKS, SLOW_DOWN, images, opened, task_id
from providers.base import Account, Reply, Request
from providers.inputs import Input, LinkedMedia, Text
from providers.reading import as_word, is_fine, not_done, retry_after

__all__ = ["LogoInfo", "PortraitInput", "poll", "read_poll", "read_submit", "submit"]

PATH = "/doubao/drawing/portrait"
TENTHS = tuple(tenth / 10 for tenth in range(11))
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,18})")

DONE = "done"
WITHOUT_IMAGES = "done without images"
"""Our word for a result that has not followed yet."""
LOST = ("not_found", "expired")
"""Words for a task that the provider no longer has: it forgets them after 12 hours."""


def _tenth(value: float) -> float:
    if value not in TENTHS:
        raise ValueError("must be from 0 to 1 in steps of 0.1")
    return value


def _from_text(value: Any) -> Any:
    """A seed is a text at 302.AI and a number at the model: we take either."""
    is_decimal = isinstance(value, str) and DECIMAL.fullmatch(value)
    return int(value) if is_decimal else value


Tenth = Annotated[float, AfterValidator(_tenth), Field(json_schema_extra={"enum": list(TENTHS)})]
Seed = Annotated[
    int,
    BeforeValidator(_from_text),
    Field(ge=-1, le=2147483647),
    WithJsonSchema(
        {
            "type": ["integer", "string"],
            "minimum": -1,
            "maximum": 2147483647,
            "pattern": "^(-1|0|[1-9][0-9]{0,9})$",
        }
    ),
]


class LogoInfo(Input):
    """A watermark on the picture."""

    add_logo: bool = Field(default=False, description="Whether there is a watermark.")
    position: int = Field(
        default=0,
        ge=0,
        le=3,
        description="0 bottom right, 1 bottom left, 2 top left, 3 top right.",
    )
    language: int = Field(default=0, ge=0, le=1, description="0 Chinese, 1 English.")
    opacity: float = Field(default=0.3, ge=0, le=1, description="From 0 to 1, which is opaque.")


# https://www.volcengine.com/docs/85128/1602212
class PortraitInput(Input):
    """A portrait made from one picture of a real person, with or without a description."""

    image_input: LinkedMedia = Field(
        description="Picture of one real person: an http(s) URL, upload:// or submission://."
    )
    prompt: Text | None = Field(default=None, description="What the portrait should show.")
    width: int = Field(default=1328, ge=512, le=2048, description="Width in pixels.")
    height: int = Field(default=1328, ge=512, le=2048, description="Height in pixels.")
    gpen: Tenth = Field(
        default=0.4, description="How sharp the face is, from 0 to 1 in steps of 0.1."
    )
    skin: Tenth = Field(
        default=0.3, description="How much the face is beautified, from 0 to 1 in steps of 0.1."
    )
    skin_unifi: Tenth = Field(
        default=0.0, description="How even the skin is made, from 0 to 1 in steps of 0.1."
    )
    gen_mode: Literal["creative", "reference", "reference_char"] | None = Field(
        default=None,
        description="What is kept of the picture. creative (usual with a prompt): only the gender; "
        "reference (usual without): clothes, hair and background too; reference_char: all but the "
        "background.",
    )
    seed: Seed = Field(
        default=-1,
        description="The same seed gives much the same picture, -1 takes a random one; "
        "a number, or its decimal text.",
    )
    logo_info: LogoInfo | None = Field(
        default=None, description="A watermark; it is put on pictures that are asked for later."
    )
    return_url: bool = Field(
        default=True,
        description="Whether a picture that is asked for later comes as a link, not as content.",
    )


OF_THE_QUERY = ("logo_info", "return_url")


def submit(
    account: Account, model: str, fields: Mapping[str, Any], callback: str | None
) -> Request:
    """The paid call; its answer may wait for the picture. Nobody calls back."""
    names = [name for name in PortraitInput.model_fields if name not in OF_THE_QUERY]
    body = {name: fields[name] for name in names if fields.get(name) is not None}
    if "seed" in body:
        body["seed"] = str(body["seed"])
    return _request(account, "submit", PATH, body, 300.0)


def read_submit(
    reply: Reply, now: int
) -> Accepted | Completed | NotAccepted | OutcomeUnknown | CallRefused:
    answer = opened(reply)
    if answer.data is None:
        return not_done(reply, answer.error)
    upstream_id = task_id(answer.data)
    outputs = images(answer.data, now)
    if outputs:
        key = f"{upstream_id}:{DONE}" if upstream_id else None
        return Completed(source="submit", key=key, outputs=outputs, upstream_id=upstream_id)
    if upstream_id:
        return Accepted(source="submit", upstream_id=upstream_id)
    return OutcomeUnknown(source="submit", reason="the answer has neither images nor a task")


# The path is not documented, so it is a setting; what is asked is (providers.md B.3).
def poll(account: Account, upstream_id: str, fields: Mapping[str, Any]) -> Request:
    asked: dict[str, Any] = {"return_url": fields.get("return_url", True)}
    if fields.get("logo_info") is not None:
        asked["logo_info"] = fields["logo_info"]
    body = {"task_id": upstream_id, "req_json": json.dumps(asked)}
    return _request(account, "poll", f"/{account.result_path.lstrip('/')}", body, 30.0)


def _request(
    account: Account, operation: str, path: str, body: Mapping[str, Any], read_timeout: float
) -> Request:
    return Request(
        operation=f"302ai.{operation}",
        method="POST",
        url=f"{account.base_url.rstrip('/')}{path}?response_format=url",
        headers={"Authorization": f"Bearer {account.api_key}"},
        body=dict(body),
        read_timeout=read_timeout,
    )


def read_poll(
    reply: Reply, upstream_id: str, now: int
) -> Progress | Completed | Failed | AskFailed:
    """The outer code is judged first: `done` stands beside failures too."""
    answer = opened(reply)
    if answer.data is None:
        return _refused(reply, upstream_id, answer.error)
    if task_id(answer.data) not in (None, upstream_id):
        return AskFailed(source="poll", reason="the answer is not about this task")
    outputs = images(answer.data, now)
    if outputs:
        key = f"{upstream_id}:{DONE}"
        return Completed(source="poll", key=key, outputs=outputs, upstream_id=upstream_id)
    word = as_word(answer.data.get("status")) or "unknown"
    if word in LOST:
        return AskFailed(source="poll", reason=word, verdict=_lost(word))
    ended = word == DONE
    shown = WITHOUT_IMAGES if ended else word
    return Progress(source="poll", word=shown, ended=ended, upstream_id=upstream_id)


def _lost(word: str) -> ProviderError:
    message = "The provider no longer has the task."
    return ProviderError(code="provider_lost", message=message, provider_code=word, retryable=True)


def _refused(reply: Reply, upstream_id: str, error: ProviderError | None) -> Failed | AskFailed:
    """A refusal of the picture ends the task; other codes of the model end it if they last."""
    code = error.provider_code or "" if error is not None else ""
    usual = is_fine(reply.status) or reply.status == 400
    if error is not None and code in RISKS and usual:
        key = f"{upstream_id}:{code}"
        return Failed(source="poll", key=key, error=error, upstream_id=upstream_id)
    of_the_model = re.fullmatch(r"5[0-9]{4}", code) is not None and code not in SLOW_DOWN
    return AskFailed(
        source="poll",
        reason=code or f"HTTP {reply.status}",
        retry_after=retry_after(reply),
        verdict=error if of_the_model and (usual or reply.status == 500) else None,
    )
