"""Canaries: what a client's URL, its secret and its answers hold reaches no log and no answer."""

import pytest

from tests.delivery.receiver import says
from tests.house import KEY, SECRET, House
from tests.journeys.test_secrets import listening
from tests.journeys.told import client, deliveries, done, until_attempts, until_state

pytestmark = pytest.mark.asyncio

IN_THE_URL = "hook-canary-5d2f"


async def test_nothing_secret_is_told_of_a_delivery(house: House) -> None:
    echo = f"bad key {KEY}, see https://client.example/reset/{IN_THE_URL}".encode()
    async with client() as receiver:
        receiver.answers = [says(500, echo), says(410, echo)]
        url = f"{receiver.url}&token={IN_THE_URL}"
        with listening() as heard:
            submission_id = await done(house, receiver, url=url)
            await until_attempts(house, submission_id, 1)
            await until_state(house, submission_id, "dead")
            async with client() as nobody:
                refused = nobody.url.replace("127.0.0.1", "10.0.0.1") + IN_THE_URL
            other = await done(house, receiver, url=refused)
            await until_attempts(house, other, 1)
        shown = f"{await deliveries(house, submission_id)}{await deliveries(house, other)}"
        told = heard.getvalue()
        for canary in (IN_THE_URL, SECRET.removeprefix("whsec_"), KEY):
            assert canary not in told
            assert canary not in shown
        assert "bad key" in shown
        assert receiver.heard
