"""Who is let in, and how they are let out again."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.routing import Route

from domain.times import HOUR, SECOND
from engine.tokens import Tokens
from handlers.dashboard.routes import DASHBOARD
from handlers.dashboard.session import COOKIE, LIFE, SESSION
from store.store import open_store
from tests.handlers.dashboard.desk import ADMIN, OPERATOR, Page, at_the_desk
from tests.house import KEY, House, add_key, running_house
from tests.wire import new_client

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = [
    route.path_format.format(submission_id="sub_1", name="x", key_id="k", rest="x")
    for route in DASHBOARD
    if isinstance(route, Route)
    and "GET" in (route.methods or ())
    and not route.path.endswith("login")
]
ELSEWHERE = [
    "https://evil.example",
    "//evil.example/dashboard",
    "/dashboard//evil.example",
    "/dashboard/../v1/kinds",
    "/dashboard\\evil",
    "/dashboard/%2e%2e/v1/kinds",
    "/dashboard/%65vents",
    "/dashboardx",
    "/dashboard?x=\r\nset-cookie:a=b",
    "/dashboard#x",
    "javascript:alert(1)",
    "/dashboard/login",
    "/dashboard/logout",
    "/dashboard/" + "x" * 500,
    "",
]


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(shared: House) -> AsyncIterator[httpx.AsyncClient]:
    async with new_client(shared.url) as client:
        yield client


async def enter(client: httpx.AsyncClient, key: str, **more: str) -> httpx.Response:
    return await client.post("/dashboard/login", data={"key": key} | more)


async def revoke(house: House, name: str) -> None:
    async with open_store(house.settings.store_url) as store:
        assert await store.revoke_key(name, house.clock.now())


async def test_no_page_opens_without_a_session(stranger: httpx.AsyncClient) -> None:
    for path in PAGES:
        answer = await stranger.get(path)
        assert (answer.status_code, path) == (303, path)
        assert answer.headers["location"].partition("?")[0] == "/dashboard/login"
        assert answer.text == ""
    asked = await stranger.get("/dashboard/submissions?status=failed&kind=a/b")
    assert asked.headers["location"] == (
        "/dashboard/login?next=%2Fdashboard%2Fsubmissions%3Fstatus%3Dfailed%26kind%3Da%2Fb"
    )


async def test_before_there_is_an_admin_the_login_says_how_to_make_one(
    stranger: httpx.AsyncClient, shared: House
) -> None:
    page = Page(await stranger.get("/dashboard/login"))
    assert "likeness keys create NAME --admin" in page.text
    async with at_the_desk(shared):
        page = Page(await stranger.get("/dashboard/login"))
    assert "keys create" not in page.text


async def test_every_key_that_opens_nothing_is_refused_alike(
    stranger: httpx.AsyncClient, shared: House
) -> None:
    # Of the other keys a form that failed says nothing, and so needs to read none.
    assert "keys create" not in Page(await enter(stranger, "lk_wrong")).text
    gone = "lk_" + "g" * 43
    await add_key(shared.settings, shared.clock, gone, "gone", admin=True)
    await revoke(shared, "gone")
    answers = [await enter(stranger, key) for key in (KEY, gone, "lk_x", "", "k" * 4000, "ü\x00")]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert "set-cookie" not in answers[0].headers
    assert KEY not in answers[0].text
    assert "not the API key of an administrator" in Page(answers[0]).text


async def test_the_cookie_names_a_key_and_never_holds_it(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        answer = await enter(desk.client, ADMIN)
        cookie = answer.headers["set-cookie"]
        assert ADMIN not in cookie
        assert ADMIN[3:] not in cookie
        name, *flags = cookie.split("; ")
        assert name.startswith(f"{COOKIE}=key_")
        assert set(flags) == {
            "HttpOnly",
            f"Max-Age={LIFE // SECOND}",
            "Path=/dashboard",
            "SameSite=lax",
        }
        page = await desk.client.get("/dashboard")
        assert page.status_code == 200
        assert OPERATOR in page.text
        assert "form-action 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"


async def test_over_https_the_cookie_stays_on_https(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="https://likeness.example") as house:
        await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
        answer = await enter(house.client, ADMIN)
        assert "; Secure" in answer.headers["set-cookie"]
        behind = {"origin": "https://likeness.example", "sec-fetch-site": "same-origin"}
        answer = await house.client.post("/dashboard/login", data={"key": ADMIN}, headers=behind)
        assert answer.status_code == 303


@pytest.mark.parametrize("place", ELSEWHERE)
async def test_a_login_leads_nowhere_but_here(
    stranger: httpx.AsyncClient, shared: House, place: str
) -> None:
    await add_key(shared.settings, shared.clock, ADMIN, OPERATOR, admin=True)
    shown = Page(await stranger.get("/dashboard/login", params={"next": place}))
    assert shown.values("input", "value")[0] == "/dashboard"
    answer = await enter(stranger, ADMIN, next=place)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    again = await stranger.get("/dashboard/login", params={"next": place})
    assert (again.status_code, again.headers["location"]) == (303, "/dashboard")


async def test_a_login_leads_back_to_what_was_asked_for(
    stranger: httpx.AsyncClient, shared: House
) -> None:
    await add_key(shared.settings, shared.clock, ADMIN, OPERATOR, admin=True)
    place = "/dashboard/submissions?status=failed&q=order%3D1"
    asked = await stranger.get(place)
    shown = Page(await stranger.get(asked.headers["location"]))
    assert place in shown.values("input", "value")
    answer = await enter(stranger, ADMIN, next=place)
    assert answer.headers["location"] == place


async def test_a_cookie_that_we_did_not_make_opens_nothing(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        cookie = desk.client.cookies[COOKIE]
        others = Tokens(["another secret key"])
        name, _, _ = cookie.rsplit(".", 2)
        forged = [
            "",
            cookie[:-1],
            cookie + "=",
            cookie.replace("key_", "key-", 1),
            others.mint(SESSION, name, shared.clock.now()),
            await desk.token(),
            "x" * 5000,
        ]
        async with new_client(shared.url) as client:
            for one in forged:
                answer = await client.get("/dashboard", headers={"cookie": f"{COOKIE}={one}"})
                assert answer.status_code == 303, one
            answer = await client.get("/dashboard", headers={"cookie": f"{COOKIE}={cookie}"})
            assert answer.status_code == 200


async def test_a_session_is_over_after_its_time(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        shared.clock.advance((LIFE - HOUR) / SECOND)
        assert (await desk.client.get("/dashboard/keys")).status_code == 200
        shared.clock.advance((HOUR + SECOND) / SECOND)
        assert (await desk.client.get("/dashboard/keys")).status_code == 303


async def test_a_revoked_key_is_out_at_once(shared: House) -> None:
    async with at_the_desk(shared, "lk_" + "r" * 43, "short") as desk:
        token = await desk.token()
        await revoke(shared, "short")
        assert (await desk.client.get("/dashboard")).status_code == 303
        assert (await desk.client.get("/dashboard/events")).status_code == 303
        answer = await desk.post("/keys", csrf=token, name="more")
        assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/login")
        async with open_store(shared.settings.store_url) as store:
            assert "more" not in [key.name for key in await store.keys()]


async def test_who_logs_out_is_out(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        page = await desk.send("/logout")
        assert "You are logged out." in page.text
        assert COOKIE not in desk.client.cookies
        assert (await desk.client.get("/dashboard")).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "{url}"}, 303),
        ({"origin": "{url}", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example@{host}"}, 403),
        ({"origin": "{url}", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
async def test_only_a_form_of_our_own_pages_is_taken(
    shared: House, headers: dict[str, str], status: int
) -> None:
    host = shared.url.partition("//")[2]
    given = {name: value.format(url=shared.url, host=host) for name, value in headers.items()}
    form = {"content-type": "application/x-www-form-urlencoded"}
    async with at_the_desk(shared) as desk:
        for path in ("login", "logout"):
            answer = await desk.client.post(
                f"/dashboard/{path}",
                content=f"key={ADMIN}&csrf={await desk.token()}",
                headers=form | given,
            )
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"x=" + b"y" * 70_000, 413), (b"a=%ff", 400), (b"&".join([b"a=1"] * 60), 400)],
)
async def test_a_form_that_cannot_be_one_is_refused(
    shared: House, body: bytes, status: int
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    async with at_the_desk(shared) as desk:
        for path in ("login", "logout"):
            answer = await desk.client.post(f"/dashboard/{path}", content=body, headers=form)
            assert answer.status_code == status
            assert answer.headers["content-type"].startswith("text/html")


async def test_a_page_says_only_what_we_have_signed(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        for text in ("revoked", "<b>hello</b>", desk.client.cookies[COOKIE]):
            page = await desk.client.get("/dashboard", params={"notice": text})
            assert 'class="notice"' not in page.text
            assert "hello" not in page.text


async def test_what_is_not_there_is_a_page_too(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        page = await desk.look("/submissions/sub_nobody")
        assert page.status == 404
        assert "There is no" in page.text
