"""Whole stories once more, on PostgreSQL: what is told elsewhere of one file holds for a server of rows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import AsyncSockets, House, running_house, running_likeness
from tests.journeys.test_302ai import test_a_task_is_asked_for_until_it_is_done as drawing
from tests.journeys.test_aigc import test_a_new_group_with_an_asset as invented
from tests.journeys.test_archive import (
    test_base64_outputs_move_into_the_archive_without_a_gap as archived,
)
from tests.journeys.test_chain import (
    test_face_to_film_is_posted_at_once_and_completes_after_one_scan as chained,
)
from tests.journeys.test_deliveries import (
    receiver,
)
from tests.journeys.test_deliveries import (
    test_gone_means_no_more_until_a_replay as gone,
)
from tests.journeys.test_deliveries import (
    test_the_body_is_the_submission_as_it_was_at_the_event as delivered,
)
from tests.journeys.test_deliveries_told import (
    test_a_face_scan_is_told_as_it_goes_with_a_growing_sequence as told,
)
from tests.journeys.test_erase_upstream import (
    test_an_asset_goes_when_it_is_asked_for as erased,
)
from tests.journeys.test_face_scan import test_a_scanned_face_ends_with_an_active_asset as scanned
from tests.journeys.test_portrait import test_a_signed_webhook_finishes_a_portrait as painted
from tests.journeys.test_video import (
    test_a_film_is_made_and_told_by_a_callback_that_is_checked as filmed,
)

__all__ = ["receiver"]

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def house(tmp_path: Path, postgresql_url: str) -> AsyncIterator[House]:
    async with running_house(tmp_path, DATABASE_URL=postgresql_url) as open_house:
        assert open_house.settings.store_url == postgresql_url
        yield open_house


@pytest.fixture
def shared(house: House) -> House:
    return house


test_a_portrait = painted
test_a_drawing = drawing
test_a_face_scan = scanned
test_an_invented_person = invented
test_a_film = filmed
test_a_chain = chained
test_an_archived_output = archived
test_a_delivery = delivered
test_deliveries_of_a_scan = told
test_an_endpoint_that_is_gone = gone
test_an_erasure_upstream = erased


async def test_who_waits_in_one_process_is_woken_by_the_work_of_another(house: House) -> None:
    """No time passes on the clock meanwhile, so that no sweep can find it: the database says it."""
    house.world.switches.set(duration=5, webhook="never")
    async with AsyncSockets() as sockets:
        idle = running_likeness(house.settings, house.clock, sockets.listener, worker=False)
        async with idle:
            posted = await house.portrait()
            await house.until_status(posted["id"], "processing")
            url = f"http://127.0.0.1:{sockets.port}/v1/submissions/{posted['id']}?wait=60"
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(house.client.get(url, timeout=60))
                await house.breathe()
                assert not waiting.done()
                canceled = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
                assert canceled.status_code == 200
                await waiting
            assert waiting.result().json()["status"] == "canceled"
