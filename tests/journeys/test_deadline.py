"""A submission's time is limited; what it bought is kept even so."""

from pathlib import Path

import pytest

from tests.house import running_house
from tests.journeys.archived import archived
from tests.journeys.wavespeed import prediction, rows, submits, tell, the_job, waits

pytestmark = pytest.mark.asyncio


async def test_a_job_that_never_ends_expires_and_keeps_what_comes_late(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="60") as house:
        house.world.switches.set(webhook="never", duration=10_000)
        posted = await house.portrait()
        done = await house.until_final(posted["id"], within=90, step=1)
        assert (done["status"], done["error"]["code"]) == ("expired", "expired")
        house.clock.advance(1)
        assert (await tell(house, prediction(house))).status_code == 204
        late = await house.get(posted["id"])
        assert late["status"] == "expired"
        assert late["result"] is None
        assert late["late_result"]["outputs"][0]["url"]
        assert late["updated_at"] > done["updated_at"]


async def test_a_call_that_is_never_taken_is_tried_until_the_deadline(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="100") as house:
        house.world.switches.set(submit="429")
        posted = await house.portrait()
        done = await house.until_final(posted["id"], within=130, step=1)
        assert done["status"] == "expired"
        tries = len(submits(house))
        assert 5 <= tries <= 7
        assert all(gap >= 2**number for number, gap in enumerate(waits(submits(house))[:4]))
        house.clock.advance(1000)
        await house.breathe()
        assert len(submits(house)) == tries
        assert house.world.paid_submits() == 0


async def test_a_canceled_job_keeps_what_comes_late(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(duration=10)
        posted = await house.portrait()
        await house.until_status(posted["id"], "processing")
        canceled = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
        assert canceled.json()["status"] == "canceled"
        await house.until(lambda: bool(house.world.webhooks))
        late = await archived(house, posted["id"], "late_result")
        assert (late["status"], late["result"]) == ("canceled", None)
        assert len(late["late_result"]["outputs"]) == 1
        assert rows(house, "SELECT count(*) FROM tasks") == [(0,)]


async def test_a_call_that_is_accepted_after_cancel_is_known_by_its_name(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(latency=5, duration=20)
        posted = await house.portrait()
        await house.until(lambda: bool(submits(house)), within=5)
        canceled = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
        assert canceled.json()["status"] == "canceled"
        assert "late_result" not in canceled.json()

        def named() -> bool:
            found = rows(house, "SELECT upstream_id FROM submissions")
            return found[0] != (None,)

        await house.until(named, within=10)
        assert not house.world.webhooks
        assert rows(house, "SELECT upstream_id FROM submissions") == [(the_job(house).id,)]
        assert rows(house, "SELECT kind FROM tasks") == [("follow",)]
        await house.until(lambda: bool(house.world.webhooks))
        assert [attempt.status for attempt in house.world.webhooks] == [204]
        late = await archived(house, posted["id"], "late_result")
        assert (late["status"], late["result"]) == ("canceled", None)
        assert late["error"] == canceled.json()["error"]
        assert len(late["late_result"]["outputs"]) == 1
        assert rows(house, "SELECT count(*) FROM tasks") == [(0,)]
