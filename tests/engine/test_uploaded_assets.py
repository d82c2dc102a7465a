"""Assets from uploads: a picture goes to the provider as a file, all else by a link."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.submission import Stage, Status, Submission
from engine.runners import run
from providers.alltoken_asset import LARGEST_UPLOAD
from sandbox.pictures import tiny_portrait
from tests.engine.bench import PUBLIC, Bench, answered, never
from tests.engine.giving import JPEG, MP4, WAV, own_portrait, uploaded

pytestmark = pytest.mark.asyncio

GROUP, CREATE, POLL = "alltoken.create_group", "alltoken.create_asset", "alltoken.poll_asset"
PATH = "/v1/portrait/upload"


async def grouped(bench: Bench, url: str, **asset: str) -> Submission:
    submission = await own_portrait(bench, url, asset=asset)
    await run(bench.context, await bench.claim(GROUP))
    return await bench.get(submission)


async def created(bench: Bench, submission: Submission) -> Submission:
    await run(bench.context, await bench.claim(CREATE))
    return await bench.get(submission)


async def sent(bench: Bench, **changes: Any) -> httpx.Request:
    """The one call that leaves; nobody answers it well."""
    requests: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        await request.aread()
        return httpx.Response(429)

    async with answered(bench, answer) as context:
        await run(replace(context, **changes), await bench.claim(CREATE))
    (request,) = requests
    return request


async def test_a_picture_goes_as_a_file_and_becomes_active(bench: Bench) -> None:
    picture = tiny_portrait()
    submission = await grouped(bench, await uploaded(bench, picture), name="face")
    submission = await created(bench, submission)
    asset = bench.world.assets[submission.upstream_id or ""]
    assert (asset.group_id, asset.name) == (submission.state["group_id"], "face")
    assert bench.world.past.files[f"assets/{asset.id}"].content == picture
    assert not bench.world.called("CreateAsset")
    while not submission.final:
        await run(bench.context, await bench.claim(POLL))
        submission = await bench.get(submission)
    assert submission.status is Status.SUCCEEDED
    assert (submission.result or {})["asset_uri"] == f"asset://{asset.id}"


async def test_a_picture_needs_no_way_for_the_provider_to_reach_us(bench: Bench) -> None:
    await grouped(bench, await uploaded(bench))
    request = await sent(bench, public_url=None)
    assert request.url.path == PATH


async def test_the_form_has_its_fields_and_the_file_with_its_type(bench: Bench) -> None:
    named = await uploaded(bench)
    submission = await grouped(bench, named)
    request = await sent(bench)
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert request.headers["authorization"] == "Bearer at-test"
    parts = request.content.split(
        request.headers["content-type"].partition("boundary=")[2].encode()
    )
    fields = {
        "GroupId": submission.state["group_id"],
        "Name": submission.id,
        "AssetType": "Image",
    }
    for name, value in fields.items():
        wanted = f'name="{name}"\r\n\r\n{value}\r\n'.encode()
        assert any(part.find(wanted) > 0 for part in parts)
    (file,) = [part for part in parts if b'name="file"' in part]
    assert b"Content-Type: image/jpeg" in file
    assert f'filename="{named.removeprefix("upload://")}"'.encode() in file
    assert JPEG in file


@pytest.mark.parametrize(
    ("content", "asset_type"), [(WAV, "Audio"), (MP4, "Video")], ids=["recording", "film"]
)
async def test_what_is_no_picture_is_fetched_from_us(
    bench: Bench, content: bytes, asset_type: str
) -> None:
    await grouped(bench, await uploaded(bench, content), asset_type=asset_type)
    request = await sent(bench)
    assert request.url.params["Action"] == "CreateAsset"
    assert f'"{PUBLIC}/uploads/'.encode() in request.content


async def test_a_picture_that_is_too_large_for_a_form_is_fetched_from_us(bench: Bench) -> None:
    await grouped(bench, await uploaded(bench, size=LARGEST_UPLOAD + 1))
    assert (await sent(bench)).url.params["Action"] == "CreateAsset"


async def test_a_picture_that_just_fits_goes_as_a_file(bench: Bench) -> None:
    await grouped(bench, await uploaded(bench, size=LARGEST_UPLOAD))
    assert (await sent(bench)).url.path == PATH


async def test_without_a_way_to_reach_us_a_film_costs_no_call(bench: Bench) -> None:
    submission = await grouped(bench, await uploaded(bench, MP4), asset_type="Video")
    await fails(bench, submission, "public_url_missing", public_url=None)


async def test_a_picture_that_was_erased_fails_it_without_a_call(bench: Bench) -> None:
    named = await uploaded(bench)
    submission = await grouped(bench, named)
    bench.context.uploads.path(named.removeprefix("upload://")).unlink()
    await fails(bench, submission, "media_missing")


async def test_an_upload_that_nobody_knows_fails_it_without_a_call(bench: Bench) -> None:
    submission = await grouped(bench, "upload://upl_01J8Z3K4M5N6P7Q8R9S0T1V2W3")
    await fails(bench, submission, "media_missing")


async def fails(bench: Bench, submission: Submission, code: str, **changes: Any) -> None:
    """It ends with that code; no asset is asked for, and its group is not left behind."""
    async with answered(bench, never) as context:
        await run(replace(context, **changes), await bench.claim(CREATE))
    assert (await bench.get(submission)).stage is Stage.CLEARING
    await run(bench.context, await bench.claim("alltoken.delete_group"))
    failed = await bench.get(submission)
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, code)
    assert not bench.world.groups


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "garbage", "500"])
async def test_a_lost_answer_is_looked_for_and_never_makes_a_second_asset(
    bench: Bench, fault: str
) -> None:
    submission = await grouped(bench, await uploaded(bench, tiny_portrait()))
    bench.world.switches.set(upload=fault, fault_times=1)
    submission = await created(bench, submission)
    assert submission.stage in (Stage.SETTLING, Stage.CLEARING)
    if submission.stage is Stage.SETTLING:
        assert (await created(bench, submission)).stage is Stage.RUNNING
        assert len(bench.world.assets) == 1


async def test_a_scans_picture_may_be_an_upload_too(bench: Bench) -> None:
    named = await uploaded(bench)
    scan = await bench.scan(asset={"url": named})
    assert scan.input["asset"]["url"] == named
    assert scan.state["asset"]["url"] == named
