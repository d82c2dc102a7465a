"""Paths and methods that lead nowhere, and the two that always answer."""

import pytest

from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/nothing",
        "/v1/submissions/a/b/c",
        "/webhooks",
        "/scan",
        "/%00",
        "/%ff%fe",
        "/../../etc/passwd",
        "/static/../app/settings.py",
        "/static/nothing.css",
        "/scan/token/",
        "/scan/token/start/",
        "/v1/submissions/",
        "/v1/submissions/sub_x/",
        "/v1/kinds/",
        "/healthz/",
    ],
)
async def test_an_unknown_path_is_a_problem_document(shared: House, path: str) -> None:
    answer = await shared.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/submissions"),
        ("PATCH", "/v1/submissions/sub_x"),
        ("GET", "/v1/submissions/sub_x/cancel"),
        ("POST", "/v1/kinds"),
        ("DELETE", "/healthz"),
        ("POST", "/scan/token"),
        ("PUT", "/scan/token/start"),
        ("DELETE", "/liveness/callback/token"),
        ("POST", "/files/token"),
    ],
)
async def test_a_wrong_method_says_which_are_right(shared: House, method: str, path: str) -> None:
    answer = await shared.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/submissions", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/submissions/sub_x", "DELETE, GET, HEAD"),
        ("HEAD", "/v1/uploads", "POST"),
        ("TRACE", "/v1/submissions/sub_x/cancel", "POST"),
        ("PATCH", "/v1/portrait/", "POST"),
        ("POST", "/static/style.css", "GET, HEAD"),
        ("DELETE", "/webhooks/wavespeed/token", "POST"),
    ],
)
async def test_the_allowed_methods_are_all_of_the_path(
    shared: House, method: str, path: str, allowed: str
) -> None:
    answer = await shared.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "status"), [("/healthz", "ok"), ("/readyz", "ready")])
async def test_whether_it_is_well_can_be_asked_without_a_key(
    shared: House, path: str, status: str
) -> None:
    answer = await shared.client.get(path, headers={"authorization": ""})
    assert answer.status_code == 200
    assert answer.json() == {"status": status}


@pytest.mark.parametrize(
    "wanted",
    ["sub_x", "sub_%00", "sub_%ff", "x" * 3000, "sub_'--", "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV"],
)
@pytest.mark.parametrize("rest", ["", "/events"])
async def test_an_id_that_cannot_be_is_simply_not_found(
    shared: House, wanted: str, rest: str
) -> None:
    answer = await shared.client.get(f"/v1/submissions/{wanted}{rest}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_a_slash_too_many_is_not_there_also_when_the_rest_is_right(shared: House) -> None:
    scan = await shared.submit("alltoken/liveness", {"name": "Ada"})
    for method, url in (
        ("GET", scan["action"]["url"] + "/"),
        ("POST", scan["action"]["url"] + "/start/"),
        ("GET", scan["links"]["self"] + "/"),
        ("POST", "/v1/submissions/"),
        ("GET", "/v1/submissions/"),
    ):
        answer = await shared.client.request(method, url)
        assert (answer.status_code, "location" in answer.headers) == (404, False), url
