"""Chains on the bench: submitted all at once, each begins by itself when its turn has come."""

import pytest

from domain.event import CancelAsked, Failed, Output
from domain.portrait_event import Verified
from domain.submission import Stage, Status, Submission, Waiting
from domain.times import HOUR
from providers.kinds import KINDS
from tests.domain.given import NO
from tests.engine.bench import IMAGE, Bench
from tests.engine.giving import WAV, ends, film, own_portrait, result_of, uploaded
from tests.engine.working import working

pytestmark = pytest.mark.asyncio

AVATAR = "wavespeed/avatar-omni-human"


async def ended(bench: Bench, *submissions: Submission) -> list[Submission]:
    """A worker brings all of them to their end."""

    async def over() -> bool:
        return all([(await bench.get(one)).final for one in submissions])

    async with working(bench.context):
        await bench.until(over, within=300)
    return [await bench.get(one) for one in submissions]


async def test_a_picture_an_avatar_and_an_asset_are_submitted_at_once(bench: Bench) -> None:
    first = await bench.portrait(image=f"{bench.world.base_url}/media/portrait.jpg")
    voice = await uploaded(bench, WAV)
    avatar = await bench.wish(AVATAR, image=result_of(first), audio=voice)
    asset = await own_portrait(bench, result_of(first))
    video = await film(bench, result_of(asset))
    chain = (first, avatar, asset, video)
    waiting = [(await bench.get(one)).waiting_for for one in chain]
    assert waiting == [None, *[Waiting.DEPENDENCY] * 3]
    done = await ended(bench, *chain)
    assert [one.status for one in done] == [Status.SUCCEEDED] * 4
    picture = (done[0].result or {})["outputs"][0]["url"]
    assert bench.world.paid_submits("wavespeed", picture) == 1
    assert bench.world.assets[done[2].upstream_id or ""].source == picture
    assert bench.world.paid_submits("video", f"asset://{done[2].upstream_id}") == 1
    assert bench.world.paid_submits() == 3


async def test_a_scan_the_asset_and_the_video_are_submitted_before_the_phone_is_touched(
    bench: Bench,
) -> None:
    picture = f"{bench.world.base_url}/media/portrait.jpg"
    scan = await bench.scan(asset={"url": picture})
    video = await film(bench, result_of(scan))
    assert (await bench.get(video)).stage is Stage.WAITING
    bench.clock.advance(20 * HOUR / 1000)
    group = await own_portrait(bench, picture)
    (made,) = await ended(bench, group)
    proved = Verified(session="ses_1", group_id=made.state["group_id"])
    await bench.context.tell(scan.id, proved)
    done = await ended(bench, scan, video)
    assert [one.status for one in done] == [Status.SUCCEEDED] * 2
    assert bench.world.paid_submits("video", f"asset://{done[0].upstream_id}") == 1


async def test_a_model_without_assets_needs_a_picture(bench: Bench) -> None:
    asset = await own_portrait(bench, IMAGE)
    video = await film(bench, result_of(asset), model="seedance-1.5-pro")
    (made, failed) = await ended(bench, asset, video)
    assert made.status is Status.SUCCEEDED
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, "dependency_failed")
    assert not bench.world.charged("video")


@pytest.mark.parametrize("how", ["failed", "canceled", "erased", "film", "nothing"])
async def test_no_money_is_spent_on_what_has_no_ground(bench: Bench, how: str) -> None:
    first = await bench.portrait()
    named = result_of(first) if how != "erased" else "submission://sub_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    avatar = await bench.wish(AVATAR, image=named, audio=IMAGE)
    last = await bench.portrait(image=result_of(avatar))
    match how:
        case "failed":
            await bench.context.tell(first.id, Failed(error=NO))
        case "canceled":
            await bench.context.tell(first.id, CancelAsked())
        case "film":
            made = Output(url="https://cdn.example/1.mp4", content_type="video/mp4")
            await ends(bench, first, made)
        case "nothing":
            await ends(bench, first)
        case _:
            pass
    for one in (avatar, last):
        failed = await bench.get(one)
        assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, "dependency_failed")
    assert bench.world.paid_submits() == 0


@pytest.mark.parametrize("part", ["image", "video", "audio"])
@pytest.mark.parametrize("made", ["image/jpeg", "video/mp4", None])
async def test_the_short_form_of_content_and_an_asset_say_their_family_beside_it(
    bench: Bench, part: str, made: str | None
) -> None:
    """An output of which nobody says what it is may stand anywhere."""
    first = await bench.portrait()
    item = {"type": part, "url": result_of(first)}
    video = await film(bench, content=[item])
    asset = await own_portrait(bench, result_of(first), asset={"asset_type": part.title()})
    scan = await bench.scan(asset={"url": result_of(first), "asset_type": part.title()})
    await ends(bench, first, Output(url="https://cdn.example/1", content_type=made))
    fits = made is None or made.startswith(part)
    for one in (video, asset, scan):
        begun = await bench.get(one)
        assert (begun.status is Status.FAILED) is not fits
        if not fits:
            assert (begun.error or {})["message"].endswith(
                f"no {part}: its first output is {made}."
            )


async def test_the_acceptance_answers_with_what_is_true_by_then(bench: Bench) -> None:
    first = await bench.portrait()
    await ends(bench, first, Output(url=IMAGE))
    other = await bench.portrait(image=result_of(first))
    assert (other.stage, other.waiting_for) == (Stage.QUEUED, None)
    assert other == await bench.get(other)
    assert other.input["image"] == result_of(first)


async def test_a_long_wait_costs_nothing_of_its_time(bench: Bench) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    bench.clock.advance(30 * 86400)
    await ends(bench, first, Output(url=IMAGE))
    begun = await bench.get(other)
    deadline = bench.context.terms(KINDS[other.kind]).deadline
    assert begun.deadline_at == bench.clock.now() + deadline
    (done,) = await ended(bench, other)
    assert done.status is Status.SUCCEEDED


async def test_the_worker_hears_at_once_of_what_it_may_begin(bench: Bench) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    hints: list[int] = []
    bench.context.store.hints.on_task = hints.append
    await ends(bench, first, Output(url=IMAGE))
    assert hints == [bench.clock.now()]
    hints.clear()
    await bench.portrait(image=result_of(other))
    last = await bench.portrait(image=result_of(first))
    assert last.stage is Stage.QUEUED
    assert bench.clock.now() in hints
