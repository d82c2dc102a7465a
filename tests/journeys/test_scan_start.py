"""Start: a fresh session for each press, through one link that lives on."""

import asyncio
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from handlers.phone import MOST_SESSIONS
from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import (
    CREATE,
    EXCHANGE,
    busiest_second,
    exchanges,
    invite,
    invite_with_asset,
    language_of,
    pass_scan,
    press_start,
    start,
)
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio


async def test_a_hosted_scan_without_an_asset_ends_with_its_group(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    assert posted["action"]["qr"] == posted["action"]["url"] + "/qr.svg"
    session = await start(house, phone, posted)
    scanning = await house.get(posted["id"])
    assert (scanning["status"], scanning["waiting_for"]) == ("processing", "person")
    await pass_scan(house, session)
    done = await house.until_final(posted["id"], within=2)
    assert done["status"] == "succeeded"
    assert done["result"] == {"outputs": [], "group_id": session.group_id}
    assert done["action"] is None


@pytest.mark.parametrize(
    ("wanted", "page", "lng"),
    [
        (None, "zh", "zh"),
        (None, "en", "en"),
        (None, "ja", "en"),
        ("zh", "en", "zh"),
        ("zh-Hant", "en", "zh-Hant"),
        ("en", "zh", "en"),
        ("ja", "zh", "en"),
    ],
)
async def test_the_scan_page_speaks_the_language_of_the_input_or_else_of_our_page(
    house: House, phone: Phone, wanted: str | None, page: str, lng: str
) -> None:
    posted = await invite(house, language=wanted)
    answer = await press_start(phone, posted, page)
    assert language_of(answer.headers["location"]) == [lng]


@pytest.mark.parametrize("style", ["no_lng", "opaque"])
async def test_a_link_without_a_language_gets_one(house: House, phone: Phone, style: str) -> None:
    house.world.switches.set(h5_style=style)
    posted = await invite(house, language="zh-Hant")
    answer = await press_start(phone, posted)
    (session,) = house.world.sessions.values()
    assert answer.headers["location"] == f"{session.h5_link}&lng=zh-Hant"


async def test_the_phones_own_language_is_taken_when_nobody_says_another(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    page = await phone.client.get(posted["action"]["url"], headers={"accept-language": "zh-CN"})
    assert 'lang="zh' in page.text
    answer = await phone.press(page)
    assert language_of(answer.headers["location"]) == ["zh"]


async def test_when_both_sessions_of_two_presses_pass_the_first_group_wins(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    first = await start(house, phone, posted)
    second = await start(house, phone, posted)
    await house.until(lambda: bool(exchanges(house, first) and exchanges(house, second)))
    await pass_scan(house, second)
    done = await house.until_final(posted["id"], within=3)
    assert done["result"]["group_id"] == second.group_id
    asked = len(exchanges(house))
    await pass_scan(house, first)
    house.clock.advance(10)
    await house.breathe()
    assert len(exchanges(house)) == asked
    assert first.group_id == ""
    assert await house.get(posted["id"]) == done


async def test_of_two_groups_that_were_both_proved_the_first_is_kept(
    house: House, phone: Phone
) -> None:
    posted = await invite_with_asset(house)
    sessions = [await start(house, phone, posted) for _ in range(2)]
    for session in sessions:
        await house.world.scan(session.token)
    # Long enough for both exchanges to be on the wire before the first has its answer.
    house.world.switches.set(latency=2)
    await house.until(lambda: all(session.group_id for session in sessions), within=15)
    first = exchanges(house)[-2].body["BytedToken"]
    done = await house.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert done["result"]["group_id"] == house.world.sessions[first].group_id
    assert len(house.world.groups) == 2
    assert len(house.world.assets) == 1


@pytest.mark.parametrize("later", [0, 119, 121, 1801])
async def test_an_unfinished_scan_can_be_started_again_through_the_same_link(
    house: House, phone: Phone, later: int
) -> None:
    posted = await invite(house)
    abandoned = await start(house, phone, posted)
    house.clock.advance(1)
    if later:
        await house.until(lambda: bool(exchanges(house)), within=10)
        house.clock.advance(later)
        await house.breathe()
    if later > 120:
        back = await house.until_status(posted["id"], "action_required", within=10)
        assert back["waiting_for"] == "person"
        assert back["action"] == posted["action"]
    session = await start(house, phone, posted)
    assert session is not abandoned
    await pass_scan(house, session)
    done = await house.until_final(posted["id"], within=5)
    assert done["result"]["group_id"] == session.group_id


async def test_more_presses_than_anybody_needs_are_turned_away(house: House, phone: Phone) -> None:
    posted = await invite(house)
    for _ in range(MOST_SESSIONS):
        await start(house, phone, posted)
    refused = await press_start(phone, posted)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert len(house.world.sessions) == MOST_SESSIONS


async def test_presses_at_the_same_time_open_no_more_sessions_and_hold_up_nobody(
    house: House, phone: Phone
) -> None:
    posted, other = await invite(house), await invite(house)
    async with asyncio.TaskGroup() as group:
        presses = [group.create_task(press_start(phone, posted)) for _ in range(30)]
        await house.breathe()
        another = group.create_task(press_start(phone, other))
        await house.until(lambda: another.done() and all(press.done() for press in presses))
    assert another.result().status_code == 303
    answers = [press.result().status_code for press in presses]
    assert (answers.count(303), answers.count(503)) == (MOST_SESSIONS, 30 - MOST_SESSIONS)
    ((living,),) = rows(
        house, "SELECT json(state) ->> '$.sessions' FROM submissions WHERE id = ?", posted["id"]
    )
    assert len(json.loads(living)) == MOST_SESSIONS
    assert len(house.world.sessions) == MOST_SESSIONS + 1


async def test_a_press_whose_form_drips_in_sees_the_sessions_that_were_opened_meanwhile(
    house: House, phone: Phone
) -> None:
    posted = await invite(house)
    path = urlsplit(posted["action"]["url"]).path
    head = (
        f"POST {path}/start HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 6\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(house.url).port)
    with closing(writer):
        writer.write(head.encode())
        await writer.drain()
        await house.breathe()
        for _ in range(MOST_SESSIONS):
            await start(house, phone, posted)
        house.clock.advance(1)
        writer.write(b"lng=en")
        assert (await reader.readline()).startswith(b"HTTP/1.1 503 ")
    assert len(house.world.sessions) == MOST_SESSIONS


async def test_a_crowd_of_phones_never_exceeds_the_limit_of_the_face_api(
    house: House, phone: Phone
) -> None:
    house.world.switches.set(face_qps=0)
    posted = [await invite(house) for _ in range(12)]
    async with asyncio.TaskGroup() as group:
        presses = [group.create_task(press_start(phone, one)) for one in posted]
        await house.until(lambda: all(press.done() for press in presses), step=0.05)
    assert [press.result().status_code for press in presses] == [303] * 12
    sessions = list(house.world.sessions.values())
    assert len(sessions) == 12
    await house.until(lambda: len(exchanges(house)) >= 12, within=20, step=0.05)
    last = sessions[-1]
    await pass_scan(house, last)
    asked = len(exchanges(house))
    await house.until(lambda: len(exchanges(house)) >= asked + 2, within=5, step=0.05)
    assert last.token in [call.body["BytedToken"] for call in exchanges(house)[asked : asked + 2]]
    for session in sessions[:-1]:
        await pass_scan(house, session)
    for one in posted:
        assert (await house.until_final(one["id"], within=20, step=0.05))["status"] == "succeeded"
    assert busiest_second(house.world.called(CREATE)) <= 3
    assert busiest_second(house.world.called(EXCHANGE)) <= 3
