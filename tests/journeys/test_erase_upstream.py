"""What an erasure does at a provider: work is stopped, an asset goes if it is asked for, no record does."""

from typing import Any

import pytest

from tests.house import House
from tests.journeys.aigc import asset_calls, assets, deletions, group_calls, groups, keep, kept
from tests.journeys.erasing import erase, left
from tests.journeys.phone import Phone
from tests.journeys.scans import invite_with_asset, pass_scan, start
from tests.journeys.video import cancels, film, filmed, paid, running, video_of, videos
from tests.journeys.wavespeed import rows
from tests.journeys.wishes import words

pytestmark = pytest.mark.asyncio(loop_scope="module")


def asset_deletions(house: House, asset_id: str) -> int:
    return len([call for call in house.world.called("DeleteAsset") if call.body["Id"] == asset_id])


def recorded(house: House, name: str) -> bool:
    """Whether it is known as something that is there."""
    return bool(rows(house, "SELECT 1 FROM resources WHERE id = ? AND deleted_at IS NULL", name))


def is_left(house: House, kind: str) -> bool:
    return any(one == kind for one, _ in left(house))


async def undone(house: House, kind: str, within: float = 60) -> None:
    await house.until(lambda: not is_left(house, kind), within=within, step=0.5)


def no_record_was_deleted(house: House) -> None:
    assert [call for call in house.world.calls if call.method == "DELETE"] == []


async def test_a_job_that_is_erased_is_stopped(shared: House) -> None:
    prompt = words(video_duration=100)
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await erase(shared, posted)
    await shared.until(lambda: video_of(shared, prompt) in shared.world.cancelled_videos())
    await undone(shared, "cancel")
    # Twice, when a callback had named it before its submit answered.
    assert len(cancels(shared, prompt)) in (1, 2)
    no_record_was_deleted(shared)


async def test_a_job_whose_submit_is_on_the_wire_is_stopped_when_it_answers(shared: House) -> None:
    prompt = words(latency=10, video_duration=100)
    posted = await film(shared, prompt)
    await shared.until(lambda: bool(videos(shared, prompt)))
    await erase(shared, posted)
    await shared.until(lambda: video_of(shared, prompt) in shared.world.cancelled_videos())
    await undone(shared, "cancel")
    assert paid(shared, prompt) == 1


async def test_a_canceled_job_that_could_not_be_stopped_yet_is_stopped(shared: House) -> None:
    prompt = words(video_duration=100, video_cancel="503")
    posted = await film(shared, prompt)
    await shared.until_status(posted["id"], "processing")
    await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")
    await shared.until(lambda: len(cancels(shared, prompt)) == 1)
    await erase(shared, posted)
    await shared.until(lambda: len(cancels(shared, prompt)) > 1)
    await undone(shared, "cancel", within=600)
    assert len(cancels(shared, prompt)) <= 7


@pytest.mark.parametrize("query", ["", "?upstream=true"])
async def test_a_finished_job_is_left_alone(shared: House, query: str) -> None:
    prompt = words(video_duration=2)
    done = await filmed(shared, prompt)
    assert done["status"] == "succeeded"
    await erase(shared, done, query)
    shared.clock.advance(60)
    await shared.breathe()
    assert cancels(shared, prompt) == []
    assert video_of(shared, prompt) in shared.world.videos.values()
    no_record_was_deleted(shared)


async def test_a_cancel_of_a_finished_job_asks_the_provider_nothing(shared: House) -> None:
    prompt = words(video_duration=2)
    done = await filmed(shared, prompt)
    answer = await shared.client.post(f"/v1/submissions/{done['id']}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_final")
    await shared.breathe()
    assert cancels(shared, prompt) == []
    no_record_was_deleted(shared)


async def test_a_canceled_job_is_asked_for_no_more(shared: House) -> None:
    posted, prompt = await running(shared)
    await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")
    await erase(shared, posted)
    await undone(shared, "cancel")
    asked = len(shared.world.calls)
    shared.clock.advance(120)
    await shared.breathe()
    paths = [call.path for call in shared.world.calls[asked:]]
    assert not any(video_of(shared, prompt).id in path for path in paths)


async def test_an_asset_stays_unless_it_is_asked_for(shared: House) -> None:
    done = await kept(shared, words())
    asset_id, group_id = done["result"]["asset_id"], done["result"]["group_id"]
    await erase(shared, done)
    await shared.breathe()
    assert asset_id in shared.world.assets
    assert recorded(shared, asset_id)
    assert recorded(shared, group_id)


async def test_an_asset_goes_when_it_is_asked_for(shared: House) -> None:
    done = await kept(shared, words())
    asset_id, group_id = done["result"]["asset_id"], done["result"]["group_id"]
    await erase(shared, done, "?upstream=true")
    await undone(shared, "asset")
    assert asset_id not in shared.world.assets
    assert not recorded(shared, asset_id)
    # Only the asset: others may be in its group by now.
    assert group_id in shared.world.groups
    assert recorded(shared, group_id)


async def test_the_asset_of_a_face_goes_when_it_is_asked_for(shared: House, phone: Phone) -> None:
    posted = await invite_with_asset(shared)
    await pass_scan(shared, await start(shared, phone, posted))
    done = await shared.until_final(posted["id"], within=60)
    assert done["status"] == "succeeded", done
    await erase(shared, done, "?upstream=true")
    await undone(shared, "asset")
    assert done["result"]["asset_id"] not in shared.world.assets


async def test_an_asset_that_is_gone_already_is_gone(shared: House) -> None:
    done = await kept(shared, words())
    asset_id = done["result"]["asset_id"]
    del shared.world.assets[asset_id]
    await erase(shared, done, "?upstream=true")
    await undone(shared, "asset")
    assert asset_deletions(shared, asset_id) == 1


@pytest.mark.parametrize("fault", ["429", "500", "cut_before", "garbage"])
async def test_a_deletion_is_tried_until_it_is_done(shared: House, fault: str) -> None:
    """The switches of an asset's own call do not tell its deletion from others': the world's do."""
    done = await kept(shared, words())
    asset_id = done["result"]["asset_id"]
    with faulty(shared, fault=fault, fault_action="DeleteAsset"):
        await erase(shared, done, "?upstream=true")
        await shared.until(lambda: asset_deletions(shared, asset_id) > 3, step=0.5)
        assert is_left(shared, "asset")
    await undone(shared, "asset", within=120)
    assert asset_id not in shared.world.assets
    assert not recorded(shared, asset_id)


class faulty:  # noqa: N801 - reads as a function
    """Switches of the whole world, for a while."""

    def __init__(self, house: House, **switches: Any) -> None:
        self._world, self._switches = house.world, switches

    def __enter__(self) -> None:
        self._before = {name: getattr(self._world.switches.now, name) for name in self._switches}
        self._world.switches.set(**self._switches)

    def __exit__(self, *_: object) -> None:
        self._world.switches.set(**self._before)


async def test_a_group_that_is_being_made_is_deleted_when_it_is_there(shared: House) -> None:
    name = words(latency=10)
    posted = await keep(shared, name)
    await shared.until(lambda: bool(group_calls(shared, name)))
    await erase(shared, posted)
    await shared.until(lambda: bool(groups(shared, name)))
    (group,) = groups(shared, name)
    await shared.until(lambda: bool(deletions(shared, group.id)))
    await undone(shared, "group")
    assert groups(shared, name) == []
    assert not recorded(shared, group.id)


async def test_a_group_without_an_asset_is_deleted(shared: House) -> None:
    name = words()
    posted = await keep(shared, name, asset={"name": words(create_asset="429")})
    await shared.until(lambda: bool(groups(shared, name)))
    (group,) = groups(shared, name)
    await shared.until(lambda: bool(asset_calls(shared, group.id)))
    await shared.until_status(posted["id"], "processing")
    await erase(shared, posted)
    await undone(shared, "group")
    assert groups(shared, name) == []
    assert not recorded(shared, group.id)


async def test_an_asset_that_is_being_created_is_deleted_when_it_is_there(shared: House) -> None:
    name = words()
    posted = await keep(shared, name, asset={"name": words(latency=10)})
    await shared.until(lambda: bool(groups(shared, name)), step=0.1)
    (group,) = groups(shared, name)
    await shared.until(lambda: bool(asset_calls(shared, group.id)), step=0.1)
    await erase(shared, posted)
    await shared.until(lambda: bool(assets(shared, group.id)))
    await shared.until(lambda: not assets(shared, group.id))
    await undone(shared, "asset")
