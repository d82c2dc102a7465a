"""Results as providers give them: links, `data:` URLs, bare base64, or objects around one of these."""

from typing import Any
from urllib.parse import urlsplit

from domain.event import Output
from domain.media import LONGEST_URL, decode, is_link, sniff
from providers.reading import as_object

MOST_OUTPUTS = 100
SHORTEST_BASE64 = 64
"""Below this a bare text whose bytes are of no known type is a word, not content."""

OBJECT_KEYS = ("url", "video_url", "image_url", "download_url", "b64_json", "base64", "data")

SUFFIXES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
}


def read_outputs(value: Any, expires_at: int) -> tuple[Output, ...]:
    """Every usable output in a provider's list, in its order; anything else is ignored."""
    items = value if isinstance(value, list) else [value]
    found = (_read_item(item, expires_at) for item in items[:MOST_OUTPUTS])
    return tuple(output for output in found if output is not None)


def _read_item(item: Any, expires_at: int) -> Output | None:
    if isinstance(item, str):
        return _read_text(item.strip(), expires_at)
    texts = (as_object(item).get(key) for key in OBJECT_KEYS)
    read = (_read_text(text.strip(), expires_at) for text in texts if isinstance(text, str))
    return next((output for output in read if output is not None), None)


def _read_text(text: str, expires_at: int) -> Output | None:
    if is_link(text):
        return _link(text, expires_at)
    try:
        content = decode(text)
    except ValueError:
        return None
    content_type = sniff(content)
    is_word = len(text) < SHORTEST_BASE64 and not text.startswith("data:")
    if content_type is None and is_word:
        return None
    return Output(content=content, content_type=content_type)


def _link(url: str, expires_at: int) -> Output | None:
    if len(url) > LONGEST_URL or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.netloc:
        return None
    suffix = parts.path.rpartition(".")[2].lower()
    return Output(url=url, content_type=SUFFIXES.get(suffix), expires_at=expires_at)
