"""The archive in an S3-compatible store: copied, served in ranges, away for a while, and erased."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.ports import free_port
from sandbox.pictures import tiny_portrait
from store.archive import CHUNK, PART, Archive, open_archive
from tests.house import House, running_house
from tests.journeys.archived import archived, fetch, hash_of, succeeded, told
from tests.journeys.s3 import BUCKET, S3, running_s3
from tests.journeys.wavespeed import prediction, running, tell

pytestmark = pytest.mark.asyncio

SETTING = f"s3://{BUCKET}/likeness"
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 4096 * 10
"""More than a chunk, and more than one part."""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    with running_s3(tmp_path_factory.mktemp("moto") / "log") as server:
        yield server


@pytest.fixture(autouse=True)
def _variables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Obstore reads them itself."""
    for name, value in request.getfixturevalue("s3").variables.items():
        monkeypatch.setenv(name, value)


@pytest_asyncio.fixture
async def remote(s3: S3, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("remote")
    async with running_house(folder, LIKENESS_ARCHIVE=SETTING) as house:
        yield house


async def test_outputs_lie_in_the_bucket_and_are_served_from_there(remote: House, s3: S3) -> None:
    done = await succeeded(remote)
    kept = await archived(remote, done["id"])
    url = kept["result"]["outputs"][0]["archive"]["url"]
    name = f"likeness/{done['id']}/{hash_of(tiny_portrait())}"
    assert s3.objects()[name] == len(tiny_portrait())
    assert url.startswith(remote.url)
    assert (await fetch(url)).content == tiny_portrait()
    part = await fetch(url, range="bytes=3-9")
    assert (part.status_code, part.content) == (206, tiny_portrait()[3:10])
    assert not (remote.settings.data_dir / "archive").exists()


async def test_copies_outlive_the_process_and_its_memory(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("restarted")
    async with running_house(folder, LIKENESS_ARCHIVE=SETTING) as house:
        done = await succeeded(house)
        kept = await archived(house, done["id"])
    path = kept["result"]["outputs"][0]["archive"]["url"].removeprefix(house.url)
    async with running_house(folder, LIKENESS_ARCHIVE=SETTING) as again:
        assert (await fetch(again.url + path)).content == tiny_portrait()
        archive = open_archive(SETTING, folder, allow_http=True)
        assert archive is not None
        await archive.delete_folder(done["id"])
        assert (await fetch(again.url + path)).status_code == 404


async def test_a_large_file_goes_in_parts_and_comes_in_chunks(remote: House, s3: S3) -> None:
    assert len(FILM) > max(CHUNK, PART)
    posted = await running(remote)
    link = remote.world.publish("large/1.mp4", FILM, "video/mp4")
    await tell(remote, prediction(remote, outputs=[link]))
    kept = await archived(remote, posted["id"])
    url = kept["result"]["outputs"][0]["archive"]["url"]
    assert s3.objects()[f"likeness/{posted['id']}/{hash_of(FILM)}"] == len(FILM)
    whole = await fetch(url)
    assert whole.content == FILM
    assert whole.headers["content-type"] == "video/mp4"
    over_the_edge = await fetch(url, range=f"bytes={CHUNK - 5}-{CHUNK + 5}")
    assert over_the_edge.content == FILM[CHUNK - 5 : CHUNK + 6]
    assert (await fetch(url, range="bytes=-7")).content == FILM[-7:]


async def test_an_object_store_that_is_away_holds_up_nothing_but_the_copy(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    folder = tmp_path_factory.mktemp("away")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    async with running_house(folder, LIKENESS_ARCHIVE=SETTING) as house:
        done = await succeeded(house)
        assert done["status"] == "succeeded"
        await house.breathe()
        assert not await told(house, done["id"], "archive.failed")
        with running_s3(folder / "log", port):
            kept = await archived(house, done["id"], within=4000, step=2)
            url = kept["result"]["outputs"][0]["archive"]["url"]
            assert (await fetch(url)).content == tiny_portrait()
        away = await fetch(url)
        assert (away.status_code, away.json()["code"]) == (503, "archive_unavailable")
        assert int(away.headers["retry-after"]) > 0
        assert str(port) not in away.text
        # Nothing is read for these.
        assert (await fetch(url, "HEAD")).status_code == 200
        assert (await fetch(url, if_none_match=away.headers.get("etag", "*"))).status_code == 304


async def test_a_bucket_that_is_not_there_is_tried_again_and_never_a_crash(
    s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("nowhere")
    async with running_house(folder, LIKENESS_ARCHIVE="s3://nowhere") as house:
        done = await succeeded(house)
        for _ in range(20):
            house.clock.advance(1)
            await house.breathe(3)
        assert await house.get(done["id"]) == done
        # What was lost in the bucket is not there, and no error of ours.
    assert not any(done["id"] in name for name in s3.objects())


async def test_a_whole_submissions_copies_are_deleted_and_no_others(s3: S3, tmp_path: Path) -> None:
    archive = open_archive(SETTING, tmp_path, allow_http=True)
    assert archive is not None
    for name in ("sub_a/1", "sub_a/2", "sub_ab/1"):
        await _keep(archive, name)
    await archive.delete_folder("sub_a")
    left = {name for name in s3.objects() if "/sub_a" in name}
    assert left == {"likeness/sub_ab/1"}
    await archive.delete_folder("sub_a")
    await archive.remove("sub_ab/1")
    await archive.remove("sub_ab/1")
    assert not {name for name in s3.objects() if "/sub_a" in name}


async def _keep(archive: Archive, name: str) -> None:
    async with archive.spooling() as spool:
        await spool.write(b"content")
        await archive.put(name, spool)
