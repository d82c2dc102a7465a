"""The pages around a face scan, for the phone and for the desktop beside it, as text; nothing is
looked up here."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from domain.times import DAY, HOUR, MINUTE
from handlers.html import render
from handlers.in_app import LINE
from handlers.phrases import LANGUAGES, PHRASES
from handlers.scan_state import INVITING, WAITING

STATES = (
    *INVITING,
    *WAITING,
    "done",
    "expired",
    "failed",
    "canceled",
    "busy",
    "unavailable",
    "gone",
)
LIVE = (*INVITING, *WAITING)
"""What may change under the reader's eyes."""
SCAN_PAGE = "scan.html"
HANDOFF_PAGE = "handoff.html"

_REFRESH = {"verifying": 3, "asset": 3, "scanning": 3, "unavailable": 5}
_STEPS = {"verifying": 0, "asset": 1, "done": 2}
_LANGUAGE_TAGS = {"zh": "zh-Hans", "en": "en", "ja": "ja"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """All that a page shows; `name` is whose portrait it is, `expires_at` the end of the link."""

    state: str
    language: str
    name: str | None
    start_url: str | None
    page_url: str
    return_url: str | None
    expires_at: int | None
    now: int
    seconds_left: int | None = None
    """How long the session still lives that a phone has opened."""
    with_asset: bool = False
    """Whether a portrait is registered after the scan."""
    app: str | None = None
    """The app whose browser this is, as in `in_app`."""


def render_scan(view: ScanView) -> str:
    """The whole page for the phone, in the view's language."""
    return _render(SCAN_PAGE, view, view.page_url, _REFRESH.get(view.state))


def render_handoff(view: ScanView) -> str:
    """The whole page for a desktop: a code for the phone, and how the scan there is getting on."""
    # Here nobody reads or decides anything, so it may always look again.
    refresh = 3 if view.state in LIVE else _REFRESH.get(view.state)
    return _render(HANDOFF_PAGE, view, f"{view.page_url}/qr", refresh)


def _render(template: str, view: ScanView, own_url: str, refresh: int | None) -> str:
    if view.state not in STATES:
        raise ValueError(f"There is no scan page for {view.state!r}.")
    say, here = PHRASES[view.language], _in_language(own_url, view.language)
    return render(
        template,
        view=view,
        say=say,
        tag=_LANGUAGE_TAGS[view.language],
        here=here,
        scan=_in_language(view.page_url, view.language),
        handoff=_in_language(f"{view.page_url}/qr", view.language),
        choices=_choices(own_url, view.language),
        back=_back(view.return_url),
        lasts=_lasts(view),
        left=_clock(view.seconds_left) if view.state in ("scanning", "verifying") else None,
        steps=_steps(view),
        refresh=refresh,
        # Of the page's own origin, whatever name it was asked by.
        look=_path(here),
        code=_path(f"{view.page_url}/qr.svg"),
        live=_path(f"{view.page_url}/events") if view.state in LIVE else None,
        app=view.app or say["this_app"],
        outside=f"{here}&openExternalBrowser=1" if view.app == LINE else None,
    )


def _choices(url: str, current: str) -> list[dict[str, Any]]:
    return [
        {
            "url": _in_language(url, language),
            "name": PHRASES[language]["language"],
            "tag": _LANGUAGE_TAGS[language],
            "current": language == current,
        }
        for language in LANGUAGES
    ]


def _in_language(url: str, language: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lng={language}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _back(url: str | None) -> str | None:
    """A way back leads to the web, never into a script."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def _lasts(view: ScanView) -> str | None:
    """How long the link still works, rounded down but for a tenth of the unit: one that was just made for 24 hours
    has them. Units change at two, so none is ever singular."""
    left = (view.expires_at or 0) - view.now
    say = PHRASES[view.language]
    for unit, length in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE)):
        number = (left + length // 10) // length
        if number >= 2:
            return say["lasts"].format(time=say[unit].format(count=number))
    return None


def _clock(seconds: int | None) -> str | None:
    return None if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def _steps(view: ScanView) -> list[dict[str, Any]]:
    """The way from the scan to the end, once it has begun; the last has nothing left to do."""
    reached = _STEPS.get(view.state)
    if reached is None:
        return []
    words = ["verifying", "verified", *(["ready"] if view.with_asset else [])]
    reached = min(reached, len(words) - 1)
    say = PHRASES[view.language]
    return [
        {
            "text": say[f"progress_{word}"],
            "current": place == reached,
            # That a face is verified is a fact as soon as it is said.
            "done": place < reached or (place == reached and word != "verifying"),
        }
        for place, word in enumerate(words)
    ]
