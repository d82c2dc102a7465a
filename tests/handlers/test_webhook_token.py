"""Tokens of webhooks: only the exact text that we made opens the door, and no other looks different."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.tokens import Tokens
from tests.house import House, running_house
from tests.journeys.wavespeed import prediction, running, signature, tell, webhook_url

pytestmark = pytest.mark.asyncio

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


async def refused(house: House, token: str, **more: Any) -> httpx.Response:
    """The answer to a genuine body behind a token; all but the date."""
    body = prediction(house)
    answer = await house.client.post(
        f"{house.url}/webhooks/wavespeed/{token}", content=body, headers=signature(house, body)
    )
    answer.headers.pop("date", None)
    return answer


async def test_forged_foreign_and_altered_tokens_all_look_alike(house: House) -> None:
    posted = await running(house)
    genuine = webhook_url(house).rpartition("/")[2]
    value, date, mac = genuine.split(".")
    scan = await house.submit("alltoken/liveness", {"name": "Ada"})
    others = Tokens(["another secret key"])
    ours = value.encode().decode()
    strange = [
        "x",
        "a.b.c",
        genuine[:-1],
        genuine + "=",
        genuine + "A",
        genuine + "%00",
        genuine + "%C3%A9",
        genuine + "%20",
        f"{value}.{date}.",
        f"{value}..{mac}",
        f"{value}.{date}.{mac}.{mac}",
        genuine.swapcase(),
        f"{scan['id']}.{date}.{mac}",
        scan["action"]["url"].rpartition("/")[2],
        others.mint("webhook.wavespeed", ours, house.clock.now()),
        "A" * 5000,
        *(genuine[:-1] + last for last in ALPHABET if last != genuine[-1]),
    ]
    answers = [await refused(house, token) for token in strange]
    assert {answer.status_code for answer in answers} == {404}
    elsewhere = await house.client.post(f"{house.url}/webhooks/nobody/{genuine}")
    elsewhere.headers.pop("date", None)
    assert len({(answer.content, str(answer.headers)) for answer in [elsewhere, *answers]}) == 1
    assert await house.get(posted["id"]) == posted
    assert not house.world.called("/api/v3/webhook/secret")
    assert (await refused(house, genuine)).status_code == 204


@pytest.mark.parametrize(
    "purpose", ["scan", "liveness-callback", "file", "webhook", "webhook.302ai"]
)
async def test_a_token_of_another_purpose_is_a_forgery(tmp_path: Path, purpose: str) -> None:
    async with running_house(tmp_path, LIKENESS_SECRET_KEYS="one-key-for-everything") as house:
        posted = await running(house)
        token = Tokens(["one-key-for-everything"]).mint(purpose, posted["id"], house.clock.now())
        assert (await refused(house, token)).status_code == 404
        assert await house.get(posted["id"]) == posted


async def test_a_webhook_token_opens_no_page(house: House) -> None:
    await running(house)
    token = webhook_url(house).rpartition("/")[2]
    for path in ("/scan/", "/liveness/callback/", "/files/"):
        assert (await house.client.get(f"{path}{token}")).status_code == 404
    assert (await house.client.post(f"/scan/{token}/start")).status_code == 404


async def test_an_older_key_still_verifies_and_the_newest_signs(tmp_path: Path) -> None:
    async with running_house(
        tmp_path, LIKENESS_SECRET_KEYS="new-key-000000,old-key-000000"
    ) as house:
        posted = await running(house)
        created = house.clock.now()
        old = Tokens(["old-key-000000"]).mint("webhook.wavespeed", posted["id"], created)
        assert (await refused(house, old)).status_code == 204
        Tokens(["new-key-000000"]).read("webhook.wavespeed", webhook_url(house).rpartition("/")[2])


async def test_another_providers_route_takes_no_token_of_ours(house: House) -> None:
    await running(house)
    url = webhook_url(house).replace("/wavespeed/", "/302ai/")
    assert (await tell(house, prediction(house), url)).status_code == 404
