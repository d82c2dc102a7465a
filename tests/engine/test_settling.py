"""A lost call is looked for in the history: when, by which marks, and how far."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.submission import Stage, Submission
from domain.times import MINUTE, rfc3339
from engine.context import Context
from engine.links import webhook_url
from engine.runners import run
from engine.tokens import Tokens
from tests.engine.bench import Answer, Bench, answered

pytestmark = pytest.mark.asyncio

SUBMIT, SETTLE = "wavespeed.submit", "wavespeed.settle"
OTHERS = [{"id": f"other-{number}", "status": "processing"} for number in range(100)]


@pytest.fixture
def asked() -> list[Any]:
    """What the provider's history was asked for, page by page."""
    return []


async def settling(bench: Bench) -> Submission:
    bench.world.switches.set(webhook="never", submit="cut")
    submission = await bench.portrait()
    await run(bench.context, await bench.claim(SUBMIT))
    submission = await bench.get(submission)
    assert submission.stage is Stage.SETTLING
    return submission


def ours(context: Context, submission: Submission) -> dict[str, Any]:
    url = webhook_url(context, submission, "wavespeed")
    return {"id": "ours", "status": "processing", "inputs": {"webhook": url}}


def history(asked: list[Any], page: Callable[[int], httpx.Response]) -> Answer:
    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return page(asked[-1]["page"])

    return answer


def listing(items: list[dict[str, Any]]) -> httpx.Response:
    return httpx.Response(200, json={"data": {"items": items}})


async def looked(
    bench: Bench, answer: Answer, submission: Submission, tokens: Tokens | None = None
) -> Submission:
    async with answered(bench, answer) as context:
        looking = replace(context, tokens=tokens or context.tokens)
        await run(looking, await bench.claim(SETTLE))
    return await bench.get(submission)


async def test_the_window_is_around_the_moment_the_outcome_became_unknown(
    bench: Bench, asked: list[Any]
) -> None:
    bench.clock.advance(3 * 3600)
    submission = await settling(bench)
    unknown_at = submission.state["settle_from"]
    assert unknown_at == bench.clock.now()
    for _ in range(4):
        submission = await looked(bench, history(asked, lambda _: listing([])), submission)
    windows = {(one["created_after"], one["created_before"]) for one in asked}
    assert windows == {(rfc3339(unknown_at - 10 * MINUTE), rfc3339(unknown_at + 10 * MINUTE))}


@pytest.mark.parametrize("rotated", [False, True])
async def test_the_token_of_every_key_names_the_call(
    bench: Bench, asked: list[Any], rotated: bool
) -> None:
    submission = await settling(bench)
    named = ours(bench.context, submission)
    keys = ["a new key of sixteen", *bench.context.tokens._keys]
    tokens = Tokens(keys) if rotated else None
    found = await looked(
        bench, history(asked, lambda _: listing([*OTHERS[:5], named])), submission, tokens
    )
    assert (found.upstream_id, found.stage) == ("ours", Stage.RUNNING)


async def test_it_looks_on_over_full_pages(bench: Bench, asked: list[Any]) -> None:
    submission = await settling(bench)
    named = ours(bench.context, submission)
    pages = {1: OTHERS, 2: OTHERS, 3: [*OTHERS[:98], named]}
    tokens = Tokens(["a new key of sixteen", *bench.context.tokens._keys])
    found = await looked(
        bench, history(asked, lambda number: listing(pages[number])), submission, tokens
    )
    assert found.upstream_id == "ours"
    assert [one["page"] for one in asked] == [1, 2, 3]


async def test_it_stops_at_the_last_page(bench: Bench, asked: list[Any]) -> None:
    submission = await settling(bench)
    pages = {1: OTHERS, 2: OTHERS[:99]}
    found = await looked(bench, history(asked, lambda number: listing(pages[number])), submission)
    assert found.stage is Stage.SETTLING
    assert [one["page"] for one in asked] == [1, 2]


@pytest.mark.parametrize(
    "unreadable",
    [
        httpx.Response(500),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json={"data": {"items": "none"}}),
    ],
    ids=["500", "garbage", "no items"],
)
async def test_an_unreadable_page_is_no_verdict(
    bench: Bench, asked: list[Any], unreadable: httpx.Response
) -> None:
    submission = await settling(bench)
    named = ours(bench.context, submission)
    broken = {1: listing(OTHERS), 2: unreadable}
    waiting = await looked(bench, history(asked, lambda number: broken[number]), submission)
    assert (waiting.stage, len(asked)) == (Stage.SETTLING, 2)
    found = await looked(bench, history(asked, lambda _: listing([named])), submission)
    assert found.upstream_id == "ours"
