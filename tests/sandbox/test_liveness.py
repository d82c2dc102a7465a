"""Face scans: the token's 120 seconds, the group that comes once, and the redirect."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import CALLBACK, Receiver, act, code, done

pytestmark = pytest.mark.asyncio

PASSED = "&resultCode=10000&algorithmBaseRespCode=0&reqMeasureInfoValue=1&verify_type=real_time"


async def opened(client: httpx.AsyncClient, callback: str = CALLBACK) -> str:
    shown = await done(client, "CreateVisualValidateSession", CallbackURL=callback)
    return str(shown["BytedToken"])


async def exchanged(client: httpx.AsyncClient, token: str) -> str:
    shown = await done(client, "GetVisualValidateResult", BytedToken=token)
    return str(shown["GroupId"])


async def refused(client: httpx.AsyncClient, token: str, **more: Any) -> str:
    return await code(client, "GetVisualValidateResult", BytedToken=token, **more)


async def test_a_session_has_a_token_a_link_and_its_callback(client: httpx.AsyncClient) -> None:
    answer = await act(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    shown = answer.json()["Result"]
    assert list(shown) == ["BytedToken", "H5Link", "CallbackURL"]
    assert shown["CallbackURL"] == CALLBACK
    assert shown["BytedToken"].startswith("20260102030405")
    assert len(shown["BytedToken"]) == 34
    link = urlsplit(shown["H5Link"])
    query = parse_qs(link.query)
    assert (link.netloc, link.path) == ("sandbox.test", "/h5")
    assert set(query) == {
        "accessKeyId",
        "secretAccessKey",
        "sessionToken",
        "configId",
        "bytedToken",
        "lng",
    }
    assert query["bytedToken"] == [shown["BytedToken"]]
    assert "\\u0026" in answer.text


async def test_the_link_can_lack_its_language_or_be_opaque(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(h5_style="no_lng", amp_escaped=False)
    answer = await act(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    assert "lng=" not in answer.text
    assert "&bytedToken=" in answer.text
    world.switches.set(h5_style="opaque")
    shown = await done(client, "CreateVisualValidateSession", CallbackURL=CALLBACK)
    assert set(parse_qs(urlsplit(shown["H5Link"]).query)) == {"pl", "uid"}
    assert shown["BytedToken"] not in shown["H5Link"]
    assert (await client.get(shown["H5Link"])).status_code == 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "MissingParameter.CallbackURL"),
        ({"CallbackURL": "likeness.test"}, "InvalidParameter"),
        ({"CallbackURL": 7}, "InvalidParameter"),
    ],
)
async def test_a_session_needs_a_callback(
    fields: dict[str, object], expected: str, client: httpx.AsyncClient
) -> None:
    assert await code(client, "CreateVisualValidateSession", **fields) == expected


async def test_the_group_comes_exactly_once_after_the_scan(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client)
    assert await refused(client, token) == "ValidatePending"
    await world.scan(token)
    group = await exchanged(client, token)
    assert world.groups[group].kind == "LivenessFace"
    assert await refused(client, token) == "InvalidToken"
    assert len(world.groups) == 1


async def test_a_failed_scan_stays_pending_until_the_token_expires(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    token = await opened(client)
    target = await world.scan(token, ok=False)
    assert target is not None
    assert "resultCode=20001" in target
    assert await refused(client, token) == "ValidatePending"
    clock.skip(121)
    assert await refused(client, token) == "TokenExpired"


async def test_a_token_lives_120_seconds_even_when_the_scan_passed(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    token = await opened(client)
    await world.scan(token)
    clock.skip(120.5)
    assert await refused(client, token) == "TokenExpired"
    assert world.groups == {}


async def test_the_life_of_a_token_is_a_switch(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    world.switches.set(session_ttl=5)
    token = await opened(client)
    clock.skip(6)
    assert await refused(client, token) == "TokenExpired"
    assert await world.scan(token) is None


async def test_a_foreign_or_unknown_token_is_invalid(client: httpx.AsyncClient) -> None:
    token = await opened(client)
    assert await refused(client, "nobody") == "InvalidToken"
    answer = await client.post(
        "/v1/portrait/?Action=GetVisualValidateResult",
        json={"BytedToken": token},
        headers={"authorization": "Bearer bob"},
    )
    assert answer.json()["ResponseMetadata"]["Error"]["Code"] == "InvalidToken"


async def test_the_project_must_be_that_of_the_session(client: httpx.AsyncClient) -> None:
    assert await refused(client, await opened(client), ProjectName="other") == "InvalidParameter"


async def test_the_fourth_face_call_in_a_second_is_refused(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    tokens = [await opened(client) for _ in range(3)]
    again = ("CreateVisualValidateSession", {"CallbackURL": CALLBACK})
    assert await code(client, again[0], **again[1]) == "RateLimitExceeded"
    assert await refused(client, tokens[0]) == "ValidatePending"
    clock.skip(1)
    await opened(client)
    world.switches.set(face_qps=0)
    for _ in range(5):
        await opened(client)


async def test_an_exchange_can_lose_its_answer_and_the_token_with_it(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client)
    await world.scan(token)
    world.switches.set(exchange="cut_before")
    with pytest.raises(httpx.TransportError):
        await act(client, "GetVisualValidateResult", BytedToken=token)
    assert world.groups == {}
    world.switches.set(exchange="cut_after")
    with pytest.raises(httpx.TransportError):
        await act(client, "GetVisualValidateResult", BytedToken=token)
    world.switches.set(exchange="ok")
    assert len(world.groups) == 1
    assert await refused(client, token) == "InvalidToken"


@pytest.mark.parametrize("status", [429, 500])
async def test_an_exchange_can_fail_over_http_without_spending_the_token(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client)
    await world.scan(token)
    world.switches.set(exchange=str(status))
    assert (await act(client, "GetVisualValidateResult", BytedToken=token)).status_code == status
    world.switches.reset()
    assert await exchanged(client, token)


async def test_the_redirect_carries_the_five_documented_parameters(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    token = await opened(client)
    target = await world.scan(token, visit=True)
    assert target == f"{CALLBACK}?bytedToken={token}{PASSED}"
    assert [(request.method, str(request.url)) for request in receiver.requests] == [
        ("GET", target)
    ]


async def test_a_phone_tells_nobody_that_a_callback_is_down(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    receiver.unreachable = True
    assert await world.scan(await opened(client), visit=True)


@pytest.mark.parametrize(
    ("callback", "switches", "joint"),
    [
        (CALLBACK, {}, "token?bytedToken="),
        (CALLBACK, {"double_question": True}, "token??bytedToken="),
        (CALLBACK + "?a=1", {}, "?a=1&bytedToken="),
        (CALLBACK + "?a=1", {"double_question": True}, "?a=1?bytedToken="),
    ],
)
async def test_how_callback_and_parameters_are_joined_is_a_switch(
    callback: str,
    switches: dict[str, bool],
    joint: str,
    client: httpx.AsyncClient,
    world: World,
) -> None:
    target = await world.scan(await opened(client, callback), **switches)
    assert target is not None
    assert joint in target


async def test_the_ampersands_can_be_doubled(client: httpx.AsyncClient, world: World) -> None:
    target = await world.scan(await opened(client), double_amp=True)
    assert target is not None
    assert target.count("&&") == 4


async def test_a_completed_scan_can_fail(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(scan="failure")
    token = await opened(client)
    target = await world.scan(token)
    assert target is not None
    assert "resultCode=20001" in target
    assert await refused(client, token) == "ValidatePending"


async def test_the_redirect_can_lack_the_token(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client)
    target = await world.scan(token, scan="missing_token")
    assert target is not None
    assert token not in target
    assert await exchanged(client, token)


async def test_the_target_can_be_hit_twice(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    world.switches.set(scan="reload")
    await world.scan(await opened(client), visit=True)
    assert len(receiver.requests) == 2


async def test_a_scan_can_never_end(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client)
    assert await world.scan(token, scan="never") is None
    assert await refused(client, token) == "ValidatePending"


async def test_a_scan_can_end_too_late(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client)
    target = await world.scan(token, scan="expired")
    assert target is not None
    assert "resultCode=10000" in target
    assert await refused(client, token) == "TokenExpired"


async def test_a_phone_can_stay_away_though_the_scan_passed(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client)
    assert await world.scan(token, scan="never_redirect") is None
    assert await exchanged(client, token)


async def test_a_callback_can_bring_switches_for_its_scan(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, CALLBACK + "?sandbox=scan:never_redirect")
    assert await world.scan(token) is None
