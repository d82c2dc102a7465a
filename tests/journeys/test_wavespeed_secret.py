"""Where the secret of WaveSpeed's signatures comes from, and what happens without one."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.house import House, running_house
from tests.journeys.wavespeed import SECRET_PATH, prediction, running, tell

pytestmark = pytest.mark.asyncio

GIVEN = "whsec_Zmlyc3QtZ2l2ZW4tc2VjcmV0,whsec_c2Vjb25kLWdpdmVuLXNlY3JldA"


async def test_the_secret_is_fetched_once(house: House) -> None:
    house.world.switches.set(duration=1)
    for _ in range(2):
        assert (await house.until_final((await house.portrait())["id"]))["status"] == "succeeded"
    await house.until(lambda: len(house.world.webhooks) == 2)
    assert [attempt.status for attempt in house.world.webhooks] == [204, 204]
    assert len(house.world.called(SECRET_PATH)) == 1


async def test_a_secret_rotated_at_the_provider_is_fetched_anew(house: House) -> None:
    await running(house)
    old = house.world.secrets[0]
    assert (await tell(house, prediction(house, "processing"))).status_code == 204
    house.world.rotate_secret()
    house.clock.advance(61)
    assert (await tell(house, prediction(house, "processing"))).status_code == 204
    assert (await tell(house, prediction(house, "processing"), secret=old)).status_code == 204
    assert len(house.world.called(SECRET_PATH)) == 2


async def test_a_secret_rotated_right_after_the_first_fetch_is_fetched_at_once(
    house: House,
) -> None:
    await running(house)
    assert (await tell(house, prediction(house, "processing"))).status_code == 204
    house.world.rotate_secret()
    assert (await tell(house, prediction(house, "step-1"))).status_code == 204
    assert len(house.world.called(SECRET_PATH)) == 2
    house.clock.advance(30)
    house.world.rotate_secret()
    assert (await tell(house, prediction(house, "step-2"))).status_code == 401
    assert len(house.world.called(SECRET_PATH)) == 2
    house.clock.advance(31)
    assert (await tell(house, prediction(house, "step-2"))).status_code == 204
    assert len(house.world.called(SECRET_PATH)) == 3


async def test_webhooks_that_meet_a_rotated_secret_at_once_are_all_let_in(house: House) -> None:
    await running(house)
    assert (await tell(house, prediction(house, "processing"))).status_code == 204
    house.world.rotate_secret()
    house.clock.advance(61)
    async with asyncio.TaskGroup() as group:
        told = [
            group.create_task(tell(house, prediction(house, f"step-{number}")))
            for number in range(8)
        ]
    assert {one.result().status_code for one in told} == {204}
    assert len(house.world.called(SECRET_PATH)) == 2


async def test_forgeries_make_us_ask_for_the_secret_at_most_once_a_minute(house: House) -> None:
    await running(house)
    for _ in range(5):
        assert (await tell(house, prediction(house), secret="whsec_forged")).status_code == 401
        house.clock.advance(10)
    assert len(house.world.called(SECRET_PATH)) <= 2
    house.clock.advance(61)
    await tell(house, prediction(house), secret="whsec_forged")
    assert len(house.world.called(SECRET_PATH)) <= 3


@pytest.mark.parametrize("fault", ["500", "missing"])
async def test_without_a_secret_a_webhook_shall_come_again(house: House, fault: str) -> None:
    house.world.switches.set(secret_endpoint=fault)
    posted = await running(house)
    refused: httpx.Response = await tell(house, prediction(house))
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert (await house.get(posted["id"]))["status"] == "processing"
    house.world.switches.set(secret_endpoint="ok")
    house.clock.advance(int(refused.headers["retry-after"]))
    assert (await tell(house, prediction(house))).status_code == 204
    assert (await house.get(posted["id"]))["status"] == "succeeded"


async def test_a_job_ends_by_poll_while_the_secret_cannot_be_had(house: House) -> None:
    house.world.switches.set(secret_endpoint="500", duration=1)
    done = await house.until_final((await house.portrait())["id"], step=0.5)
    assert done["status"] == "succeeded"
    assert {attempt.status for attempt in house.world.webhooks} == {503}


async def test_secrets_that_the_operator_gave_are_the_only_ones(tmp_path: Path) -> None:
    async with running_house(tmp_path, WAVESPEED_WEBHOOK_SECRETS=GIVEN) as house:
        await running(house)
        for secret in GIVEN.split(","):
            told = await tell(house, prediction(house, "processing"), secret=secret)
            assert told.status_code == 204
        assert (await tell(house, prediction(house, "processing"))).status_code == 401
        assert not house.world.called(SECRET_PATH)
