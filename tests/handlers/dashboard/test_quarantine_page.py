"""The quarantine: bodies are shown as text, read again through the one door, or deleted."""

import json
from typing import Any

import pytest

from domain.ids import new_id
from domain.times import DAY, moment
from tests.handlers.dashboard.desk import XSS, Desk, at_the_desk
from tests.house import House
from tests.journeys import video
from tests.journeys.wavespeed import (
    change,
    prediction,
    quarantined,
    rows,
    running,
    tell,
    webhook_url,
)

pytestmark = pytest.mark.asyncio


async def kept(house: House, desk: Desk) -> str:
    """The address of the newest one."""
    page = await desk.look("/quarantine")
    links = [link for link in page.values("a", "href") if "/quarantine/" in link]
    assert links, page.text
    return links[0].removeprefix("/dashboard")


def keep(
    house: House, submission_id: str, body: bytes, provider: str = "wavespeed", ago: int = 0
) -> None:
    """As if an older Likeness could not read it."""
    now = house.clock.now() - ago
    values = (new_id("qrt", now), provider, submission_id, "the body has no status", body, now)
    change(house, "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?)", *values)


async def test_a_body_is_shown_as_text_and_cut_and_never_runs(house: House) -> None:
    await running(house)
    async with at_the_desk(house) as desk:
        assert "Nothing is in quarantine" in (await desk.look("/quarantine")).text
        await tell(house, f"{XSS}\x00\x1b{'long ' * 6000}".encode() + b"\xff\xfe")
        place = await kept(house, desk)
        page = await desk.look(place)
    assert "the body is not a JSON object" in page.text
    assert "wavespeed" in page.text
    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in page.text
    assert "more characters are not shown." in page.text
    assert len(page.html) < 40_000
    assert "x" not in page.values("img", "src")


@pytest.mark.parametrize(
    "body",
    [b'["\\ud800"]', b"[" * 900 + b"1," * 100_000 + b"1" + b"]" * 900],
    ids=["half a character", "deep and wide"],
)
async def test_any_body_can_be_looked_at_and_deleted(house: House, body: bytes) -> None:
    shown = await running(house)
    keep(house, shown["id"], body)
    async with at_the_desk(house) as desk:
        place = await kept(house, desk)
        page = await desk.look(place)
        assert page.text.count("[") > 0
        # Blanks alone must not make more of it than it is.
        assert len(page.html) < 40_000
        await desk.send(f"{place}/drop")
        assert "Nothing is in quarantine" in (await desk.look("/quarantine")).text


async def test_a_webhook_of_a_provider_that_nobody_reads_stays(house: House) -> None:
    shown = await running(house)
    keep(house, shown["id"], b"{}", provider="gone")
    async with at_the_desk(house) as desk:
        page = await desk.send(f"{await kept(house, desk)}/rerun")
    assert "nobody here reads webhooks of gone" in page.text


async def test_what_still_cannot_be_read_stays(house: House) -> None:
    shown = await running(house)
    async with at_the_desk(house) as desk:
        await tell(house, b"garbage")
        place = await kept(house, desk)
        page = await desk.send(f"{place}/rerun")
        assert page.status == 409
        assert "It still cannot be read: the body is not a JSON object. It stays here." in page.text
        assert quarantined(house) == ["the body is not a JSON object"]
        page = await desk.send(f"{place}/drop")
        assert "The webhook is deleted." in page.text
        assert quarantined(house) == []
        assert (await desk.look(place)).status == 404
        assert (await desk.send(f"{place}/rerun")).status == 404
    assert (await house.get(shown["id"]))["status"] == "processing"


async def test_what_can_be_read_now_ends_its_submission(house: House) -> None:
    shown = await running(house)
    async with at_the_desk(house) as desk:
        keep(house, shown["id"], prediction(house), ago=5 * DAY)
        page = await desk.send(f"{await kept(house, desk)}/rerun")
        assert "read again and taken in: its submission has changed." in page.text
        assert shown["id"] in page.text
        ended = await house.get(shown["id"])
        assert ended["status"] == "succeeded"
        # The provider's seven days began when it came.
        dead = moment(ended["result"]["outputs"][0]["expires_at"])
        assert dead == house.clock.now() + 2 * DAY
        assert quarantined(house) == []
        # The same news once more, after the end.
        keep(house, shown["id"], prediction(house))
        page = await desk.send(f"{await kept(house, desk)}/rerun")
        assert "nothing has changed at once" in page.text
        assert quarantined(house) == []
    assert len([one for one in await house.events(shown["id"]) if "completed" in one["type"]]) == 1


async def test_news_of_anothers_job_goes_to_who_has_it(house: House) -> None:
    first = await running(house)
    url = webhook_url(house)
    second = await running(house)
    jobs: list[Any] = list(house.world.jobs)
    async with at_the_desk(house) as desk:
        await tell(house, prediction(house, id=jobs[1]), url)
        await tell(house, prediction(house, id="nobody's"), url)
        assert quarantined(house) == ["it is about another job"] * 2
        page = await desk.send(f"{await kept(house, desk)}/rerun")
        assert "no submission here has recorded" in page.text
        links = (await desk.look("/quarantine")).values("a", "href")
        place = [one for one in links if "/quarantine/" in one][1].removeprefix("/dashboard")
        page = await desk.send(f"{place}/rerun")
        assert second["id"] in page.text
        assert "its submission has changed" in page.text
    assert (await house.get(first["id"]))["status"] == "processing"
    assert (await house.get(second["id"]))["status"] == "succeeded"
    assert len(quarantined(house)) == 1


async def test_an_unsigned_hint_makes_us_ask_and_nothing_more(house: House) -> None:
    shown, _ = await video.running(house)
    (job,) = rows(house, "SELECT upstream_id FROM submissions")[0]
    async with at_the_desk(house) as desk:
        body = json.dumps({"id": job, "status": "succeeded"}).encode()
        keep(house, shown["id"], body, "alltoken")
        await desk.send(f"{await kept(house, desk)}/rerun")
    assert quarantined(house) == []
    assert (await house.get(shown["id"]))["status"] == "processing"
