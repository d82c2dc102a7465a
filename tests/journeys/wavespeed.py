"""WaveSpeed as a test sees it: what it was sent, and webhooks made by hand."""

import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import Any

import httpx

from sandbox.jobs import Job
from sandbox.past import Call
from tests.house import House
from tests.store.rows import rows_from_beside

SUBMIT = "/api/v3/bytedance/portrait"
SECRET_PATH = "/api/v3/webhook/secret"


def the_job(house: House) -> Job:
    (job,) = house.world.jobs.values()
    return job


def submits(house: House) -> list[Call]:
    return house.world.called(SUBMIT)


def polls(house: House) -> list[Call]:
    return [call for call in house.world.calls if call.path.endswith("/result")]


def waits(calls: list[Call]) -> list[float]:
    """Seconds between one call and the next."""
    return [round(later.at - call.at, 3) for call, later in pairwise(calls)]


def webhook_url(house: House) -> str:
    """Where the last submit asked to be told."""
    return submits(house)[-1].query["webhook"]


async def running(house: House, **switches: Any) -> dict[str, Any]:
    """A portrait that the provider works on and that only our own webhooks will end."""
    house.world.switches.set(**{"webhook": "never", "duration": 10_000} | switches)
    posted = await house.portrait()
    return await house.until_status(posted["id"], "processing")


def prediction(house: House, status: str = "completed", **changes: Any) -> bytes:
    """The bare prediction object about the only job."""
    job_id = next(iter(house.world.jobs), "0" * 32)
    outputs = [f"{house.world.base_url}/media/portrait.jpg"] if status == "completed" else []
    shown = {"id": job_id, "model": "bytedance/portrait", "outputs": outputs, "status": status}
    return json.dumps(shown | changes).encode()


def signature(
    house: House, body: bytes, *, secret: str | None = None, age: int = 0
) -> dict[str, str]:
    """The three headers, written anew from the provider's documentation."""
    stamp = str(house.clock.now() // 1000 - age)
    key = (secret or house.world.secrets[0]).removeprefix("whsec_").encode()
    digest = hmac.new(key, f"evt-1.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "webhook-id": "evt-1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v3,{digest}",
    }


async def tell(house: House, body: bytes, url: str | None = None, **how: Any) -> httpx.Response:
    """Post a genuine webhook."""
    headers = {"content-type": "application/json"} | signature(house, body, **how)
    return await house.client.post(url or webhook_url(house), content=body, headers=headers)


def rows(house: House, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database itself holds, read through a connection of our own."""
    if house.settings.shared:
        return rows_from_beside(house.settings.store_url, sql, *values)
    path = house.settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchall()


def quarantined(house: House) -> list[str]:
    """Why each body in quarantine is there."""
    return [reason for (reason,) in rows(house, "SELECT reason FROM quarantine ORDER BY id")]


def change(house: House, sql: str, *values: Any) -> None:
    """Spoil the file behind the service's back."""
    path = house.settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, values)
