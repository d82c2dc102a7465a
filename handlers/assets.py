"""What pages are made of: the stylesheet, the scripts and the sign of ours, asked for anew each time.

A browser that may guess how long it keeps a file runs an old script against the pages of a new version. It
asks with the file's tag, and what it has is still good: then no content is sent.
"""

from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


class Assets(StaticFiles):
    """The files of this folder, and of none above it."""

    def __init__(self) -> None:
        super().__init__(directory=Path(__file__).parent / "static")

    def file_response(self, *given: Any, **named: Any) -> Response:
        answer = super().file_response(*given, **named)
        answer.headers.update(HEADERS)
        return answer
