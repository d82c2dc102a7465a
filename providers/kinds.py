"""Every kind of submission that Likeness takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from domain.event import AskFailed, Event
from domain.media import FAMILIES
from domain.reference import Place, at
from domain.times import HOUR, MINUTE, SECOND
from providers import ai302, alltoken, alltoken_video, wavespeed
from providers.base import Account, History, Reply, Request
from providers.inputs import Input


class Flow(StrEnum):
    """Which story a kind lives."""

    JOB = "job"
    SCAN = "scan"
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaField:
    """A place in an input where media stand, and in which forms the provider takes them."""

    at: str
    """Such as `image` or `content/*/image_url/url`."""
    family: str | None = None
    """`image`, `audio` or `video`; None takes any."""
    content: bool = False
    """Whether the provider takes content itself, in base64; else it fetches it from a link."""
    asset: bool = False
    """Whether an `asset://` belongs there."""
    beside: str | None = None
    """The name of the value that stands beside it and says the family; `family` is left out then."""

    def family_at(self, fields: Mapping[str, Any], place: Place) -> str | None:
        """The family of what may stand at that place, as far as it is known."""
        if self.beside is None:
            return self.family
        told = at(fields, (*place[:-1], self.beside))
        family = told.lower() if isinstance(told, str) else None
        return family if family in FAMILIES else None


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
    media: tuple[MediaField, ...] = field(default=())
    webhook: bool = False
    """Whether the provider promises a signed webhook."""
    hint: bool = False
    """Whether it takes a callback that nobody signs: then it is asked before anything changes."""
    idempotency_key: bool = False
    """Whether the submit carries our id of the submission, for the provider to know it again."""
    asset_models: tuple[str, ...] = field(default=())
    """Models that take an `asset://`; its `MediaField`s say where."""
    poll_interval: int
    settle: int
    usual: int
    """How long its work usually takes, without waits for a person: when asking again makes sense."""

    def takes_assets(self, fields: Mapping[str, Any]) -> bool:
        return fields.get("model") in self.asset_models


IMAGE = "https://images.example/portrait.jpg"
VOICE = "https://audio.example/speech.wav"

FACE = MediaField(at="image", family="image", content=True)
SPEECH = MediaField(at="audio", family="audio", content=True)
ASSET_URL = MediaField(at="asset/url", beside="asset_type")

# Poll intervals: https://wavespeed.ai/docs/get-result and https://alltoken.ai/docs/guides/portrait
# Usual times: 302.AI's documented example took 20 s (`time_elapsed`); an asset is Active "up to about
# 60 seconds" after its creation (AllToken's guide), so half of that. No provider publishes the others:
# WaveSpeed's and the film's are estimates, by how often their documentation wants to be asked.
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
            media=(FACE,),
            webhook=True,
            poll_interval=2 * SECOND,
            settle=10 * MINUTE,
            usual=10 * SECOND,
        ),
        Kind(
            name="wavespeed/avatar-omni-human",
            provider="wavespeed",
            flow=Flow.JOB,
            title="A talking avatar from a picture and a voice",
            input=wavespeed.AvatarInput,
            example={"image": IMAGE, "audio": VOICE},
            model="bytedance/avatar-omni-human",
            media=(FACE, SPEECH),
            webhook=True,
            poll_interval=5 * SECOND,
            settle=2 * HOUR,
            usual=3 * MINUTE,
        ),
        Kind(
            name="wavespeed/avatar-omni-human-1.5",
            provider="wavespeed",
            flow=Flow.JOB,
            title="A talking avatar from a picture and a voice, second generation",
            input=wavespeed.AvatarInput,
            example={"image": IMAGE, "audio": VOICE},
            model="bytedance/avatar-omni-human-1.5",
            media=(FACE, SPEECH),
            webhook=True,
            poll_interval=5 * SECOND,
            settle=2 * HOUR,
            usual=3 * MINUTE,
        ),
        Kind(
            name="302ai/portrait",
            provider="302ai",
            flow=Flow.JOB,
            title="A photographer's portrait of the person in a picture",
            input=ai302.PortraitInput,
            example={"image_input": IMAGE, "prompt": "in a winter coat, snow", "gpen": 0.5},
            media=(MediaField(at="image_input", family="image"),),
            poll_interval=2 * SECOND,
            settle=10 * MINUTE,
            usual=20 * SECOND,
        ),
        Kind(
            name="alltoken/video",
            provider="alltoken",
            flow=Flow.JOB,
            title="A film by Seedance, also with the face of a verified person",
            input=alltoken_video.VideoInput,
            example={
                "model": "seedance-2.0",
                "prompt": "she turns to the camera and smiles",
                "content": [
                    {
                        "type": "image_url",
                        "image_url": {"url": "asset://asset-20260318035710-xxxxx"},
                        "role": "reference_image",
                    }
                ],
                "duration": 5,
            },
            media=(
                MediaField(at="content/*/image_url/url", family="image", asset=True),
                MediaField(at="content/*/video_url/url", family="video", asset=True),
                MediaField(at="content/*/audio_url/url", family="audio", asset=True),
                MediaField(at="content/*/url", asset=True, beside="type"),
            ),
            asset_models=alltoken_video.ASSET_MODELS,
            hint=True,
            idempotency_key=True,
            poll_interval=5 * SECOND,
            settle=2 * HOUR,
            usual=2 * MINUTE,
        ),
        Kind(
            name="alltoken/portrait",
            provider="alltoken",
            flow=Flow.PORTRAIT,
            title="A picture, film or voice of an invented person, kept as an asset",
            input=alltoken.PortraitInput,
            example={"name": "Nova", "asset": {"url": IMAGE}},
            media=(ASSET_URL,),
            poll_interval=3 * SECOND,
            settle=10 * MINUTE,
            usual=30 * SECOND,
        ),
        Kind(
            name="alltoken/liveness",
            provider="alltoken",
            flow=Flow.SCAN,
            title="A person proves by a face scan that a portrait is theirs",
            input=alltoken.LivenessInput,
            example={"name": "Ada", "asset": {"url": IMAGE}},
            media=(ASSET_URL,),
            poll_interval=3 * SECOND,
            settle=10 * MINUTE,
            usual=30 * SECOND,
        ),
    )
}


class JobProvider(Protocol):
    """What a provider of paid jobs translates. `fields` is the input, with every default."""

    def submit(
        self, account: Account, model: str, fields: Mapping[str, Any], callback: str | None
    ) -> Request: ...

    def read_submit(self, reply: Reply, now: int) -> Event: ...

    def poll(self, account: Account, upstream_id: str, fields: Mapping[str, Any]) -> Request: ...

    def read_poll(self, reply: Reply, upstream_id: str, now: int) -> Event: ...


class HistoryProvider(Protocol):
    """One whose history names a call of ours beyond doubt."""

    def history(
        self, account: Account, model: str, since: int, until: int, page: int
    ) -> Request: ...

    def read_history(self, reply: Reply, mark: str, now: int) -> History | AskFailed: ...


class CancelProvider(Protocol):
    """One that can be asked to stop a job; it answers with the job, as to a poll."""

    def cancel(self, account: Account, upstream_id: str) -> Request: ...

    def read_cancel(self, reply: Reply, upstream_id: str, now: int) -> Event: ...


JOB_PROVIDERS: dict[str, JobProvider] = {
    "wavespeed": wavespeed,
    "302ai": ai302,
    "alltoken": alltoken_video,
}
HISTORIES: dict[str, HistoryProvider] = {"wavespeed": wavespeed}
CANCELERS: dict[str, CancelProvider] = {"alltoken": alltoken_video}
