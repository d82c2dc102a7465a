"""The demo, really run: once to its end, and once until Ctrl-C."""

import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.client import Client
from app.demo.client_app import ClientApp
from app.demo.phone import Form, Phone, shortened
from app.demo.show import _failure_of
from app.demo.stage import Stage
from app.demo.story import Part, Story, _waits
from app.ending import Code, Problem, Stop
from domain.submission import Waiting
from tests.app.program import Program
from tests.clock import TestClock
from tests.wire import PATIENT

CREATED = "2026-01-01T00:00:00.000Z"
RESULTS = {
    "first-portrait.jpg": "JPEG picture",
    "portrait.jpg": "JPEG picture",
    "video.mp4": "MP4 film",
    "avatar.mp4": "MP4 film",
}


def test_the_demo_succeeds_and_stays_up_until_told(tmp_path: Path, started: list[Program]) -> None:
    staying = Program(tmp_path, "demo", "--data-dir", str(tmp_path / "stay"), measured=True)
    oneshot = Program(
        tmp_path, "demo", "--oneshot", "--data-dir", str(tmp_path / "once"), measured=True
    )
    started += [staying, oneshot]

    assert oneshot.ended() == 0, oneshot.output
    assert re.search(r"portrait +provider.completed +by webhook +succeeded", oneshot.output)
    for waits in (
        r"scan +alltoken/liveness +sub_\w+  a person",
        r"video +alltoken/video +sub_\w+  the scan",
        r"portrait +302ai/portrait +sub_\w+  the provider",
        r"avatar +wavespeed/avatar-omni-human +sub_\w+  the portrait",
    ):
        assert re.search(waits, oneshot.output), oneshot.output
    assert len(re.findall(r"our app was told by webhook, signed: .*succeeded", oneshot.output)) == 5
    assert "signed: action_required, then succeeded" in oneshot.output
    assert re.search(r"asset://\S+ is Active in group-", oneshot.output)
    for name, words in RESULTS.items():
        assert re.search(rf"results/{name}  {words}, ", oneshot.output)
        content = (tmp_path / "once" / "results" / name).read_bytes()
        assert content.startswith(b"\xff\xd8\xff") or content[4:8] == b"ftyp"
    assert "All 2 journeys succeeded" in oneshot.output
    short = [line for line in oneshot.output.splitlines() if "/results/" not in line]
    assert max(map(len, short)) <= 100
    for secret in ("lk_", "whsec_", "Bearer", "bytedToken", "/webhooks/"):
        assert secret not in oneshot.output

    link = staying.says(r"(http://\S+/scan/\S+)")
    staying.says(r"(likeness watch sub_\w+)")
    staying.says(r"(video +submission.created +by client +pending, waits for the scan)")
    page = httpx.get(link, headers={"accept-language": "en"}, **PATIENT)
    assert (page.status_code, "You" in page.text) == (200, True)
    assert staying.told(signal.SIGINT) == 0, staying.output
    assert "Traceback" not in staying.output


def test_the_demo_ends_in_peace_when_it_is_interrupted(
    tmp_path: Path, started: list[Program]
) -> None:
    demo = Program(tmp_path, "demo", "--data-dir", str(tmp_path / "data"))
    started.append(demo)
    demo.says("(submit.sending)")
    assert demo.told(signal.SIGINT) == 3, demo.output
    assert "Interrupted." in demo.output
    assert "Traceback" not in demo.output


def _part(**changes: Any) -> Part:
    submission = {"id": "sub_1", "created_at": CREATED, "waiting_for": None}
    return Part(name="portrait", submission=submission | changes)


@pytest.mark.asyncio
async def test_a_journey_that_fails_says_why(tmp_path: Path) -> None:
    submission = {
        "id": "sub_1",
        "kind": "wavespeed/portrait",
        "status": "failed",
        "created_at": CREATED,
        "waiting_for": None,
        "error": {"code": "moderated", "message": "Not allowed."},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        event = {"id": "evt_1", "type": "t", "source": "poll", "status": "failed", "at": CREATED}
        shown: Any = {"items": [event]} if request.url.path.endswith("/events") else submission
        return httpx.Response(200, json=shown)

    wire = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://likeness.test")
    stage = Stage(
        url="http://likeness.test",
        sandbox_url="http://sandbox.test",
        folder=tmp_path,
        key="lk_a",
        client=Client(wire),
        app=ClientApp(),
        clock=TestClock(),
    )
    with pytest.raises(Stop, match=r"failed: Not allowed. \(moderated\)"):
        await Story(stage, _part()).to_the_end()


@pytest.mark.parametrize("waiting_for", [None, *Waiting])
@pytest.mark.parametrize("built_on", [None, "scan"])
def test_what_a_part_waits_for_is_told(waiting_for: str | None, built_on: str | None) -> None:
    part = replace(_part(waiting_for=waiting_for), built_on=built_on)
    words = _waits(part, part.submission)
    assert words.startswith("waits for ") is (waiting_for is not None)
    assert ("the scan" in words) is (waiting_for == "dependency" and built_on is not None)
    assert len(words) <= len("waits for another submission")


def test_a_phone_presses_the_first_button_of_the_first_form() -> None:
    form = Form(
        '<input name="outside"><form action="/start"><input name="lng" value="en">'
        '<button name="end" value="complete">A</button><button name="end" value="fail">B</button>'
        '</form><form action="/other"><input name="late" value="1"></form>'
    )
    assert (form.action, form.fields) == ("/start", {"lng": "en", "end": "complete"})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(200, text="<p>closed</p>"), "no button"),
        (httpx.Response(410, text="gone"), "HTTP 410"),
    ],
    ids=["a page without a button", "a page that is gone"],
)
async def test_a_phone_that_cannot_go_on_says_so(answer: httpx.Response, why: str) -> None:
    wire = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(Stop, match=why):
        await Phone(wire).press("http://likeness.test/scan/token")


@pytest.mark.asyncio
async def test_a_phone_does_not_run_in_circles() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path == "/scan":
            return httpx.Response(200, text='<form action="/around"></form>')
        return httpx.Response(303, headers={"location": "/around"})

    wire = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(Stop, match="without end"):
        await Phone(wire).press("http://likeness.test/scan")


def test_long_parts_of_an_address_are_cut() -> None:
    assert shortened(f"http://a/scan/{'t' * 40}/start?x=1") == "/scan/tttttttttt.../start?..."


async def _raise(error: Exception) -> None:
    raise error


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [Stop("No.", Code.FAILED), Problem("No.")], ids=["own", "http"])
async def test_a_failed_demo_exits_1(error: Exception) -> None:
    failure = await _failure_of(_raise(error))
    assert failure is not None
    assert (str(failure), failure.code) == ("No.", Code.FAILED)
