"""A portrait from its submission to its result, over real sockets."""

import pytest

from tests.house import House
from tests.journeys.wishes import types_of

pytestmark = pytest.mark.asyncio


async def test_a_signed_webhook_finishes_a_portrait(house: House) -> None:
    posted = await house.portrait()
    assert posted["status"] == "pending"
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded", done
    assert done["result"]["outputs"][0]["url"].startswith(house.world.base_url)
    assert await types_of(house, posted["id"]) == [
        "submission.created",
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]
    assert house.world.paid_submits() == 1
    assert not house.world.called(f"/api/v3/predictions/{next(iter(house.world.jobs))}/result")
