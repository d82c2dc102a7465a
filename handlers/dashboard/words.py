"""Numbers, times and states in words, for the templates."""

from collections.abc import Callable
from typing import Any

from domain.times import DAY, HOUR, MINUTE, SECOND, rfc3339

UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))

STATUSES = {
    "pending": "Pending",
    "processing": "Processing",
    "action_required": "Action required",
    "succeeded": "Succeeded",
    "failed": "Failed",
    "expired": "Expired",
    "canceled": "Canceled",
}
WAITS = {
    "dependency": "another submission",
    "provider": "the provider",
    "person": "a person",
    "retry": "the next try",
    "settlement": "settlement",
}


def span(milliseconds: int) -> str:
    """`3 min`, `2 h`, `5 d`: the largest unit alone, rounded down."""
    for length, unit in UNITS:
        if milliseconds >= length:
            return f"{milliseconds // length} {unit}"
    return "0 s"


def ago(moment: int, now: int) -> str:
    """`3 min ago`; what has just happened, `just now`."""
    return f"{span(now - moment)} ago" if now - moment >= SECOND else "just now"


def at(moment: int) -> str:
    """`2026-01-02 03:04:05 UTC`, for people."""
    return rfc3339(moment)[:19].replace("T", " ") + " UTC"


def count(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """`37 %`; of nothing, a dash. Only all is 100 %, and only nothing 0 %."""
    if whole <= 0:
        return "–"
    if part <= 0 or part >= whole:
        return "0 %" if part <= 0 else "100 %"
    return f"{min(max(round(100 * part / whole), 1), 99)} %"


WORDS: dict[str, Callable[..., Any] | dict[str, str]] = {
    "ago": ago,
    "at": at,
    "count": count,
    "iso": rfc3339,
    "share": share,
    "span": span,
    "statuses": STATUSES,
    "waits": WAITS,
}
"""What every template of the dashboard can say."""
