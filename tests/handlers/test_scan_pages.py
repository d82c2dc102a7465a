"""What a phone gets from us: pages and redirects that give nothing away."""

from collections.abc import AsyncIterator

import httpx
import pytest

from handlers.phrases import PHRASES
from tests.house import House
from tests.journeys.scans import invite, language_of
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

NOBODYS = "c3ViXzAx.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"

MULTIPART = b'--x\r\ncontent-disposition: form-data; name="lng"\r\n\r\nja\r\n--x--\r\n'


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    """A body whose length nobody announces."""
    for start in range(0, len(content), 50_000):
        yield content[start : start + 50_000]


def is_guarded(answer: httpx.Response) -> bool:
    policy = answer.headers["content-security-policy"]
    return (
        "default-src 'none'" in policy
        and "frame-ancestors 'none'" in policy
        and "unsafe-inline" not in policy
        and "form-action" not in policy
        and answer.headers["cache-control"] == "no-store"
        and answer.headers["referrer-policy"] == "no-referrer"
        and answer.headers["x-content-type-options"] == "nosniff"
    )


async def test_every_answer_to_a_phone_has_the_headers_that_guard_it(house: House) -> None:
    posted = await invite(house)
    url = posted["action"]["url"]
    async with new_client() as phone:
        page = await phone.get(url)
        started = await phone.post(f"{url}/start", data={"lng": "en"})
        (session,) = house.world.sessions.values()
        back = await phone.get(f"{session.callback_url}?resultCode=10000&bytedToken=x")
        house.world.switches.set(create_session="500")
        house.clock.advance(1)
        busy = await phone.post(f"{url}/start")
        answers = [page, started, back, busy]
        answers += [await phone.get(f"{url}/{rest}") for rest in ("qr.svg", "qr")]
        answers += [await phone.head(f"{url}/events")]
        answers += [
            await phone.get(f"{house.url}/scan/{NOBODYS}/qr"),
            await phone.get(f"{house.url}/scan/{NOBODYS}/events"),
            await phone.get(f"{house.url}/scan/{NOBODYS}"),
            await phone.get(f"{house.url}/scan/{NOBODYS}/qr.svg"),
            await phone.get(f"{house.url}/liveness/callback/{NOBODYS}"),
            await phone.post(f"{house.url}/scan/{NOBODYS}/start"),
        ]
    assert [answer.status_code for answer in answers] == [
        *(200, 303, 303, 503),
        *(200, 200, 200),
        *(404, 404, 404, 404, 404, 404),
    ]
    assert all(is_guarded(answer) for answer in answers)
    assert [answer.headers["content-type"] for answer in answers[-6:]] == [
        "text/html; charset=utf-8"
    ] * 6


async def test_looks_heads_previews_and_reloads_leave_no_trace(house: House) -> None:
    posted = await invite(house)
    url = posted["action"]["url"]
    before = await house.get(posted["id"]), await house.events(posted["id"])
    preview = {"user-agent": "WhatsApp/2.24 facebookexternalhit/1.1", "purpose": "prefetch"}
    async with new_client() as phone:
        for path in (url, f"{url}?lng=ja", f"{url}/qr", f"{url}/qr.svg"):
            for headers in ({}, preview):
                assert (await phone.get(path, headers=headers)).status_code == 200
                assert (await phone.head(path, headers=headers)).status_code == 200
        assert (await phone.head(f"{url}/events")).status_code == 200
        for method in ("GET", "HEAD"):
            led = await phone.request(method, f"{url}/start")
            assert (led.status_code, led.headers["location"]) == (303, url)
    assert not house.world.sessions
    assert before == (await house.get(posted["id"]), await house.events(posted["id"]))


async def test_a_head_of_the_way_back_asks_nobody(house: House) -> None:
    posted = await invite(house)
    async with new_client() as phone:
        await phone.post(f"{posted['action']['url']}/start")
        (session,) = house.world.sessions.values()
        before = await house.events(posted["id"])
        assert (await phone.head(session.callback_url)).status_code == 303
    assert before == await house.events(posted["id"])


async def test_a_scan_that_was_not_finished_can_be_made_once_more(house: House) -> None:
    posted = await invite(house)
    url = posted["action"]["url"]
    assert (await house.client.post(f"{url}/start", data={"lng": "ja"})).status_code == 303
    scanning = await house.client.get(url)
    assert 'data-state="scanning"' in scanning.text
    assert 'data-left="120">2:00<' in scanning.text
    house.clock.advance(35.2)
    await house.breathe()
    assert 'data-left="84">1:24<' in (await house.client.get(url)).text
    await house.until_status(posted["id"], "action_required", within=120, step=5)
    again = await house.client.get(url)
    assert 'data-state="again"' in again.text
    assert PHRASES["ja"]["again_title"] in again.text
    assert f'action="{url}/start"' in again.text


@pytest.mark.parametrize(("accepted", "tag"), [("zh-TW,zh", "zh"), ("ja", "ja"), ("fr", "en")])
async def test_a_page_speaks_the_phones_language(house: House, accepted: str, tag: str) -> None:
    posted = await invite(house)
    page = await house.client.get(posted["action"]["url"], headers={"accept-language": accepted})
    assert f'<html lang="{tag}' in page.text


async def test_the_language_that_was_chosen_is_kept_over_start(house: House) -> None:
    url = (await invite(house))["action"]["url"]
    chosen = await house.client.get(f"{url}?lng=ja", headers={"accept-language": "en"})
    assert '<input type="hidden" name="lng" value="ja">' in chosen.text
    await house.client.post(f"{url}/start", data={"lng": "ja"}, headers={"accept-language": "en"})
    for path in (url, f"{url}/qr"):
        page = await house.client.get(path, headers={"accept-language": "en"})
        assert '<html lang="ja">' in page.text


async def test_inside_of_an_app_the_page_says_how_to_leave_it(house: House) -> None:
    url = (await invite(house))["action"]["url"]
    wechat = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.49"
    page = await house.client.get(f"{url}?lng=zh", headers={"user-agent": wechat})
    assert "微信的内置浏览器" in page.text
    assert f'value="{url}?lng=zh"' in page.text
    assert f'action="{url}/start"' in page.text


async def test_the_qr_code_is_a_picture(house: House) -> None:
    posted = await invite(house)
    answer = await house.client.get(posted["action"]["qr"])
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg ")


async def test_altered_scan_links_all_lead_to_the_same_page(house: House) -> None:
    url = (await invite(house))["action"]["url"]
    altered = [url + "=", url[:-1], url + "A", url + "&x=1", url + "%3Fx=1", url + "%00"]
    answers = [await house.client.get(each) for each in altered]
    assert {answer.status_code for answer in answers} == {404}
    assert all("Ada" not in answer.text for answer in answers)
    assert (await house.client.post(f"{url}&x=1/start")).status_code == 404
    assert not house.world.sessions


async def test_a_finished_scan_can_be_looked_at_but_not_started(house: House) -> None:
    posted = await invite(house, return_url="https://app.example/back?x=1&y=2")
    assert (await house.client.post(f"/v1/submissions/{posted['id']}/cancel")).status_code == 200
    page = await house.client.get(posted["action"]["url"])
    assert page.status_code == 200
    assert "/start" not in page.text
    assert "https://app.example/back?x=1&amp;y=2" in page.text
    started = await house.client.post(f"{posted['action']['url']}/start")
    assert started.status_code == 303
    assert not house.world.sessions


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"lng=%ff%fe", "application/x-www-form-urlencoded"),
        (b"lng=" + b"x" * 10_000, "application/x-www-form-urlencoded"),
        (b"\x00\xff", "application/json"),
        (b"lng=" + b"%" * 99, "application/x-www-form-urlencoded"),
        (b"&=&&==lng;lng=&lng", "application/x-www-form-urlencoded; charset=utf-99"),
        (b"a=1&" * 1_000, "application/x-www-form-urlencoded"),
        (b"x" * 5_000_000, "application/octet-stream"),
        (b"", "multipart/form-data; boundary=x"),
        (b"not multipart", "multipart/form-data"),
        (MULTIPART, "multipart/form-data; boundary=x"),
        (MULTIPART, "multipart/form-data; boundary="),
        (MULTIPART[:40], "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
async def test_an_odd_form_says_nothing_and_the_scan_begins(
    house: House, content: bytes, kind: str, announced: bool
) -> None:
    url = (await invite(house))["action"]["url"]
    headers = {"content-type": kind, "accept-language": "zh-CN"}
    sent = content if announced else in_pieces(content)
    answer = await house.client.post(f"{url}/start", content=sent, headers=headers)
    assert answer.status_code == 303
    assert language_of(answer.headers["location"]) == ["zh"]
    assert is_guarded(answer)
    house.world.switches.set(create_session="500")
    house.clock.advance(1)
    sent = content if announced else in_pieces(content)
    busy = await house.client.post(f"{url}/start", content=sent, headers=headers)
    assert busy.status_code == 503
    assert busy.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="zh' in busy.text
    assert is_guarded(busy)
