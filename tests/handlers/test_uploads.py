"""POST /v1/uploads: what a file is is read from its content, and only whole files are kept."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest

from domain.times import rfc3339
from tests.handlers.files import FILES, OTHERS
from tests.house import House, running_house
from tests.journeys.callers import another_caller

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEEK = 7 * 24 * 3600 * 1000


async def send(house: House, content: bytes, name: str = "x.bin") -> httpx.Response:
    return await house.client.post("/v1/uploads", files={"file": (name, content)})


def stored(house: House) -> set[str]:
    """The names in the folder of uploads."""
    folder = house.settings.data_dir / "uploads"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("kind", FILES)
async def test_every_type_is_known_by_its_content(shared: House, kind: str) -> None:
    content, content_type = FILES[kind]
    answer = await send(shared, content, name="report.pdf")
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    shown = answer.json()
    assert list(shown) == ["id", "content_type", "bytes", "sha256", "expires_at"]
    assert re.fullmatch(r"upl_[0-9A-HJKMNP-TV-Z]{26}", shown["id"])
    assert (shown["content_type"], shown["bytes"]) == (content_type, len(content))
    assert shown["sha256"] == hashlib.sha256(content).hexdigest()
    assert shown["expires_at"] == rfc3339(shared.clock.now() + WEEK)
    assert (shared.settings.data_dir / "uploads" / shown["id"]).read_bytes() == content


@pytest.mark.parametrize("kind", OTHERS)
async def test_every_other_type_is_refused_whatever_its_name(shared: House, kind: str) -> None:
    before = stored(shared)
    files = {"file": ("portrait.jpg", OTHERS[kind], "image/jpeg")}
    answer = await shared.client.post("/v1/uploads", files=files)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.headers["content-type"] == "application/problem+json"
    for known in ("JPEG", "PNG", "WebP", "WAV", "MP3", "M4A", "MP4"):
        assert known in answer.json()["detail"]
    assert stored(shared) == before


async def test_the_same_file_twice_is_two_uploads(shared: House) -> None:
    content = FILES["jpeg"][0]
    one, two = (await send(shared, content)).json(), (await send(shared, content)).json()
    assert one["id"] != two["id"]
    assert one["sha256"] == two["sha256"]


async def test_an_upload_needs_a_key(shared: House) -> None:
    before = stored(shared)
    for header in ("", "Bearer lk_wrong"):
        answer = await shared.client.post(
            "/v1/uploads",
            files={"file": ("x", FILES["jpeg"][0])},
            headers={"authorization": header},
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert stored(shared) == before


async def test_an_upload_is_only_posted(shared: House) -> None:
    assert (await shared.client.get("/v1/uploads")).status_code == 405
    assert (await shared.client.put("/v1/uploads", content=b"x")).status_code == 405


async def test_its_folder_is_nobody_elses(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await send(house, FILES["jpeg"][0])
        folder = house.settings.data_dir / "uploads"
        assert folder.stat().st_mode & 0o077 == 0


async def test_an_upload_survives_a_restart(tmp_path: Path) -> None:
    async with running_house(tmp_path) as before:
        upload = (await send(before, FILES["jpeg"][0])).json()
    async with running_house(tmp_path) as house:
        house.world.switches.set(duration=1)
        wish = {"prompt": "x", "image": f"upload://{upload['id']}"}
        posted = await house.submit("wavespeed/portrait", wish)
        assert (await house.until_final(posted["id"]))["status"] == "succeeded"


async def test_an_upload_in_a_data_folder_that_cannot_be_written_is_503(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        (house.settings.data_dir / "uploads").write_bytes(b"in the way")
        answer = await send(house, FILES["jpeg"][0])
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert int(answer.headers["retry-after"]) > 0


async def test_an_upload_shows_nothing_to_another_key(shared: House) -> None:
    upload = (await send(shared, FILES["jpeg"][0])).json()
    async with another_caller(shared) as other:
        for path in (f"/v1/uploads/{upload['id']}", f"/uploads/{upload['id']}"):
            assert (await other.get(path)).status_code == 404
