"""AllToken's dispatcher: envelope, gateway errors, injected errors, and lost answers."""

import httpx
import pytest

from sandbox.alltoken import ACTIONS
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import CALLBACK, act, code, done

pytestmark = pytest.mark.asyncio

PATH = "/v1/portrait/?Action=CreateAssetGroup&Version=2024-01-01"


async def test_an_action_answers_in_the_documented_envelope(client: httpx.AsyncClient) -> None:
    answer = await act(client, "CreateAssetGroup", GroupType="AIGC", Name="me")
    shown = answer.json()
    assert shown["ResponseMetadata"] == {
        "RequestId": shown["ResponseMetadata"]["RequestId"],
        "Action": "CreateAssetGroup",
        "Version": "2024-01-01",
        "Service": "ark",
        "Region": "cn-beijing",
    }
    assert shown["Result"]["Id"].startswith("group-20260102030405-")
    assert answer.headers["x-gateway-request-id"]


async def test_the_envelope_can_be_flat(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(envelope="flat")
    answer = await act(client, "CreateAssetGroup", GroupType="AIGC", Name="me")
    assert list(answer.json()) == ["Id"]


async def test_all_twelve_actions_are_played() -> None:
    assert len(ACTIONS) == 12


async def test_an_unknown_action_or_version_is_a_business_error(client: httpx.AsyncClient) -> None:
    assert await code(client, "CreateMiracle") == "InvalidParameter"
    answer = await client.post(PATH.replace("2024", "2025"), json={"GroupType": "AIGC"})
    assert answer.json()["ResponseMetadata"]["Error"]["Code"] == "InvalidParameter"


async def test_the_version_may_be_left_out(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH.partition("&")[0], json={"GroupType": "AIGC"})
    assert "Result" in answer.json()


async def test_a_body_that_is_no_object_is_a_business_error(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, content=b"[]")
    assert answer.json()["ResponseMetadata"]["Error"]["Code"] == "InvalidParameter"


async def test_a_body_over_1_mb_is_a_gateway_error(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, content=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]["type"]) == (413, "invalid_request_error")


async def test_the_trailing_slash_is_part_of_the_path(client: httpx.AsyncClient) -> None:
    assert (await client.post(PATH.replace("/?", "?"), json={})).status_code == 404


async def test_a_bad_key_gets_the_openai_style_body(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.post(PATH, json={}, headers={"authorization": "Bearer bad"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert [(call.action, call.authorized) for call in world.calls] == [("CreateAssetGroup", False)]


async def test_a_bad_switch_is_a_gateway_error_that_names_the_known(
    client: httpx.AsyncClient,
) -> None:
    answer = await act(client, "CreateAssetGroup", GroupType="AIGC", Name="[sandbox scan=soon]")
    assert answer.status_code == 400
    assert "never_redirect" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "wanted",
    [
        "Forbidden",
        "MissingParameter",
        "InvalidParameter",
        "QuotaExceeded",
        "RateLimitExceeded",
        "ValidatePending",
        "TokenExpired",
        "InvalidToken",
        "NotFound",
        "AIGCNotAvailable",
        "UpstreamUnavailable",
        "SubscriptionRequired",
        "InvalidAccessKey",
    ],
)
async def test_every_documented_error_can_be_asked_for(
    wanted: str, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(error=wanted)
    assert await code(client, "GetVisualValidateResult", BytedToken="any") == wanted


@pytest.mark.parametrize("status", [401, 413, 429, 500])
async def test_gateway_errors_can_be_asked_for(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(error=str(status))
    answer = await act(client, "GetAsset", Id="any")
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_unauthorized_is_an_http_error(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(error="Unauthorized")
    assert (await act(client, "GetAsset", Id="any")).status_code == 401


async def test_an_error_can_hit_one_action_and_only_the_first_calls(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(error="QuotaExceeded", error_action="CreateAssetGroup", error_times=1)
    assert await code(client, "GetAsset", Id="any") == "Forbidden"
    assert await code(client, "CreateAssetGroup", GroupType="AIGC") == "QuotaExceeded"
    await done(client, "CreateAssetGroup", GroupType="AIGC")


async def test_latency_delays_an_action(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    world.switches.set(latency=6)
    before = clock.now()
    await done(client, "CreateAssetGroup", GroupType="AIGC")
    assert clock.now() - before == 6


@pytest.mark.parametrize(("fault", "made"), [("cut_after", 1), ("cut_before", 0)])
async def test_a_cut_group_may_have_been_made(
    fault: str, made: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(create_group=fault)
    with pytest.raises(httpx.TransportError):
        await act(client, "CreateAssetGroup", GroupType="AIGC")
    assert len(world.groups) == made


@pytest.mark.parametrize(("fault", "made"), [("cut_after", 1), ("cut_before", 0)])
async def test_a_cut_asset_may_have_been_made(
    fault: str, made: int, client: httpx.AsyncClient, world: World
) -> None:
    group = (await done(client, "CreateAssetGroup", GroupType="AIGC"))["Id"]
    fields = {
        "GroupId": group,
        "URL": "http://media.test/a.jpg",
        "AssetType": "Image",
        "Name": f"[sandbox create_asset={fault} fault_times=1]",
    }
    with pytest.raises(httpx.TransportError):
        await act(client, "CreateAsset", **fields)
    assert len(world.assets) == made
    await done(client, "CreateAsset", **fields)


async def test_a_session_can_be_garbled_or_refused_over_http(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(create_session="garbage", fault_times=1)
    answer = await act(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    assert answer.text.startswith("<html>")
    assert len(world.sessions) == 1
    world.switches.set(create_session="429")
    answer = await act(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    assert answer.status_code == 429
    assert len(world.sessions) == 1


@pytest.mark.parametrize(("fault", "left"), [("cut_after", 0), ("cut_before", 1)])
async def test_any_action_can_be_cut(
    fault: str, left: int, client: httpx.AsyncClient, world: World
) -> None:
    group = (await done(client, "CreateAssetGroup", GroupType="AIGC"))["Id"]
    world.switches.set(fault=fault, fault_action="DeleteAssetGroup", fault_times=1)
    with pytest.raises(httpx.TransportError):
        await act(client, "DeleteAssetGroup", Id=group)
    assert len(world.groups) == left
    await act(client, "DeleteAssetGroup", Id=group)
    assert world.groups == {}


async def test_any_action_can_be_refused_over_http(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(fault="429", fault_action="ListAssets")
    answer = await act(client, "ListAssets", Filter={"GroupType": "AIGC"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
