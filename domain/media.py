"""Media values: a link, or content in base64; what it is is read from the bytes, not from a name."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from domain.reference import SUBMISSION, UPLOAD, check_reference

LONGEST_URL = 8192

# The first bytes of each format that Likeness takes (https://mimesniff.spec.whatwg.org).
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
# Containers say in a second word what is inside; HEIC, AVIF and QuickTime also begin with ftyp.
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
BRANDS = {
    b"M4A": "audio/mp4",
    b"M4B": "audio/mp4",
    b"M4V": "video/mp4",
    b"iso": "video/mp4",
    b"mp4": "video/mp4",
    b"avc": "video/mp4",
    b"das": "video/mp4",
    b"MSN": "video/mp4",
    b"3gp": "video/mp4",
}

# What suffixes of providers' links name besides (providers/outputs.py).
MADE: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)
MADE_BRANDS = {
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"mif1": "image/heif",
}

FAMILIES = {"image": "a picture", "audio": "a recording", "video": "a film"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Content that Likeness keeps itself, named by its SHA-256."""

    sha256: str
    content_type: str
    content: bytes = field(repr=False)


def sniff(content: bytes) -> str | None:
    """The content type that the first bytes say, or None."""
    if content[:4] == b"RIFF":
        return RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:11])
    for signature, content_type in SIGNATURES:
        if content.startswith(signature):
            return content_type
    return None


def recognised(head: bytes) -> str | None:
    """The content type of what providers make, which is more than Likeness takes."""
    if head[4:8] == b"ftyp" and head[8:12] in MADE_BRANDS:
        return MADE_BRANDS[head[8:12]]
    for signature, content_type in MADE:
        if head.startswith(signature):
            return content_type
    return sniff(head)


def is_page(content_type: str | None) -> bool:
    """Whether what calls itself so is a text for people or programs, and no media."""
    kind, _, rest = (content_type or "").partition("/")
    return kind == "text" or rest in ("json", "xml", "xhtml+xml", "problem+json")


def media(content: bytes, content_type: str | None = None) -> Media:
    return Media(
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type or sniff(content) or "application/octet-stream",
        content=content,
    )


def is_link(value: str) -> bool:
    """Whether a value means to be an http(s) URL."""
    return value[:8].lower().startswith(("http://", "https://"))


def check_link(value: str) -> str:
    """The URL itself; ValueError says what is wrong with it."""
    if len(value) > LONGEST_URL:
        raise ValueError(f"the URL is longer than {LONGEST_URL} characters")
    if not is_link(value):
        raise ValueError("must be an http:// or https:// URL")
    if any(character <= " " or character == "\x7f" for character in value):
        raise ValueError("the URL has blanks or control characters in it; percent-encode them")
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading the port is how urlsplit checks it
    except ValueError as error:
        raise ValueError("not a valid URL") from error
    if not parts.hostname:
        raise ValueError("the URL has no host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the URL carries a user name or password; leave them out")
    return value


def decode(value: str) -> bytes:
    """The bytes of a `data:` URL or of bare base64; ValueError says what is wrong."""
    text = value
    if value[:5].lower() == "data:":
        head, comma, text = value.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            raise ValueError("a data: URL must look like data:image/jpeg;base64,...")
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("neither an http(s) URL nor valid base64") from error
    if not content:
        raise ValueError("is empty")
    return content


def check_media(value: str, family: str) -> str:
    """What `check_linked_media` takes, or base64 content of the family `image`, `audio` or `video`."""
    if "://" in value[:16]:
        return check_linked_media(value)
    found = sniff(decode(value))
    if found is None or not found.startswith(f"{family}/"):
        raise ValueError(f"the base64 content is {found or 'of no known type'}, not {family}")
    return value


def check_linked_media(value: str) -> str:
    """An http(s) URL, an upload or another submission's result; the value itself."""
    found = check_reference(value, UPLOAD, SUBMISSION)
    if found is not None:
        return found
    if value[:5].lower() == "data:" or "://" not in value[:16]:
        raise ValueError(
            "must be an http(s) URL, upload://upl_... or submission://sub_...; "
            "content goes through POST /v1/uploads first"
        )
    return check_link(value)
