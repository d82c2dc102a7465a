"""A multipart form with one file, read piece by piece: nothing of it is gathered in memory."""

from collections.abc import AsyncIterator

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from domain.errors import FieldError, InvalidInput, Refused, TooLarge
from handlers.bodies import refuse_too_long

LONGEST_HEADER = 8 * 1024
ROOM = 64 * 1024
"""Bytes for boundaries, headers and fields that nobody asked for."""
NOT_MULTIPART = "Send the file as multipart/form-data, in a part that is called `file`."


class Parts:
    """Collects what the parser says: the content of the part `file`, and nothing of the others."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.files = 0
        self.ended = False
        self._field = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._is_file = False

    def pieces(self) -> list[bytes]:
        """What has come since the last time."""
        if self.files > 1:
            raise _bad("must be there once")
        pieces, self.chunks = self.chunks, []
        return pieces

    def check_complete(self) -> None:
        if not self.ended:
            raise Refused(400, "incomplete_body", "The form ended before it was complete.")
        if not self.files:
            raise _bad("is required: the file's content, as a part of the form")

    def callbacks(self) -> dict[str, object]:
        return {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_begin": self._on_part_begin,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }

    def _on_part_begin(self) -> None:
        self._headers = {}
        self._is_file = False

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]
        self._limit(self._field)

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._limit(self._value)

    def _on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._is_file = options.get(b"name") == b"file"
        self.files += self._is_file

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.chunks.append(data[start:end])

    def _on_end(self) -> None:
        self.ended = True

    def _limit(self, text: bytes) -> None:
        if len(text) > LONGEST_HEADER:
            raise FormParserError("a part's header is too long")


async def file_chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The content of the part `file` as it comes in; Refused when the form is broken or cut off,
    TooLarge when it is longer than `limit` bytes, with a little room for what is around the file."""
    refuse_too_long(request, limit + ROOM, limit)
    parts = Parts()
    try:
        parser = MultipartParser(_boundary(request), parts.callbacks())  # type: ignore[arg-type]
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit + ROOM:
                raise TooLarge(limit)
            parser.write(chunk)
            for piece in parts.pieces():
                yield piece
        parser.finalize()
    except FormParserError as error:
        raise Refused(400, "invalid_multipart", f"The form is broken. {NOT_MULTIPART}") from error
    parts.check_complete()


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Refused(415, "unsupported_media_type", NOT_MULTIPART)
    return options[b"boundary"]


def _bad(message: str) -> InvalidInput:
    return InvalidInput([FieldError(pointer="/file", message=message)])
