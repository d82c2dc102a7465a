"""GET /docs: the page, rendered once for an address."""

import hashlib
from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from handlers.codes.tables import again
from handlers.docs.prose import paragraphs, prose
from handlers.docs.view import view
from handlers.html import HEADERS, render
from handlers.openapi.document import document
from handlers.openapi.served import FRESH, knows
from handlers.services import context_of


async def get(request: Request) -> Response:
    """No key is needed: the page says nothing of anybody."""
    text, tag = page(context_of(request).base_url)
    headers = HEADERS | {"Cache-Control": FRESH, "ETag": tag}
    if knows(request, tag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(text, headers=headers)


@cache
def page(base_url: str) -> tuple[str, str]:
    """The page and its tag."""
    text = render(
        "docs.html", prose=prose, paragraphs=paragraphs, again=again, **view(document(base_url))
    )
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
