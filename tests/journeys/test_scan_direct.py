"""Direct mode: the provider's own link goes to the client, and one session is all there is."""

import pytest

from domain.times import rfc3339
from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import direct, exchanges, invite, language_of, pass_scan

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("wanted", "lng"), [(None, "zh"), ("en", "en"), ("ja", "en"), ("zh-Hant", "zh-Hant")]
)
async def test_the_action_is_the_providers_link_in_the_right_language(
    house: House, wanted: str | None, lng: str
) -> None:
    shown, session = await direct(house, language=wanted)
    assert shown["waiting_for"] == "person"
    assert shown["action"]["type"] == "face_scan"
    assert shown["action"]["url"].startswith(session.h5_link.partition("lng=")[0])
    assert language_of(shown["action"]["url"]) == [lng]
    assert shown["action"]["expires_at"] <= rfc3339(round(session.deadline * 1000) + 1000)
    assert shown["action"]["expires_at"] >= rfc3339(round(session.deadline * 1000))


@pytest.mark.parametrize("visit", [True, False])
async def test_a_direct_scan_ends_with_its_group(house: House, visit: bool) -> None:
    shown, session = await direct(house)
    await house.world.scan(session.token, visit=visit)
    done = await house.until_final(shown["id"], within=10)
    assert done["result"] == {"outputs": [], "group_id": session.group_id}


async def test_a_direct_scan_with_an_asset_ends_with_the_asset(house: House) -> None:
    url = f"{house.world.base_url}/media/portrait.jpg"
    shown, session = await direct(house, asset={"url": url})
    await pass_scan(house, session)
    done = await house.until_final(shown["id"])
    assert done["result"]["group_id"] == session.group_id
    assert done["result"]["asset_uri"] == f"asset://{done['result']['asset_id']}"


async def test_a_direct_scan_past_its_end_expires(house: House) -> None:
    shown, _ = await direct(house)
    await house.until(lambda: bool(exchanges(house)), within=10)
    house.clock.advance(110)
    await house.breathe()
    assert (await house.get(shown["id"]))["status"] == "action_required"
    over = await house.until_final(shown["id"], within=12)
    assert (over["status"], over["error"]["code"]) == ("expired", "scan_expired")
    assert over["action"] is None


async def test_a_direct_scan_whose_answer_was_lost_expires_and_guesses_nothing(
    house: House,
) -> None:
    shown, session = await direct(house)
    house.world.switches.set(exchange="cut_after", fault_times=1)
    await pass_scan(house, session)
    await house.until(lambda: bool(session.group_id), within=3)
    over = await house.until_final(shown["id"], within=130, step=1)
    assert over["status"] == "expired"
    assert "group_id" not in (over["result"] or {})


async def test_a_direct_scan_has_no_page_of_ours_to_start_from(house: House, phone: Phone) -> None:
    shown, session = await direct(house)
    back = await phone.client.get(f"{session.callback_url}?resultCode=10000")
    assert back.status_code == 303
    page = await phone.follow(back)
    assert page.status_code == 200
    assert "/start" not in page.text
    assert (await phone.client.post(f"{page.url}/start")).status_code == 303
    assert len(house.world.sessions) == 1
    assert (await house.get(shown["id"]))["status"] == "action_required"


@pytest.mark.parametrize("fault", ["429", "cut_before", "cut_after", "garbage"])
async def test_a_session_that_did_not_open_is_opened_again(house: House, fault: str) -> None:
    house.world.switches.set(create_session=fault, fault_times=2)
    posted = await invite(house, mode="direct")
    shown = await house.until_status(posted["id"], "action_required", within=10)
    session = list(house.world.sessions.values())[-1]
    await pass_scan(house, session)
    done = await house.until_final(shown["id"], within=10)
    assert done["result"]["group_id"] == session.group_id


@pytest.mark.parametrize("code", ["QuotaExceeded", "InvalidParameter", "SubscriptionRequired"])
async def test_a_session_that_is_refused_fails_with_the_providers_code(
    house: House, code: str
) -> None:
    house.world.switches.set(error=code, error_action="CreateVisualValidateSession")
    posted = await invite(house, mode="direct")
    done = await house.until_final(posted["id"], within=5)
    assert (done["status"], done["error"]["provider_code"]) == ("failed", code)
