"""Face scans whose provider misbehaves: the person is asked again, and nothing is guessed."""

import pytest

from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import exchanges, invite, pass_scan, press_and_wait, press_start, start

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "429", "500", "garbage"])
async def test_a_start_without_a_session_says_busy_and_works_later(
    house: House, phone: Phone, fault: str
) -> None:
    posted = await invite(house)
    house.world.switches.set(create_session=fault)
    busy = await press_and_wait(house, phone, posted)
    assert busy.status_code == 503
    assert int(busy.headers["retry-after"]) > 0
    assert "/start" in busy.text
    # The tab may be opened again, at the address where the form has led it.
    again = await phone.client.get(busy.url)
    assert (again.status_code, again.headers["location"]) == (303, posted["action"]["url"])
    waiting = await house.get(posted["id"])
    assert (waiting["status"], waiting["waiting_for"]) == ("action_required", "person")
    house.world.switches.set(create_session="ok")
    house.clock.advance(1)
    session = await start(house, phone, posted)
    await pass_scan(house, session)
    assert (await house.until_final(posted["id"], within=5))["status"] == "succeeded"


@pytest.mark.parametrize("code", ["RateLimitExceeded", "UpstreamUnavailable", "QuotaExceeded"])
async def test_a_refused_session_does_not_end_a_hosted_scan(
    house: House, phone: Phone, code: str
) -> None:
    posted = await invite(house)
    house.world.switches.set(error=code, error_action="CreateVisualValidateSession")
    assert (await press_and_wait(house, phone, posted)).status_code == 503
    assert (await house.get(posted["id"]))["status"] == "action_required"


async def test_a_start_that_came_too_early_for_the_provider_is_tried_once_more(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    house.world.switches.set(
        error="RateLimitExceeded", error_action="CreateVisualValidateSession", error_times=1
    )
    assert (await press_and_wait(house, phone, posted)).status_code == 303
    assert len(house.world.sessions) == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"exchange": "429", "fault_times": 2},
        {"exchange": "500", "fault_times": 2},
        {"exchange": "cut_before", "fault_times": 2},
        {"error": "RateLimitExceeded", "error_times": 2},
        {"error": "UpstreamUnavailable", "error_times": 2},
        {"error": "ValidateNotReady", "error_times": 2},
        {"error": "401", "error_times": 2},
        {"error": "Forbidden", "error_times": 2},
    ],
)
async def test_an_exchange_that_came_to_nothing_is_asked_again(
    house: House, phone: Phone, switches: dict[str, object]
) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    house.world.switches.set(error_action="GetVisualValidateResult", **switches)
    await pass_scan(house, session)
    done = await house.until_final(posted["id"], within=20)
    assert done["result"]["group_id"] == session.group_id
    assert len(exchanges(house)) == 3


@pytest.mark.parametrize("fault", ["cut_after", "garbage"])
async def test_after_a_lost_answer_the_person_is_asked_again_and_no_group_is_guessed(
    house: House, phone: Phone, fault: str
) -> None:
    posted = await invite(house)
    orphan = await start(house, phone, posted)
    house.world.switches.set(exchange=fault, fault_times=1)
    await pass_scan(house, orphan)
    back = await house.until_status(posted["id"], "action_required", within=15)
    assert back["action"] == posted["action"]
    assert orphan.group_id in house.world.groups
    assert not house.world.called("ListAssetGroups")
    session = await start(house, phone, posted)
    await pass_scan(house, session)
    done = await house.until_final(posted["id"], within=5)
    assert done["result"]["group_id"] == session.group_id != orphan.group_id


async def test_a_failed_scan_invites_the_person_again(house: House, phone: Phone) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    await pass_scan(house, session, scan="failure")
    await house.until(lambda: bool(exchanges(house)), within=2)
    assert (await house.get(posted["id"]))["status"] == "processing"
    page = await phone.client.get(posted["action"]["url"])
    assert "/start" in page.text
    await pass_scan(house, await start(house, phone, posted))
    assert (await house.until_final(posted["id"], within=5))["status"] == "succeeded"


async def test_a_token_that_ends_early_invites_the_person_again(house: House, phone: Phone) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    await house.world.scan(session.token, visit=True, scan="expired")
    back = await house.until_status(posted["id"], "action_required", within=3)
    assert back["waiting_for"] == "person"


@pytest.mark.parametrize("envelope", ["flat", "wrapped"])
async def test_both_envelopes_are_read(house: House, phone: Phone, envelope: str) -> None:
    house.world.switches.set(envelope=envelope, amp_escaped="false")
    url = f"{house.world.base_url}/media/portrait.jpg"
    posted = await invite(house, asset={"url": url})
    await pass_scan(house, await start(house, phone, posted))
    assert (await house.until_final(posted["id"]))["status"] == "succeeded"


async def test_the_link_ends_a_scan_that_nobody_finished(house: House, phone: Phone) -> None:
    posted = await invite(house)
    house.clock.advance(86_390)
    await house.breathe()
    assert (await house.get(posted["id"]))["status"] == "action_required"
    over = await house.until_final(posted["id"], within=12)
    assert (over["status"], over["action"]) == ("expired", None)
    page = await phone.client.get(posted["action"]["url"])
    assert page.status_code == 200
    assert "/start" not in page.text
    assert (await press_start(phone, posted)).headers["location"] == posted["action"]["url"]
    assert not house.world.sessions


async def test_a_scan_under_way_outlives_its_link(house: House, phone: Phone) -> None:
    posted = await invite(house)
    house.clock.advance(86_390)
    await house.breathe()
    session = await start(house, phone, posted)
    await house.until(lambda: len(exchanges(house)) == 5, within=40)
    assert (await house.get(posted["id"]))["status"] == "processing"
    await pass_scan(house, session)
    assert (await house.until_final(posted["id"], within=5))["status"] == "succeeded"
