"""A submission is erased: nothing of it is left, and its id is as unknown as any other."""

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import FieldError, InvalidInput, NotFound
from engine.erasure import erasing
from handlers.auth import caller
from handlers.services import context_of

CHOICES = {"true": True, "false": False}


async def delete(request: Request) -> Response:
    """DELETE /v1/submissions/{id}; 204 once it is committed."""
    key = await caller(request)
    context = context_of(request)
    submission_id = request.path_params["submission_id"]
    wish = erasing(context, submission_id, key.id, upstream=_upstream(request))
    try:
        await context.store.erasures.erase(wish)
    except NotFound as error:
        raise NotFound(f"submission {submission_id}") from error
    return Response(status_code=204)


def _upstream(request: Request) -> bool:
    """Whether the provider's asset shall go as well."""
    given = request.query_params.getlist("upstream") or ["false"]
    if len(given) == 1 and given[0] in CHOICES:
        return CHOICES[given[0]]
    raise InvalidInput([FieldError(pointer="/upstream", message="must be `true` or `false`")])
