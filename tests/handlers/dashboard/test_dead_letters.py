"""Dead letters: listed whosever they are, sent again one by one or together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.delivery.receiver import says
from tests.handlers.dashboard.desk import XSS, at_the_desk
from tests.house import House, running_house
from tests.journeys.told import Client, client, deliveries, done, until_state

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[House]:
    """A house that gives up after a second attempt."""
    async with running_house(tmp_path, LIKENESS_DELIVERY_SCHEDULE_S="1") as house:
        yield house


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Client]:
    async with client() as listening:
        yield listening


async def test_what_is_dead_is_listed_and_sent_again(hasty: House, receiver: Client) -> None:
    async with at_the_desk(hasty) as desk:
        assert "No dead letters" in (await desk.look("/deliveries")).text
        receiver.answer = says(500, f"oh no {XSS}".encode())
        dead = [await done(hasty, receiver) for _ in range(3)]
        for name in dead:
            await until_state(hasty, name, "dead")
        page = await desk.look("/deliveries")
        assert [name for name in dead if name in page.text] == dead
        assert "Send all on this page again" in page.text
        # Of the client's URL nothing but the host is shown.
        assert "127.0.0.1" in page.text
        assert "hook?a=b" not in page.html
        one = await desk.look(f"/submissions/{dead[0]}")
        assert "<script>alert" not in one.html
        assert "oh no <script>alert(1)</script>" in one.text
        assert one.text.count("500") >= 2
        receiver.answer = says(204)
        (first,) = await deliveries(hasty, dead[0])
        again = await desk.send(
            "/deliveries/replay", ids=first["id"], next=f"/dashboard/submissions/{dead[0]}"
        )
        assert "The delivery is on its way again." in again.text
        assert dead[0] in again.text
        await until_state(hasty, dead[0], "delivered")
        rest = [(await deliveries(hasty, name))[0]["id"] for name in dead[1:]]
        together = await desk.send("/deliveries/replay", ids=" ".join(rest))
        assert "The deliveries are on their way again." in together.text
        assert "No dead letters" in together.text
        for name in dead[1:]:
            await until_state(hasty, name, "delivered")


async def test_what_is_not_there_cannot_be_sent_again(house: House) -> None:
    async with at_the_desk(house) as desk:
        gone = await desk.send("/deliveries/replay", ids="dlv_unknown")
        assert (gone.status, "There is no delivery dlv_unknown" in gone.text) == (404, True)
        for ids in ("", " ".join(["dlv_1"] * 26)):
            assert (await desk.send("/deliveries/replay", ids=ids)).status == 422
        elsewhere = await desk.send(
            "/deliveries/replay", ids="dlv_unknown", next="https://evil.example/"
        )
        assert elsewhere.status == 404
        assert "No more of them" in (await desk.look("/deliveries?before=dlv_0")).text
