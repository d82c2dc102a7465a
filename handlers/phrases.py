"""What the phone pages say, in each language, and which language that is.

Rules of this file:
- Every language has the same keys; `{state}_title` and `{state}_text` exist for each page state.
- The reader is addressed once, plainly, and is always told what to do next.
"""

import re

from handlers import phrases_en, phrases_ja, phrases_zh

LANGUAGES = ("zh", "en", "ja")
DEFAULT_LANGUAGE = "en"

PHRASES: dict[str, dict[str, str]] = {
    "zh": phrases_zh.PHRASES,
    "en": phrases_en.PHRASES,
    "ja": phrases_ja.PHRASES,
}

_RANGE = re.compile(
    r"\s*([a-z]{2,3})(?:-[a-z0-9]+)*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]*)?)\s*)?", re.IGNORECASE
)


def choose_language(asked: str | None, accept_language: str | None) -> str:
    """The language that was asked for, else the one the browser likes best, else English."""
    known = _known(asked or "")
    if known is not None:
        return known
    liked = _liked(accept_language or "")
    return max(liked, key=lambda language: liked[language], default=DEFAULT_LANGUAGE)


def _known(tag: str) -> str | None:
    """`zh-Hant`, `zh_CN` and `ZH` are all `zh` to us."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else None


def _liked(header: str) -> dict[str, float]:
    """The weight of each of our languages in Accept-Language; what cannot be read is left out."""
    liked: dict[str, float] = {}
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        language = _known(found[1]) if found else None
        if found is None or language is None:
            continue
        weight = float(found[2] or 1)
        if 0 < weight <= 1:
            liked[language] = max(weight, liked.get(language, 0))
    return liked
