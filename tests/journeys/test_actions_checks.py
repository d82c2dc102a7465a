"""Portrait Actions that are asked for wrongly: told so by us, and never an error of ours."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.alltoken_action import ACTIONS
from tests.house import running_house
from tests.journeys.actions import BACK, PICTURE, Client, actions, client_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = {"GroupType": "AIGC"}
NEW = {"GroupId": "group-1", "URL": PICTURE, "AssetType": "Image"}
SESSION = "CreateVisualValidateSession"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    folder = tmp_path_factory.mktemp("checks")
    async with running_house(folder) as house, client_of(house) as opened:
        yield opened


MISSING: list[tuple[str, dict[str, Any], str]] = [
    (SESSION, {}, "CallbackURL"),
    (SESSION, {"CallbackURL": ""}, "CallbackURL"),
    (SESSION, {"CallbackURL": None}, "CallbackURL"),
    ("GetVisualValidateResult", {}, "BytedToken"),
    ("CreateAssetGroup", {"Name": "Ada"}, "GroupType"),
    ("GetAssetGroup", {}, "Id"),
    ("UpdateAssetGroup", {"Name": "Ada"}, "Id"),
    ("DeleteAssetGroup", {"GroupId": "x"}, "Id"),
    ("ListAssetGroups", {}, "Filter"),
    ("ListAssetGroups", {"Filter": {}}, "Filter"),
    ("ListAssetGroups", {"Filter": {"Name": "x"}}, "Filter.GroupType"),
    ("ListAssets", {"Filter": {"GroupType": ""}}, "Filter.GroupType"),
    ("CreateAsset", NEW | {"GroupId": ""}, "GroupId"),
    ("CreateAsset", NEW | {"URL": None}, "URL"),
    ("CreateAsset", NEW | {"AssetType": None}, "AssetType"),
    ("GetAsset", {"Name": "x"}, "Id"),
    ("UpdateAsset", {}, "Id"),
    ("DeleteAsset", {}, "Id"),
]


@pytest.mark.parametrize(("action", "fields", "field"), MISSING)
async def test_what_is_missing_is_named(
    client: Client, action: str, fields: dict[str, Any], field: str
) -> None:
    told = await client.refused(action, **fields)
    assert told["Code"] in (f"MissingParameter.{field}", f"MissingParameter.{field}.GroupType")
    assert field in told["Message"]
    assert not actions(client.house)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (SESSION, {"CallbackURL": "client.example/done"}, "http"),
    (SESSION, {"CallbackURL": "javascript:alert(1)"}, "http"),
    (SESSION, {"CallbackURL": "https://"}, "http"),
    (SESSION, {"CallbackURL": "https://[broken"}, "http"),
    (SESSION, {"CallbackURL": "https://client.example/\r\nX: 1"}, "http"),
    (SESSION, {"CallbackURL": 5}, "CallbackURL"),
    (SESSION, {"CallbackURL": BACK, "ProjectName": 5}, "ProjectName"),
    ("GetVisualValidateResult", {"BytedToken": 20260331}, "BytedToken"),
    ("CreateAssetGroup", {"GroupType": "LivenessFace"}, "AIGC"),
    ("CreateAssetGroup", {"GroupType": "aigc"}, "AIGC"),
    ("CreateAssetGroup", {"GroupType": ["AIGC"]}, "AIGC"),
    ("CreateAssetGroup", {"GroupType": "AIGC", "Name": "x" * 51}, "50"),
    ("CreateAssetGroup", {"GroupType": "AIGC", "Name": "\u5b57" * 51}, "50"),
    ("CreateAssetGroup", {"GroupType": "AIGC", "Name": 7}, "Name"),
    ("CreateAssetGroup", {"GroupType": "AIGC", "Description": {}}, "Description"),
    ("UpdateAssetGroup", {"Id": "x", "Name": "x" * 51}, "50"),
    ("UpdateAsset", {"Id": "x", "Name": "x" * 51}, "50"),
    ("CreateAsset", NEW | {"Name": "x" * 51}, "50"),
    ("CreateAsset", NEW | {"AssetType": "image"}, "Image or Video or Audio"),
    ("CreateAsset", NEW | {"URL": "ftp://pictures.example/x"}, "http"),
    ("CreateAsset", NEW | {"URL": "data:image/png;base64,AAAA"}, "http"),
    ("CreateAsset", NEW | {"GroupId": ["group-1"]}, "GroupId"),
    ("GetAsset", {"Id": {"$ne": ""}}, "Id"),
    ("GetAsset", {"Id": True}, "Id"),
    ("ListAssets", {"Filter": "AIGC"}, "Filter"),
    ("ListAssets", {"Filter": [LIST]}, "Filter"),
    ("ListAssets", {"Filter": {"GroupType": "Face"}}, "LivenessFace or AIGC"),
    ("ListAssets", {"Filter": LIST | {"GroupIds": "group-1"}}, "Filter.GroupIds"),
    ("ListAssets", {"Filter": LIST | {"GroupIds": [1]}}, "Filter.GroupIds"),
    ("ListAssets", {"Filter": LIST | {"Statuses": ["Active", "Gone"]}}, "Processing"),
    ("ListAssets", {"Filter": LIST | {"Statuses": "Active"}}, "Processing"),
    ("ListAssets", {"Filter": LIST, "PageNumber": 0}, "from 1"),
    ("ListAssets", {"Filter": LIST, "PageNumber": True}, "from 1"),
    ("ListAssets", {"Filter": LIST, "PageNumber": "1"}, "from 1"),
    ("ListAssetGroups", {"Filter": LIST, "PageSize": 101}, "100"),
    ("ListAssetGroups", {"Filter": LIST, "PageSize": 0}, "100"),
    ("ListAssetGroups", {"Filter": LIST, "PageSize": 2.5}, "100"),
    ("ListAssets", {"Filter": LIST, "SortOrder": "asc"}, "Asc or Desc"),
    ("ListAssets", {"Filter": LIST, "SortBy": 1}, "SortBy"),
]


@pytest.mark.parametrize(("action", "fields", "right"), WRONG)
async def test_what_is_wrong_is_told_what_would_be_right(
    client: Client, action: str, fields: dict[str, Any], right: str
) -> None:
    told = await client.refused(action, **fields)
    assert told["Code"] == "InvalidParameter"
    assert right in told["Message"]
    assert not actions(client.house)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "MissingParameter.Action"),
        ("?Action=", "MissingParameter.Action"),
        ("?action=GetAsset", "MissingParameter.Action"),
        ("?Action=getasset", "InvalidParameter"),
        ("?Action=DropTables%00%ff", "InvalidParameter"),
        ("?Action=" + "x" * 5000, "InvalidParameter"),
        ("?Action=GetAsset&Version=2025-01-01", "InvalidParameter"),
        ("?Action=GetAsset&Version=", "InvalidParameter"),
        ("?Action=GetAsset&Version=2024-01-01", "MissingParameter.Id"),
        ("?Action=GetAsset", "MissingParameter.Id"),
    ],
)
async def test_the_query_is_checked_too(client: Client, query: str, code: str) -> None:
    answer = await client.post(f"/v1/portrait/{query}", content=b"")
    assert answer.status_code == 200
    error = answer.json()["ResponseMetadata"]["Error"]
    assert error["Code"] == code
    if code != "MissingParameter.Id":
        assert all(name in error["Message"] for name in ACTIONS) or "2024" in error["Message"]


async def test_the_slash_is_part_of_the_path(client: Client) -> None:
    for path, status in (("/v1/portrait?Action=GetAsset", 404), ("/v1/portrait/x", 404)):
        assert (await client.post(path, json={})).status_code == status
    assert (await client.http.get("/v1/portrait/?Action=GetAsset")).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"Id"',
        b"NaN",
        b'{"Id":NaN}',
        b'{"Id":"x","y":1e999}',
        b'{"Id":"x","y":-Infinity}',
        b'{"Id":"\\ud800"}',
        b'{"Id":"\\u0000"}',
        b'{"Id":"x","y":{"\\u0000":1}}',
        b'{"Id":"x\xff"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"Id":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"Id":' + b"1" * 5000 + b"}",
        b"Id=x",
    ],
)
async def test_what_is_no_json_object_is_an_invalid_parameter(client: Client, body: bytes) -> None:
    answer = await client.ask("GetAsset", content=body)
    assert answer.status_code == 200
    assert answer.json()["ResponseMetadata"]["Error"]["Code"] == "InvalidParameter"


WORDS = (
    *("Id", "id", "GroupId", "URL", "AssetType", "Name", "Filter", "GroupType", "GroupIds"),
    *("Statuses", "PageNumber", "BytedToken", "CallbackURL", "AIGC", PICTURE, "Image"),
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from((*WORDS, "\ud800", "a\0b")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(action=st.sampled_from(sorted(ACTIONS)), body=bodies)
async def test_no_body_is_our_error(client: Client, action: str, body: bytes) -> None:
    answer = await client.ask(action, content=body)
    assert answer.status_code == 200, (action, body)
    metadata = answer.json()["ResponseMetadata"]
    assert metadata["Action"] == action
    assert metadata["RequestId"]
