"""Face groups that nobody owns: from a lost exchange, from one that came after an erasure, from others."""

from pathlib import Path

import pytest

from app.doctor.finding import State
from tests.app.doctor.house import bad, examined, running_now
from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import exchanges, invite, pass_scan, start
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

CHECK = "face groups"


async def test_orphaned_groups_are_listed_and_nobody_gets_them(tmp_path: Path) -> None:
    async with running_now(tmp_path) as house, new_client() as client:
        phone, world = Phone(client=client), house.world
        lost = await lose_an_exchange(house, phone)
        owned = await invite(house)
        await pass_scan(house, await start(house, phone, owned))
        await house.until_final(owned["id"], within=20)
        token = await erase_during_an_exchange(house, phone)

        theirs = (await house.get(owned["id"]))["result"]["group_id"]
        orphans = sorted(set(world.groups) - {theirs})
        found = await examined(house.settings)
        ((state, told),) = bad(found)
        assert state == "warning"
        assert f"2 with a person's face are nobody's: {', '.join(orphans)}." in told
        assert "Action=DeleteAssetGroup" in told
        notes = [one for one in found if one.check == CHECK and one.state is State.INFO]
        assert [lost in one.message for one in notes] == [True]
        assert set(world.groups) == {theirs, *orphans}
        assert token not in repr(found)


async def lose_an_exchange(house: House, phone: Phone) -> str:
    """The token is spent, and nobody hears whose face it was; the person is asked again."""
    lost = await invite(house)
    session = await start(house, phone, lost)
    house.world.switches.set(exchange="cut_after", fault_times=1)
    await pass_scan(house, session)
    await house.until(lambda: len(exchanges(house, session)) > 1, within=20)
    house.world.switches.reset()
    await house.until_status(lost["id"], "action_required", within=20)
    return str(lost["id"])


async def erase_during_an_exchange(house: House, phone: Phone) -> str:
    """Its answer comes when there is nobody left whose face it could be."""
    erased = await invite(house)
    session = await start(house, phone, erased)
    house.world.switches.set(latency=5.0)
    await pass_scan(house, session)
    await house.until(lambda: bool(exchanges(house, session)), within=20)
    await house.client.delete(f"/v1/submissions/{erased['id']}")
    house.world.switches.reset()
    house.clock.advance(6)
    await house.breathe()
    return session.token
