"""Other callers than the usual one: somebody else, and an operator."""

import base64
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from domain.ids import new_id
from handlers.auth import hash_of
from store.keys import ApiKey
from store.store import open_store
from tests.house import House
from tests.wire import new_client


@asynccontextmanager
async def another_caller(house: House, *, admin: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of its own."""
    key = "lk_" + secrets.token_urlsafe(32)
    async with open_store(house.settings.store_url) as store:
        await store.add_key(
            ApiKey(
                id=new_id("key", house.clock.now()),
                name=f"caller {key[-8:]}",
                hash=hash_of(key),
                admin=admin,
                notify_url=None,
                webhook_secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
                created_at=house.clock.now(),
            )
        )
    headers = {"authorization": f"Bearer {key}"}
    async with new_client(house.url, headers) as client:
        yield client


async def post(
    client: httpx.AsyncClient, kind: str, fields: Mapping[str, object]
) -> httpx.Response:
    return await client.post("/v1/submissions", json={"kind": kind, "input": fields})


def faults(answer: httpx.Response) -> dict[str, str]:
    """The words for each bad field."""
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text
    return {one["pointer"]: one["message"] for one in answer.json()["errors"]}
