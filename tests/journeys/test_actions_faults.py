"""Portrait Actions on a bad day: the provider's, the store's, and what is in the log of it."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.handlers.test_webhook_store import locked
from tests.house import KEY, House, add_key, running_house
from tests.journeys.actions import BACK, PICTURE, Client, actions, client_of, ids
from tests.journeys.test_secrets import KEYS, leaks, listening
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio

PASSED_ON = (
    *("Forbidden", "MissingParameter", "MissingParameter.URL", "InvalidParameter"),
    *("QuotaExceeded", "RateLimitExceeded", "ValidatePending", "TokenExpired", "InvalidToken"),
    *("NotFound", "AIGCNotAvailable", "UpstreamUnavailable", "SubscriptionRequired"),
    *("InvalidAccessKey", "SomethingNew.Ark"),
)


@pytest.mark.parametrize("code", PASSED_ON)
async def test_the_providers_word_is_passed_on(house: House, code: str) -> None:
    house.world.switches.set(error=code)
    async with client_of(house) as client:
        answer = await client.ask("CreateAssetGroup", {"GroupType": "AIGC"})
    metadata = answer.json()["ResponseMetadata"]
    assert (answer.status_code, metadata["Error"]["Code"]) == (200, code)
    assert metadata["Error"]["Message"]
    assert metadata["Action"] == "CreateAssetGroup"
    assert "Result" not in answer.json()
    assert len(actions(house)) == 1


@pytest.mark.parametrize("refusal", ["401", "402", "403", "Unauthorized"])
async def test_trouble_with_our_own_key_is_not_the_clients(house: House, refusal: str) -> None:
    house.world.switches.set(error=refusal)
    async with client_of(house) as client:
        with listening() as heard:
            told = await client.refused("CreateAssetGroup", GroupType="AIGC")
    assert told["Code"] == "UpstreamUnavailable"
    assert "operator" in told["Message"]
    assert "our key was refused" in heard.getvalue()


@pytest.mark.parametrize(("fault", "code"), [("429", "rate_limit_exceeded"), ("500", None)])
async def test_an_http_error_of_the_provider_has_its_form(
    house: House, fault: str, code: str | None
) -> None:
    house.world.switches.set(create_group=fault, fault_times=1)
    async with client_of(house) as client:
        answer = await client.ask("CreateAssetGroup", {"GroupType": "AIGC"})
        assert answer.status_code == int(fault)
        error = answer.json()["error"]
        assert error["code"] == (code or "internal_error")
        assert error["message"]
        assert error["type"]
        assert await client.group()


@pytest.mark.parametrize("fault", ["garbage", "cut_before", "cut_after"])
@pytest.mark.parametrize("action", ["CreateAssetGroup", "GetAssetGroup", "ListAssetGroups"])
async def test_an_answer_that_is_none_is_upstream_unavailable(
    house: House, action: str, fault: str
) -> None:
    async with client_of(house) as client:
        group = await client.group()
        house.world.switches.set(fault=fault, fault_action=action)
        fields: dict[str, dict[str, Any]] = {
            "CreateAssetGroup": {"GroupType": "AIGC"},
            "GetAssetGroup": {"Id": group},
            "ListAssetGroups": {"Filter": {"GroupType": "AIGC"}},
        }
        told = await client.refused(action, **fields[action])
    assert told["Code"] == "UpstreamUnavailable"
    assert ("not known" in told["Message"]) == (action == "CreateAssetGroup")


async def test_while_the_provider_is_away_nothing_is_known_to_have_been_done(
    tmp_path: Path,
) -> None:
    async with (
        running_house(tmp_path, ALLTOKEN_BASE_URL="http://127.0.0.1:9") as house,
        client_of(house) as client,
    ):
        told = await client.refused("CreateAssetGroup", GroupType="AIGC")
    assert told["Code"] == "UpstreamUnavailable"
    assert "Try again" in told["Message"]


async def test_a_scan_whose_exchange_was_lost_gives_nobody_a_group(house: House) -> None:
    async with client_of(house) as client:
        session = await client.call("CreateVisualValidateSession", CallbackURL=BACK)
        token = session["BytedToken"]
        await house.world.scan(token)
        house.world.switches.set(exchange="cut_after", fault_times=1)
        exchange = "GetVisualValidateResult"
        assert await client.code(exchange, BytedToken=token) == "UpstreamUnavailable"
        assert await client.code(exchange, BytedToken=token) == "InvalidToken"
        assert await client.code("GetAssetGroup", Id=next(iter(house.world.groups))) == "Forbidden"


async def test_the_providers_limits_hold_for_a_crowd(house: House) -> None:
    """Those who come too late for their turn are told so, and the provider hears of none of them."""
    house.world.switches.set(face_qps=0)
    async with client_of(house) as client, asyncio.TaskGroup() as group:
        fields = {"CallbackURL": BACK}
        calls = [
            group.create_task(client.http.post(path("CreateVisualValidateSession"), json=fields))
            for _ in range(45)
        ]
        await house.until(lambda: all(call.done() for call in calls), step=0.05)
    told = [call.result().json() for call in calls]
    codes = [one["ResponseMetadata"].get("Error", {}).get("Code", "ok") for one in told]
    assert set(codes) == {"ok", "RateLimitExceeded"}
    assert codes.count("ok") == len(actions(house)) == len(house.world.sessions)
    assert 15 <= codes.count("ok") <= 30
    times = [call.at for call in actions(house)]
    assert max(sum(at <= other < at + 0.9 for other in times) for at in times) <= 4


def path(action: str) -> str:
    return f"/v1/portrait/?Action={action}"


async def test_a_locked_store_is_503_in_the_gateways_form_and_nothing_was_done(
    house: House,
) -> None:
    async with client_of(house) as client:
        with locked(house):
            answer = await client.http.post(path("CreateAssetGroup"), json={"GroupType": "AIGC"})
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "store_unavailable"
        assert int(answer.headers["retry-after"]) > 0
        assert not actions(house)
        assert await client.group()


async def test_a_store_that_is_away_when_the_answer_comes_is_waited_for(house: House) -> None:
    house.world.switches.set(latency=1)
    async with client_of(house) as client, asyncio.TaskGroup() as group:
        asking = group.create_task(
            client.http.post(path("CreateAssetGroup"), json={"GroupType": "AIGC"})
        )
        await house.until(lambda: bool(house.world.groups), step=0)
        with locked(house):
            house.clock.advance(1)
            # A writer of ours waits three seconds for another's lock.
            await asyncio.sleep(3.5)
        assert not asking.done()
        await house.until(asking.done, step=0.5)
        made = asking.result().json()["Result"]["Id"]
        house.world.switches.set(latency=0)
        assert ids(await client.groups()) == [made]


async def story_of_secrets(client: Client) -> None:
    """Scans that go well and scans that do not."""
    world = client.house.world
    session = await client.call("CreateVisualValidateSession", CallbackURL=BACK)
    token = session["BytedToken"]
    exchange = "GetVisualValidateResult"
    assert await client.code(exchange, BytedToken=token) == "ValidatePending"
    for fault in ("500", "garbage", "cut_before"):
        world.switches.set(exchange=fault, create_session=fault)
        await client.ask(exchange, {"BytedToken": token})
        await client.ask("CreateVisualValidateSession", {"CallbackURL": BACK})
    world.switches.set(exchange="ok", create_session="ok")
    for refusal in ("401", "TokenExpired"):
        world.switches.set(error=refusal)
        await client.ask(exchange, {"BytedToken": token})
    world.switches.set(error="")
    await world.scan(token)
    await client.call(exchange, BytedToken=token)
    for odd in (token.lower(), [token], {"t": token}):
        answer = await client.ask(exchange, {"BytedToken": odd})
        assert token not in answer.text
    answer = await client.post(f"/v1/portrait/?Action={quote(token)}", content=token)
    assert token not in answer.text.replace(f'"Action":"{token}"', "")


async def test_no_secret_of_a_scan_and_no_key_is_in_the_log(tmp_path: Path) -> None:
    async with running_house(tmp_path, **KEYS) as house, client_of(house) as client:
        with listening() as heard:
            await story_of_secrets(client)
        assert "an action failed" in heard.getvalue()
        assert leaks(house, heard.getvalue()) == []
        assert leaks(house, str(rows(house, "SELECT * FROM resources"))) == []


async def test_our_key_is_in_no_answer(tmp_path: Path) -> None:
    """A provider that repeats it, in a message or in a name."""
    key = KEYS["ALLTOKEN_API_KEY"]
    async with running_house(tmp_path, **KEYS) as house, client_of(house) as client:
        group = await client.group()
        house.world.groups[group].title = f"made with {key}"
        shown = await client.call("GetAssetGroup", Id=group)
        assert shown["Title"] == "made with [...]"
        house.world.switches.set(error=f"Odd.{key}")
        answer = await client.ask("GetAssetGroup", {"Id": group})
    assert key not in answer.text


async def test_two_keys_do_not_share_what_is_under_way(house: House) -> None:
    second = "lk_" + "s" * 43
    await add_key(house.settings, house.clock, second, "second")
    async with client_of(house, KEY) as one, client_of(house, second) as two:
        async with asyncio.TaskGroup() as group:
            made = [
                group.create_task(each.http.post(path("CreateAssetGroup"), json=fields))
                for each in (one, two) * 3
                for fields in ({"GroupType": "AIGC", "Name": "Same"},)
            ]
            await house.until(lambda: all(each.done() for each in made), step=0.1)
        named = [each.result().json()["Result"]["Id"] for each in made]
        assert sorted(ids(await one.groups())) == sorted(named[0::2])
        assert sorted(ids(await two.groups())) == sorted(named[1::2])
        new = {"GroupId": named[0], "URL": PICTURE, "AssetType": "Image"}
        assert await two.code("CreateAsset", **new) == "Forbidden"
