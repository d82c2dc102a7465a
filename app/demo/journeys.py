"""The stories that the demo tells, each from its submission to its end."""

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from app.client import Json
from app.console import OUT, plain
from app.demo.files import fetch
from app.demo.phone import open_phone
from app.demo.stage import Stage
from app.ending import Code, Stop
from app.progress import FINAL, in_words
from sandbox.sources import sample

LOOK = 0.1
"""Seconds between two looks at a timeline."""

Journey = Callable[[Stage], Awaitable[None]]


async def portrait(stage: Stage) -> None:
    """A portrait, finished by the provider's signed webhook"""
    fields = {"prompt": "a studio portrait, soft light", "image": _base64("portrait.jpg")}
    submission = await _submit(stage, "wavespeed/portrait", fields)
    done = await Story(stage, submission["id"]).to_the_end()
    await _by_webhook(stage, done)
    await _keep(stage, done, "portrait.jpg")


async def face_scan(stage: Stage) -> None:
    """A face scan on a phone, then an asset that only this person may own"""
    submission = await _submit(stage, "alltoken/liveness", scan_input(stage, "Ada"))
    story = Story(stage, submission["id"])
    async with open_phone() as phone:
        scan = await phone.press(submission["action"]["url"])
        await story.news()
        OUT.print("   The phone is on the provider's page now; the person looks into the camera.")
        await phone.press(scan)
    done = await story.to_the_end()
    asset = done["result"].get("asset_uri")
    if not asset:
        raise Stop("The face scan ended without an asset.", Code.FAILED)
    OUT.print(f"   [green]{plain(asset)}[/green] is Active in {plain(done['result']['group_id'])}")


async def avatar(stage: Stage) -> None:
    """A talking avatar from a picture and a voice"""
    fields = {"image": _base64("portrait.jpg"), "audio": _base64("speech.wav")}
    submission = await _submit(stage, "wavespeed/avatar-omni-human", fields)
    done = await Story(stage, submission["id"]).to_the_end()
    await _by_webhook(stage, done)
    await _keep(stage, done, "avatar.mp4")


JOURNEYS: tuple[Journey, ...] = (portrait, face_scan, avatar)


def scan_input(stage: Stage, name: str) -> Json:
    """The asset's picture lies where the provider can reach it."""
    picture = f"{stage.sandbox_url}/media/portrait.jpg"
    return {"name": name, "asset": {"url": picture, "name": "portrait"}}


class Story:
    """A submission's timeline, shown as it grows."""

    def __init__(self, stage: Stage, submission_id: str) -> None:
        self._stage = stage
        self._id = submission_id
        self._seen: set[str] = set()

    async def news(self) -> Json:
        """Show what is new since the last time; the submission as it is now."""
        submission = await self._stage.client.submission(self._id)
        for event in await self._stage.client.events(self._id):
            if event["id"] not in self._seen:
                OUT.print(_line(submission, event))
            self._seen.add(event["id"])
        return submission

    async def to_the_end(self) -> Json:
        """Stop says why when the submission did not succeed."""
        while (submission := await self.news())["status"] not in FINAL:
            await self._stage.clock.sleep(LOOK)
        return _succeeded(submission)


def _succeeded(submission: Json) -> Json:
    error = submission["error"]
    if submission["status"] != "succeeded":
        why = f": {error['message']} ({error['code']})" if error else ""
        raise Stop(
            f"{submission['kind']} {submission['id']} {submission['status']}{why}", Code.FAILED
        )
    return submission


async def _submit(stage: Stage, kind: str, fields: Json) -> Json:
    submission = await stage.client.submit(kind, fields)
    OUT.print(f"   [bold]POST /v1/submissions[/bold]  {kind}")
    OUT.print(f"   202 {submission['id']}  {in_words(submission)}")
    return submission


def _line(submission: Json, event: dict[str, Any]) -> str:
    began = datetime.fromisoformat(submission["created_at"])
    seconds = (datetime.fromisoformat(event["at"]) - began).total_seconds()
    text = f"{seconds:7.2f} s  {event['type']:<24} {'by ' + event['source']:<14} {event['status']}"
    return f"[dim]{plain(text)}[/dim]"


async def _by_webhook(stage: Stage, submission: Json) -> None:
    """Polling would have finished it as well, but that is not what this journey shows."""
    last = (await stage.client.events(submission["id"]))[-1]
    if last["source"] != "webhook":
        raise Stop(
            f"{submission['id']} was finished by {last['source']}, not by its webhook.", Code.FAILED
        )
    OUT.print("   [green]succeeded[/green], told by the provider's signed webhook")


async def _keep(stage: Stage, submission: Json, name: str) -> None:
    path = stage.folder / "results" / name
    words = await fetch(submission["result"]["outputs"][0]["url"], path)
    OUT.print(f"   [green]{plain(path)}[/green]  {words}")


def _base64(name: str) -> str:
    return base64.b64encode(sample(name)).decode()
