"""The primary dies under load: Likeness finds the replica by itself, and all that was answered is there."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from bench.ports import free_port
from handlers.auth import hash_of
from store.store import open_store
from tests.app.program import Program
from tests.failover.load import CLIENTS, Answered, Load, loaded, prepared_world
from tests.failover.pair import Pair, running_pair
from tests.house import KEY, SECRET
from tests.store.given import a_key
from tests.wire import NO_TLS

pytestmark = pytest.mark.asyncio

WEBHOOK_LIMIT = 4.0
ANY_LIMIT = 15.0
"""Seconds that no answer of ours takes longer."""
SLACK = 1.0
"""A busy machine's."""
BEFORE = 1.5
AWAY = 2.0
SETTLED = 90
"""Seconds after which a paid call of which nobody has heard is given up: longer than any webhook is away."""
WITHIN = 180.0
"""The provider waits twice as long before each try: after a long outage, as long again."""
FINAL = {"succeeded", "failed", "expired", "canceled"}


def variables(pair: Pair, folder: Path, sandbox_url: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": pair.url,
        "LIKENESS_DATA_DIR": str(folder),
        "LIKENESS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WAVESPEED_API_KEY": "ws-test",
        "WAVESPEED_BASE_URL": sandbox_url,
        "LIKENESS_ARCHIVE": "off",
        # Whatever is finished was finished by its webhook: one that is lost is seen.
        "LIKENESS_POLL_GRACE_S": "3600",
        "LIKENESS_SETTLE_S": str(SETTLED),
    }


async def reached(condition: Callable[[], Awaitable[bool]], within: float = WITHIN) -> float:
    """Seconds until it is so."""
    begun = time.monotonic()
    while not await condition():
        assert time.monotonic() < begun + within, "it did not come about in time"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def status_of(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=ANY_LIMIT) as client:
        try:
            return (await client.get(url)).status_code
        except httpx.ConnectError:
            return 0


async def is_ready(url: str) -> bool:
    return await status_of(f"{url}/readyz") == 200


async def accepting_again(load: Load, promoted: float) -> float:
    """Seconds until 30 more submissions were accepted."""

    async def enough() -> bool:
        return sum(one.status == 202 and one.at > promoted for one in load.submits) >= 30

    return await reached(enough)


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_what_was_answered_is_there_after_a_fail_over(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with running_pair() as pair, prepared_world() as (world, webhooks):
        for name, value in variables(pair, tmp_path / "data", world.base_url, port).items():
            monkeypatch.setenv(name, value)
        async with open_store(pair.url) as store:
            await store.add_key(a_key(hash=hash_of(KEY), webhook_secret=SECRET))
        programs = [Program(tmp_path, "serve"), Program(tmp_path, "work")]
        try:
            programs[1].says("(worker keeps)")
            await reached(lambda: is_ready(url))
            async with loaded(url, world, webhooks) as load:
                await asyncio.sleep(BEFORE)
                if how == "killed":
                    pair.primary.kill()
                else:
                    pair.primary.freeze()
                await asyncio.sleep(AWAY)
                assert await status_of(f"{url}/healthz") == 200
                assert await status_of(f"{url}/readyz") == 503
                pair.replica.promote()
                promoted = asyncio.get_running_loop().time()
                waited = await accepting_again(load, promoted)
                print(f"{how}: 30 accepted {waited:.1f} s after the promotion")  # noqa: T201
                load.stopped = True
                await check(load, promoted)
            assert all(program.runs() for program in programs)
            for program in programs:
                assert "Traceback" not in program.output
        finally:
            for program in programs:
                program.end()


async def check(load: Load, promoted: float) -> None:
    for answers, limit, good in (
        (load.submits, ANY_LIMIT, 202),
        (load.lookups, ANY_LIMIT, 200),
        (load.webhooks.answers, WEBHOOK_LIMIT, 204),
    ):
        judge(answers, limit, good)
    assert Counter(one.status for one in [*load.submits, *load.lookups])[503] > 0
    left = set(load.accepted)

    async def all_ended() -> bool:
        for name in tuple(left):
            if (await load.get(f"/v1/submissions/{name}"))["status"] in FINAL:
                left.discard(name)
        return not left

    try:
        await reached(all_ended)
    except AssertionError:
        for name in left:
            print(await load.get(f"/v1/submissions/{name}/events"))  # noqa: T201 - shown with the failure
        raise
    await everything_is_there(load, promoted)


def judge(answers: list[Answered], limit: float, good: int) -> None:
    """Each was taken, or was told when to come again; nobody had to wait long."""
    assert {one.status for one in answers} <= {good, 503}, Counter(one.status for one in answers)
    assert all(one.retry_after for one in answers if one.status == 503)
    assert max(one.seconds for one in answers) < limit + SLACK


async def everything_is_there(load: Load, promoted: float) -> None:
    heard = {one.job_id for one in load.world.webhooks if one.status == 204}
    paid = Counter(job.input["prompt"] for job in load.world.jobs.values())
    before = {one.body["id"] for one in load.submits if one.status == 202 and one.at < promoted}
    unknown = 0
    for submission_id in load.accepted:
        shown = await load.get(f"/v1/submissions/{submission_id}")
        if paid[shown["input"]["prompt"]] == 0 and submission_id in before:
            # That it would be sent was committed, but the primary died before it could say so.
            assert shown["status"] == "failed", shown
            assert shown["error"]["code"] == "outcome_unknown", shown
            unknown += 1
        else:
            assert shown["status"] == "succeeded", shown
            assert paid[shown["input"]["prompt"]] == 1
    assert unknown <= CLIENTS
    # Some were committed though their client never got its 202.
    finished = {job.input["prompt"] for name, job in load.world.jobs.items() if name in heard}
    page = await load.get("/v1/submissions?limit=100")
    kept = list(page["items"])
    while page["next_cursor"]:
        page = await load.get(f"/v1/submissions?limit=100&cursor={page['next_cursor']}")
        kept += page["items"]
    succeeded = {one["input"]["prompt"] for one in kept if one["status"] == "succeeded"}
    assert finished <= succeeded
    assert max(paid.values()) == 1

    async def all_told() -> bool:
        return load.deliveries().keys() >= set(load.accepted)

    await reached(all_told)
    for names in load.deliveries().values():
        assert len(set(names)) == 1, names
