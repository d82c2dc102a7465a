"""What a client was told of a submission, and telling it again."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import NotFound
from domain.times import rfc3339
from handlers.auth import caller
from handlers.services import context_of
from handlers.submissions import own
from store.deliveries import Replay, Told


async def get(request: Request) -> JSONResponse:
    """GET /v1/submissions/{id}/deliveries, oldest first"""
    submission = await own(request)
    told = await context_of(request).store.deliveries.of(submission.id)
    return JSONResponse({"items": [show(one) for one in told]})


async def replay(request: Request) -> JSONResponse:
    """POST /v1/deliveries/{id}/replay: 202, and it is sent again under the same webhook-id."""
    key = await caller(request)
    context = context_of(request)
    delivery_id = request.path_params["delivery_id"]
    wish = Replay(delivery_id=delivery_id, key_id=key.id, now=context.clock.now())
    try:
        delivery = await context.store.deliveries.replay(wish)
    except NotFound as error:
        raise NotFound(f"delivery {delivery_id}") from error
    told = await context.store.deliveries.of(delivery.submission_id)
    shown = [show(one) for one in told if one.delivery.id == delivery.id]
    if not shown:
        raise NotFound(f"delivery {delivery_id}")
    return JSONResponse(shown[0], 202)


def show(told: Told) -> dict[str, Any]:
    """Without the URL: it may carry a secret of the client's, who knows it anyway."""
    delivery = told.delivery
    return {
        "id": delivery.id,
        "type": delivery.type,
        "state": delivery.state,
        "sequence": delivery.sequence,
        "created_at": rfc3339(delivery.created_at),
        "next_attempt_at": rfc3339(told.next_at) if told.next_at is not None else None,
        "attempts": [
            {
                "at": rfc3339(tried.at),
                "status": tried.status,
                "answer": tried.answer,
                "error": tried.error,
            }
            for tried in told.attempts
        ],
    }
