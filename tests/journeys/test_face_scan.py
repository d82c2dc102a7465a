"""Face scans from the invitation to the asset, walked with a phone over real sockets."""

import pytest

from tests.house import House
from tests.journeys.phone import Phone
from tests.wire import new_client

pytestmark = pytest.mark.asyncio


async def test_a_scanned_face_ends_with_an_active_asset(house: House) -> None:
    image = f"{house.world.base_url}/media/portrait.jpg"
    posted = await house.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": image}})
    assert posted["status"] == "action_required"
    assert posted["waiting_for"] == "person"
    async with new_client() as client:
        phone = Phone(client=client)
        h5 = await phone.begin(posted["action"]["url"])
        assert "lng=en" in str(h5.url)
        assert (await house.get(posted["id"]))["status"] == "processing"
        landed = await phone.follow(await phone.press(h5))
        assert landed.status_code == 303
        clean = await phone.follow(landed)
        assert "?" not in str(clean.url)
        assert clean.status_code == 200
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded", done
    asset_id = done["result"]["asset_id"]
    assert done["result"]["asset_uri"] == f"asset://{asset_id}"
    assert house.world.assets[asset_id].group_id == done["result"]["group_id"]
