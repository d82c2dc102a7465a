"""Paths that are no API: the document leaves them out on purpose."""

from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = {
    "/docs": "this document for people",
    "/static": "what pages are made of",
    "/dashboard": "pages for the operator, behind a session of their own",
    "/scan/": "pages for a person's phone; a submission's `action.url` leads there",
    "/liveness/callback/": "where a phone comes back to from the scan service",
    "/uploads/": "signed links with which a provider fetches an upload",
}
"""By how the path begins, and what is there."""


def is_left_out(path: str) -> bool:
    return any(
        path == begin.rstrip("/") or path.startswith(f"{begin.rstrip('/')}/") for begin in LEFT_OUT
    )
