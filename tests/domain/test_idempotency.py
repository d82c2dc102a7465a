"""Two bodies are one request exactly when they mean the same."""

import json
import tracemalloc

import pytest

from domain.idempotency import FirstAnswer, fingerprint

BODY = {"kind": "wavespeed/portrait", "input": {"prompt": "漢\u2028", "seed": 1, "list": [1, 2]}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(BODY, indent=4),
        json.dumps(BODY, ensure_ascii=False),
        json.dumps({"input": dict(reversed(BODY["input"].items())), "kind": BODY["kind"]}),  # type: ignore[attr-defined]
    ],
    ids=["blanks", "escapes", "the order of names"],
)
def test_how_it_is_written_says_nothing(text: str) -> None:
    assert fingerprint(json.loads(text)) == fingerprint(BODY)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": None}, {}), ({"a": {"b": None}}, {"a": {}}), ({"a": 5}, {"a": 5.0})],
)
def test_what_means_the_same_is_the_same(one: object, other: object) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": ""}, {"a": " "}),
        ({"a": {"b": 1}}, {"a": {}, "b": 1}),
        ({"a": 'x","b":"y'}, {"a": "x", "b": "y"}),
        ({"a": ["x" * 5000 + "y"]}, {"a": ["x" * 5000 + "z"]}),
        ({"a": {"b": "x" * 5000}}, {"a": {"b": "x" * 5001}}),
    ],
)
def test_what_means_something_else_differs(one: object, other: object) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_a_film_is_not_written_down_to_be_compared() -> None:
    size = 8 * 1024 * 1024
    film = {"input": {"image": "x" * size}}
    tracemalloc.start()
    try:
        fingerprint(film)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Its bytes, which are hashed; as JSON it would be there once more.
    assert most < 1.5 * size


def test_an_answer_is_in_no_trace() -> None:
    assert "secret" not in repr(FirstAnswer(fingerprint="f", text="secret"))
