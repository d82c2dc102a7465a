"""Every kind of submission that Likeness takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from domain.event import Event
from domain.times import HOUR, MINUTE, SECOND
from providers import alltoken, wavespeed
from providers.base import Account, Reply, Request
from providers.inputs import Input


class Flow(StrEnum):
    """Which story a kind lives."""

    JOB = "job"
    SCAN = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a client may ask for, and the provider's usual times in milliseconds."""

    name: str
    provider: str
    flow: Flow
    title: str
    input: type[Input]
    example: Mapping[str, Any]
    model: str = ""
    media: tuple[str, ...] = field(default=())
    """Input fields that may hold content in base64."""
    webhook: bool = False
    """Whether the provider promises a signed webhook."""
    poll_interval: int
    settle: int


IMAGE = "https://images.example/portrait.jpg"
VOICE = "https://audio.example/speech.wav"

# Poll intervals: https://wavespeed.ai/docs/get-result and https://alltoken.ai/docs/guides/portrait
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="wavespeed/portrait",
            provider="wavespeed",
            flow=Flow.JOB,
            title="A portrait after a prompt and a picture",
            input=wavespeed.PortraitInput,
            example={"prompt": "a studio portrait, soft light", "image": IMAGE},
            model="bytedance/portrait",
            media=("image",),
            webhook=True,
            poll_interval=2 * SECOND,
            settle=10 * MINUTE,
        ),
        Kind(
            name="wavespeed/avatar-omni-human",
            provider="wavespeed",
            flow=Flow.JOB,
            title="A talking avatar from a picture and a voice",
            input=wavespeed.AvatarInput,
            example={"image": IMAGE, "audio": VOICE},
            model="bytedance/avatar-omni-human",
            media=("image", "audio"),
            webhook=True,
            poll_interval=5 * SECOND,
            settle=2 * HOUR,
        ),
        Kind(
            name="wavespeed/avatar-omni-human-1.5",
            provider="wavespeed",
            flow=Flow.JOB,
            title="A talking avatar from a picture and a voice, second generation",
            input=wavespeed.AvatarInput,
            example={"image": IMAGE, "audio": VOICE},
            model="bytedance/avatar-omni-human-1.5",
            media=("image", "audio"),
            webhook=True,
            poll_interval=5 * SECOND,
            settle=2 * HOUR,
        ),
        Kind(
            name="alltoken/liveness",
            provider="alltoken",
            flow=Flow.SCAN,
            title="A person proves by a face scan that a portrait is theirs",
            input=alltoken.LivenessInput,
            example={"name": "Ada", "asset": {"url": IMAGE}},
            poll_interval=3 * SECOND,
            settle=10 * MINUTE,
        ),
    )
}


class JobProvider(Protocol):
    """What a provider of paid jobs translates."""

    def submit(
        self, account: Account, model: str, fields: Mapping[str, Any], webhook: str | None
    ) -> Request: ...

    def read_submit(self, reply: Reply, now: int) -> Event: ...

    def poll(self, account: Account, upstream_id: str) -> Request: ...

    def read_poll(self, reply: Reply, upstream_id: str, now: int) -> Event: ...


JOB_PROVIDERS: dict[str, JobProvider] = {"wavespeed": wavespeed}
