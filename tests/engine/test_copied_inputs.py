"""What a submission takes from another whose links die: its copy, wherever that lies."""

import base64
from dataclasses import replace

import pytest

from domain.errors import ArchiveUnavailable, Refused
from domain.event import Output
from domain.submission import Submission
from engine import inputs
from engine.archiving import archive
from engine.inputs import INLINE, NotReady, for_provider
from engine.links import FILE
from store.archive import Archive
from tests.engine.bench import PUBLIC, Bench
from tests.engine.giving import JPEG, ends, film, result_of

pytestmark = pytest.mark.asyncio

FACE = base64.b64encode(JPEG).decode()
LIFE = 2 * 3600
"""Seconds that the link of the other one lives."""


async def chained(
    bench: Bench, *, copied: bool, takes_content: bool = True, data: bytes = JPEG
) -> tuple[Submission, str]:
    """One that is built on another, and the other's link."""
    first = await bench.portrait()
    named = result_of(first)
    other = await (bench.portrait(image=named) if takes_content else film(bench, named))
    link = bench.world.publish("first/1.jpg", data, "image/jpeg")
    expires_at = bench.clock.now() + LIFE * 1000
    await ends(bench, first, Output(url=link, content_type="image/jpeg", expires_at=expires_at))
    if copied:
        await archive(bench.context, await bench.claim("archive"), await bench.get(first))
    return await bench.get(other), link


async def given(bench: Bench, submission: Submission) -> str:
    ready = await for_provider(bench.context, submission)
    found = ready["image"] if "image" in ready else ready["content"][0]["image_url"]["url"]
    return str(found)


def away(_name: str) -> Archive:
    raise ArchiveUnavailable("away")


@pytest.mark.parametrize("copied", [True, False])
async def test_a_link_that_lives_long_enough_is_handed_on(bench: Bench, copied: bool) -> None:
    other, link = await chained(bench, copied=copied)
    assert await given(bench, other) == link


@pytest.mark.parametrize("after", [LIFE - 60, LIFE, LIFE + 86400])
async def test_the_copy_stands_in_for_a_link_that_is_dead_or_dying(
    bench: Bench, after: int
) -> None:
    other, _ = await chained(bench, copied=True)
    bench.clock.advance(after)
    assert await given(bench, other) == FACE


async def test_a_provider_that_fetches_gets_a_link_of_ours(bench: Bench) -> None:
    other, _ = await chained(bench, copied=True, takes_content=False)
    bench.clock.advance(LIFE)
    url = await given(bench, other)
    assert url.startswith(f"{PUBLIC}/files/")
    needs = other.input["content"][0]["image_url"]["url"].removeprefix("submission://")
    assert bench.context.tokens.read(FILE, url.rpartition("/")[2]).startswith(needs)


async def test_so_it_is_with_a_large_copy(bench: Bench) -> None:
    other, _ = await chained(bench, copied=True, data=JPEG + b"x" * INLINE)
    bench.clock.advance(LIFE)
    assert (await given(bench, other)).startswith(f"{PUBLIC}/files/")


@pytest.mark.parametrize("after", [LIFE - 60, LIFE])
async def test_without_a_copy_the_link_is_all_there_is(bench: Bench, after: int) -> None:
    other, link = await chained(bench, copied=False)
    bench.clock.advance(after)
    assert await given(bench, other) == link


async def test_an_archive_that_is_away_leaves_the_link(bench: Bench) -> None:
    other, link = await chained(bench, copied=True)
    bench.clock.advance(LIFE - 60)
    context = replace(bench.context, archive_of=away)
    assert (await for_provider(context, other))["image"] == link


async def test_content_in_an_archive_that_is_away_is_waited_for(bench: Bench) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    await ends(bench, first, Output(content=JPEG))
    await archive(bench.context, await bench.claim("archive"), await bench.get(first))
    begun = await bench.get(other)
    assert (await for_provider(bench.context, begun))["image"] == FACE
    with pytest.raises(Refused) as refused:
        await for_provider(replace(bench.context, archive_of=away), begun)
    assert refused.value.status == 503
    assert bench.context.archive is not None
    await bench.context.archive.delete_folder(first.id)
    with pytest.raises(NotReady):
        await for_provider(bench.context, begun)


async def test_a_copy_too_large_for_base64_needs_a_public_url(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    await ends(bench, first, Output(content=JPEG, content_type="image/jpeg"))
    assert await given(bench, await bench.get(other)) == FACE
    monkeypatch.setattr(inputs, "LARGEST", len(JPEG) - 1)
    with pytest.raises(NotReady, match="LIKENESS_PUBLIC_URL"):
        await for_provider(replace(bench.context, public_url=None), await bench.get(other))
