"""The secrets of webhooks: fetched once, refreshed with restraint."""

import asyncio
import hashlib
import hmac
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from domain.errors import BadSignature
from domain.times import SECOND
from engine import secrets as module
from engine.context import Context
from engine.secrets import NoSecret, WebhookSecrets
from tests.engine.bench import Bench, answered, breaks, running_bench

pytestmark = pytest.mark.asyncio

BODY = b'{"id":"p1","status":"completed"}'
ENDPOINT = "/api/v3/webhook/secret"


def signed(bench: Bench, secret: str) -> dict[str, str]:
    stamp = str(bench.clock.now() // SECOND)
    key = secret.removeprefix("whsec_").encode()
    digest = hmac.new(key, f"msg_1.{stamp}.".encode() + BODY, hashlib.sha256).hexdigest()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v3,{digest}",
    }


def asked(bench: Bench) -> int:
    return len(bench.world.called(ENDPOINT))


async def check(bench: Bench, secret: str, context: Context | None = None) -> None:
    await bench.secrets.check(context or bench.context, signed(bench, secret), BODY)


async def test_the_secret_is_fetched_once(bench: Bench) -> None:
    for _ in range(3):
        await check(bench, bench.world.secrets[0])
    assert asked(bench) == 1


async def test_many_first_webhooks_at_once_fetch_it_once(bench: Bench) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(check(bench, bench.world.secrets[0]))
    assert asked(bench) == 1


async def test_a_rotated_secret_is_fetched_and_the_old_one_still_verifies(bench: Bench) -> None:
    old = bench.world.secrets[0]
    await check(bench, old)
    new = bench.world.rotate_secret()
    bench.clock.advance(61)
    await check(bench, new)
    await check(bench, old)
    assert asked(bench) == 2


async def test_a_secret_that_is_rotated_right_after_the_first_fetch_is_fetched_at_once(
    bench: Bench,
) -> None:
    await check(bench, bench.world.secrets[0])
    await check(bench, bench.world.rotate_secret())
    assert asked(bench) == 2


async def test_after_that_it_is_refreshed_at_most_once_a_minute(bench: Bench) -> None:
    await check(bench, bench.world.secrets[0])
    await check(bench, bench.world.rotate_secret())
    newest = bench.world.rotate_secret()
    bench.clock.advance(59)
    with pytest.raises(BadSignature):
        await check(bench, newest)
    assert asked(bench) == 2
    bench.clock.advance(1)
    await check(bench, newest)
    assert asked(bench) == 3


async def test_a_clock_that_was_set_back_does_not_block_a_refresh(bench: Bench) -> None:
    await check(bench, bench.world.secrets[0])
    await check(bench, bench.world.rotate_secret())
    bench.clock.advance(-3600)
    await check(bench, bench.world.rotate_secret())
    assert asked(bench) == 3


async def test_no_genuine_webhook_is_refused_while_a_rotated_secret_is_fetched(
    bench: Bench,
) -> None:
    await check(bench, bench.world.secrets[0])
    new = bench.world.rotate_secret()
    bench.clock.advance(61)
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(check(bench, new))
    assert asked(bench) == 2


async def test_a_storm_of_bad_signatures_asks_at_most_once_a_minute(bench: Bench) -> None:
    await check(bench, bench.world.secrets[0])
    for _ in range(12):
        bench.clock.advance(20)
        with pytest.raises(BadSignature):
            await check(bench, "whsec_forged")
    assert asked(bench) <= 1 + 240 / 60


async def test_given_secrets_are_never_refreshed(tmp_path: Path) -> None:
    async with running_bench(tmp_path, WAVESPEED_WEBHOOK_SECRETS="whsec_new,whsec_old") as bench:
        await check(bench, "whsec_new")
        await check(bench, "whsec_old")
        with pytest.raises(BadSignature):
            await check(bench, bench.world.secrets[0])
        assert asked(bench) == 0


@pytest.mark.parametrize("endpoint", ["500", "missing"])
async def test_without_a_secret_nothing_is_believed(bench: Bench, endpoint: str) -> None:
    bench.world.switches.set(secret_endpoint=endpoint)
    with pytest.raises(NoSecret):
        await check(bench, bench.world.secrets[0])


async def test_a_provider_that_is_away_is_asked_again_soon(bench: Bench) -> None:
    async with answered(bench, breaks(httpx.ConnectError("away"))) as away:
        for _ in range(3):
            with pytest.raises(NoSecret):
                await check(bench, bench.world.secrets[0], away)
    bench.clock.advance(6)
    await check(bench, bench.world.secrets[0])


async def test_without_an_account_there_is_nobody_to_ask(bench: Bench) -> None:
    with pytest.raises(NoSecret):
        await check(bench, "whsec_x", replace(bench.context, accounts={}))
    assert asked(bench) == 0


async def test_a_provider_that_is_away_does_not_make_known_secrets_forgotten(bench: Bench) -> None:
    await check(bench, bench.world.secrets[0])
    bench.clock.advance(61)
    async with answered(bench, breaks(httpx.ReadTimeout("slow"))) as away:
        with pytest.raises(BadSignature):
            await check(bench, "whsec_forged", away)
    await check(bench, bench.world.secrets[0])


async def test_a_provider_that_does_not_answer_in_time_holds_up_no_webhook(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)

    async def hang(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with answered(bench, hang) as slow:
        with pytest.raises(NoSecret):
            await check(bench, bench.world.secrets[0], slow)


async def test_an_empty_secret_lets_nobody_sign(bench: Bench) -> None:
    with pytest.raises(BadSignature):
        await WebhookSecrets(["whsec_"]).check(bench.context, signed(bench, "whsec_"), BODY)
