"""Canaries: no secret of either flow reaches a log line, an answer that should not have it, or an event."""

import base64
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import structlog

from app import logs
from sandbox.pictures import tiny_portrait
from tests.house import KEY, House, running_house
from tests.journeys.phone import Phone
from tests.journeys.scans import invite_with_asset, pass_scan, press_start, start
from tests.journeys.wavespeed import change, prediction, rows, running, tell, webhook_url

pytestmark = pytest.mark.asyncio

PICTURE = base64.b64encode(tiny_portrait()).decode()
KEYS = {"WAVESPEED_API_KEY": "wskey-canary-81c1", "ALLTOKEN_API_KEY": "atkey-canary-92d2"}


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that is logged at any level, through the service's own wiring."""
    heard = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    logs.configure(pretty=False, level=logging.DEBUG, stream=heard)
    try:
        yield heard
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


def canaries(house: House) -> set[str]:
    """Every secret that the house knows by now."""
    found = {KEY, *KEYS.values(), PICTURE[:60]}
    found |= {secret.removeprefix("whsec_") for secret in house.world.secrets}
    urls = [call.query["webhook"] for call in house.world.calls if "webhook" in call.query]
    for session in house.world.sessions.values():
        found.add(session.token)
        query = dict(parse_qsl(urlsplit(session.h5_link).query))
        found |= {value for name, value in query.items() if name not in ("lng", "configId")}
        urls.append(session.callback_url)
    return found | {signature_of(url) for url in urls}


def signature_of(url: str) -> str:
    """The part of a link's token that only we can make."""
    return url.rpartition(".")[2]


def leaks(house: House, text: str, *more: str) -> list[str]:
    where = [text, unquote(text)]
    return [
        f"{one} in {spot[max(0, spot.index(one) - 200) : spot.index(one) + 20]}"
        for one in {*canaries(house), *more}
        for spot in where
        if one in spot
    ]


async def test_a_paid_job_gives_no_secret_away(tmp_path: Path) -> None:
    async with running_house(tmp_path, **KEYS) as house:
        with listening() as heard:
            house.world.switches.set(submit="503", submit_times=1, poll="500", poll_times=2)
            fields = {"prompt": "x", "image": PICTURE, "enable_base64_output": True}
            house.world.switches.set(webhook="bad_signature", duration=1)
            posted = await house.submit("wavespeed/portrait", fields)
            done = await house.until_final(posted["id"], step=0.5)
            assert done["status"] == "succeeded"
            other = await running(house, submit="ok")
            job = list(house.world.jobs)[-1]
            for body in (b"garbage", prediction(house, id="another"), prediction(house, id=job)):
                await tell(house, body)
            refused = await house.client.post(webhook_url(house) + "x", content=b"{}")
            shown = [
                refused.text,
                (await house.client.get("/v1/kinds", headers={"authorization": "Bearer x"})).text,
            ]
            for one in (done, other):
                shown.append((await house.client.get(f"/v1/submissions/{one['id']}")).text)
                shown.append(str(await house.events(one["id"])))
        assert "webhook refused" in heard.getvalue()
        assert "webhook quarantined" in heard.getvalue()
        assert leaks(house, heard.getvalue()) == []
        assert leaks(house, "".join(shown)) == []
        assert leaks(house, str(rows(house, "SELECT * FROM events"))) == []


async def test_a_face_scan_gives_no_secret_away(tmp_path: Path, phone: Phone) -> None:
    async with running_house(tmp_path, **KEYS) as house:
        with listening() as heard:
            posted = await invite_with_asset(house)
            scan = signature_of(posted["action"]["url"])
            house.world.switches.set(create_session="500")
            pages = [(await press_start(phone, posted)).text]
            house.world.switches.set(create_session="ok", exchange="500", fault_times=1)
            house.clock.advance(1)
            session = await start(house, phone, posted)
            pages.append((await phone.client.get(session.callback_url[:-1])).text)
            pages.append((await phone.client.get(posted["action"]["url"])).text)
            await pass_scan(house, session)
            scanning = (await house.client.get(f"/v1/submissions/{posted['id']}")).text
            assert scan in scanning
            done = await house.until_final(posted["id"])
            assert done["status"] == "succeeded"
            shown = str(done) + str(await house.events(posted["id"]))
        assert "no session for a phone" in heard.getvalue()
        assert leaks(house, heard.getvalue(), scan) == []
        assert leaks(house, scanning + "".join(pages)) == []
        assert leaks(house, shown, scan) == []
        assert leaks(house, str(rows(house, "SELECT * FROM events")), scan) == []


async def test_a_task_that_breaks_unforeseen_logs_no_secret(tmp_path: Path, phone: Phone) -> None:
    async with running_house(tmp_path, **KEYS) as house:
        with listening() as heard:
            posted = await invite_with_asset(house)
            session = await start(house, phone, posted)
            sessions = "json_set(state, '$.sessions.' || key || '.expires_at', 'broken')"
            sql = (
                f"UPDATE submissions SET state = (SELECT {sessions} "  # noqa: S608
                "FROM json_each(state, '$.sessions')) WHERE id = ?"
            )
            change(house, sql, posted["id"])
            await house.until(lambda: "unforeseen" in heard.getvalue(), within=20)
        assert "Traceback" in heard.getvalue()
        assert leaks(house, heard.getvalue(), signature_of(posted["action"]["url"])) == []
        assert session.token not in heard.getvalue()
