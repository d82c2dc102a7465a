"""The calls that tell whether our key is let in: free ones, whose answers are read with care."""

import json
from typing import Any

import pytest

from providers.base import Account, Reply
from providers.key_check import KEY_CHECKS, Entry

ACCOUNT = Account(base_url="https://provider.example", api_key="squirrel", result_path="/result")


def told(body: Any, status: int = 200) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status=status, headers={}, body=text.encode())


def business(code: str) -> dict[str, Any]:
    return {"ResponseMetadata": {"Error": {"Code": code, "Message": "no"}}}


@pytest.mark.parametrize(
    ("provider", "method", "path"),
    [
        ("wavespeed", "GET", "/api/v3/balance"),
        ("302ai", "POST", "/result?response_format=url"),
        ("alltoken", "POST", "/v1/portrait/?Action=ListAssetGroups&Version=2024-01-01"),
    ],
)
def test_what_is_asked_for_costs_nothing(provider: str, method: str, path: str) -> None:
    request = KEY_CHECKS[provider].ask(ACCOUNT)
    assert (request.method, request.url) == (method, f"https://provider.example{path}")
    assert request.headers["Authorization"] == "Bearer squirrel"
    assert "squirrel" not in repr(request)


@pytest.mark.parametrize(
    ("provider", "reply", "entry"),
    [
        ("wavespeed", told({"code": 200, "data": {"balance": 12.5}}), Entry.LET_IN),
        ("wavespeed", told({"code": 200, "data": {"balance": 0}}), Entry.NO_CREDIT),
        ("wavespeed", told({"code": 401, "message": "squirrel"}, 401), Entry.REFUSED),
        ("wavespeed", told({"code": 403, "message": "no"}), Entry.REFUSED),
        ("wavespeed", told({"code": 429, "message": "no"}, 429), Entry.BUSY),
        ("wavespeed", told("<h1>Bad gateway</h1>", 502), Entry.BROKEN),
        ("wavespeed", told("<h1>Hello</h1>"), Entry.WRONG_PATH),
        ("302ai", told({"code": 10000, "data": {"status": "not_found"}}), Entry.LET_IN),
        ("302ai", told({"code": "InvalidParameter", "message": "no"}, 400), Entry.LET_IN),
        ("302ai", told({"error": {"err_code": -10001, "message": "no"}}, 401), Entry.REFUSED),
        ("302ai", told({"code": "Unauthorized", "message": "no"}, 400), Entry.REFUSED),
        ("302ai", told({"code": "InsufficientBalance", "message": "no"}, 400), Entry.NO_CREDIT),
        ("302ai", told({"code": 50429, "message": "no"}, 429), Entry.BUSY),
        ("302ai", told({"error": {"message": "no such path", "type": "x"}}, 404), Entry.WRONG_PATH),
        ("302ai", told("<h1>Oops</h1>", 500), Entry.BROKEN),
        ("alltoken", told({"Result": {"TotalCount": 0, "Items": []}}), Entry.LET_IN),
        ("alltoken", told(business("AIGCNotAvailable")), Entry.LET_IN),
        ("alltoken", told(business("Unauthorized")), Entry.REFUSED),
        ("alltoken", told({"error": {"code": "x", "message": "no"}}, 401), Entry.REFUSED),
        ("alltoken", told(business("RateLimitExceeded")), Entry.BUSY),
        ("alltoken", told("<h1>Hello</h1>"), Entry.WRONG_PATH),
        ("alltoken", told("", 503), Entry.BUSY),
        ("alltoken", told("", 402), Entry.NO_CREDIT),
    ],
)
def test_an_answer_is_read(provider: str, reply: Reply, entry: Entry) -> None:
    assert KEY_CHECKS[provider].read(reply).entry is entry
