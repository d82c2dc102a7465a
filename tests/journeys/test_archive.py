"""Outputs are copied before their links die, and served until they are erased."""

import base64

import pytest

from sandbox.films import tiny_film
from sandbox.pictures import tiny_portrait
from tests.house import House, running_house
from tests.journeys.archived import (
    archived,
    asked,
    fetch,
    files,
    given_up,
    hash_of,
    move_output,
    others,
    succeeded,
    told,
)
from tests.journeys.wavespeed import prediction, rows, running, tell

pytestmark = pytest.mark.asyncio

PICTURE = base64.b64encode(tiny_portrait()).decode()


async def test_an_output_is_copied_after_success_and_outlives_its_link(house: House) -> None:
    done = await succeeded(house)
    kept = await archived(house, done["id"])
    (output,) = kept["result"]["outputs"]
    house.world.switches.set(outputs_gone=True)
    assert (await fetch(output["url"])).status_code == 404
    served = await fetch(output["archive"]["url"])
    assert served.status_code == 200
    assert served.content == tiny_portrait()
    assert served.headers["content-type"] == "image/jpeg"
    assert output["archive"]["sha256"] == hash_of(tiny_portrait())
    assert output["archive"]["bytes"] == len(tiny_portrait())
    assert files(house) == [f"{done['id']}/{hash_of(tiny_portrait())}"]
    assert not others(house.settings.data_dir)


async def test_success_waits_for_no_copy_and_the_copy_changes_only_the_version(
    house: House,
) -> None:
    done = await succeeded(house, download="500")
    assert done["status"] == "succeeded"
    assert done["result"]["outputs"][0]["archive"] is None
    before = await house.client.get(f"/v1/submissions/{done['id']}")
    house.clock.advance(1)
    house.world.switches.set(download="ok")
    kept = await archived(house, done["id"])
    after = await house.client.get(f"/v1/submissions/{done['id']}")
    assert kept["updated_at"] > done["updated_at"]
    assert after.headers.get("etag") != before.headers.get("etag")
    changed = {"result", "updated_at"}
    assert {name for name in kept if kept[name] != done[name]} == changed
    assert len(await told(house, done["id"], "archive.copied")) == 1
    assert not await told(house, done["id"], "archive.failed")


@pytest.mark.parametrize("how", ["429", "500", "truncated", "empty", "page", "packed", "404"])
async def test_a_download_that_goes_wrong_is_tried_again(house: House, how: str) -> None:
    done = await succeeded(house, download=how, download_times=2)
    kept = await archived(house, done["id"])
    assert (await fetch(kept["result"]["outputs"][0]["archive"]["url"])).content == tiny_portrait()
    assert not await told(house, done["id"], "archive.failed")


@pytest.mark.parametrize(
    ("how", "reason", "tries"),
    [
        ("huge", "too_large", 1),
        ("redirect_inside", "address_refused", 1),
        ("404", "link_dead", 5),
        ("403", "link_dead", 5),
    ],
)
async def test_a_copy_that_cannot_be_made_is_told_once_and_changes_no_success(
    house: House, how: str, reason: str, tries: int
) -> None:
    done = await succeeded(house, download=how)
    failed = await given_up(house, done["id"])
    assert failed == {"output": "result/0", "reason": reason, "attempts": tries}
    assert await house.get(done["id"]) == done
    assert not files(house)
    assert not rows(house, "SELECT * FROM tasks")


async def test_what_failed_is_asked_for_again(house: House) -> None:
    done = await succeeded(house, download="404")
    await given_up(house, done["id"])
    house.world.switches.set(download="ok")
    again = await house.client.post(f"/v1/submissions/{done['id']}/archive")
    assert again.status_code == 202
    assert again.json()["id"] == done["id"]
    await archived(house, done["id"])
    (event,) = await told(house, done["id"], "archive.asked")
    assert event["data"] == {"outputs": ["result/0"]}
    assert event["source"] == "client"
    nothing = await house.client.post(f"/v1/submissions/{done['id']}/archive")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_archive")


async def test_nobody_asks_for_copies_of_what_is_unfinished_or_anothers(house: House) -> None:
    unfinished = await running(house)
    refused = await house.client.post(f"/v1/submissions/{unfinished['id']}/archive")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_archive")
    unknown = "sub_" + "0" * 26
    foreign = await house.client.post(f"/v1/submissions/{unknown}/archive")
    assert foreign.status_code == 404
    assert foreign.json() == (await house.client.get(f"/v1/submissions/{unknown}")).json()


async def test_a_dead_link_is_refetched_from_the_provider_that_still_has_it(house: House) -> None:
    done = await succeeded(house, download="500")
    moved = move_output(house)
    house.world.switches.set(download="ok")
    kept = await archived(house, done["id"])
    (output,) = kept["result"]["outputs"]
    assert output["url"] == done["result"]["outputs"][0]["url"] != moved
    assert asked(house)
    assert (await fetch(output["archive"]["url"])).content == tiny_portrait()


async def test_redirects_are_followed_but_not_for_ever(house: House) -> None:
    first = await succeeded(house, download="redirect")
    await archived(house, first["id"])
    house.world.switches.set(download="redirect_loop")
    second = await house.portrait()
    await house.until_final(second["id"])
    await house.until(lambda: _tries(house) >= 3)
    assert (await house.get(second["id"]))["result"]["outputs"][0]["archive"] is None
    house.world.switches.set(download="ok")
    await archived(house, second["id"])


def _tries(house: House) -> int:
    return max((tries for (tries,) in rows(house, "SELECT attempt FROM tasks")), default=0)


async def test_the_content_says_its_type_and_not_its_header(house: House) -> None:
    done = await succeeded(house, download="lying")
    kept = await archived(house, done["id"])
    (output,) = kept["result"]["outputs"]
    assert output["content_type"] == "image/jpeg"
    served = await fetch(output["archive"]["url"])
    assert served.headers["content-type"] == "image/jpeg"


async def test_no_private_address_is_fetched_from(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("guarded")
    async with running_house(folder, LIKENESS_OUTBOUND_ALLOW="none") as house:
        done = await succeeded(house)
        failed = await given_up(house, done["id"])
        assert failed["reason"] == "address_refused"
        assert (await house.get(done["id"]))["status"] == "succeeded"


async def test_base64_outputs_move_into_the_archive_without_a_gap(house: House) -> None:
    house.world.switches.set(duration=1)
    fields = {"prompt": "x", "image": PICTURE, "enable_base64_output": True}
    posted = await house.submit("wavespeed/portrait", fields)
    done = await house.until_final(posted["id"])
    url = done["result"]["outputs"][0]["archive"]["url"]
    assert (await fetch(url)).content == tiny_portrait()
    await house.until(lambda: bool(files(house)))
    await house.breathe()
    after = await house.get(posted["id"])
    assert (after["result"], after["updated_at"]) == (done["result"], done["updated_at"])
    assert (await fetch(url)).content == tiny_portrait()
    # The picture was the input as well, which must stay.
    assert rows(house, "SELECT count(*) FROM media") == [(1,)]
    assert rows(house, "SELECT count(*) FROM archived") == [(1,)]


async def test_a_base64_output_is_kept_in_one_place(house: House) -> None:
    posted = await running(house)
    film = base64.b64encode(tiny_film()).decode()
    assert (await tell(house, prediction(house, outputs=[film, film]))).status_code == 204
    await house.until(lambda: rows(house, "SELECT count(*) FROM tasks") == [(0,)])
    assert rows(house, "SELECT count(*) FROM media") == [(0,)]
    assert files(house) == [f"{posted['id']}/{hash_of(tiny_film())}"]
    for output in (await house.get(posted["id"]))["result"]["outputs"]:
        assert (await fetch(output["url"])).content == tiny_film()
    assert len(await told(house, posted["id"], "archive.copied")) == 2


async def test_thirty_outputs_of_which_two_are_the_same(house: House) -> None:
    posted = await running(house)
    base = house.world.base_url
    links = [
        house.world.publish(f"many/{n}.jpg", b"\xff\xd8\xff" + bytes([n]), "image/jpeg")
        for n in range(29)
    ]
    links.append(links[0] + "?again")
    assert all(link.startswith(base) for link in links)
    await tell(house, prediction(house, outputs=links))
    kept = await archived(house, posted["id"])
    found = [output["archive"]["sha256"] for output in kept["result"]["outputs"]]
    assert len(found) == 30
    assert len(set(found)) == len(files(house)) == 29
    assert found[0] == found[-1]


async def test_a_late_result_is_archived_all_the_same(house: House) -> None:
    posted = await running(house)
    canceled = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert canceled.json()["status"] == "canceled"
    link = house.world.publish("late/1.jpg", tiny_portrait(), "image/jpeg")
    assert (await tell(house, prediction(house, outputs=[link]))).status_code == 204
    kept = await archived(house, posted["id"], "late_result")
    assert (kept["status"], kept["result"]) == ("canceled", None)
    (output,) = kept["late_result"]["outputs"]
    house.world.past.files.clear()
    assert (await fetch(output["archive"]["url"])).content == tiny_portrait()
    (event,) = await told(house, posted["id"], "archive.copied")
    assert event["data"]["output"] == "late_result/0"


async def test_without_an_archive_nothing_is_copied_and_base64_stays(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("off")
    async with running_house(folder, LIKENESS_ARCHIVE="off") as house:
        done = await succeeded(house)
        assert done["result"]["outputs"][0]["archive"] is None
        assert not rows(house, "SELECT * FROM tasks")
        refused = await house.client.post(f"/v1/submissions/{done['id']}/archive")
        assert (refused.status_code, refused.json()["code"]) == (409, "archive_off")
        fields = {"prompt": "x", "image": PICTURE, "enable_base64_output": True}
        posted = await house.submit("wavespeed/portrait", fields)
        inline = await house.until_final(posted["id"])
        url = inline["result"]["outputs"][0]["archive"]["url"]
        assert (await fetch(url)).content == tiny_portrait()
        assert not (folder / "archive").exists()
