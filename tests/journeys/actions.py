"""A client written for AllToken: it knows a base URL and a key, and nothing of Likeness."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from domain.ids import new_id
from handlers.auth import hash_of
from sandbox.past import Call
from store.keys import ApiKey
from store.store import open_store
from tests.house import KEY, House
from tests.wire import new_client

PICTURE = "https://pictures.example/face.jpg"
BACK = "https://client.example/scan/done"


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls Actions while time passes: some wait for their turn."""

    house: House
    http: httpx.AsyncClient

    async def ask(self, action: str, fields: Any = None, **more: Any) -> httpx.Response:
        """The answer as it is; `more` goes to httpx."""
        url = f"/v1/portrait/?Action={action}&Version=2024-01-01"
        body = {"json": fields or {}} if "content" not in more else {}
        return await self.post(url, **body, **more)

    async def post(self, url: str, **more: Any) -> httpx.Response:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(self.http.post(url, **more))
            await self.house.until(asking.done, step=0.1)
        return asking.result()

    async def call(self, action: str, **fields: Any) -> dict[str, Any]:
        """The result of a call that went well."""
        answer = await self.ask(action, fields)
        assert answer.status_code == 200, answer.text
        whole = answer.json()
        assert "Error" not in whole["ResponseMetadata"], whole
        result: dict[str, Any] = whole["Result"]
        return result

    async def refused(self, action: str, **fields: Any) -> dict[str, str]:
        """The error of a call that was answered with one."""
        answer = await self.ask(action, fields)
        assert answer.status_code == 200, answer.text
        error: dict[str, str] = answer.json()["ResponseMetadata"]["Error"]
        return error

    async def code(self, action: str, **fields: Any) -> str:
        return (await self.refused(action, **fields))["Code"]

    async def group(self, name: str = "Ada", **more: Any) -> str:
        made = await self.call("CreateAssetGroup", GroupType="AIGC", Name=name, **more)
        return str(made["Id"])

    async def asset(self, group_id: str, **more: Any) -> str:
        fields = {"GroupId": group_id, "URL": PICTURE, "AssetType": "Image"} | more
        return str((await self.call("CreateAsset", **fields))["Id"])

    async def scanned_group(self) -> str:
        """A group that a person's face has proved."""
        session = await self.call("CreateVisualValidateSession", CallbackURL=BACK)
        await self.house.world.scan(session["BytedToken"])
        exchanged = await self.call("GetVisualValidateResult", BytedToken=session["BytedToken"])
        return str(exchanged["GroupId"])

    async def groups(self, group_type: str = "AIGC", **more: Any) -> dict[str, Any]:
        which = {"GroupType": group_type} | more.pop("Filter", {})
        return await self.call("ListAssetGroups", Filter=which, **more)

    async def assets(self, group_type: str = "AIGC", **more: Any) -> dict[str, Any]:
        which = {"GroupType": group_type} | more.pop("Filter", {})
        return await self.call("ListAssets", Filter=which, **more)


@asynccontextmanager
async def client_of(house: House, key: str = KEY, url: str = "") -> AsyncIterator[Client]:
    """A client of Likeness, or of another address."""
    headers = {"authorization": f"Bearer {key}"}
    async with new_client(url or house.url, headers) as http:
        yield Client(house=house, http=http)


async def add_admin(house: House, key: str) -> None:
    async with open_store(house.settings.store_url) as store:
        await store.add_key(
            ApiKey(
                id=new_id("key", house.clock.now()),
                name=f"admin {key[-4:]}",
                hash=hash_of(key),
                admin=True,
                notify_url=None,
                webhook_secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
                created_at=house.clock.now(),
            )
        )


def actions(house: House) -> list[Call]:
    """The Actions that reached the provider."""
    return [call for call in house.world.calls if call.action]


def ids(page: dict[str, Any]) -> list[str]:
    return [item["Id"] for item in page["Items"]]
