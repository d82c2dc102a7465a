"""From a desktop to the phone: the scan link as a picture, and a page around it for those who have
none of their own."""

from io import BytesIO

import segno
from starlette.requests import Request
from starlette.responses import Response

from handlers.html import HEADERS
from handlers.scan_answers import for_a_person, page_url, show_handoff, submission_of


@for_a_person
async def page(request: Request) -> Response:
    """GET /scan/{token}/qr"""
    return show_handoff(request, await submission_of(request, request.path_params["token"]))


@for_a_person
async def picture(request: Request) -> Response:
    """GET /scan/{token}/qr.svg: the link itself, to be scanned from a desktop's screen."""
    submission = await submission_of(request, request.path_params["token"])
    code = segno.make(page_url(request, submission), error="m")
    svg = BytesIO()
    # Without a size of its own it fills whatever shows it.
    code.save(svg, kind="svg", xmldecl=False, border=4, dark="#111", light="#fff", omitsize=True)
    return Response(svg.getvalue(), media_type="image/svg+xml", headers=HEADERS)
