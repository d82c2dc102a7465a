"""Retention, by the clock: what is finished, abandoned or of no more use goes by itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.house import House, running_house
from tests.journeys.actions import client_of
from tests.journeys.archived import archived
from tests.journeys.erasing import erase, is_tidy
from tests.journeys.files import DAY, PICTURE, upload
from tests.journeys.scans import invite
from tests.journeys.wavespeed import rows, running, tell

pytestmark = pytest.mark.asyncio

RETAINED = 10
SWEEP = 600.0
IMAGE = "https://images.example/face.jpg"


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, LIKENESS_RETENTION_DAYS=str(RETAINED)) as opened:
        yield opened


async def days(house: House, number: float) -> None:
    """That many days later, when housekeeping has been through."""
    house.clock.advance(number * DAY)
    await swept(house)


async def none_left(house: House, table: str = "submissions") -> None:
    """Housekeeping gets there, and to what lies outside of the tables."""
    await house.until(lambda: not ids(house, table), within=3600, step=60)
    await house.until(lambda: is_tidy(house), within=2 * 3600, step=60)


async def swept(house: House) -> None:
    for _ in range(3):
        await house.breathe(5)
        house.clock.advance(SWEEP / 2)
    await house.until(lambda: is_tidy(house), within=2 * 3600, step=60)


async def finished(house: House, **more: Any) -> dict[str, Any]:
    """With its copy: days that pass while one is made let its link die."""
    house.world.switches.set(duration=1)
    posted = await house.portrait(**more)
    await house.until_final(posted["id"])
    return await archived(house, posted["id"])


def ids(house: House, table: str = "submissions", column: str = "id") -> set[str]:
    return {name for (name,) in rows(house, f"SELECT {column} FROM {table}")}  # noqa: S608 - names of our own


async def test_a_finished_submission_goes_when_its_time_is_over(house: House) -> None:
    done = await finished(house)
    await days(house, RETAINED - 0.1)
    assert ids(house) == {done["id"]}
    await days(house, 0.1)
    await none_left(house)
    assert (await house.client.get(f"/v1/submissions/{done['id']}")).status_code == 404


async def test_the_time_counts_from_the_end(house: House) -> None:
    house.world.switches.set(webhook="never", duration=0.5 * DAY)
    posted = await house.portrait()
    await house.until_status(posted["id"], "processing")
    house.clock.advance(0.5 * DAY)
    await house.until_final(posted["id"])
    await days(house, RETAINED - 0.2)
    assert ids(house) == {posted["id"]}
    await days(house, 0.2)
    await none_left(house)


async def test_an_abandoned_scan_ends_and_goes(house: House) -> None:
    scan = await invite(house)
    film = await house.submit(
        "alltoken/video",
        {
            "model": "seedance-2.0",
            "prompt": "x",
            "content": [
                {
                    "type": "image_url",
                    "image_url": {"url": f"submission://{scan['id']}"},
                    "role": "reference_image",
                }
            ],
        },
    )
    house.clock.advance(DAY + 1)
    ends = [(await house.until_final(one["id"]))["status"] for one in (scan, film)]
    assert ends == ["expired", "failed"]
    await days(house, RETAINED)
    await none_left(house)


async def test_a_backlog_goes_in_pieces(house: House) -> None:
    many = [await finished(house) for _ in range(25)]
    await days(house, RETAINED)
    await none_left(house)
    assert len(many) == 25


async def test_an_upload_that_nobody_uses_goes_after_a_week(house: House, tmp_path: Path) -> None:
    reference = await upload(house, PICTURE)
    name = reference.removeprefix("upload://")
    await days(house, 6.9)
    assert ids(house, "uploads") == {name}
    await days(house, 0.1)
    await none_left(house, "uploads")
    assert not (tmp_path / "uploads" / name).exists()


async def test_an_upload_stays_as_long_as_a_submission_uses_it(
    house: House, tmp_path: Path
) -> None:
    reference = await upload(house, PICTURE)
    name = reference.removeprefix("upload://")
    house.world.switches.set(duration=1)
    posted = await house.submit("wavespeed/portrait", {"prompt": "x", "image": reference})
    await house.until_final(posted["id"])
    await days(house, 8)
    assert ids(house, "uploads") == {name}
    assert (tmp_path / "uploads" / name).exists()
    await days(house, RETAINED - 8)
    await none_left(house, "uploads")
    assert not (tmp_path / "uploads" / name).exists()


async def test_quarantined_bodies_go_with_time(house: House) -> None:
    posted = await running(house)
    assert (await tell(house, b"garbage")).status_code == 400
    await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    await days(house, RETAINED - 0.1)
    assert len(ids(house, "quarantine")) == 1
    await days(house, 0.1)
    await none_left(house, "quarantine")


async def test_a_clients_own_sessions_go_after_a_week(house: House) -> None:
    async with client_of(house) as client:
        await client.call("CreateVisualValidateSession", CallbackURL="https://app.example/back")
    sessions = "resources WHERE type = 'session'"
    await days(house, 6.9)
    assert len(ids(house, sessions)) == 1
    await days(house, 0.1)
    await none_left(house, sessions)


async def test_the_name_of_an_erased_request_goes_after_a_week(house: House) -> None:
    wish = {"kind": "wavespeed/portrait", "input": {"prompt": "x", "image": IMAGE}}
    headers = {"Idempotency-Key": "order-1"}
    posted = await house.client.post("/v1/submissions", json=wish, headers=headers)
    await erase(house, posted.json())
    await days(house, 6.9)
    again = await house.client.post("/v1/submissions", json=wish, headers=headers)
    assert again.status_code == 410
    await days(house, 0.1)
    again = await house.client.post("/v1/submissions", json=wish, headers=headers)
    assert again.status_code == 202
    assert again.json()["id"] != posted.json()["id"]
