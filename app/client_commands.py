"""Uploading, submitting and watching from the command line, at a running Likeness."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.client import Client, Json, open_client
from app.clock import SystemClock
from app.console import OUT, for_program, plain, tell
from app.ending import Code, Problem, Stop
from app.progress import FINAL, Progress, ending, in_words, progress
from app.settings import client_variables
from domain.times import SECOND, Clock
from domain.upload import LARGEST
from handlers.idempotency import NAME
from providers.kinds import KINDS

EVERY = 1
"""Seconds from one look to the next; the service answers a look at once when it sees the end."""
MOST_MISSES = 15
"""How often in a row the service may be away before watching ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What the options say about the service; what they leave out the environment says."""

    url: str | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be submitted; under a `name` it is made once, however often it is sent."""

    kind: str
    source: str | None
    name: str | None


async def submit(where: Where, job: Job, *, wait: bool, as_json: bool) -> Code:
    if job.name is not None and not NAME.fullmatch(job.name):
        raise Stop("--idempotency-key must be 1 to 255 visible ASCII characters, such as a UUID.")
    fields = _read(job.kind, job.source)
    async with opened(where) as client:
        submission = await client.submit(job.kind, fields, job.name)
        if wait:
            return await _to_the_end(client, submission["id"], as_json=as_json)
    name = submission["id"]
    told = f"It is {in_words(submission)}. Watch it with: likeness watch {plain(name)}"
    tell(submission, told, as_json=as_json, result=name)
    return Code.DONE


async def upload(where: Where, path: Path, *, as_json: bool) -> None:
    _check_file(path)
    async with opened(where) as client:
        shown = await client.upload(path)
    size = f"{shown['bytes']:,} bytes"
    told = plain(f"It is {shown['content_type']}, {size}, and is kept until {shown['expires_at']}.")
    tell(shown, told, as_json=as_json, result=f"upload://{shown['id']}")


async def watch(where: Where, submission_id: str, *, as_json: bool) -> Code:
    async with opened(where) as client:
        return await _to_the_end(client, submission_id, as_json=as_json)


async def follow(
    client: Client, submission_id: str, clock: Clock, shown: Progress, every: int = EVERY
) -> Json:
    """The submission once it is final; a service that is away for a moment is waited for."""
    misses, look = MOST_MISSES, None
    while True:
        begun, first = clock.now(), look is None
        try:
            look = await client.look(submission_id, look, wait=0 if first else every)
        except Problem as problem:
            misses += 1
            if not problem.passing or misses > MOST_MISSES:
                raise
            shown.pause(f"no answer; asking again ({misses} of {MOST_MISSES})")
        else:
            misses = 0
            shown.show(look.submission)
            if look.submission["status"] in FINAL:
                return look.submission
            if first:
                continue
        # Whoever answers at once all the same, is not asked more often for it.
        await clock.sleep(max(0.0, every - (clock.now() - begun) / SECOND))


async def _to_the_end(client: Client, submission_id: str, *, as_json: bool) -> Code:
    clock = SystemClock()
    with progress(clock, as_json=as_json) as shown:
        submission = await follow(client, submission_id, clock, shown)
    if not for_program(as_json):
        for line in ending(submission):
            OUT.print(line)
    return Code.DONE if submission["status"] == "succeeded" else Code.FAILED


@asynccontextmanager
async def opened(where: Where) -> AsyncIterator[Client]:
    url, key = client_variables()
    key = where.key or key
    if key is None:
        raise Stop(
            "No API key: give --key or set LIKENESS_API_KEY. "
            "Where the service runs, `likeness keys create NAME` makes one."
        )
    async with open_client((where.url or url).rstrip("/"), key) as client:
        yield client


def _check_file(path: Path) -> None:
    """What would be refused all the same need not be sent first."""
    size = path.stat().st_size
    if not path.is_file():
        raise Stop(f"{path} is not a file.")
    if size > LARGEST:
        raise Stop(f"{path} has {size:,} bytes; an upload may have at most {LARGEST:,} (50 MB).")


def _read(kind: str, source: str | None) -> Any:
    """The input, from a file, or from what is piped in."""
    if source is None and sys.stdin.isatty():
        raise Stop(f"Give a file with the input as JSON, or pipe it in.{_example(kind)}")
    name = "the standard input" if source in (None, "-") else str(source)
    try:
        text = sys.stdin.read() if source in (None, "-") else Path(str(source)).read_text("utf-8")
        return json.loads(text)
    except ValueError as error:
        raise Stop(f"What is in {name} is not JSON: {error}.{_example(kind)}") from error


def _example(kind: str) -> str:
    if kind not in KINDS:
        return ""
    return f" For example: {json.dumps(dict(KINDS[kind].example))}"
