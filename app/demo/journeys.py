"""The stories that the demo tells, each from its submission to its end."""

import base64
from collections.abc import Awaitable, Callable

from app.client import Json
from app.console import OUT, plain
from app.demo.files import fetch
from app.demo.phone import open_phone
from app.demo.stage import Stage
from app.demo.story import Part, Story
from app.ending import Code, Stop
from app.progress import FINAL, in_words
from sandbox.sources import MEDIA_FOLDER, sample

Journey = Callable[[Stage], Awaitable[None]]

SETTLED = 0.3
"""Seconds in which what waits for nobody gets going, before the board is shown."""


async def portrait(stage: Stage) -> None:
    """A portrait, finished by the provider's signed webhook"""
    picture = base64.b64encode(sample("portrait.jpg")).decode()
    fields = {"prompt": "a studio portrait, soft light", "image": picture}
    OUT.print("   [bold]POST /v1/submissions[/bold]  wavespeed/portrait, the picture in base64")
    submission = await stage.client.submit("wavespeed/portrait", fields)
    OUT.print(f"   202 {submission['id']}  {in_words(submission)}")
    done = await Story(stage, Part(name="portrait", submission=submission)).to_the_end()
    await _by_webhook(stage, done["portrait"])
    await told_app(stage, done["portrait"])
    await keep(stage, done["portrait"], "first-portrait.jpg")


async def face_to_film(stage: Stage) -> None:
    """Face to film: all is submitted at once; after one face scan it goes on by itself"""
    picture, voice = await upload(stage, "portrait.jpg"), await upload(stage, "speech.wav")
    scan = await submit_scan(stage, "Ada", picture)
    video = await submit_video(stage, scan)
    drawn = await _submit(
        stage,
        "portrait",
        "302ai/portrait",
        {"image_input": picture, "prompt": "in a winter coat, snow"},
        "made from the picture",
    )
    fields = {"image": f"submission://{drawn.submission['id']}", "audio": voice}
    words = "of submission://<portrait> and the voice"
    avatar = await _submit(stage, "avatar", "wavespeed/avatar-omni-human", fields, words, drawn)
    story = Story(stage, scan, video, drawn, avatar)
    await stage.clock.sleep(SETTLED)
    await story.board()
    OUT.print("\n   The person opens the link on a phone, presses Start and looks into the camera.")
    async with open_phone() as phone:
        page = await phone.press(scan.submission["action"]["url"])
        await story.news()
        await phone.press(page)
    OUT.print("   Nobody does anything from here on.")
    done = await story.to_the_end()
    told_asset(done["scan"])
    for part in done.values():
        await told_app(stage, part)
    await keep(stage, done["video"], "video.mp4")
    await keep(stage, done["portrait"], "portrait.jpg")
    await keep(stage, done["avatar"], "avatar.mp4")


JOURNEYS: tuple[Journey, ...] = (portrait, face_to_film)


async def upload(stage: Stage, name: str) -> str:
    """The `upload://` of a ready-made file."""
    shown = await stage.client.upload(MEDIA_FOLDER / name)
    what = f"{shown['content_type']}, {shown['bytes'] / 1000:.0f} kB"
    OUT.print(f"   [bold]POST /v1/uploads[/bold]  {name:<12}  201 upload://{shown['id']}  {what}")
    return f"upload://{shown['id']}"


async def submit_scan(stage: Stage, name: str, picture: str) -> Part:
    """A face scan, and an asset from the picture that only the scanned person may own."""
    fields = {"name": name, "asset": {"url": picture, "name": "portrait"}}
    words = "a face scan, then an asset of the picture"
    return await _submit(stage, "scan", "alltoken/liveness", fields, words)


async def submit_video(stage: Stage, scan: Part) -> Part:
    """A film with the face of the asset that does not exist before the scan."""
    face = {
        "type": "image_url",
        "image_url": {"url": f"submission://{scan.submission['id']}"},
        "role": "reference_image",
    }
    fields = {
        "model": "seedance-2.0",
        "prompt": "she turns to the camera and smiles",
        "content": [face],
    }
    words = "with the face of submission://<scan>"
    return await _submit(stage, "video", "alltoken/video", fields, words, scan)


async def _submit(
    stage: Stage, name: str, kind: str, fields: Json, words: str, built_on: Part | None = None
) -> Part:
    submission = await stage.client.submit(kind, fields)
    OUT.print(f"   [bold]POST /v1/submissions[/bold]  {kind:<27}  {words}")
    return Part(
        name=name, submission=submission, built_on=None if built_on is None else built_on.name
    )


async def _by_webhook(stage: Stage, submission: Json) -> None:
    """Polling would have finished it as well, but that is not what this journey shows."""
    events = await stage.client.events(submission["id"])
    # What has come after it are the copies of its outputs.
    end = next(event for event in events if event["status"] in FINAL)
    if end["source"] != "webhook":
        raise Stop(
            f"{submission['id']} was finished by {end['source']}, not by its webhook.", Code.FAILED
        )
    OUT.print("   [green]succeeded[/green], told by the provider's signed webhook")


async def told_app(stage: Stage, submission: Json) -> None:
    told = await stage.app.until_told(submission["id"], f"submission.{submission['status']}")
    types = ", then ".join(type_.removeprefix("submission.") for type_ in told)
    words = f"our app was told by webhook, [green]signed[/green]: {types}"
    OUT.print(f"   {submission['kind']:<27}  {words}")


def told_asset(scan: Json) -> None:
    asset = scan["result"].get("asset_uri")
    if not asset:
        raise Stop("The face scan ended without an asset.", Code.FAILED)
    OUT.print(f"   [green]{plain(asset)}[/green] is Active in {plain(scan['result']['group_id'])}")


async def keep(stage: Stage, submission: Json, name: str) -> None:
    path = stage.folder / "results" / name
    words = await fetch(submission["result"]["outputs"][0]["url"], path)
    OUT.print(f"   [green]{plain(path)}[/green]  {words}")
