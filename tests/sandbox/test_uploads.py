"""Uploads to WaveSpeed: ticket and PUT, or one form."""

import httpx
import pytest

from sandbox.world import World

pytestmark = pytest.mark.asyncio

TICKETS = "/api/v3/media/uploads"


async def test_a_ticket_leads_to_a_file(client: httpx.AsyncClient) -> None:
    wish = {"filename": "my face.png", "size": 4, "content_type": "image/png"}
    data = (await client.post(TICKETS, json=wish)).json()["data"]
    upload = data["upload"]
    assert upload["method"] == "PUT"
    assert (await client.get(data["download_url"])).status_code == 404
    sent = await client.put(upload["url"], content=b"face", headers=upload["headers"])
    assert sent.status_code == 200
    served = await client.get(data["download_url"])
    assert (served.content, served.headers["content-type"]) == (b"face", "image/png")


async def test_a_put_needs_the_headers_of_its_ticket(client: httpx.AsyncClient) -> None:
    wish = {"filename": "a.png", "size": 4}
    upload = (await client.post(TICKETS, json=wish)).json()["data"]["upload"]
    assert (await client.put(upload["url"], content=b"face")).status_code == 403
    assert (await client.put("/uploads/none/a.png", content=b"face")).status_code == 403


@pytest.mark.parametrize("wish", [{}, {"filename": "a.png"}, {"filename": "", "size": 1}, [1]])
async def test_a_ticket_needs_name_and_size(wish: object, client: httpx.AsyncClient) -> None:
    assert (await client.post(TICKETS, json=wish)).status_code == 400


async def test_a_form_leads_to_a_file(client: httpx.AsyncClient, world: World) -> None:
    files = {"file": ("voice.wav", b"RIFF", "audio/wav")}
    data = (await client.post("/api/v3/media/upload/binary", files=files)).json()["data"]
    link = data.pop("download_url")
    assert data == {"type": "audio/wav", "filename": "voice.wav", "size": 4}
    assert (await client.get(link)).content == b"RIFF"


async def test_a_form_needs_a_file(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v3/media/upload/binary", data={"file": "text"})
    assert answer.status_code == 400
