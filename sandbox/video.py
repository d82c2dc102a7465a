"""AllToken's video generation: create, look, list, cancel.

https://alltoken.ai/docs/apis/video
"""

import secrets
from functools import partial

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.alltoken_answers import ASKED_FOR, refusal, refuse
from sandbox.faults import SLOW, broken, due, leaves_job
from sandbox.gate import Handler, Visit, guarded
from sandbox.switches import Switches
from sandbox.video_callbacks import be_early, follow
from sandbox.video_input import ASSET, VIDEO_MODELS, Part, VideoError, check_video, described
from sandbox.video_studio import make
from sandbox.videos import Video, task, video_id
from sandbox.world import World

PROVIDER = "video"
LARGEST_PAGE = 100
USUAL_PAGE = 20
LARGEST_SEED = 2**32
# What a faulty create says unless it is told what to say.
CREATE_CODES = {404: "upstream_model_not_found"}


async def create(visit: Visit) -> Response:
    try:
        given, parts = check_video(visit.body)
        _check_assets(visit, parts)
    except VideoError as error:
        return _refused(error)
    same = _same(visit)
    if same is not None:
        return await _again(visit, same)
    fault, switches = _fault(visit), visit.switches
    video = None
    if leaves_job(fault, switches):
        video = _open(visit, given, parts)
        await _begin(visit.world, video)
    await visit.world.sleep(switches.latency + (SLOW if fault == "slow" else 0))
    whole = None if video is None else await _stand(visit.world, video, 202)
    if whole is None or fault not in ("ok", "slow"):
        return broken(fault, partial(_error, switches=switches), whole)
    return whole


def _refused(error: VideoError) -> Response:
    return refusal(error.status, str(error), error.code, param=error.param or None)


def _check_assets(visit: Visit, parts: list[Part]) -> None:
    """Only own, Active assets of the right kind, and only with the models that take them."""
    world = visit.world
    for part in parts:
        if not part.link.startswith(ASSET):
            continue
        asset = world.assets.get(part.link.removeprefix(ASSET))
        usable = (
            VIDEO_MODELS[visit.body["model"]].assets
            and asset is not None
            and asset.customer == visit.customer
            and asset.status(world.now()) == "Active"
            and asset.kind == part.kind
        )
        if not usable:
            raise VideoError(f"{part.link} cannot be used", "content", "upstream_invalid_parameter")


def _same(visit: Visit) -> Video | None:
    """The video of an earlier create with the same Idempotency-Key, where that counts."""
    key = visit.request.headers.get("idempotency-key")
    if not key or visit.switches.video_idempotency == "ignored":
        return None
    own = (video for video in visit.world.videos.values() if video.customer == visit.customer)
    return next((video for video in own if video.idempotency_key == key), None)


async def _again(visit: Visit, video: Video) -> Response:
    if visit.switches.video_idempotency == "replay":
        return await _stand(visit.world, video, 202)
    return refusal(409, "A duplicate request", "duplicate_request", task_id=video.id)


def _fault(visit: Visit) -> str:
    fault, times = visit.switches.video_create, visit.switches.video_create_times
    return fault if fault != "ok" and due(visit, "video_create", times) else "ok"


def _error(status: int, switches: Switches) -> Response:
    code = switches.video_create_code or CREATE_CODES.get(status, "")
    return refusal(status, ASKED_FOR, code, form=switches.video_error_form)


def _open(visit: Visit, given: dict[str, object], parts: list[Part]) -> Video:
    world = visit.world
    seed = given.get("seed")
    video = Video(
        id=video_id(),
        customer=visit.customer,
        input=given,
        parts=parts,
        callback_url=str(given.get("callback_url") or ""),
        idempotency_key=visit.request.headers.get("idempotency-key", ""),
        switches=visit.switches,
        overrides=visit.overrides,
        created_at=world.now(),
        duration=visit.switches.video_duration,
        seed=seed if isinstance(seed, int) and seed >= 0 else secrets.randbelow(LARGEST_SEED),
    )
    world.videos[video.id] = video
    world.charge(PROVIDER, visit.customer, video.id, visit.body)
    return video


async def _begin(world: World, video: Video) -> None:
    if not video.callback_url:
        world.spawn(partial(make, world, video))
    elif video.switches.video_callback == "early":
        await be_early(world, video)
    else:
        world.spawn(partial(follow, world, video))


async def look(visit: Visit) -> Response:
    video = _own(visit)
    if video is None:
        return refuse(404, "No such video")
    video.polls += 1
    switches = visit.world.switches.now.with_overrides({**video.overrides, **visit.overrides})
    whole = await _stand(visit.world, video)
    times = switches.video_poll_times
    if switches.video_poll == "ok" or (times and video.polls > times):
        return whole
    return broken(switches.video_poll, partial(_plain, switches=switches), whole)


def _own(visit: Visit) -> Video | None:
    video = visit.world.videos.get(visit.text("id"))
    if video is None or video.customer != visit.customer:
        return None
    return None if video.expired(visit.world.now()) else video


async def _stand(world: World, video: Video, status: int = 200) -> Response:
    """The task as it is now, with its film when it is due."""
    if video.cancelled_at is None and world.now() >= video.due:
        await make(world, video)
    return JSONResponse(task(video, world.now()), status)


def _plain(status: int, switches: Switches) -> Response:
    return refusal(status, ASKED_FOR, form=switches.video_error_form)


async def cancel(visit: Visit) -> Response:
    """[guess] As at Ark, only what is still queued can be cancelled."""
    video, world = _own(visit), visit.world
    if video is None:
        return refuse(404, "No such video")
    until = world.switches.now.with_overrides({**video.overrides, **visit.overrides}).video_cancel
    if until not in ("queued", "running"):
        return broken(until, refuse)
    now = world.now()
    if now >= video.due:
        await make(world, video)
    if video.ended(now) or (until == "queued" and now >= video.starts):
        return refuse(409, f"The video is {video.status(now)} and cannot be cancelled")
    video.cancelled_at = now
    return await _stand(world, video)


async def catalog(visit: Visit) -> Response:
    return JSONResponse({"object": "list", "data": [described(m) for m in VIDEO_MODELS.values()]})


async def listed(visit: Visit) -> Response:
    query, world = visit.request.query_params, visit.world
    limit = query.get("limit", str(USUAL_PAGE))
    if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
        return refuse(400, f"limit must be an integer from 1 to {LARGEST_PAGE}")
    own = [
        video
        for video in reversed(world.videos.values())
        if video.customer == visit.customer and not video.expired(world.now())
    ]
    for video in own:
        await _stand(world, video)
    now, wanted = world.now(), query.get("status")
    found = [task(video, now) for video in own if wanted in (None, "", video.status(now))]
    return JSONResponse({"items": found[: int(limit)], "total": len(found)})


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(f"/v1/videos/{path}", guarded(handler, refuse), methods=[method])


VIDEO_ROUTES = [
    _route("models", catalog, "GET"),
    _route("generations", create, "POST"),
    _route("generations", listed, "GET"),
    _route("generations/{id}", look, "GET"),
    _route("generations/{id}/cancel", cancel, "POST"),
]
