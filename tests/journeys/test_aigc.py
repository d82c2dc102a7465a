"""AIGC portraits: a group, new or given, and an asset in it that becomes Active."""

from pathlib import Path

import pytest

from tests.house import House, running_house
from tests.journeys.aigc import (
    KIND,
    asset_calls,
    assets,
    group_calls,
    groups,
    keep,
    kept,
)
from tests.journeys.callers import another_caller, faults, post
from tests.journeys.wishes import portrait_url, types_of, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_new_group_with_an_asset(shared: House) -> None:
    name = words()
    posted = await keep(shared, name, description="an astronaut", asset={"name": "Nova, front"})
    assert posted["status"] == "pending"
    running = await shared.until_status(posted["id"], "processing")
    assert running["waiting_for"] == "provider"
    done = await shared.until_final(posted["id"])
    assert done["status"] == "succeeded"
    (group,) = groups(shared, name)
    (asset,) = assets(shared, group.id)
    assert done["result"] == {
        "outputs": [],
        "group_id": group.id,
        "asset_id": asset.id,
        "asset_uri": f"asset://{asset.id}",
    }
    assert (group.name, group.description, group.kind) == (name, "an astronaut", "AIGC")
    assert (asset.name, asset.kind) == ("Nova, front", "Image")
    assert asset.source == portrait_url(shared)
    assert asset.status(shared.world.now()) == "Active"
    assert await types_of(shared, posted["id"]) == [
        "submission.created",
        "submit.sending",
        "group.made",
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]


async def test_an_asset_in_a_group_of_ones_own(shared: House) -> None:
    name = words()
    first = await kept(shared, name)
    group_id = first["result"]["group_id"]
    second = await kept(shared, words(), group_id=group_id)
    assert second["status"] == "succeeded"
    assert second["result"]["group_id"] == group_id
    assert second["result"]["asset_id"] != first["result"]["asset_id"]
    assert len(assets(shared, group_id)) == 2
    assert len(group_calls(shared, name)) == 1
    assert "group.made" not in await types_of(shared, second["id"])


@pytest.mark.parametrize("kind", ["Image", "Video", "Audio"])
async def test_every_type_of_asset(shared: House, kind: str) -> None:
    name = words()
    done = await kept(shared, name, asset={"asset_type": kind, "url": portrait_url(shared)})
    assert done["status"] == "succeeded"
    (asset,) = assets(shared, done["result"]["group_id"])
    assert asset.kind == kind
    assert asset.name == done["id"]


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("Status", "lower"),
        ("Status", "upper"),
        ("UpstreamStatus", "title"),
        ("UpstreamStatus", "lower"),
        ("both", "title"),
    ],
)
async def test_an_assets_status_is_read_under_each_name_and_in_each_case(
    shared: House, name: str, case: str
) -> None:
    url = portrait_url(shared, status_name=name, status_case=case)
    done = await kept(shared, words(), asset={"url": url})
    assert done["status"] == "succeeded"


async def test_an_asset_is_asked_for_about_every_three_seconds(shared: House) -> None:
    name = words()
    done = await kept(shared, name, asset={"url": portrait_url(shared, asset_duration=20)})
    assert done["status"] == "succeeded"
    asset_id = done["result"]["asset_id"]
    asked = [call for call in shared.world.called("GetAsset") if call.body["Id"] == asset_id]
    assert len(asked) > 1
    assert all(gap >= 3 for gap in waits(asked))


async def test_answers_without_their_envelope_are_read_too(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(envelope="flat", status_name="both")
        assert (await kept(house, words()))["status"] == "succeeded"


async def test_a_group_of_somebody_else_is_refused_like_one_that_does_not_exist(
    shared: House,
) -> None:
    theirs = await kept(shared, words())
    group_id = theirs["result"]["group_id"]
    wish = {"name": "x", "asset": {"url": portrait_url(shared)}}
    async with another_caller(shared) as other:
        foreign = faults(await post(other, KIND, wish | {"group_id": group_id}))
        unknown = faults(await post(other, KIND, wish | {"group_id": "group-20260101000000-abcde"}))
        asset = faults(await post(other, KIND, wish | {"group_id": theirs["result"]["asset_id"]}))
    assert foreign == unknown == asset == {"/input/group_id": "there is no such group"}
    assert len(assets(shared, group_id)) == 1


async def test_a_group_that_likeness_has_never_recorded_is_for_operators(shared: House) -> None:
    known = await kept(shared, words())
    group = shared.world.groups[known["result"]["group_id"]]
    made_elsewhere = f"{group.id}x"
    shared.world.groups[made_elsewhere] = group
    group.id, old_id = made_elsewhere, group.id
    wish = {"name": "x", "group_id": made_elsewhere, "asset": {"url": portrait_url(shared)}}
    refused = await post(shared.client, KIND, wish)
    assert faults(refused) == {"/input/group_id": "there is no such group"}
    async with another_caller(shared, admin=True) as operator:
        taken = await post(operator, KIND, wish)
        assert taken.status_code == 202
        foreign = await post(operator, KIND, wish | {"group_id": old_id})
        assert foreign.status_code == 202
        await shared.until(lambda: bool(asset_calls(shared, made_elsewhere)), step=0.5)


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({}, ["/input/name", "/input/asset"]),
        ({"name": "x" * 51, "asset": {}}, ["/input/name", "/input/asset/url"]),
        (
            {"name": "", "description": "x" * 301, "asset": {"url": "asset://a"}},
            ["/input/name", "/input/description", "/input/asset/url"],
        ),
        (
            {"name": "x", "asset": {"url": "data:x", "asset_type": "image", "name": "y" * 51}},
            ["/input/asset/url", "/input/asset/asset_type", "/input/asset/name"],
        ),
        (
            {"name": "x", "group_id": "", "mode": "hosted", "asset": {"url": "https://x.example"}},
            ["/input/group_id", "/input/mode"],
        ),
        (
            {"name": "x", "group_id": "group-1", "asset": {"url": "ftp://x"}},
            ["/input/group_id", "/input/asset/url"],
        ),
    ],
)
async def test_every_bad_field_is_named_at_once(
    shared: House, fields: dict[str, object], pointers: list[str]
) -> None:
    found = faults(await post(shared.client, KIND, fields))
    assert sorted(found) == sorted(pointers)


async def test_the_input_is_shown_with_its_documented_values(shared: House) -> None:
    name = words()
    posted = await keep(shared, name)
    assert posted["input"] == {
        "name": name,
        "asset": {"url": portrait_url(shared), "asset_type": "Image"},
    }
    await shared.until_final(posted["id"])


async def test_without_a_public_url_an_invented_person_needs_none(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="") as house:
        assert (await kept(house, words()))["status"] == "succeeded"
