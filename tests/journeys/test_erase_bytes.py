"""The proof of an erasure: no file under the data folder holds a byte of what was erased."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.pictures import tiny_portrait
from tests.delivery.receiver import says
from tests.house import House, running_house
from tests.journeys.erasing import erase, holders, is_tidy, tidied, vacuum
from tests.journeys.files import upload
from tests.journeys.told import client
from tests.journeys.wavespeed import prediction, rows, running, tell, the_job, webhook_url

pytestmark = pytest.mark.asyncio

PROMPT = "a very private wish of a very private person"
METADATA = "order 4711 of Mrs Very Private"
IMAGE = b"the face in base64, which nobody may keep"
UPLOADED = b"the face in the uploaded file, which nobody may keep"
OUTPUT = b"the face that the provider has made of it"
GARBAGE = b'{"garbage of the provider": "which quotes the very private wish"'
ANSWER = "the client's own receiver says a private thing"
NAME = "a-private-name-of-a-request"

WAITS = {"webhook": "never", "duration": 10_000}


def picture(text: bytes) -> bytes:
    """One that is written in many places of the file, and in many pages of the database."""
    return tiny_portrait() + 500 * text


def told(*names: str) -> dict[str, bytes]:
    known = {
        "prompt": PROMPT.encode(),
        "metadata": METADATA.encode(),
        "image": IMAGE,
        "upload": UPLOADED,
        "output": OUTPUT,
        "garbage": GARBAGE,
        "answer": ANSWER.encode(),
        "link": b"very-private-output-link",
        "hook": b"very-private-hook",
    }
    return {name: known[name] for name in names or known}


def found(house: House, *names: str) -> set[tuple[str, str]]:
    return set(holders(house.settings.data_dir, told(*names)))


async def end(house: House, posted: dict[str, Any], *outputs: str) -> dict[str, Any]:
    """Garbage first, then the genuine end."""
    assert (await tell(house, GARBAGE)).status_code == 400
    assert (await tell(house, prediction(house, outputs=list(outputs)))).status_code == 204
    return await house.get(posted["id"])


async def test_nothing_is_left_of_a_portrait(tmp_path: Path) -> None:
    body = json.dumps(ANSWER).encode()
    async with running_house(tmp_path) as house, client() as receiver:
        receiver.answer = says(500, body)
        house.world.switches.set(**WAITS)
        posted = await house.submit(
            "wavespeed/portrait",
            {"prompt": PROMPT, "image": base64.b64encode(picture(IMAGE)).decode()},
            metadata={"note": METADATA},
            notify={"url": f"{receiver.url}/very-private-hook"},
        )
        await house.until_status(posted["id"], "processing")
        link = f"{house.world.base_url}/media/portrait.jpg?very-private-output-link"
        done = await end(house, posted, base64.b64encode(picture(OUTPUT)).decode(), link)
        await receiver.wait_for(house, 2)
        await house.until(lambda: bool(rows(house, "SELECT * FROM attempts")))
        assert done["status"] == "succeeded"
        assert {name for _, name in found(house)} == set(told()) - {"upload"}
        await erase(house, posted)
        await tidied(house)
        assert rows(house, "SELECT count(*) FROM quarantine") == [(0,)]
        # Also before the file is made anew: what is deleted is overwritten, and the log is empty.
        assert found(house) == set()
        vacuum(tmp_path)
        assert found(house) == set()


async def test_nothing_is_left_of_an_upload(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(**WAITS)
        image = await upload(house, picture(UPLOADED))
        posted = await house.submit("wavespeed/portrait", {"prompt": PROMPT, "image": image})
        await house.until_status(posted["id"], "processing")
        assert found(house, "upload") == {("uploads", "upload")}
        await erase(house, posted)
        await house.until(lambda: is_tidy(house))
        vacuum(tmp_path)
        assert found(house) == set()
        assert list((tmp_path / "uploads").iterdir()) == []
        again = {"kind": "wavespeed/portrait", "input": {"prompt": "x", "image": image}}
        assert (await house.client.post("/v1/submissions", json=again)).status_code == 422


async def test_nothing_is_left_of_a_copied_output(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(duration=1)
        posted = await house.portrait(PROMPT)
        await house.until_final(posted["id"])

        async def copied() -> bool:
            shown = await house.get(posted["id"])
            return shown["result"]["outputs"][0]["archive"] is not None

        await house.until(copied)
        assert list((tmp_path / "archive").iterdir()) != []
        await erase(house, posted)
        await house.until(lambda: list((tmp_path / "archive").iterdir()) == [])
        await tidied(house)
        vacuum(tmp_path)
        assert found(house) == set()


async def test_whoever_is_built_on_it_keeps_no_link_to_its_output(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        first = await running(house)
        image = f"submission://{first['id']}"
        second = await house.submit("wavespeed/portrait", {"prompt": "in oil", "image": image})
        link = f"{house.world.base_url}/media/portrait.jpg?very-private-output-link"
        await tell(house, prediction(house, outputs=[link]))
        await house.until_status(second["id"], "processing")
        await erase(house, first)
        await tidied(house)
        vacuum(tmp_path)
        assert found(house, "link") == set()
        assert (await house.get(second["id"]))["status"] == "processing"


async def test_nothing_is_left_of_the_answer_to_a_named_request(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        house.world.switches.set(**WAITS)
        image = f"{house.world.base_url}/media/portrait.jpg"
        wish = {"kind": "wavespeed/portrait", "input": {"prompt": PROMPT, "image": image}}
        headers = {"Idempotency-Key": NAME}
        posted = await house.client.post("/v1/submissions", json=wish, headers=headers)
        await erase(house, posted.json())
        again = await house.client.post("/v1/submissions", json=wish, headers=headers)
        assert (again.status_code, again.json()["code"]) == (410, "erased")
        await tidied(house)
        vacuum(tmp_path)
        assert found(house) == set()


async def test_late_webhooks_of_what_was_erased_are_not_kept(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        posted = await running(house)
        url, job = webhook_url(house), the_job(house)
        await erase(house, posted)
        bad = await tell(house, GARBAGE, url)
        good = await tell(house, prediction(house, id=job.id), url)
        assert (bad.status_code, good.status_code) == (400, 404)
        assert rows(house, "SELECT count(*) FROM quarantine") == [(0,)]
        vacuum(tmp_path)
        assert found(house, "garbage") == set()
