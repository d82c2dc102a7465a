"""Idempotency-Key: the same request is answered the same, another one is a conflict."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.requests import Request

from handlers.idempotency import request_name
from tests.handlers.test_webhook_store import locked
from tests.house import House, add_key
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER_KEY = "lk_" + "o" * 43


def body(**more: Any) -> dict[str, Any]:
    return {"kind": "alltoken/liveness", "input": {"name": "Ada"}, **more}


async def post(house: House, name: str, given: Any = None, **headers: str) -> httpx.Response:
    content = given if isinstance(given, str) else json.dumps(body() if given is None else given)
    return await house.client.post(
        "/v1/submissions", content=content, headers={"idempotency-key": name, **headers}
    )


def count(house: House) -> int:
    ((number,),) = rows(house, "SELECT count(*) FROM submissions")
    return int(number)


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert "idempotency-replayed" not in answer.headers
    return answer.status_code, answer.json()["code"]


async def test_the_first_answer_is_given_again_word_for_word(shared: House) -> None:
    name = str(uuid4())
    first = await post(shared, name)
    await shared.client.post(first.json()["links"]["cancel"])
    again = await post(shared, name)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    assert again.json()["status"] == "action_required"
    for header in ("location", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert first.headers["location"] == first.json()["links"]["self"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


async def test_without_a_key_every_request_is_a_new_one(shared: House) -> None:
    answers = [await shared.client.post("/v1/submissions", json=body()) for _ in range(2)]
    assert len({answer.json()["id"] for answer in answers}) == 2


async def test_blanks_and_the_order_of_names_say_nothing(shared: House) -> None:
    name = str(uuid4())
    first = await post(shared, name, '{"kind":"alltoken/liveness","input":{"name":"Ad\\u0061"}}')
    again = await post(
        shared, name, '{\n "input": {"name": "Ada"},\n "kind": "alltoken/liveness"\n}'
    )
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "other",
    [
        body(input={"name": "Eve"}),
        body(metadata={"order": 1}),
        body(metadata={}),
        body(notify={"url": "https://client.example"}),
        {"kind": "no/kind", "input": {}},
        {},
        [],
        None,
    ],
    ids=json.dumps,
)
async def test_another_body_is_a_conflict_even_if_it_is_a_bad_one(
    shared: House, other: Any
) -> None:
    name = str(uuid4())
    first = await post(shared, name)
    before = count(shared)
    given = "null" if other is None else other
    assert problem(await post(shared, name, given)) == (409, "idempotency_conflict")
    assert count(shared) == before
    assert (await post(shared, name)).json()["id"] == first.json()["id"]


async def test_what_was_refused_may_be_mended_under_the_same_key(shared: House) -> None:
    name = str(uuid4())
    assert problem(await post(shared, name, body(input={}))) == (422, "invalid_input")
    assert problem(await post(shared, name, "{")) == (400, "invalid_json")
    mended = await post(shared, name)
    assert (mended.status_code, "idempotency-replayed" in mended.headers) == (202, False)


async def test_what_could_not_be_stored_may_be_sent_again(shared: House) -> None:
    name, before = str(uuid4()), count(shared)
    with locked(shared):
        assert problem(await post(shared, name)) == (503, "store_unavailable")
    assert count(shared) == before
    sent_again = await post(shared, name)
    assert (sent_again.status_code, "idempotency-replayed" in sent_again.headers) == (202, False)
    assert count(shared) == before + 1


async def test_no_two_clients_share_their_names(shared: House) -> None:
    await add_key(shared.settings, shared.clock, OTHER_KEY, "other")
    name = str(uuid4())
    first = await post(shared, name)
    others = await post(shared, name, body(metadata={"a": 1}), authorization=f"Bearer {OTHER_KEY}")
    assert others.status_code == 202
    assert others.json()["id"] != first.json()["id"]
    assert "idempotency-replayed" not in others.headers


async def test_a_stranger_learns_nothing_of_a_name(shared: House) -> None:
    name = str(uuid4())
    await post(shared, name)
    stranger = await post(shared, name, authorization="Bearer lk_stranger")
    assert problem(stranger) == (401, "unauthorized")


async def test_after_erasure_it_says_so_whatever_the_body(shared: House) -> None:
    name = str(uuid4())
    first = await post(shared, name)
    erased = await shared.client.delete(first.json()["links"]["self"])
    assert erased.status_code == 204
    assert problem(await post(shared, name)) == (410, "erased")
    assert problem(await post(shared, name, body(metadata={"a": 1}))) == (410, "erased")


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("a-{}", '"a-{}"'),
        (r"c\{}", r'"c\\{}"'),
        ('d"{}', r'"d\"{}"'),
        ("e{}" + "x" * 222, '"e{}' + "x" * 222 + '"'),
    ],
)
async def test_a_name_may_stand_in_quotes(shared: House, name: str, same: str) -> None:
    own = uuid4().hex
    first = await post(shared, name.format(own))
    again = await post(shared, same.format(own))
    assert (first.status_code, again.status_code) == (202, 202), first.text
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b'""',
        b'"a',
        b'"a"b"',
        b'"a";p=1',
        b'"a", "b"',
        b'"a\\b"',
        b'" "',
        b"a b",
        b"a, b",
        b"\xc3\xa4",
        b"x" * 256,
        b'"' + b"x" * 256 + b'"',
    ],
)
async def test_a_name_that_is_none_is_refused(shared: House, name: bytes) -> None:
    before = count(shared)
    answer = await shared.client.post(
        "/v1/submissions", json=body(), headers={b"idempotency-key": name}
    )
    assert problem(answer) == (400, "invalid_idempotency_key")
    assert "Idempotency-Key" in answer.json()["detail"]
    assert count(shared) == before


async def test_blanks_around_a_name_are_no_part_of_it() -> None:
    """Which not every server in front of us takes away."""
    scope = {"type": "http", "headers": [(b"idempotency-key", b" a\t")]}
    assert request_name(Request(scope)) == "a"


async def test_two_names_are_none(shared: House) -> None:
    headers = [("idempotency-key", "a"), ("idempotency-key", "a")]
    answer = await shared.client.post("/v1/submissions", json=body(), headers=headers)
    assert problem(answer) == (400, "invalid_idempotency_key")


async def test_the_longest_name_is_one(shared: House) -> None:
    name = uuid4().hex + "~" * 223
    assert (await post(shared, name)).status_code == 202
    assert (await post(shared, name)).headers["idempotency-replayed"] == "true"


async def test_content_is_compared_but_not_kept_with_the_answer(shared: House) -> None:
    name, jpeg = str(uuid4()), "/9j/" + "A" * 4000
    given = {"kind": "wavespeed/portrait", "input": {"prompt": "x", "image": jpeg}}
    first = await post(shared, name, given)
    assert first.json()["input"]["image"].keys() == {"bytes", "sha256"}
    assert (await post(shared, name, given)).content == first.content
    other = {**given, "input": {"prompt": "x", "image": jpeg + "AAAA"}}
    assert problem(await post(shared, name, other)) == (409, "idempotency_conflict")
    ((kept,),) = rows(shared, "SELECT answer FROM idempotency_keys WHERE name = ?", name)
    assert kept.encode() == first.content
