"""The provider's portrait API under our address: a client changes only its base URL and its key.

https://alltoken.ai/docs/apis/portrait (providers.md C.1, C.2): what is not a business error is
answered in the words of AllToken's gateway, not as a problem document.
"""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import Refused, StoreUnavailable, TooLarge, Unauthorized
from domain.ids import new_id
from engine.actions import Asked, perform
from handlers.auth import caller
from handlers.bodies import read_body
from handlers.services import context_of
from providers.alltoken_action_answer import ActionAnswer, gateway_error

LARGEST = 1024 * 1024

log = structlog.get_logger("likeness.http")


async def post(request: Request) -> JSONResponse:
    """POST /v1/portrait/?Action=...; the slash is part of the path."""
    answer = await _answer(request)
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(answer.body, answer.status, headers)


async def _answer(request: Request) -> ActionAnswer:
    context = context_of(request)
    request_id = new_id("req", context.clock.now())
    try:
        key = await caller(request)
        asked = Asked(
            action=request.query_params.get("Action", ""),
            version=request.query_params.get("Version"),
            body=await read_body(request, LARGEST),
        )
        return await perform(context, key, asked)
    except Unauthorized:
        return gateway_error(401, "Invalid or revoked API key.", request_id)
    except TooLarge as error:
        message = f"The body may have at most {error.limit} bytes."
        return gateway_error(413, message, request_id)
    except Refused as error:
        return gateway_error(
            error.status, error.message, request_id, code=error.code, retry_after=5
        )
    except StoreUnavailable as error:
        log.warning("store unavailable", reason=str(error))
        message = "The store is away, so nothing was done. Try again shortly."
        return gateway_error(503, message, request_id, code="store_unavailable", retry_after=2)
