"""The first page: true numbers, in words and bars."""

from typing import Any

import pytest

from domain.event import Failed
from domain.ids import new_id
from domain.times import HOUR
from engine.figures import MOST, Bucket, Count, Health
from handlers.dashboard.overview import verdict
from handlers.dashboard.plots import plot
from handlers.dashboard.words import ago, count, share, span
from store.acceptance import Acceptance
from store.store import open_store
from tests.domain.given import NO, NOW, a_job
from tests.handlers.dashboard.desk import XSS, at_the_desk
from tests.house import House
from tests.store.given import tell

pytestmark = pytest.mark.asyncio


async def test_the_overview_counts_what_was_done(house: House) -> None:
    house.world.switches.set(duration=2)
    done = await house.portrait()
    await house.until_final(done["id"])
    image = f"{house.world.base_url}/media/portrait.jpg"
    waits = await house.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": image}})
    async with at_the_desk(house) as desk:
        page = await desk.look("")
        assert page.status == 200
        assert "Unfinished 1 oldest came" in page.text
        assert "Finished in 24 h 1 2 accepted" in page.text
        assert "Told by webhook 100 % of 1 in 24 h" in page.text
        assert "Dead letters 0 every client was told Quarantine 0" in page.text
        assert "alltoken/liveness 1 – – 1" in page.text
        assert f"{waits['id']} alltoken/liveness" in page.text
        assert "waits for a person" in page.text
        assert "wavespeed Well 0 1 0 % 100 % 100 % webhook, 0 % poll" in page.text
        assert "302ai Nothing finished" in page.text
        # The plot says in words what its bars show.
        assert "2 accepted and 1 finished. The numbers stand in the table below." in page.text
        assert page.values("svg", "role") == ["img", "img"]
        heights = page.values("rect", "height")
        assert (heights.count("100.0"), heights.count("50.0")) == (2, 2)
        # What changes by itself is marked.
        live = [one for _, one in page.elements if "data-live" in one]
        assert {one["id"] for one in live} == {"tiles", "plots", "waiting", "providers"}
        assert page.values("body", "data-events") == ["/dashboard/events"]


async def test_an_empty_house_says_so(house: House) -> None:
    async with at_the_desk(house) as desk:
        page = await desk.look("")
    assert "Nothing waits." in page.text
    assert "Nothing is unfinished." in page.text
    assert "nothing finished in 24 h" in page.text
    assert "0 accepted 0 finished" in page.text


async def test_what_is_odd_is_shown_as_it_is(house: House) -> None:
    async with open_store(house.settings.store_url) as store:
        key = (await store.keys())[0]
        for number, event in enumerate((None, Failed(source="poll", error=NO))):
            name = new_id("sub", house.clock.now() + number)
            job = a_job(id=name, key_id=key.id, kind=f"odd/{XSS}")
            await store.accept(Acceptance(submission=job))
            if event is not None:
                await tell(store, job, event, now=house.clock.now())
    async with at_the_desk(house, name=XSS) as desk:
        page = await desk.look("")
        assert f"odd/{XSS}" in page.text
        assert page.values("img", "src") == ["/static/face.svg"]
        assert page.values("script", "src") == ["/static/dashboard.js"]
        # A provider that is none of ours has no line of its own, but its numbers count.
        assert "Unfinished 1" in page.text


async def test_bars_reach_to_a_round_number_and_nothing_has_none() -> None:
    buckets = [
        Bucket(since=NOW // HOUR * HOUR + n * HOUR, accepted=Count(number=n * 7), ended=Count())
        for n in range(4)
    ]
    drawn = plot(buckets, count)
    assert (drawn.top, drawn.width, drawn.capped) == (40, 4, False)
    assert [bar and bar.height for column in drawn.columns for bar in column.bars] == [
        *(None, None, 17.5, None, 35.0, None, 52.5, None)
    ]
    assert drawn.columns[0].name == "2026-01-02 03:00"
    assert (drawn.columns[0].short, drawn.accepted, drawn.ended) == ("03:00", "42", "0")
    assert plot([], count).top == 1


async def test_what_was_not_counted_to_its_end_says_so() -> None:
    more = Bucket(since=NOW, accepted=Count(number=MOST, more=True), ended=Count(number=1))
    drawn = plot([more, more], count)
    assert drawn.capped
    assert (drawn.columns[0].accepted, drawn.accepted) == ("200,000+", "400,000+")
    assert (drawn.columns[0].ended, drawn.ended) == ("1", "2")
    # However little it is beside the others, it can be seen.
    bar = drawn.columns[0].bars[1]
    assert bar is not None
    assert bar.height > 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (span(999), "0 s"),
        (span(59_999), "59 s"),
        (span(3_600_000), "1 h"),
        (span(49 * HOUR), "2 d"),
        (ago(NOW, NOW), "just now"),
        (ago(NOW + 5, NOW) + "!", "just now!"),
        (ago(NOW - 61_000, NOW), "1 min ago"),
        (count(1234567), "1,234,567"),
        (share(0, 0), "–"),
        (share(0, 5), "0 %"),
        (share(5, 5), "100 %"),
        (share(999, 1000), "99 %"),
        (share(1, 1000), "1 %"),
        (share(1, 3), "33 %"),
    ],
)
async def test_numbers_are_said_in_words(said: str, meant: str) -> None:
    assert said == meant


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "Nothing finished"),
        ({"has_key": False, "ended": 4, "failed": 4}, "No key"),
        ({"ended": 4, "failed": 2}, "Failing"),
        ({"ended": 100, "failed": 10}, "Some fail"),
        ({"ended": 100, "failed": 9}, "Well"),
        ({"ended": 100, "failed": 10, "looked_at": 3, "retrying": 2}, "Calls are repeated"),
        # Of very many only the oldest are looked at.
        ({"unfinished": 5000, "looked_at": 999, "retrying": 500}, "Calls are repeated"),
        ({"ended": 1, "looked_at": 4, "retrying": 2}, "Well!"),
    ],
)
async def test_a_provider_is_judged_by_what_has_ended_of_late(
    changes: dict[str, Any], word: str
) -> None:
    values: dict[str, Any] = {
        "provider": "wavespeed",
        "has_key": True,
        "last_success_at": None,
        "errors": (),
    }
    values |= {"last_error_at": None}
    numbers = dict.fromkeys(
        ("unfinished", "looked_at", "retrying", "ended", "failed", "by_webhook", "by_poll"), 0
    )
    assert verdict(Health(**values | numbers | changes))[0] == word.rstrip("!")
