"""Groups and assets on the dashboard: whose they are, how much room is left, deleting, and what goes wrong."""

import asyncio
from pathlib import Path

import pytest

from tests.handlers.dashboard.desk import XSS, Desk, Page, at_the_desk
from tests.house import House, add_key, running_house
from tests.journeys.actions import client_of
from tests.journeys.aigc import kept

OTHER_KEY = "lk_" + "b" * 43

pytestmark = pytest.mark.asyncio


async def sent(house: House, desk: Desk, path: str, **fields: str) -> Page:
    """A form whose call may wait for its turn at the provider."""
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(desk.send(path, **fields))
        await house.until(sending.done, step=0.1)
    return sending.result()


async def test_groups_are_shown_with_their_owners_and_deleted(house: House) -> None:
    await add_key(house.settings, house.clock, OTHER_KEY, "another")
    done = await kept(house, "Ada")
    group, asset = done["result"]["group_id"], done["result"]["asset_id"]
    async with client_of(house, OTHER_KEY) as caller:
        foreign = await caller.group("Bob")
        bare = await caller.asset(foreign)
    async with at_the_desk(house) as desk:
        page = await desk.look("/groups")
        for words in (group, asset, foreign, bare, "Key test", "Key another", "2 of 50", "1 of 50"):
            assert words in page.text
        assert page.values("meter", "value") == ["2", "1", "1"]
        assert f"/dashboard/submissions/{done['id']}" in page.values("a", "href")
        (other,) = [link for link in page.values("a", "href") if "?key=" in link][1:]
        one = await desk.look(other.removeprefix("/dashboard"))
        assert (foreign in one.text, group in one.text) == (True, False)
        asked = await sent(house, desk, "/groups/ask", which=group)
        assert "The provider lists" in asked.text
        assert asked.text.count(asset) > page.text.count(asset)
        gone = await sent(house, desk, "/groups/delete", which=asset)
        assert "The asset is deleted at the provider." in gone.text
        assert asset not in gone.text
        gone = await sent(house, desk, "/groups/delete", which=foreign)
        assert "The group is deleted at the provider" in gone.text
        assert {foreign, bare}.isdisjoint(gone.text.split())
        assert (await sent(house, desk, "/groups/delete", which=foreign)).status == 404
        assert (await sent(house, desk, "/groups/delete", which="nobody's")).status == 404
    assert list(house.world.groups) == [group]
    assert asset not in house.world.assets


async def test_a_refusal_is_said_in_the_providers_words_and_changes_nothing(house: House) -> None:
    async with client_of(house) as caller:
        group = await caller.group("Ada")
    house.world.switches.set(error="UpstreamUnavailable", error_action="DeleteAssetGroup")
    async with at_the_desk(house) as desk:
        page = await sent(house, desk, "/groups/delete", which=group)
        assert page.status == 409
        assert f"The provider did not do it for {group}" in page.text
        assert group in (await desk.look("/groups")).text


async def test_without_a_key_of_the_provider_nothing_can_be_deleted(tmp_path: Path) -> None:
    async with running_house(tmp_path, ALLTOKEN_API_KEY="") as house, at_the_desk(house) as desk:
        page = await desk.look("/groups")
        assert "holds no key of it" in page.text
        assert "No groups" in page.text
        assert "0 of 50" in page.text


async def test_a_name_at_the_provider_is_text_and_nothing_else(house: House) -> None:
    async with client_of(house) as caller:
        group = await caller.group("Ada")
        asset = await caller.asset(group)
    house.world.assets[asset].name = XSS
    async with at_the_desk(house, name=XSS) as desk:
        page = await sent(house, desk, "/groups/ask", which=group)
    assert "<script>alert" not in page.html
    assert "x" not in page.values("img", "src")
