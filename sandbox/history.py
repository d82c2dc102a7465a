"""The list of a customer's WaveSpeed predictions.

https://wavespeed.ai/docs/docs-common-api/predictions
"""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from sandbox.gate import Visit
from sandbox.jobs import Job, prediction
from sandbox.wavespeed_answers import faulty, refuse, success

LARGEST_PAGE = 100
USUAL_PAGE = 20


class BadFilterError(ValueError):
    """A filter that cannot be read."""


async def history(visit: Visit) -> Response:
    """Newest first, the last 7 days, as the documented items or also with their inputs."""
    if visit.switches.history in ("500", "cut"):
        return faulty(visit.switches.history)
    body = visit.body if isinstance(visit.body, dict) else {}
    try:
        page = _number(body, "page", 1)
        size = _number(body, "page_size", USUAL_PAGE, LARGEST_PAGE)
        jobs = [job for job in _own(visit) if _wanted(job, body, visit.world.now())]
    except BadFilterError as error:
        return refuse(400, str(error))
    shown = [_item(visit, job) for job in jobs[(page - 1) * size : page * size]]
    return success({"page": page, "total": len(jobs), "items": shown})


async def delete(visit: Visit) -> Response:
    """Forget predictions; shape of the vendor's CLI."""
    ids = visit.body.get("ids") if isinstance(visit.body, dict) else None
    if not isinstance(ids, list):
        return refuse(400, "ids must be a list")
    own = {job.id for job in _own(visit)} & {str(each) for each in ids}
    for each in own:
        del visit.world.jobs[each]
    return success({"deleted_count": len(own)})


def _own(visit: Visit) -> list[Job]:
    if visit.switches.history == "empty":
        return []
    now = visit.world.now()
    return [
        job
        for job in reversed(visit.world.jobs.values())
        if job.customer == visit.customer and not job.expired(now)
    ]


def _wanted(job: Job, body: dict[str, Any], now: float) -> bool:
    return (
        body.get("model") in (None, "", job.model)
        and body.get("status") in (None, "", job.status(now))
        and job.created_at >= _moment(body, "created_after", float("-inf"))
        and job.created_at <= _moment(body, "created_before", float("inf"))
    )


def _item(visit: Visit, job: Job) -> dict[str, Any]:
    shown = prediction(job, job.status(visit.world.now()))
    # The CLI's types know `inputs`; the documented sample has none.
    return shown | {"inputs": dict(job.input)} if visit.switches.history == "inputs" else shown


def _number(body: dict[str, Any], name: str, usual: int, largest: int | None = None) -> int:
    value = body.get(name, usual)
    if not isinstance(value, int) or value < 1 or (largest and value > largest):
        raise BadFilterError(
            f"{name} must be an integer from 1" + (f" to {largest}" * bool(largest))
        )
    return value


def _moment(body: dict[str, Any], name: str, usual: float) -> float:
    value = body.get(name)
    if not value:
        return usual
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError as error:
        raise BadFilterError(f"{name} must be an ISO 8601 time") from error
