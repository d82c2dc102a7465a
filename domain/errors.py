"""Our errors, each carrying what the next decision needs.

LikenessError
├── InvalidInput          the client sent something that names its own mistakes
├── NotFound              unknown or foreign: nobody can tell which
├── Unauthorized          no key, an unknown key or a revoked one
├── TooLarge              more bytes than this door takes
├── Refused               a rule says no, and says why: carries a code and an HTTP-like status
├── Repeated              the client has made a request of that name before: carries its first answer
├── BadToken              a callback token that we did not make for this purpose
├── BadSignature          a webhook whose signature, age or form does not hold
├── BadFormat             a webhook body that is not the provider's format
├── BadArchive            the archive cannot be set up as it is set; the text is for the operator
├── ArchiveUnavailable    the archive's store or the disk before it is away; nothing was copied
└── StoreUnavailable      the store is locked, full or gone; nothing was written
"""

from dataclasses import dataclass

from domain.idempotency import FirstAnswer, IdempotencyKey


class LikenessError(Exception):
    """Base of every error that is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One bad field: an RFC 6901 pointer into the request body, and what would be right."""

    pointer: str
    message: str


class InvalidInput(LikenessError):
    """The request has bad fields; all of them are named at once."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(f"{len(errors)} bad field(s)")
        self.errors = errors


class NotFound(LikenessError):
    """There is nothing of that name that the caller may see."""


class Unauthorized(LikenessError):
    """The API key is missing, unknown or revoked."""


class TooLarge(LikenessError):
    """The body is over the limit of `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"over {limit} bytes")
        self.limit = limit


class Refused(LikenessError):
    """A rule says no; `code` is stable, the message is for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Repeated(LikenessError):
    """A request of that name was made before; nothing was written now."""

    def __init__(self, key: IdempotencyKey, first: FirstAnswer) -> None:
        super().__init__("made before")
        self.key = key
        self.first = first


class BadToken(LikenessError):
    """The token is forged, foreign or of another purpose."""


class BadSignature(LikenessError):
    """The webhook's signature, its age or its form does not hold."""


class BadFormat(LikenessError):
    """The body is not in the provider's format; the text says what was missing, never the body."""


class BadArchive(LikenessError):
    """The archive cannot be set up; one sentence that names the setting."""


class ArchiveUnavailable(LikenessError):
    """The archive cannot be written or read at the moment; the text names no address."""


class StoreUnavailable(LikenessError):
    """The store cannot commit at the moment; nothing of this call was written."""


class StoreBusy(StoreUnavailable):
    """The store is there, but somebody else holds on to what this call would change."""
