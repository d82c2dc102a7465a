"""What moves on the pages around a face scan: seconds, steps, and the way to another browser."""

import re
from dataclasses import replace

import pytest

from handlers.pages import STATES, render_handoff, render_scan
from handlers.phrases import PHRASES
from handlers.scan_state import INVITING
from tests.handlers.elements import VIEW, Elements
from tests.handlers.test_pages import START

STEPS = ("verifying", "asset", "done")


@pytest.mark.parametrize("state", STATES)
def test_the_seconds_of_a_scan_are_counted_only_while_it_lives(state: str) -> None:
    living = state in ("scanning", "verifying")
    for rendered in (render_scan, render_handoff):
        timers = [
            part
            for part in Elements(rendered(replace(VIEW, state=state))).named("span")
            if part.get("role") == "timer"
        ]
        assert timers == ([{"role": "timer", "data-left": "95"}] if living else [])
    assert (">1:35<" in render_scan(replace(VIEW, state=state))) is living
    assert "timer" not in render_scan(replace(VIEW, state=state, seconds_left=None))


@pytest.mark.parametrize("with_asset", [True, False])
@pytest.mark.parametrize(
    ("state", "done", "current"), [("verifying", 0, 0), ("asset", 2, 1), ("done", 3, 2)]
)
def test_the_way_from_the_scan_to_the_end_is_a_list(
    state: str, done: int, current: int, with_asset: bool
) -> None:
    page = render_scan(replace(VIEW, state=state, with_asset=with_asset))
    steps = re.findall(r"<li([^>]*)>([^<]*)", page.split('class="progress"')[1].split("</ol>")[0])
    words = ["Checking your scan", "Face verified", "Portrait ready"][: 3 if with_asset else 2]
    assert [text for _, text in steps] == words
    marks = ["done" in attributes for attributes, _ in steps]
    assert marks == [place < done for place in range(len(words))]
    now = [
        place for place, (attributes, _) in enumerate(steps) if 'aria-current="step"' in attributes
    ]
    assert now == [min(current, len(words) - 1)]


@pytest.mark.parametrize("state", [state for state in STATES if state not in STEPS])
def test_a_scan_that_nobody_has_made_has_no_steps_behind_it(state: str) -> None:
    assert "progress" not in render_scan(replace(VIEW, state=state))


def test_inside_of_an_app_the_way_out_stands_above_start() -> None:
    page = render_scan(replace(VIEW, app="WeChat"))
    assert page.index("The browser inside WeChat") < page.index(START)
    assert '<input type="text" readonly value="https://likeness.example/scan/token?lng=en"' in page
    assert page.count("<section") == 2
    assert "openExternalBrowser" not in page
    hidden = render_scan(replace(VIEW, app=""))
    assert hidden.index("The browser inside this app") < hidden.index(START)


def test_line_opens_the_link_in_the_phones_browser_by_itself() -> None:
    links = [link["href"] for link in Elements(render_scan(replace(VIEW, app="LINE"))).named("a")]
    assert f"{VIEW.page_url}?lng=en&openExternalBrowser=1" in links


def test_the_page_beside_the_phone_shows_the_code_while_somebody_can_start() -> None:
    for state in STATES:
        page = render_handoff(replace(VIEW, state=state))
        shown = [picture["src"] for picture in Elements(page).named("img")]
        expected = (
            ["/scan/token/qr.svg"] if state in (*INVITING, "scanning") else ["/static/face.svg"]
        )
        assert shown == expected, state
        assert "<form" not in page
        assert 'src="/scan' not in render_handoff(replace(VIEW, state=state, start_url=None))
    page = render_handoff(VIEW)
    assert PHRASES["en"]["handoff_text"] in page
    assert f'href="{VIEW.page_url}?lng=en"' in page
    assert f'href="{VIEW.page_url}/qr?lng=ja"' in page
    assert f'href="{VIEW.page_url}/qr?lng=en"' in render_scan(VIEW)
