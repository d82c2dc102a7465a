"""The document's little markup: `code` in backticks, and paragraphs between empty lines."""

import re

from markupsafe import Markup, escape

CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> Markup:
    """One line of text as HTML."""
    parts = CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def paragraphs(text: str) -> list[Markup]:
    return [prose(one) for one in text.split("\n\n")]
