"""The phone's way back: a reason to ask the provider, and never an answer."""

from itertools import pairwise

import httpx
import pytest

from domain.scan import RETURN_PAUSE
from domain.times import SECOND
from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import exchanges, invite, pass_scan, start

pytestmark = pytest.mark.asyncio

FORGED = "bytedToken=20260101000000FORGED&resultCode=10000&verify_type=real_time"


@pytest.mark.parametrize(
    "end",
    [
        f"?{FORGED}",
        f"??{FORGED}",
        f"?&&{FORGED.replace('&', '&&')}",
        f"&{FORGED}",
        f"%3F{FORGED}",
        f"&{FORGED}?x=1",
        f"?{FORGED}&bytedToken=a&bytedToken=b",
        "?resultCode=20001",
        "?",
        "",
        f"&bytedToken=a/b+c==&{FORGED}",
    ],
)
async def test_whatever_the_query_says_only_the_stored_token_is_exchanged(
    house: House, phone: Phone, end: str
) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    forged = await phone.client.get(session.callback_url + end)
    assert forged.status_code == 303
    assert "?" not in forged.headers["location"]
    assert forged.headers["location"] == posted["action"]["url"]
    await house.until(lambda: len(exchanges(house)) == 1, within=1)
    assert (await house.get(posted["id"]))["status"] == "processing"
    await house.world.scan(session.token)
    house.clock.advance(RETURN_PAUSE / SECOND)
    assert (await phone.client.get(session.callback_url + end)).status_code == 303
    done = await house.until_final(posted["id"], within=2)
    assert done["result"]["group_id"] == session.group_id
    assert {call.body["BytedToken"] for call in exchanges(house)} == {session.token}


@pytest.mark.parametrize(
    "switches",
    [
        {"scan": "missing_token"},
        {"scan": "reload"},
        {"double_question": "true"},
        {"double_amp": "true"},
    ],
)
async def test_a_callback_that_is_not_quite_right_finishes_the_scan(
    house: House, phone: Phone, switches: dict[str, str]
) -> None:
    posted = await invite(house)
    house.world.switches.set(**switches)
    await pass_scan(house, await start(house, phone, posted))
    done = await house.until_final(posted["id"], within=2)
    assert done["status"] == "succeeded"
    assert len(house.world.groups) == 1


async def test_the_callback_of_a_foreign_session_proves_nothing(house: House, phone: Phone) -> None:
    posted, other = await invite(house), await invite(house)
    session = await start(house, phone, posted)
    foreign = await start(house, phone, other)
    await house.world.scan(foreign.token)
    url = f"{session.callback_url}?bytedToken={foreign.token}&resultCode=10000"
    assert (await phone.client.get(url)).status_code == 303
    await house.until(lambda: bool(exchanges(house, session)), within=2)
    assert (await house.get(posted["id"]))["status"] == "processing"
    done = await house.until_final(other["id"], within=10)
    assert done["result"]["group_id"] == foreign.group_id


async def test_without_any_callback_polling_finishes_the_scan(house: House, phone: Phone) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    await house.until(lambda: len(exchanges(house)) == 2, within=20)
    await house.world.scan(session.token, scan="never_redirect")
    done = await house.until_final(posted["id"], within=12)
    assert done["status"] == "succeeded"


async def test_a_callback_after_the_tokens_end_comes_too_late_to_matter(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    await house.until(lambda: bool(exchanges(house)), within=10)
    house.clock.advance(115)
    await house.breathe()
    target = await house.world.scan(session.token)
    assert target is not None
    done = await house.until_final(posted["id"], within=10)
    assert done["result"]["group_id"] == session.group_id
    house.clock.advance(10)
    assert (await phone.client.get(target)).status_code == 303
    assert await house.get(posted["id"]) == done


async def test_a_callback_without_a_living_session_changes_nothing(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    await house.until(lambda: bool(exchanges(house)), within=10)
    house.clock.advance(121)
    back = await house.until_status(posted["id"], "action_required", within=10)
    asked = len(exchanges(house))
    answer = await phone.client.get(f"{session.callback_url}?{FORGED}")
    assert answer.status_code == 303
    house.clock.advance(10)
    await house.breathe()
    assert await house.get(posted["id"]) == back
    assert len(exchanges(house)) == asked


async def test_pages_previews_and_head_requests_open_no_session(house: House, phone: Phone) -> None:
    posted = await invite(house)
    url = posted["action"]["url"]
    for method, path in (
        ("GET", url),
        ("HEAD", url),
        ("GET", f"{url}?lng=ja"),
        ("GET", f"{url}/qr.svg"),
        ("GET", f"{url}/start"),
        ("HEAD", f"{url}/start"),
    ):
        answer: httpx.Response = await phone.client.request(method, path)
        assert answer.status_code in (200, 303, 405)
    session = await start(house, phone, posted)
    before = await house.events(posted["id"])
    assert (await phone.client.head(session.callback_url)).status_code == 303
    assert await house.events(posted["id"]) == before
    assert len(house.world.sessions) == 1
    assert not exchanges(house)


async def test_a_page_that_reloads_the_callback_is_heard_once_in_three_seconds(
    house: House, phone: Phone
) -> None:
    posted, other = await invite(house), await invite(house)
    session = await start(house, phone, posted)
    patient = await start(house, phone, other)
    await house.world.scan(patient.token, scan="never_redirect")
    begun = house.clock.now()
    for _ in range(70):
        assert (await phone.client.get(session.callback_url)).status_code == 303
        await house.breathe(2)
        house.clock.advance(0.1)
    assert (await house.get(other["id"]))["status"] == "succeeded"
    assert exchanges(house, patient)[0].at - begun / SECOND < 6
    returns = [
        event
        for event in await house.events(posted["id"])
        if event["type"] == "scan.person_returned"
    ]
    assert len(returns) == 3
    # Its own returns, and the question that was due anyway.
    assert len(exchanges(house, session)) <= 5


async def test_a_pending_answer_is_asked_for_again_until_the_tokens_end(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    session = await start(house, phone, posted)
    back = await house.until_status(posted["id"], "action_required", within=135, step=1)
    assert back["action"] == posted["action"]
    asked = exchanges(house)
    assert asked[-1].at >= session.deadline - 1
    assert max(later.at - call.at for call, later in pairwise(asked)) < 12
    assert len(asked) > 10
