"""Somebody at a browser who is lost is told so by a page; whatever is no person gets what it always got."""

import pytest
from starlette.requests import Request

from handlers.lost import on_unforeseen
from tests.house import House

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 404), ("/nothing", 404), ("/uploads", 404), ("/scan/x/start/", 404), ("/v10", 404)],
)
async def test_a_wrong_address_in_a_browser_is_a_page(
    shared: House, path: str, status: int
) -> None:
    page = await shared.client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'href="/dashboard"' in page.text
    assert 'href="/docs"' in page.text
    head = await shared.client.head(path, headers=BROWSER)
    assert (head.status_code, head.content) == (status, b"")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/v1", BROWSER),
        ("GET", "/v1/nothing", BROWSER),
        ("GET", "/v1/submissions/sub_x/cancel", BROWSER),
        ("GET", "/webhooks", BROWSER),
        ("GET", "/static/nothing.css", BROWSER),
        ("POST", "/nothing", BROWSER),
        ("GET", "/nothing", {"accept": "*/*"}),
        ("GET", "/nothing", {"accept": "application/json"}),
    ],
)
async def test_programs_are_answered_as_ever(
    shared: House, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await shared.client.request(method, path, headers=headers)
    plain = await shared.client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.content) == (plain.status_code, plain.content)


async def test_what_broke_on_our_side_is_a_page_too() -> None:
    scope = {"type": "http", "method": "GET", "path": "/dashboard", "query_string": b""}
    headers = [(b"host", b"x"), (b"accept", BROWSER["accept"].encode())]
    page = await on_unforeseen(Request(scope | {"headers": headers}), ValueError("lk_secret"))
    assert (page.status_code, page.media_type) == (500, "text/html")
    assert b"Something went wrong" in page.body
    assert b"lk_secret" not in page.body
    problem = await on_unforeseen(Request(scope | {"headers": []}), ValueError())
    assert problem.media_type == "application/problem+json"
