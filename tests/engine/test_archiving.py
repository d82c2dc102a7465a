"""Copying on the bench: claims that are overtaken, erasures in between, limits, and what nobody has."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from delivery.download import LIMITS, Limits
from domain.errors import NotFound
from domain.event import Completed, Output
from domain.leftover import LeftoverKind
from domain.output import Copy
from domain.submission import Submission
from domain.task import LEASE, Claim
from domain.times import DAY, SECOND
from engine.archiving import archive
from engine.contents import content
from engine.context import Context
from engine.leftovers import undo
from engine.runners import run
from store.archived import ArchivedCopies
from store.erasure import Erasing
from store.leftovers import LeftoverAsk
from store.tasks import ClaimAsk
from tests.engine.bench import Bench
from tests.engine.giving import JPEG, MP4
from tests.engine.working import working

pytestmark = pytest.mark.asyncio

LANE = "archive"


async def done(bench: Bench, *outputs: Output, **switches: Any) -> Submission:
    """A portrait whose outputs are still to be copied."""
    bench.world.switches.set(**switches)
    posted = await bench.portrait()
    found = outputs or (Output(url=published(bench), expires_at=bench.clock.now() + DAY),)
    await bench.context.tell(posted.id, Completed(outputs=found, upstream_id="p1"))
    return await bench.get(posted)


def published(bench: Bench, data: bytes = JPEG, name: str = "made/1.jpg") -> str:
    return bench.world.publish(name, data, "image/jpeg", bench.world.switches.now)


async def copies(bench: Bench, submission: Submission) -> list[Any]:
    result = (await bench.get(submission)).result or {}
    return [output["archive"] for output in result["outputs"]]


def files(bench: Bench) -> list[str]:
    folder = _folder(bench.context)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _folder(context: Context) -> Path:
    assert context.archive is not None
    assert context.archive.folder is not None
    return context.archive.folder


async def test_two_who_copy_the_same_make_one_copy(bench: Bench) -> None:
    submission = await done(bench)
    first = await bench.claim(LANE)
    bench.clock.advance(LEASE / SECOND)
    second = await bench.claim(LANE)
    assert first.holder != second.holder
    async with asyncio.TaskGroup() as group:
        for claim in (first, second):
            group.create_task(archive(bench.context, claim, submission))
    assert len(files(bench)) == 1
    after = await bench.get(submission)
    assert after.version == submission.version + 1
    assert (await bench.types(submission)).count("archive.copied") == 1
    assert await bench.context.store.next_due([LANE], bench.clock.now()) is None


async def test_an_overtaken_copy_is_a_fact_and_spares_the_other_the_work(bench: Bench) -> None:
    submission = await done(bench)
    overtaken = await bench.claim(LANE)
    bench.clock.advance(LEASE / SECOND)
    await bench.claim(LANE)
    await archive(bench.context, overtaken, submission)
    assert all(await copies(bench, submission))
    assert await bench.context.store.next_due([LANE], bench.clock.now()) is None


class Late(ArchivedCopies):
    """Looked at a moment too early."""

    early = 1

    @override
    async def copy(self, submission_id: str, sha256: str) -> Copy:
        if self.early:
            self.early -= 1
            raise NotFound(sha256)
        return await super().copy(submission_id, sha256)


async def test_content_that_moves_while_it_is_looked_for_is_no_failure(bench: Bench) -> None:
    submission = await done(bench, Output(content=MP4), Output(content=MP4))
    store = bench.context.store
    ask = ClaimAsk(worker="w", now=bench.clock.now(), room={LANE: 8})
    first, second = await store.claim(ask)
    await archive(bench.context, first, submission)
    store.archived = Late(store._database)
    await archive(bench.context, second, submission)
    await archive(bench.context, await bench.claim(LANE), submission)
    assert "archive.failed" not in await bench.types(submission)
    assert await store.next_due([LANE], bench.clock.now()) is None


async def test_an_overtaken_failure_is_none(bench: Bench) -> None:
    submission = await done(bench, download="huge")
    overtaken = await bench.claim(LANE)
    bench.clock.advance(LEASE / SECOND)
    held = await bench.claim(LANE)
    await archive(bench.context, overtaken, submission)
    assert "archive.failed" not in await bench.types(submission)
    bench.world.switches.reset()
    await archive(bench.context, held, submission)
    assert all(await copies(bench, submission))


async def test_a_copy_for_a_submission_that_was_erased_meanwhile_is_deleted(bench: Bench) -> None:
    submission = await done(bench)
    claim = await bench.claim(LANE)
    await bench.context.store.erasures.erase(
        Erasing(submission_id=submission.id, now=bench.clock.now(), decide=bench.context.decide)
    )
    await _undo_all(bench)
    assert not files(bench)
    await archive(bench.context, claim, submission)
    await _undo_all(bench)
    assert not files(bench)


async def _undo_all(bench: Bench) -> None:
    ask = LeftoverAsk(now=bench.clock.now(), room=100, kinds=list(LeftoverKind))
    for leftover in await bench.context.store.erasures.leftovers.claim(ask):
        await undo(bench.context, leftover)


async def test_a_task_of_an_erased_submission_does_nothing(bench: Bench) -> None:
    submission = await done(bench)
    claim = await bench.claim(LANE)
    await bench.context.store.erasures.erase(
        Erasing(submission_id=submission.id, now=bench.clock.now(), decide=bench.context.decide)
    )
    await run(bench.context, claim)
    assert not files(bench)


@pytest.mark.parametrize(
    ("limits", "download", "reason", "final"),
    [
        (replace(LIMITS, largest=len(JPEG) - 1), "ok", "too_large", True),
        (replace(LIMITS, read=0.2), "drip", "timeout", False),
        (replace(LIMITS, total=0.2), "drip", "timeout", False),
        (LIMITS, "huge", "too_large", True),
        (LIMITS, "page", "not_media", False),
    ],
)
async def test_a_download_has_limits(
    bench: Bench, limits: Limits, download: str, reason: str, final: bool
) -> None:
    submission = await done(bench, download=download)
    claim = await bench.claim(LANE)
    await archive(bench.context, claim, submission, limits)
    timeline = await bench.context.store.timeline(submission.id)
    told = [event.facts["reason"] for event in timeline if event.type == "archive.failed"]
    assert told == ([reason] if final else [])
    assert (await bench.context.store.next_due([LANE], bench.clock.now()) is None) is final
    assert not files(bench)


async def test_nothing_is_left_on_the_disk_when_a_copy_is_cut_short(bench: Bench) -> None:
    submission = await done(bench, download="drip")
    claim = await bench.claim(LANE)
    async with asyncio.TaskGroup() as group:
        copying = group.create_task(_quietly(bench.context, claim, submission))
        await bench.breathe()
        copying.cancel()
    data = _folder(bench.context).parent
    assert not [path for path in data.rglob("*") if path.is_file() and path.stat().st_size == 1]
    assert not files(bench)
    bench.world.switches.reset()
    bench.clock.advance(LEASE / SECOND)
    again = await bench.claim(LANE)
    assert again.task == replace(claim.task, due_at=again.task.due_at)
    await archive(bench.context, again, submission)
    assert len(files(bench)) == 1


async def _quietly(context: Context, claim: Claim, submission: Submission) -> None:
    with suppress(asyncio.CancelledError):
        await archive(context, claim, submission)


async def test_an_expired_link_is_not_followed_and_the_provider_is_asked(bench: Bench) -> None:
    link = published(bench)
    submission = await done(bench, Output(url=link, expires_at=bench.clock.now() + SECOND))
    bench.clock.advance(2)
    claim = await bench.claim(LANE)
    await archive(bench.context, claim, submission)
    # The provider has never heard of that job, so there is no other link.
    assert await copies(bench, submission) == [None]
    assert [call.path for call in bench.world.calls][-1].endswith("/p1/result")


async def test_a_provider_that_gives_content_when_asked_again_is_as_good(bench: Bench) -> None:
    bench.world.switches.set(duration=1)
    posted = await bench.portrait()
    async with working(bench.context):

        async def over() -> bool:
            return (await bench.get(posted)).final

        bench.world.switches.set(download="500")
        await bench.until(over)
    (job,) = bench.world.jobs.values()
    bench.world.past.files.clear()
    # As a provider would that keeps content and gives no more links.
    job.outputs = ["data:image/jpeg;base64," + "/9j/4CBhIGZhY2U="]
    async with working(bench.context):

        async def copied() -> bool:
            return all(await copies(bench, posted))

        await bench.until(copied)
    (copy,) = await copies(bench, posted)
    assert copy["bytes"] == len(JPEG)


async def test_without_its_key_a_provider_cannot_be_asked_again(bench: Bench) -> None:
    submission = await done(bench, download="404")
    claim = await bench.claim(LANE)
    accounts = {name: one for name, one in bench.context.accounts.items() if name != "wavespeed"}
    await archive(replace(bench.context, accounts=accounts), claim, submission)
    again = await bench.claim(LANE)
    assert again.task.attempt == 1


async def test_an_archive_that_was_switched_off_since_is_told(bench: Bench) -> None:
    submission = await done(bench, Output(content=MP4))
    claim = await bench.claim(LANE)
    await archive(replace(bench.context, archive=None), claim, submission)
    (event,) = [
        one
        for one in await bench.context.store.timeline(submission.id)
        if one.type == "archive.failed"
    ]
    assert event.facts["reason"] == "archive_off"
    (copy,) = await copies(bench, submission)
    found = await content(bench.context, submission.id, copy["sha256"])
    assert b"".join([part async for part in found.read(0, found.bytes)]) == MP4


async def test_a_disk_that_is_full_is_trouble_of_the_archive_and_tried_again(
    bench: Bench, tmp_path: Path
) -> None:
    submission = await done(bench)
    claim = await bench.claim(LANE)
    assert bench.context.archive is not None
    nowhere = replace(bench.context.archive, spool=tmp_path / "nowhere")
    await archive(replace(bench.context, archive=nowhere), claim, submission)
    again = await bench.claim(LANE)
    assert again.task.attempt == 1
    await archive(bench.context, again, submission)
    assert all(await copies(bench, submission))


async def test_a_worker_copies_eight_at_a_time(bench: Bench) -> None:
    outputs = [Output(url=published(bench, JPEG + bytes([n]), f"many/{n}.jpg")) for n in range(20)]
    submission = await done(bench, *outputs)
    ask = ClaimAsk(worker="w", now=bench.clock.now(), room={LANE: 8})
    assert len(await bench.context.store.claim(ask)) == 8
    async with working(bench.context):

        async def all_copied() -> bool:
            return all(await copies(bench, submission))

        await bench.until(all_copied)
    assert len(files(bench)) == 20
