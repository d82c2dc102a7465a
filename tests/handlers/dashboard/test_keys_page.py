"""Keys on the dashboard: made and shown once, revoked, their secrets rotated."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.handlers.dashboard.desk import OPERATOR, XSS, Desk, Page, at_the_desk
from tests.house import SECRET, House
from tests.journeys.test_secrets import listening
from tests.wire import new_client

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    async with at_the_desk(house) as signed_in:
        yield signed_in


def secrets_in(page: Page) -> list[str]:
    return re.findall(r"(?:lk_|whsec_)[A-Za-z0-9+/=_-]{20,}", page.html)


async def key_id(desk: Desk, name: str) -> str:
    page = (await desk.look("/keys")).html
    found = re.search(
        rf"<bdi>{re.escape(name)}</bdi></h2>.*?sure-revoke-(key_\w+)", page, re.DOTALL
    )
    assert found is not None
    return found[1]


async def works(house: House, api_key: str) -> bool:
    async with new_client(house.url, {"authorization": f"Bearer {api_key}"}) as client:
        return (await client.get("/v1/submissions")).status_code == 200


async def test_a_new_key_is_shown_once_and_works(house: House, desk: Desk) -> None:
    with listening() as heard:
        fields = {"name": " a shop ", "notify": "https://shop.example/hooks"}
        page = await desk.send("/keys", **fields)
        api_key, webhook_secret = secrets_in(page)
        assert "This is shown only now." in page.text
        assert await works(house, api_key)
        # The address has nothing of it, and nobody else has either.
        listed = await desk.look("/keys")
        assert "a shop" in listed.text
        assert "https://shop.example/hooks" in listed.text
        assert secrets_in(listed) == []
        for path in ("", "/submissions", "/deliveries", "/quarantine", "/groups"):
            assert secrets_in(await desk.look(path)) == []
    for secret in (api_key, webhook_secret):
        assert secret not in heard.getvalue()
    assert "a shop" in heard.getvalue()


async def test_the_answer_with_a_key_is_kept_by_nobody(desk: Desk) -> None:
    answer = await desk.post("/keys", csrf=await desk.token(), name="other")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "lk_" not in str(answer.url) + str(answer.headers)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "The name must be 1 to 100 printable characters."),
        ({"name": "x" * 101}, "The name must be 1 to 100 printable characters."),
        ({"name": "a\x07b"}, "The name must be 1 to 100 printable characters."),
        ({"name": "test"}, "There is already a key named test; names are used once."),
        ({"name": "ok", "notify": "ftp://x.example"}, "The webhook URL"),
        ({"name": "ok", "notify": "javascript:alert(1)"}, "The webhook URL"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    house: House, desk: Desk, fields: dict[str, str], said: str
) -> None:
    page = await desk.send("/keys", admin="true", **fields)
    assert page.status == 422
    assert said in page.text
    assert secrets_in(page) == []
    assert "checked" in [name for tag, one in page.elements if tag == "input" for name in one]
    assert fields["name"] in page.values("input", "value")


async def test_a_revoked_key_opens_nothing(house: House, desk: Desk) -> None:
    (api_key, _) = secrets_in(await desk.send("/keys", name="short-lived"))
    name = await key_id(desk, "short-lived")
    page = await desk.send(f"/keys/{name}/revoke")
    assert "The key is revoked" in page.text
    assert "1 revoked" in page.text
    assert not await works(house, api_key)
    assert (await desk.send(f"/keys/{name}/revoke")).status == 404
    assert (await desk.send("/keys/key_unknown/rotate")).status == 404


async def test_who_revokes_their_own_key_is_told_and_is_out(house: House, desk: Desk) -> None:
    page = await desk.look("/keys")
    assert "You are logged in with this very key" in page.text
    assert "It is the last admin key" in page.text
    await desk.send("/keys", name="another admin", admin="true")
    assert "It is the last admin key" not in (await desk.look("/keys")).text
    out = await desk.send(f"/keys/{await key_id(desk, OPERATOR)}/revoke")
    assert "Log in to the dashboard" in out.text
    assert "Log in to the dashboard" in (await desk.look("/keys")).text


async def test_a_rotated_secret_is_shown_once_and_both_sign_for_a_day(
    house: House, desk: Desk
) -> None:
    name = await key_id(desk, "test")
    page = await desk.send(f"/keys/{name}/rotate")
    (fresh,) = secrets_in(page)
    assert fresh != SECRET
    assert "The one before signs as well until 2026-01-03" in page.text
    assert "two secrets, until 2026-01-03" in (await desk.look("/keys")).text
    early = await desk.send(f"/keys/{name}/rotate")
    assert early.status == 409
    assert "was rotated within the last day" in early.text
    # What answers a form has no address at which it could be followed.
    assert "data-events" not in early.html
    assert "data-events" in (await desk.look("/keys")).html
    assert secrets_in(early) == []
    forced = await desk.send(f"/keys/{name}/rotate", force="true")
    assert len(secrets_in(forced)) == 1
    house.clock.advance(24 * 3600 + 1)


async def test_a_name_is_text_and_nothing_else(house: House, desk: Desk) -> None:
    made = await desk.send("/keys", name=XSS, notify="https://x.example/?<script>alert(1)</script>")
    wrong = await desk.send("/keys", name=XSS)
    for page in (made, wrong, await desk.look("/keys")):
        assert "<script>alert" not in page.html
        assert "x" not in page.values("img", "src")
