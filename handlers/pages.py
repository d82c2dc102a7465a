"""The pages that a person's phone shows around a face scan, as text; nothing is looked up here."""

from dataclasses import dataclass

from domain.times import DAY, HOUR, MINUTE
from handlers.html import render
from handlers.phrases import LANGUAGES, PHRASES

STATES = (
    "start",
    "scanning",
    "verifying",
    "asset",
    "done",
    "expired",
    "failed",
    "canceled",
    "busy",
    "unavailable",
    "gone",
)
UNFINISHED = ("scanning", "verifying", "asset")

_LANGUAGE_TAGS = {"zh": "zh-Hans", "en": "en", "ja": "ja"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """All that a scan page shows; `name` is whose portrait it is, `expires_at` the end of the link."""

    state: str
    language: str
    name: str | None
    start_url: str | None
    page_url: str
    return_url: str | None
    expires_at: int | None
    now: int
    refresh_seconds: int | None


def render_scan(view: ScanView) -> str:
    """The whole page, in the view's language."""
    if view.state not in STATES:
        raise ValueError(f"There is no scan page for {view.state!r}.")
    return render(
        "scan.html",
        view=view,
        say=PHRASES[view.language],
        tag=_LANGUAGE_TAGS[view.language],
        here=_in_language(view.page_url, view.language),
        choices=[
            {
                "url": _in_language(view.page_url, language),
                "name": PHRASES[language]["language"],
                "tag": _LANGUAGE_TAGS[language],
                "current": language == view.language,
            }
            for language in LANGUAGES
        ],
        back=_back(view.return_url),
        lasts=_lasts(view),
        refresh=view.refresh_seconds if view.state in UNFINISHED else None,
    )


def _in_language(url: str, language: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lng={language}"


def _back(url: str | None) -> str | None:
    """A way back leads to the web, never into a script."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def _lasts(view: ScanView) -> str | None:
    """How long the link still works, rounded down; units change at two, so none is ever singular."""
    left = (view.expires_at or 0) - view.now
    say = PHRASES[view.language]
    for unit, length in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE)):
        if left >= 2 * length:
            return say["lasts"].format(time=say[unit].format(count=left // length))
    return None
