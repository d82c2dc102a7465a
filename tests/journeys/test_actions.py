"""The twelve portrait Actions: a client of AllToken that changes only its base URL and its key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.house import KEY, House, running_house
from tests.journeys.actions import BACK, PICTURE, Client, actions, client_of, ids
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio

ALL_TWELVE = {
    *("CreateVisualValidateSession", "GetVisualValidateResult"),
    *("CreateAssetGroup", "GetAssetGroup", "ListAssetGroups", "UpdateAssetGroup"),
    *("DeleteAssetGroup", "CreateAsset", "GetAsset", "ListAssets", "UpdateAsset", "DeleteAsset"),
}


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells a story to a client, and keeps every whole answer."""

    client: Client
    told: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, action: str, **fields: Any) -> Any:
        answer = await self.client.ask(action, fields)
        assert answer.status_code == 200, answer.text
        self.told.append(answer.json())
        return answer.json().get("Result")


async def story(client: Client) -> list[dict[str, Any]]:
    """Every Action once at least, and what a client sees of mistakes."""
    teller = Teller(client=client)
    face = await tell_of_a_scan(teller)
    await tell_of_a_group(teller, face)
    return teller.told


async def tell_of_a_scan(teller: Teller) -> str:
    say = teller.say
    token = (await say("CreateVisualValidateSession", CallbackURL=BACK))["BytedToken"]
    await say("GetVisualValidateResult", BytedToken=token)
    await teller.client.house.world.scan(token)
    face = await say("GetVisualValidateResult", BytedToken=token)
    await say("GetVisualValidateResult", BytedToken=token)
    return str(face["GroupId"])


async def tell_of_a_group(teller: Teller, face: str) -> None:
    say = teller.say
    group = (await say("CreateAssetGroup", GroupType="AIGC", Name="Ada", Title="Countess"))["Id"]
    await say("GetAssetGroup", Id=group)
    await say("UpdateAssetGroup", Id=group, Name="Ada L.", Description="Well invented")
    await say("ListAssetGroups", Filter={"GroupType": "AIGC", "Name": "Ada"}, PageSize=5)
    await say("ListAssetGroups", Filter={"GroupType": "LivenessFace"})
    first = (await say("CreateAsset", GroupId=group, URL=PICTURE, AssetType="Image"))["Id"]
    await say("CreateAsset", GroupId=face, URL=PICTURE, AssetType="Image", Name="Face")
    await say("GetAsset", Id=first)
    teller.client.house.clock.advance(3)
    await say("GetAsset", Id=first)
    await say("UpdateAsset", Id=first, Name="Front")
    await say("ListAssets", Filter={"GroupType": "AIGC", "Statuses": ["Active"]}, SortOrder="Asc")
    await say("ListAssets", Filter={"GroupType": "LivenessFace", "GroupIds": [face]})
    await say("DeleteAsset", Id=first)
    await say("GetAsset", Id=first)
    await say("DeleteAssetGroup", Id=group)
    await say("GetAssetGroup", Id=group)
    await say("ListAssets", Filter={"GroupType": "AIGC"})
    await say("GetAsset", Id="asset-20260101000000-nope0")
    await say("CreateAssetGroup", GroupType="LivenessFace")
    await say("CreateAsset", GroupId=face)


def shape(value: Any, name: str = "") -> Any:
    """What a client's code depends on: names, types, and the words that are not made up."""
    if isinstance(value, dict):
        return {name: shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    plain = isinstance(value, str) and name not in ("Code", "Status", "GroupType", "Name", "Action")
    return "text" if plain else value


async def test_a_client_of_alltoken_changes_only_its_base_url_and_its_key(house: House) -> None:
    async with (
        client_of(house, "at-directly", house.world.base_url) as direct,
        client_of(house) as through,
    ):
        expected = await story(direct)
        house.world.calls.clear()
        told = await story(through)
    assert {call.action for call in actions(house)} == ALL_TWELVE
    assert {call.customer for call in actions(house)} == {"at-test"}
    assert len(told) == len(expected)
    for ours, theirs in zip(told, expected, strict=True):
        assert shape(ours) == shape(theirs)


async def test_a_session_keeps_the_callers_own_callback_url(house: House) -> None:
    async with client_of(house) as client:
        made = await client.call("CreateVisualValidateSession", CallbackURL=BACK)
    (session,) = house.world.sessions.values()
    assert made == {
        "BytedToken": session.token,
        "H5Link": session.h5_link,
        "CallbackURL": BACK,
    }
    assert session.callback_url == BACK
    assert session.token not in str(rows(house, "SELECT * FROM resources"))


async def test_what_the_table_does_not_name_is_handed_on(house: House) -> None:
    async with client_of(house) as client:
        group = await client.group(Title="T", ProjectName="mine", Moderation={"Strategy": "Skip"})
    (call,) = actions(house)
    assert call.body == {
        "GroupType": "AIGC",
        "Name": "Ada",
        "Title": "T",
        "ProjectName": "mine",
        "Moderation": {"Strategy": "Skip"},
    }
    assert call.query == {"Action": "CreateAssetGroup", "Version": "2024-01-01"}
    assert house.world.groups[group].project == "mine"


async def test_a_flat_answer_gets_its_envelope(house: House) -> None:
    async with client_of(house) as client:
        house.world.switches.set(envelope="flat")
        group = await client.group()
        assert (await client.call("GetAssetGroup", Id=group))["Name"] == "Ada"
        assert ids(await client.groups()) == [group]


async def test_what_a_submission_made_can_be_managed_with_the_same_key(house: House) -> None:
    posted = await house.submit(
        "alltoken/portrait", {"name": "Ada", "asset": {"url": PICTURE, "name": "Front"}}
    )
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded", done
    group, asset = done["result"]["group_id"], done["result"]["asset_id"]
    async with client_of(house) as client:
        assert ids(await client.groups()) == [group]
        assert ids(await client.assets()) == [asset]
        assert (await client.call("GetAsset", Id=asset))["Status"] == "Active"
        assert await client.call("DeleteAssetGroup", Id=group) == {}
    assert not house.world.groups


BAD_KEYS: Iterable[str] = ("", "Bearer", "Bearer lk_unknown", "Bearer at-test", f"Basic {KEY}")


@pytest.mark.parametrize("header", BAD_KEYS)
async def test_without_a_good_key_the_gateway_says_no(house: House, header: str) -> None:
    async with client_of(house) as client:
        answer = await client.ask("GetAsset", {"Id": "x"}, headers={"authorization": header})
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert (error["code"], error["type"]) == ("invalid_api_key", "authentication_error")
    assert error["message"]
    assert error["request_id"]
    assert error["param"] is None
    assert not actions(house)


async def test_a_body_over_a_megabyte_is_refused_as_the_gateway_does(house: House) -> None:
    async with client_of(house) as client:
        room = 1024 * 1024 - len('{"Id": ""}')
        just = await client.ask("GetAsset", content='{"Id": "%s"}' % ("x" * room))
        assert just.json()["ResponseMetadata"]["Error"]["Code"] == "Forbidden"
        over = await client.ask("GetAsset", content='{"Id": "%s"}' % ("x" * (room + 1)))
    assert (over.status_code, over.json()["error"]["code"]) == (413, "request_too_large")


async def test_without_a_key_of_the_provider_there_is_no_answer(tmp_path: Path) -> None:
    async with running_house(tmp_path, ALLTOKEN_API_KEY="") as house, client_of(house) as client:
        answer = await client.ask("ListAssets", {"Filter": {"GroupType": "AIGC"}})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "provider_not_configured"
    assert int(answer.headers["retry-after"]) > 0
