"""GET /openapi.json: the document as it is sent; no key is needed."""

from starlette.requests import Request
from starlette.responses import Response

from handlers.live import TAG
from handlers.openapi.document import document
from handlers.services import context_of

FRESH = "public, max-age=300"


async def get(request: Request) -> Response:
    """Built at the first question; who has it already gets 304."""
    found = document(context_of(request).base_url)
    headers = {"ETag": found.tag, "Cache-Control": FRESH}
    if knows(request, found.tag):
        return Response(status_code=304, headers=headers)
    return Response(found.text, headers=headers, media_type="application/json")


def knows(request: Request, tag: str) -> bool:
    """Whether the client has what has that tag."""
    given = ",".join(request.headers.getlist("if-none-match"))
    return bool({tag, "*"} & set(TAG.findall(given)))
