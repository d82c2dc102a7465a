"""The page of one submission: what it shows, what it keeps to itself, and what its forms do."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.handlers.dashboard.desk import OPERATOR, XSS, Desk, at_the_desk
from tests.house import House, running_house
from tests.journeys.archived import archived, given_up, succeeded
from tests.journeys.scans import direct, invite_with_asset
from tests.journeys.wavespeed import prediction, running, tell
from tests.store.rows import opened_rows

pytestmark = pytest.mark.asyncio

PICTURE = "/9j/" + "A" * 400


async def test_it_shows_what_the_api_shows_and_asks_no_other_host(house: House) -> None:
    shown = await house.submit(
        "wavespeed/portrait", {"prompt": "a calm one", "image": PICTURE}, metadata={"order": 17}
    )
    await house.until_final(shown["id"])
    done = await archived(house, shown["id"])
    (copy,) = [one["archive"] for one in done["result"]["outputs"]]
    async with at_the_desk(house) as desk:
        page = await desk.look(f"/submissions/{done['id']}")
    assert page.status == 200
    picture = done["input"]["image"]
    for words in (
        *(done["id"], "Succeeded", "It is done.", "Key test", "prompt a calm one", "order 17"),
        f"image {picture['bytes']:,} bytes, SHA-256 {picture['sha256']}",
        f"{copy['bytes']:,} bytes",
        *[event["message"] for event in await house.events(done["id"])],
    ):
        assert words in page.text
    assert page.values("img", "src").count(urlsplit(copy["url"]).path) == 1
    resources = [*page.values("img", "src"), *page.values("script", "src")]
    assert all(path.startswith("/") for path in [*resources, *page.values("form", "action")])
    assert PICTURE[:40] not in page.html


async def test_an_output_without_a_copy_is_a_link_until_it_is_copied(house: House) -> None:
    done = await succeeded(house, download="404")
    await given_up(house, done["id"])
    place = f"/submissions/{done['id']}"
    async with at_the_desk(house) as desk:
        before = await desk.look(place)
        link = done["result"]["outputs"][0]["url"]
        (attributes,) = [one for tag, one in before.elements if one.get("href") == link]
        assert attributes["rel"] == "noreferrer noopener external"
        assert "There is no copy of ours." in before.text
        assert not [path for path in before.values("img", "src") if "files" in path]
        house.world.switches.set(download="ok")
        asked = await desk.send(f"{place}/archive")
        assert "The outputs that have no copy are being copied." in asked.text
        await archived(house, done["id"])
        after = await desk.look(place)
        assert [path for path in after.values("img", "src") if path.startswith("/files/")]
        assert "The operator asked for outputs to be copied to the archive." in after.text
        assert f"{link}" not in after.values("a", "href")
        again = await desk.send(f"{place}/archive")
    assert again.status == 409
    assert "The submission has no output that lacks a copy." in again.text


async def test_without_an_archive_nothing_offers_a_copy(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_ARCHIVE="off") as house:
        done = await succeeded(house)
        async with at_the_desk(house) as desk:
            page = await desk.look(f"/submissions/{done['id']}")
    assert "LIKENESS_ARCHIVE=off" in page.text
    assert not [path for path in page.values("form", "action") if path.endswith("/archive")]


async def test_an_operator_cancels_what_runs_and_only_that(house: House) -> None:
    shown = await running(house)
    place = f"/submissions/{shown['id']}"
    async with at_the_desk(house) as desk:
        assert "Its webhook ends the wait" in (await desk.look(place)).text
        page = await desk.send(f"{place}/cancel")
        assert "The submission is canceled." in page.text
        assert "Somebody wanted no more of it." in page.text
        assert "The operator asked to cancel." in page.text
        again = await desk.send(f"{place}/cancel")
        assert (again.status, "has already ended" in again.text) == (409, True)
        assert f"{place}/cancel" not in " ".join((await desk.look(place)).values("form", "action"))
    assert (await house.get(shown["id"]))["status"] == "canceled"


async def test_what_is_erased_is_gone_and_at_the_provider_only_when_that_is_said(
    house: House,
) -> None:
    kept, dropped = [await scanned(house) for _ in range(2)]
    async with at_the_desk(house) as desk:
        page = await desk.look(f"/submissions/{kept}")
        assert "also delete its asset at the provider" in page.text
        assert "is erased" in (await desk.send(f"/submissions/{kept}/erase")).text
        await house.breathe()
        assert len(house.world.assets) == 2
        await desk.send(f"/submissions/{dropped}/erase", upstream="true")
        await house.until(lambda: len(house.world.assets) == 1)
        for name in (kept, dropped):
            gone = await desk.look(f"/submissions/{name}")
            assert (gone.status, "It may have been erased." in gone.text) == (404, True)
            assert (await desk.send(f"/submissions/{name}/erase")).status == 404
            assert (await house.client.get(f"/v1/submissions/{name}")).status_code == 404


async def scanned(house: House) -> str:
    """A face scan with an asset, done."""
    posted = await invite_with_asset(house)
    name = str(posted["id"])
    known = set(house.world.sessions)
    house.clock.advance(1)
    answer = await house.client.post(f"{posted['action']['url']}/start", data={"lng": "en"})
    assert answer.status_code == 303
    (token,) = set(house.world.sessions) - known
    await house.world.scan(token, visit=True)
    await house.until_final(name)
    return name


@pytest.mark.parametrize("mode", ["hosted", "direct"])
async def test_a_persons_link_is_shown_on_request_alone(house: House, mode: str) -> None:
    if mode == "hosted":
        shown = await invite_with_asset(house)
    else:
        shown, _ = await direct(house)
    link = shown["action"]["url"]
    async with at_the_desk(house) as desk:
        page = await desk.look(f"/submissions/{shown['id']}")
        assert "A person has to do the face scan." in page.text
        assert urlsplit(link).path not in page.html
        assert link.rpartition("/")[2][-20:] not in page.html
        handed = await desk.send(f"/submissions/{shown['id']}/hand-off")
        assert handed.text.split().count(link) == 1
        codes = [path for path in handed.values("img", "src") if path.endswith("/qr.svg")]
        assert codes == ([f"{urlsplit(link).path}/qr.svg"] if mode == "hosted" else [])
        got = await desk.client.get(f"/dashboard/submissions/{shown['id']}/hand-off")
        assert got.headers["location"] == f"/dashboard/submissions/{shown['id']}"
        await desk.send(f"/submissions/{shown['id']}/cancel")
        late = await desk.send(f"/submissions/{shown['id']}/hand-off")
    assert (late.status, link in late.html) == (409, False)


async def test_what_others_have_written_is_text_and_nothing_else(house: House) -> None:
    house.world.switches.set(webhook="never", duration=10_000)
    shown = await house.portrait(XSS, metadata={XSS: {"deep": [XSS]}})
    async with at_the_desk(house, name=XSS) as desk:
        await harmless(desk, f"/submissions/{shown['id']}", times=3)
        await harmless(desk, f"/submissions/{XSS.replace('/', '')}", times=0)
        # The provider's own words, in the error and in the timeline.
        await tell(house, prediction(house, "failed", error=XSS))
        await harmless(desk, f"/submissions/{shown['id']}", times=5)


async def harmless(desk: Desk, path: str, times: int) -> None:
    page = await desk.look(path)
    assert "<script>alert" not in page.html
    assert "x" not in page.values("img", "src")
    assert page.text.count("<script>alert(1)</script>") >= times


async def test_an_unknown_submission_and_an_unknown_page_say_so(house: House) -> None:
    async with at_the_desk(house) as desk:
        page = await desk.look("/submissions/sub_" + "0" * 26)
        assert (page.status, "There is no submission sub_" in page.text) == (404, True)
        assert OPERATOR in page.text


async def test_what_waits_for_another_says_which(house: House) -> None:
    first = await running(house)
    second = await house.submit(
        "wavespeed/portrait", {"prompt": "after", "image": f"submission://{first['id']}"}
    )
    async with at_the_desk(house) as desk:
        page = await desk.look(f"/submissions/{second['id']}")
    assert "starts by itself when that one has ended" in page.text
    assert f"/dashboard/submissions/{first['id']}" in page.values("a", "href")


async def test_a_submission_of_a_kind_that_is_gone_is_shown_all_the_same(house: House) -> None:
    posted = await house.portrait()
    async with opened_rows(house.settings.store_url) as rows:
        await rows.ask("UPDATE submissions SET kind = 'old/kind' RETURNING id")
    async with at_the_desk(house) as desk:
        page = await desk.look(f"/submissions/{posted['id']}")
        assert page.status == 200
        assert "old/kind" in page.text
