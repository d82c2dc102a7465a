"""Every page can be read in every language, says what to do next, and runs nothing of its own."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import DAY, HOUR, MINUTE, SECOND
from handlers import pages
from handlers.html import HEADERS
from handlers.pages import LIVE, STATES, ScanView, render_handoff, render_scan
from handlers.phrases import LANGUAGES, PHRASES
from handlers.scan_state import WAITING
from tests.handlers.elements import VIEW, Elements

STATIC = Path(pages.__file__).parent / "static"
START = '<form method="post" action="https://likeness.example/scan/token/start">'
EVERY_PAGE = [(state, language) for state in STATES for language in LANGUAGES]


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_every_page_speaks_its_language(state: str, language: str) -> None:
    view = replace(VIEW, state=state, language=language)
    page = render_scan(view)
    assert re.search(rf'<html lang="{language}(-Hans)?">', render_handoff(view))
    assert PHRASES[language][f"{state}_title"] in page
    assert PHRASES[language][f"{state}_text"] in page
    assert re.search(rf'<html lang="{language}(-Hans)?">', page)


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
@pytest.mark.parametrize("rendered", [render_scan, render_handoff])
def test_no_page_has_inline_code_or_outside_resources(
    state: str, language: str, rendered: Callable[[ScanView], str]
) -> None:
    page = rendered(replace(VIEW, state=state, language=language, app="LINE"))
    elements = Elements(page)
    assert elements.raw == ""
    assert not elements.named("style")
    assert not re.search(r"<[^>]*\s(style|on\w+)\s*=", page)
    assert [script["src"] for script in elements.named("script")] == ["/static/scan.js"]
    resources = [link["href"] for link in elements.named("link")]
    resources += [image["src"] for image in elements.named("img")]
    ours = [path for path in resources if path != "/scan/token/qr.svg"]
    assert all((STATIC.parent / str(path).lstrip("/")).is_file() for path in ours)


@pytest.mark.parametrize("state", STATES)
def test_every_page_offers_every_language_and_announces_its_status(state: str) -> None:
    elements = Elements(render_scan(replace(VIEW, state=state)))
    offered = [link["href"] for link in elements.named("a")][:3]
    assert offered == [f"{VIEW.page_url}?lng={language}" for language in LANGUAGES]
    assert [part["id"] for part in elements.named("div") if part.get("aria-live") == "polite"] == [
        "status"
    ]
    assert {meta.get("name") for meta in elements.named("meta")} >= {"viewport", "color-scheme"}


@pytest.mark.parametrize("state", STATES)
def test_start_is_offered_only_where_it_can_help(state: str) -> None:
    page = render_scan(replace(VIEW, state=state, language="ja"))
    starts = state in ("start", "again", "scanning", "verifying", "busy")
    assert (START in page) is starts
    assert ('<input type="hidden" name="lng" value="ja">' in page) is starts
    assert "<form" not in render_scan(replace(VIEW, state=state, start_url=None))


@pytest.mark.parametrize(
    "state", ["start", "again", "scanning", "verifying", "asset", "busy", "unavailable"]
)
def test_a_page_that_is_not_the_last_can_be_looked_at_again(state: str) -> None:
    elements = Elements(render_scan(replace(VIEW, state=state, start_url=None)))
    assert [link["href"] for link in elements.named("a")].count(f"{VIEW.page_url}?lng=en") == 2


@pytest.mark.parametrize("state", ["start", "again"])
def test_start_asks_for_consent_to_what_is_checked_and_why(state: str) -> None:
    page = render_scan(replace(VIEW, state=state))
    assert page.index(PHRASES["en"]["consent"]) < page.index(START)
    assert PHRASES["en"]["camera_text"] in page
    assert PHRASES["en"]["privacy"] in page


@pytest.mark.parametrize("state", STATES)
def test_only_unfinished_pages_refresh_themselves(state: str) -> None:
    refresh = '<noscript><meta http-equiv="refresh" content="3; url=/scan/token?lng=en"></noscript>'
    page = render_scan(replace(VIEW, state=state))
    assert (refresh in page) is (state in WAITING)
    assert ("http-equiv" in page) is (state in (*WAITING, "unavailable"))
    assert ('data-live="/scan/token/events"' in page) is (state in LIVE)
    # Nobody reads on the page beside the phone, so it may look whenever something may come.
    refresh = refresh.replace("token?", "token/qr?")
    assert (refresh in render_handoff(replace(VIEW, state=state))) is (state in LIVE)


@pytest.mark.parametrize("state", ["asset", "done", "expired", "failed", "canceled"])
def test_whoever_came_from_somewhere_can_go_back(state: str) -> None:
    back = {"href": VIEW.return_url, "class": "secondary" if state == "asset" else "primary"}
    assert back in Elements(render_scan(replace(VIEW, state=state))).named("a")


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", " https://a.example", "data:,x"])
def test_without_a_way_back_the_page_can_be_closed(url: str | None) -> None:
    page = render_scan(replace(VIEW, state="done", return_url=url))
    assert PHRASES["en"]["close"] in page
    assert len(Elements(page).named("a")) == len(LANGUAGES)


def test_an_unknown_link_shows_nothing_of_any_submission() -> None:
    page = render_scan(replace(VIEW, state="gone"))
    assert "Li Mei" not in page
    assert "client.example" not in page
    assert "/start" not in page


@given(st.text(min_size=1))
def test_a_name_is_text_and_nothing_else(name: str) -> None:
    plain = Elements(render_scan(VIEW))
    assert Elements(render_scan(replace(VIEW, name=name))).found == plain.found


def test_a_script_for_a_name_is_shown_as_it_was_written() -> None:
    page = render_scan(replace(VIEW, name="<script>alert('{lasts}')</script>"))
    assert "&lt;script&gt;alert(&#39;{lasts}&#39;)&lt;/script&gt;" in page


def test_addresses_cannot_break_out_of_their_attributes() -> None:
    odd = "https://likeness.example/\"><script src='x'>"
    page = render_scan(replace(VIEW, start_url=odd, page_url=odd, return_url=odd))
    assert len(Elements(page).named("script")) == 1


def test_a_page_with_a_query_keeps_it_when_the_language_changes() -> None:
    assert 'href="/scan/token?a=1&amp;lng=zh"' in render_scan(
        replace(VIEW, page_url="/scan/token?a=1")
    )


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (7 * DAY, "another 7 days."),
        (2 * DAY - 3 * HOUR, "another 45 hours."),
        (DAY - 5 * MINUTE, "another 24 hours."),
        (DAY - 7 * MINUTE, "another 23 hours."),
        (2 * HOUR - 7 * MINUTE, "another 113 minutes."),
        (2 * MINUTE, "another 2 minutes."),
    ],
)
def test_a_link_promises_the_time_it_has_but_for_a_tenth_of_the_last_unit(
    left: int, text: str
) -> None:
    assert text in render_scan(replace(VIEW, expires_at=VIEW.now + left))


@pytest.mark.parametrize("expires_at", [None, 0, VIEW.now, VIEW.now + 2 * MINUTE - 7 * SECOND])
def test_a_link_that_is_nearly_over_promises_nothing(expires_at: int | None) -> None:
    assert "works for another" not in render_scan(replace(VIEW, expires_at=expires_at))


def test_a_state_without_a_page_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no scan page for 'lost'"):
        render_scan(replace(VIEW, state="lost"))


def test_the_headers_allow_no_inline_code_and_every_redirect() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "form-action" not in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert HEADERS["Cache-Control"] == "no-store"
    assert HEADERS["Referrer-Policy"] == "no-referrer"
    assert HEADERS["X-Content-Type-Options"] == "nosniff"
    assert HEADERS["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("behind", ["page", "card"])
@pytest.mark.parametrize("ink", ["text", "soft", "accent", "good", "care"])
def test_every_ink_can_be_read_in_light_and_dark(scheme: int, behind: str, ink: str) -> None:
    colours = _colours(scheme)
    assert _contrast(colours[ink], colours[behind]) >= 4.5
    assert _contrast(colours["on-accent"], colours["accent"]) >= 4.5


def _colours(scheme: int) -> dict[str, str]:
    css = (STATIC / "style.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): #(\w{6});", css.split(":root {")[1 + scheme]))


def _contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
