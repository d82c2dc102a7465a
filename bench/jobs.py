"""Jobs that wait for their webhook, and the webhooks: each is the first news of a job of its own."""

import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench.accounting import Account, LostEvents
from bench.load import Volley, body_of, fire, post
from bench.processes import Process
from bench.rows import Rows
from bench.service import SECRET, Installation

PARALLEL = 64
PATIENCE = 300.0
LOOK = 0.1
STILL = 30.0
"""Seconds after which nothing more will come, when nothing has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A submission that is at the provider, who calls it by `name` and will post to `path`."""

    name: str
    path: str

    @property
    def submission_id(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[0]

    def webhook(self) -> bytes:
        return webhook(self.name, self.path)


def webhook(name: str, path: str) -> bytes:
    """Signed as https://wavespeed.ai/docs/verify-webhooks says."""
    prediction = {
        "id": name,
        "model": "bytedance/portrait",
        "outputs": ["https://cdn.example/o/1.jpeg"],
        "urls": {"get": f"https://api.wavespeed.ai/api/v3/predictions/{name}/result"},
        "has_nsfw_contents": [False],
        "status": "completed",
        "created_at": "2026-01-02T03:04:05.678Z",
        "error": "",
        "timings": {"inference": 4200},
    }
    body = json.dumps(prediction, separators=(",", ":")).encode()
    stamp = str(int(time.time()))
    signed = f"{name}.{stamp}.".encode() + body
    signature = hmac.digest(SECRET.removeprefix("whsec_").encode(), signed, hashlib.sha256).hex()
    return post(
        path,
        body,
        content_type="application/json",
        webhook_id=name,
        webhook_timestamp=stamp,
        webhook_signature=f"v3,{signature}",
    )


def submission(prompt: str = "a studio portrait", notify: str | None = None) -> bytes:
    """The body with which a client asks for a portrait."""
    wish: dict[str, Any] = {
        "kind": "wavespeed/portrait",
        "input": {"prompt": prompt, "image": "https://images.example/p.jpg"},
        "metadata": {"order": "4711"},
    }
    return json.dumps(wish | ({"notify": {"url": notify}} if notify else {})).encode()


def prepare(
    installation: Installation,
    provider: Process,
    count: int,
    notify: str | None = None,
    **headers: str,
) -> list[Job]:
    """Submit so many jobs and wait until each is known to be at the provider. Somebody must work."""
    before = _number(installation, provider)
    wishes = [installation.post_submission(submission(notify=notify), **headers)] * count
    accepted = fire(wishes, min(PARALLEL, count), [installation.port], expected=202)
    if accepted.fine != count:
        raise LostEvents(f"{count} wishes, {accepted.fine} accepted")
    _until(lambda: _number(installation, provider) == before + count, "at the provider")
    question = f"{provider.url}/webhooks?since={before}"
    found: list[list[str]] = ask(question, installation.name)
    jobs = [Job(name=name, path=urlsplit(url).path) for name, url in found]
    ids = [job.submission_id for job in jobs]
    # The provider has answered the last of them; the answers must be committed too.
    waiting = "status = 'processing' AND waiting_for = 'provider'"
    _until(lambda: installation.rows.count("submissions", ids, "id", waiting) == count, "under way")
    return jobs


def asset(installation: Installation) -> str:
    """A submission whose asset is made, and waits to be asked for."""
    wish = {
        "kind": "alltoken/portrait",
        "input": {"name": "Nova", "asset": {"url": "https://images.example/p.jpg"}},
    }
    shot = installation.post_submission(json.dumps(wish).encode())
    made = fire([shot], 1, [installation.port], expected=202, keep=True)
    name: str = json.loads(body_of(made.answers[0]))["id"]
    waits = "kind = 'poll_asset'"
    _until(lambda: installation.rows.count("tasks", [name], "submission_id", waits) == 1, "made")
    return name


def delivered(rows: Rows, jobs: Sequence[Job]) -> None:
    """Wait until the clients of these have been told."""
    ids, told = [job.submission_id for job in jobs], "state = 'delivered'"
    _until(lambda: rows.count("deliveries", ids, "submission_id", told) == len(ids), "told")


def account(who: str, rows: Rows, jobs: Sequence[Job], volley: Volley) -> Account:
    """Each webhook is an event of its own submission, which has succeeded."""
    ids = [job.submission_id for job in jobs]
    stored = rows.count("events", ids, "submission_id", "source = 'webhook'")
    finished = rows.count("submissions", ids, "id", "status = 'succeeded'")
    return Account(
        who=who, sent=volley.sent, answered=volley.fine, stored=stored, finished=finished
    )


def until_finished(rows: Rows, ids: Sequence[str]) -> int:
    """Wait until these submissions have succeeded; how many have, when no more do."""
    # To ask for very many is work, which those who finish them would miss.
    look = LOOK * max(1, len(ids) // 1000)
    found, since = 0, time.monotonic()
    while found < len(ids) and time.monotonic() - since < STILL:
        before = found
        found = rows.count("submissions", ids, "id", "status = 'succeeded'")
        if found != before:
            since = time.monotonic()
        time.sleep(look)
    return found


def ask(url: str, bearer: str = "", method: str = "GET") -> Any:
    """A question to one of our own peers."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        url, method=method, headers={"Authorization": f"Bearer {bearer}"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def _number(installation: Installation, provider: Process) -> int:
    """How many jobs of ours the provider has taken."""
    return int(ask(f"{provider.url}/number", installation.name))


def _until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise LostEvents(f"not all are {what} after {PATIENCE:.0f} s")
        time.sleep(LOOK)
