"""What callback_url gets: nobody documents it, so this is the task, unsigned [guess].

Ark, which stands behind it, posts every change of status and repeats only the last ones.
"""

import json
from functools import partial
from typing import Any

from sandbox.past import Attempt
from sandbox.video_studio import make
from sandbox.videos import DONE, Video, ark_task, task
from sandbox.webhooks import send
from sandbox.world import World

GARBAGE = b"\xff\xfe this is not JSON {"
# Only these are announced; who cancels a video knows it.
ANNOUNCED = (*DONE, "failed", "expired")


async def follow(world: World, video: Video) -> None:
    """Tell each status when it comes; the film is made meanwhile."""
    how = video.switches.video_callback
    await tell_pending(world, video, "queued")
    await world.sleep(video.starts - world.now())
    if not video.ended(world.now()):
        await tell_pending(world, video, "processing")
    if how == "lying":
        await deliver(world, video, lie(video, world.now()))
    await make(world, video)
    await world.sleep(video.due - world.now())
    if how == "late":
        await world.sleep(video.switches.video_callback_delay)
    if how not in ("never", "lying"):
        await tell_end(world, video)


async def be_early(world: World, video: Video) -> None:
    """End the video at once and tell it before the create is answered."""
    video.duration = 0.0
    await make(world, video)
    body = told(task_of(video, world.now()))
    if not await post(world, video, body):
        world.spawn(partial(deliver, world, video, body, first=2))


async def tell_pending(world: World, video: Video, status: str) -> None:
    """One attempt, as Ark's; only some ways of going wrong leave them out."""
    if video.switches.video_callback in ("normal", "duplicate"):
        await post(world, video, told(task_of(video, world.now()) | _as(video, status)))


async def tell_end(world: World, video: Video) -> None:
    if video.outcome not in ANNOUNCED:
        return
    for body in _last(world, video):
        await deliver(world, video, body)


def _last(world: World, video: Video) -> list[bytes]:
    end = task_of(video, world.now())
    body = told(end)
    match video.switches.video_callback:
        case "duplicate":
            return [body, body]
        case "out_of_order":
            stale = unfinished(end)
            return [
                body,
                told(stale | _as(video, "processing")),
                told(stale | _as(video, "queued")),
            ]
        case "garbage":
            return [GARBAGE]
        case "other_job":
            return [told(end | {"id": _other(world, video)})]
        case _:
            return [body]


def lie(video: Video, now: float) -> bytes:
    """A final status that is not true, with a link that leads nowhere."""
    said = video.switches.video_callback_lie
    shown = unfinished(task_of(video, now)) | _as(video, said)
    if said in DONE:
        nowhere = f"https://lies.invalid/{video.id}.mp4"
        shown |= (
            {"content": {"video_url": nowhere}}
            if video.switches.video_callback_body == "ark"
            else {"video_url": nowhere}
        )
    elif said == "failed":
        shown |= {"error": {"code": "upstream_error", "message": "It failed, says the callback"}}
    return told(shown)


def task_of(video: Video, now: float) -> dict[str, Any]:
    return (ark_task if video.switches.video_callback_body == "ark" else task)(video, now)


def _as(video: Video, status: str) -> dict[str, str]:
    if video.switches.video_callback_body == "ark":
        status = {"processing": "running", "completed": "succeeded"}.get(status, status)
    return {"status": status}


def unfinished(shown: dict[str, Any]) -> dict[str, Any]:
    """The task without what only its end has."""
    end = ("video_url", "video_url_expires_at", "video_url_ttl", "last_frame_url", "usage")
    return {name: value for name, value in shown.items() if name not in (*end, "error", "content")}


def told(shown: dict[str, Any]) -> bytes:
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()


def _other(world: World, video: Video) -> str:
    others = (other.id for other in world.videos.values() if other.id != video.id)
    return next(others, "vgen_01of_somebody_else")


async def deliver(world: World, video: Video, body: bytes, first: int = 1) -> None:
    """Try until a 2xx."""
    for number in range(first, video.switches.video_callback_attempts + 1):
        if number > 1:
            await world.sleep(video.switches.video_callback_backoff)
        if await post(world, video, body):
            return


async def post(world: World, video: Video, body: bytes) -> bool:
    headers = {"content-type": "application/json"}
    status, error = await send(world, video.callback_url, headers, body)
    world.webhooks.append(
        Attempt(
            job_id=video.id,
            at=world.now(),
            url=video.callback_url,
            headers=headers,
            body=body,
            status=status,
            error=error,
        )
    )
    return status is not None and 200 <= status < 300
