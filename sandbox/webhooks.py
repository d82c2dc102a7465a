"""WaveSpeed's webhooks: signed, repeated with backoff, and wrong on request.

https://wavespeed.ai/docs/docs-api/webhooks and https://wavespeed.ai/docs/verify-webhooks
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from sandbox.jobs import Job, prediction
from sandbox.past import Attempt
from sandbox.studio import make
from sandbox.world import World

# Receivers refuse what is older than 300 s.
OLD = 400
# Only these two are announced; a cancelled or timed-out job says nothing.
ANNOUNCED = ("completed", "failed")


def key_of(secret: str) -> bytes:
    """The text after `whsec_` as it stands: WaveSpeed does not decode it."""
    return secret.removeprefix("whsec_").encode()


def sign(key: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return "v3," + hmac.new(key, content, hashlib.sha256).hexdigest()


def compact(shown: dict[str, Any]) -> bytes:
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()


async def follow(world: World, job: Job) -> None:
    """Make the job's outputs, and announce its end when it comes."""
    await make(world, job)
    await world.sleep(job.due - world.now())
    if not announced(job):
        return
    if job.switches.webhook == "late":
        await world.sleep(job.switches.webhook_delay)
    for body in messages(world, job):
        await deliver(world, job, body)


async def be_early(world: World, job: Job) -> None:
    """Finish the job at once and announce it, before the submit is answered."""
    job.duration = 0.0
    await make(world, job)
    if announced(job) and not await post(world, job, body_of(world, job)):
        world.spawn(partial(deliver, world, job, body_of(world, job), first=2))


def announced(job: Job) -> bool:
    return bool(job.webhook) and job.outcome in ANNOUNCED and job.switches.webhook != "never"


def messages(world: World, job: Job) -> list[bytes]:
    """The bodies to send, each until it is accepted."""
    body = body_of(world, job)
    match job.switches.webhook:
        case "duplicate":
            return [body, body]
        case "out_of_order":
            return [body, compact(prediction(job, "processing"))]
        case "garbage":
            return [b"\xff\xfe this is not JSON {"]
        case "other_job":
            return [body_of(world, _other(world, job))]
        case _:
            return [body]


def body_of(world: World, job: Job) -> bytes:
    shown = prediction(job, job.status(world.now()))
    if job.switches.webhook_input:
        shown["input"] = dict(job.input)
    return compact(shown)


async def deliver(world: World, job: Job, body: bytes, first: int = 1) -> None:
    """Try until a 2xx; the waits double. Their real length is documented nowhere."""
    for number in range(first, job.switches.webhook_attempts + 1):
        if number > 1:
            await world.sleep(job.switches.webhook_backoff * 2 ** (number - 2))
        if await post(world, job, body):
            return


async def post(world: World, job: Job, body: bytes) -> bool:
    """One attempt, with a timestamp and signature of its own."""
    headers = {"content-type": "application/json"} | signature_headers(
        world.secrets[0], job, int(world.now()), body
    )
    status, error = await send(world, job.webhook or "", headers, body)
    world.webhooks.append(
        Attempt(
            job_id=job.id,
            at=world.now(),
            url=job.webhook or "",
            headers=headers,
            body=body,
            status=status,
            error=error,
        )
    )
    return status is not None and httpx.codes.is_success(status)


def signature_headers(secret: str, job: Job, now: int, body: bytes) -> dict[str, str]:
    key = key_of(secret)
    match job.switches.webhook:
        case "unsigned":
            return {}
        case "old_timestamp":
            now -= OLD
        case "base64_key":
            key = base64.b64decode(key)
        case "bad_signature":
            key = key[::-1] + b"!"
        case _:
            pass
    return {
        "webhook-id": job.id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(key, job.id, now, body),
    }


async def send(
    world: World, url: str, headers: dict[str, str], body: bytes
) -> tuple[int | None, str]:
    try:
        async with world.wire() as client:
            answer = await client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, type(error).__name__
    return answer.status_code, ""


def _other(world: World, job: Job) -> Job:
    """Another finished job; one that nobody asked for when there is none."""
    for other in world.jobs.values():
        if other.id != job.id and other.status(world.now()) in ANNOUNCED:
            return other
    return replace(job, id=secrets.token_hex(16))
