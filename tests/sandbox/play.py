"""What the tests say to the sandbox, and what it says to others."""

import hashlib
import hmac
from typing import Any

import httpx

PORTRAIT = "/api/v3/bytedance/portrait"
AVATAR = "/api/v3/bytedance/avatar-omni-human"
MEDIA = "http://media.test/face.jpg"
INPUT = {"prompt": "in oil", "image": MEDIA}
VOICE_INPUT = {"image": MEDIA, "audio": "http://media.test/voice.wav"}
HOOK = "http://likeness.test/webhooks/wavespeed/token"
DRAW = "/doubao/drawing/portrait?response_format=url"
ASK = "/doubao/drawing/portrait_result?response_format=url"
VIDEOS = "/v1/videos/generations"
VIDEO_HOOK = "http://likeness.test/webhooks/alltoken/token"
CALLBACK = "http://likeness.test/liveness/callback/token"


class Receiver:
    """Everybody outside: takes webhooks, opens callbacks, serves media."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        # Answers to webhooks, used up in turn; afterwards 204.
        self.statuses: list[int] = []
        self.pages: dict[str, httpx.Response] = {}
        self.unreachable = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.unreachable:
            raise httpx.ConnectError("refused", request=request)
        page = self.pages.get(request.url.path)
        if page is not None:
            return page
        self.requests.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 204)


async def submit(
    client: httpx.AsyncClient, path: str = PORTRAIT, hook: str | None = HOOK, **changes: Any
) -> httpx.Response:
    body = (INPUT if path == PORTRAIT else VOICE_INPUT) | changes
    return await client.post(path, params={"webhook": hook} if hook else {}, json=body)


async def submitted(client: httpx.AsyncClient, path: str = PORTRAIT, **changes: Any) -> str:
    answer = await submit(client, path, **changes)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


async def result(client: httpx.AsyncClient, identity: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v3/predictions/{identity}/result")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()["data"]
    return shown


async def act(client: httpx.AsyncClient, action: str, **fields: Any) -> httpx.Response:
    query = {"Action": action, "Version": "2024-01-01"}
    return await client.post("/v1/portrait/", params=query, json=fields)


async def done(client: httpx.AsyncClient, action: str, **fields: Any) -> dict[str, Any]:
    answer = await act(client, action, **fields)
    assert answer.status_code == 200, answer.text
    assert "Error" not in answer.json()["ResponseMetadata"], answer.text
    shown: dict[str, Any] = answer.json()["Result"]
    return shown


async def code(client: httpx.AsyncClient, action: str, **fields: Any) -> str:
    """The business error of an Action."""
    answer = await act(client, action, **fields)
    assert answer.status_code == 200
    return str(answer.json()["ResponseMetadata"]["Error"]["Code"])


async def grouped(client: httpx.AsyncClient, name: str = "me") -> str:
    shown = await done(client, "CreateAssetGroup", GroupType="AIGC", Name=name)
    return str(shown["Id"])


async def added(client: httpx.AsyncClient, group: str, **changes: Any) -> str:
    fields = {"GroupId": group, "URL": MEDIA, "AssetType": "Image", "Name": "face"} | changes
    return str((await done(client, "CreateAsset", **fields))["Id"])


async def draw(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """Submit a portrait to 302.AI."""
    return await client.post(DRAW, json={"image_input": MEDIA} | changes)


async def drawn_task(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await draw(client, **changes)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["task_id"])


async def ask(client: httpx.AsyncClient, identity: str, **fields: Any) -> httpx.Response:
    """Ask 302.AI about a task."""
    return await client.post(ASK, json={"task_id": identity} | fields)


async def generate(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """Create a video."""
    body = {"model": "seedance-2.0", "prompt": "a person waves"} | changes
    return await client.post(VIDEOS, json=body)


async def generated(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await generate(client, **changes)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def picture(link: str, **more: str) -> dict[str, Any]:
    """A picture in a video's content."""
    return {"type": "image_url", "image_url": {"url": link}, **more}


async def video(client: httpx.AsyncClient, identity: str) -> dict[str, Any]:
    answer = await client.get(f"{VIDEOS}/{identity}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def verified(request: httpx.Request, secret: str) -> bool:
    """The documented check, written anew: the key is the text after `whsec_`."""
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode()
        + request.content
    )
    digest = hmac.new(secret.removeprefix("whsec_").encode(), signed, hashlib.sha256).hexdigest()
    return request.headers["webhook-signature"] == f"v3,{digest}"
