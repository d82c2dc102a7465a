"""A submission is erased while a worker is at it: what comes of that is undone, and nothing is kept."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.event import Completed, NotSettled, Output
from domain.leftover import LeftoverKind
from domain.submission import Stage, Submission
from domain.task import Claim, Task, TaskKind
from engine.archiving import archive
from engine.erasure import erasing
from engine.housekeeping import undo_leftovers
from engine.jobs import submit
from engine.runners import run
from tests.engine.bench import Bench, answered, never
from tests.engine.working import Held, working

pytestmark = pytest.mark.asyncio

FILM = {"model": "seedance-2.0", "prompt": "she smiles"}


async def erase(bench: Bench, submission: Submission) -> None:
    await bench.context.store.erasures.erase(erasing(bench.context, submission.id))


async def left(bench: Bench) -> list[tuple[str, str]]:
    rows = await bench.context.store._database.read(
        "due_leftovers", now=bench.clock.now(), room=100, kinds=json.dumps(list(LeftoverKind))
    )
    return [(row["kind"], row["name"]) for row in rows]


async def test_what_a_worker_has_claimed_is_not_begun(bench: Bench) -> None:
    submission = await bench.portrait()
    claim = await bench.claim("wavespeed.submit")
    await erase(bench, submission)
    async with answered(bench, never) as context:
        await run(context, claim)


async def test_what_a_worker_is_about_to_send_is_not_sent(bench: Bench) -> None:
    submission = await bench.portrait()
    claim = await bench.claim("wavespeed.submit")
    loaded = await bench.get(submission)
    await erase(bench, submission)
    async with answered(bench, never) as context:
        await submit(context, claim, loaded)
    assert await left(bench) == []


async def test_a_job_that_answers_then_is_to_be_stopped(bench: Bench) -> None:
    held = Held(lambda _: {"id": "task-1", "status": "queued"})
    submission = await bench.wish("alltoken/video", **FILM)
    claim = await bench.claim("alltoken.submit")
    async with answered(bench, held) as context, asyncio.TaskGroup() as group:
        sending = group.create_task(run(context, claim))
        await held.called.wait()
        await erase(bench, submission)
        assert await left(bench) == []
        held.answer.set()
        await sending
    assert await left(bench) == [("cancel", "task-1")]


async def test_a_worker_goes_on_with_the_others(bench: Bench) -> None:
    held = Held()
    async with answered(bench, held) as context, working(context):
        first = await bench.portrait()
        await held.called.wait()
        await erase(bench, first)
        second = await bench.portrait()
        held.answer.set()

        async def runs() -> bool:
            return (await bench.get(second)).stage is Stage.RUNNING

        await bench.at_once(runs)


async def test_a_copy_that_is_made_meanwhile_goes(bench: Bench) -> None:
    link = f"{bench.world.base_url}/media/portrait.jpg"
    submission = await bench.portrait()
    await bench.context.tell(submission.id, Completed(outputs=(Output(url=link),)))
    claim, done = await bench.claim("archive"), await bench.get(submission)
    await erase(bench, submission)
    await undo_leftovers(bench.context, list(LeftoverKind))
    await archive(bench.context, claim, done)
    assert _folders(bench) == [submission.id]
    await undo_leftovers(bench.context, list(LeftoverKind))
    assert _folders(bench) == []


def _folders(bench: Bench) -> list[str]:
    assert bench.context.archive is not None
    folder = bench.context.archive.folder or Path()
    return [path.name for path in folder.iterdir()]


async def test_news_without_anything_made_leave_nothing(bench: Bench) -> None:
    submission = await bench.portrait()
    await erase(bench, submission)
    task = Task(
        submission_id=submission.id, kind=TaskKind.SETTLE, lane="wavespeed.settle", due_at=0
    )
    await bench.context.keep_telling(Claim(task=task, holder="x"), NotSettled())
    assert await left(bench) == []


async def picture_of(bench: Bench, first: Submission) -> Submission:
    """A film that takes the first one's picture; it has begun, and is not sent."""
    item: dict[str, Any] = {
        "type": "image_url",
        "image_url": {"url": f"submission://{first.id}"},
        "role": "reference_image",
    }
    film = await bench.wish("alltoken/video", **FILM, content=[item])
    outputs = (Output(url="https://cdn.example/1.jpg", content_type="image/jpeg"),)
    await bench.context.tell(first.id, Completed(outputs=outputs))
    assert (await bench.get(film)).stage is Stage.QUEUED
    return film


async def test_whoever_was_not_sent_yet_fails_and_costs_nothing(bench: Bench) -> None:
    first = await bench.portrait()
    film = await picture_of(bench, first)
    await erase(bench, first)
    claim = await bench.claim("alltoken.submit")
    async with answered(bench, never) as context:
        await run(context, claim)
    failed = await bench.get(film)
    assert (failed.status, (failed.error or {})["code"]) == ("failed", "dependency_failed")
    assert (failed.error or {})["message"] == f"{first.id}, on which it is built, is gone."


async def test_whoever_was_sent_goes_on(bench: Bench) -> None:
    first = await bench.portrait()
    film = await picture_of(bench, first)
    claim = await bench.claim("alltoken.submit")

    async def taken(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(202, json={"id": "task-1", "status": "queued"})

    async with answered(bench, taken) as context:
        await run(context, claim)
    await erase(bench, first)
    kept = await bench.get(film)
    assert (kept.stage, kept.state["found"]) == (Stage.RUNNING, {})
