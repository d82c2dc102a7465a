"""A page never runs with the script or the looks of another version."""

import re
from pathlib import Path

import pytest

from handlers import assets
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATIC = Path(assets.__file__).parent / "static"
FILES = sorted(path.name for path in STATIC.iterdir())


@pytest.mark.parametrize("name", FILES)
async def test_a_browser_asks_each_time_and_takes_it_for_what_it_is(
    shared: House, name: str
) -> None:
    first = await shared.client.get(f"/static/{name}")
    again = await shared.client.get(
        f"/static/{name}", headers={"if-none-match": first.headers["etag"]}
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for answer in (first, again):
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


async def test_a_bar_stands_out_from_its_card() -> None:
    """WCAG 1.4.11; what is drawn is not looked at by axe."""
    style = (STATIC / "style.css").read_text(encoding="utf-8")
    cards, bars = (re.findall(rf"--{name}: (#[0-9a-f]{{6}})", style) for name in ("card", "bar"))
    assert len(cards) == len(bars) == 2
    for pair in zip(cards, bars, strict=True):
        dark, light = sorted(luminance(one) for one in pair)
        assert (light + 0.05) / (dark + 0.05) >= 3, pair
