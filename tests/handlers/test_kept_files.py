"""Files behind signed links: whole, in ranges, unchanged, gone; from the store and from the archive."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from store.archive import CHUNK
from tests.house import House, running_house
from tests.journeys.archived import archived, fetch, files
from tests.journeys.wavespeed import change, prediction, running, tell
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

DATA = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
SIZE = len(DATA)
TAG = f'"{hashlib.sha256(DATA).hexdigest()}"'


async def served(house: House) -> str:
    """The link to a copy."""
    posted = await running(house)
    link = house.world.publish("made/1", DATA, "application/x-odd")
    assert (await tell(house, prediction(house, outputs=[link]))).status_code == 204
    kept = await archived(house, posted["id"])
    (output,) = kept["result"]["outputs"]
    url: str = output["archive"]["url"]
    return url


async def test_the_whole_comes_with_everything_that_keeps_it_harmless(house: House) -> None:
    answer = await fetch(await served(house))
    assert (answer.status_code, answer.content) == (200, DATA)
    assert {name: answer.headers[name] for name in HARMLESS} == HARMLESS


HARMLESS = {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-length": str(SIZE),
    "content-security-policy": "default-src 'none'; sandbox",
    "content-type": "image/png",
    "etag": TAG,
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=200-", 200, SIZE - 1),
        ("bytes=-8", SIZE - 8, SIZE - 1),
        ("bytes=-9999", 0, SIZE - 1),
        ("bytes=100-9999", 100, SIZE - 1),
    ],
)
async def test_a_range_is_a_range(house: House, asked: str, first: int, last: int) -> None:
    url = await served(house)
    answer = await fetch(url, range=asked)
    assert (answer.status_code, answer.content) == (206, DATA[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    head = await fetch(url, "HEAD", range=asked)
    assert (head.status_code, head.content) == (206, b"")
    assert head.headers["content-range"] == answer.headers["content-range"]
    assert head.headers["content-length"] == answer.headers["content-length"]


async def test_a_range_behind_the_end_is_refused_and_nonsense_is_the_whole(house: House) -> None:
    url = await served(house)
    for asked in (f"bytes={SIZE}-", "bytes=-0"):
        answer = await fetch(url, range=asked)
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{SIZE}"
    for odd in ("bytes=5-2", "bytes=0-1,5-6", "bytes=", "lines=1-2", "bytes=1-2-3"):
        answer = await fetch(url, range=odd)
        assert (answer.status_code, answer.content) == (200, DATA)


async def test_only_who_has_the_same_file_gets_a_part_of_it(house: House) -> None:
    url = await served(house)
    same = await fetch(url, range="bytes=0-3", if_range=TAG)
    assert (same.status_code, same.content) == (206, DATA[:4])
    for other in ('"another"', f"W/{TAG}", "Wed, 21 Oct 2015 07:28:00 GMT"):
        answer = await fetch(url, range="bytes=0-3", if_range=other)
        assert (answer.status_code, answer.content) == (200, DATA)


async def test_who_has_it_already_gets_nothing(house: House) -> None:
    url = await served(house)
    assert (await fetch(url, if_none_match=TAG)).status_code == 304
    assert (await fetch(url, if_none_match='"another"')).status_code == 200
    head = await fetch(url, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(SIZE)


async def test_no_key_is_needed_and_no_other_link_works(house: House) -> None:
    url = await served(house)
    assert (await fetch(url)).status_code == 200
    for wrong in (url[:-1], url + "x", url.replace("/files/", "/uploads/")):
        assert (await fetch(wrong)).status_code == 404


async def test_after_the_erasure_there_is_nothing(house: House) -> None:
    url = await served(house)
    (name,) = files(house)
    submission_id = name.partition("/")[0]
    erased = await house.client.delete(f"/v1/submissions/{submission_id}")
    assert erased.status_code == 204
    answer = await fetch(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    await house.until(lambda: not files(house))


async def test_what_the_archive_has_lost_is_not_there(house: House) -> None:
    url = await served(house)
    (name,) = files(house)
    (house.settings.data_dir / "archive" / name).unlink()
    assert (await fetch(url)).status_code == 404
    assert (await fetch(url, range="bytes=0-3")).status_code == 404


async def test_a_file_that_became_shorter_is_trouble_and_never_half_an_answer(
    house: House,
) -> None:
    url = await served(house)
    (name,) = files(house)
    (house.settings.data_dir / "archive" / name).write_bytes(DATA[:50])
    answer = await fetch(url)
    assert (answer.status_code, answer.json()["code"]) == (503, "archive_unavailable")


async def test_an_archive_that_goes_away_in_the_middle_breaks_off_the_answer(house: House) -> None:
    posted = await running(house)
    link = house.world.publish("made/2", DATA[:8] + bytes(8 * CHUNK), "image/png")
    await tell(house, prediction(house, outputs=[link]))
    kept = await archived(house, posted["id"])
    url = kept["result"]["outputs"][0]["archive"]["url"]
    async with (
        new_client() as client,
        client.stream("GET", url) as answer,
    ):
        (name,) = files(house)
        (house.settings.data_dir / "archive" / name).unlink()
        with pytest.raises(httpx.RemoteProtocolError):
            await answer.aread()
    assert answer.status_code == 200


async def test_an_archive_that_cannot_be_set_up_any_more_does_not_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("off")
    async with running_house(folder, LIKENESS_ARCHIVE="off") as house:
        posted = await running(house)
        content = base64.b64encode(DATA).decode()
        await tell(house, prediction(house, outputs=[content]))
        done = await house.get(posted["id"])
        (output,) = done["result"]["outputs"]
        assert (await fetch(output["url"])).status_code == 200
        _as_if_copied(house, output["archive"])
        answer = await fetch(output["url"])
        assert (answer.status_code, answer.json()["code"]) == (503, "archive_unavailable")
        assert int(answer.headers["retry-after"]) > 0


def _as_if_copied(house: House, archive: dict[str, Any]) -> None:
    """As a Likeness with an account at Azure would have left it."""
    columns = "submission_id, sha256, content_type, ?, 'az://container/x', 0"
    sql = f"INSERT INTO archived SELECT {columns} FROM media"  # noqa: S608 - words of our own
    change(house, sql, archive["bytes"])
    change(house, "DELETE FROM media")
