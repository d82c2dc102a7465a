"""Outputs as a page may show them: from our own copies and our own host alone.

Rules of this file:
- A browser that looks at the dashboard asks nobody else: what has no copy is a link to be clicked.
- A link leads to the web, never into a script.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from domain.output import outputs_of
from domain.submission import Submission

FAMILIES = ("image", "video", "audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutput:
    """`source` is our own copy's path; `family` how it can be shown, `link` the provider's."""

    name: str
    late: bool
    content_type: str | None
    family: str | None
    source: str | None
    bytes: int | None
    sha256: str | None
    link: str | None
    expires_at: Any


def shown_outputs(submission: Submission, shown: dict[str, Any]) -> list[ShownOutput]:
    """All outputs, by their places; `shown` is the submission as the API shows it."""
    items = []
    for place, _ in outputs_of(submission):
        result, _, number = place.partition("/")
        output = shown[result]["outputs"][int(number)]
        copy = output["archive"] or {}
        content_type = output["content_type"] or ""
        family = content_type.partition("/")[0]
        items.append(
            ShownOutput(
                name=f"Output {int(number) + 1}",
                late=result == "late_result",
                content_type=output["content_type"],
                family=family if family in FAMILIES and copy else None,
                source=own_path(copy.get("url")),
                bytes=copy.get("bytes"),
                sha256=copy.get("sha256"),
                link=None if copy else _to_the_web(output["url"]),
                expires_at=output.get("expires_at"),
            )
        )
    return items


def _to_the_web(url: str | None) -> str | None:
    return url if url and url.lower().startswith(("https://", "http://")) else None


def own_path(url: str | None) -> str | None:
    """One of our own links without its host: the dashboard may be open under another name of ours."""
    return urlsplit(url).path if url else None
