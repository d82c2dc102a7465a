"""Values that name something else, and the places in which they stand."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media import check_linked_media, check_media
from domain.reference import Reference, check_reference, places, pointer, put, reference

ULID = "01J8Z3K4M5N6P7Q8R9S0T1V2W3"
NAMES = {
    f"upload://upl_{ULID}": Reference(scheme="upload", id=f"upl_{ULID}"),
    f"submission://sub_{ULID}": Reference(scheme="submission", id=f"sub_{ULID}"),
    "asset://asset-20260318035710-xxxxx": Reference(
        scheme="asset", id="asset-20260318035710-xxxxx"
    ),
    f"asset://{'a' * 255}": Reference(scheme="asset", id="a" * 255),
}
BAD = [
    "upload://",
    f"upload://{ULID}",
    f"upload://sub_{ULID}",
    f"upload://upl_{ULID[:-1]}",
    f"upload://upl_{ULID}0",
    f"upload://upl_{ULID.lower()}",
    f"upload://upl_{ULID}\n",
    f"upload://upl_{ULID}/../x",
    f"UPLOAD://upl_{ULID}",
    f"submission://upl_{ULID}",
    f"submission://sub_{ULID[:-1]}I",
    f"submission://sub_{ULID}?x=1",
    "upload://" + "x" * 100_000,
]
"""Each means to be a reference, and is none."""
LINKS = ["https://images.example/a.jpg", "http://127.0.0.1:8000/x"]
TREE = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=10,
)


@pytest.mark.parametrize(("value", "named"), NAMES.items())
def test_a_reference_says_what_it_names(value: str, named: Reference) -> None:
    assert reference(value) == named


@pytest.mark.parametrize(
    "value",
    [
        *(*BAD, *LINKS, "", "asset://", "asset://a b", "asset://" + "a" * 256, "asset://a/b"),
        *(None, 7, {"upload": 1}, [f"upload://upl_{ULID}"], b"asset://a"),
    ],
)
def test_everything_else_names_nothing(value: Any) -> None:
    assert reference(value) is None


@pytest.mark.parametrize("value", BAD)
def test_what_means_to_be_a_reference_and_is_none_is_refused_as_such(value: str) -> None:
    with pytest.raises(ValueError, match=r"must look like (upload|submission)://(upl|sub)_"):
        check_reference(value, "upload", "submission")


@pytest.mark.parametrize(
    "value", [*LINKS, "", "upload", "submission", "asset://a", "uploads://x", "data:;base64,aaaa"]
)
def test_what_is_no_such_reference_is_left_to_others(value: str) -> None:
    assert check_reference(value, "upload", "submission") is None


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_refused_or_none(text: str) -> None:
    for value in (text, f"upload://{text}", f"asset://{text}"):
        with suppress(ValueError):
            assert check_reference(value, "upload", "asset") in (None, value)


# --- as media -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [*list(NAMES)[:2], *LINKS])
def test_linked_media_are_links_uploads_and_other_submissions(value: str) -> None:
    assert check_linked_media(value) == value
    assert check_media(value, "image") == value


@pytest.mark.parametrize("value", ["data:image/png;base64,iVBORw0KGgo=", "iVBORw0KGgo=", "DATA:,"])
def test_content_itself_is_no_linked_medium_and_is_shown_the_way(value: str) -> None:
    with pytest.raises(ValueError, match="POST /v1/uploads first"):
        check_linked_media(value)


@pytest.mark.parametrize("value", ["asset://asset-1", "ftp://x/y", "https://", "file:///etc/x"])
def test_other_schemes_are_no_linked_media(value: str) -> None:
    with pytest.raises(ValueError, match=r"must be an http|has no host"):
        check_linked_media(value)


# --- places ---------------------------------------------------------------------------------------

VIDEO = {
    "content": [
        {"type": "text", "text": "x"},
        {"type": "image_url", "image_url": {"url": "one"}},
        {"type": "image_url", "image_url": {"url": "two"}},
        {"image_url": "not an object"},
    ],
    "asset": {"url": "three"},
}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (
            "content/*/image_url/url",
            [
                (("content", 1, "image_url", "url"), "one"),
                (("content", 2, "image_url", "url"), "two"),
            ],
        ),
        ("asset/url", [(("asset", "url"), "three")]),
        ("asset/*", []),
        ("content/url", []),
        ("nothing", []),
    ],
)
def test_a_pattern_finds_its_places(pattern: str, found: list[Any]) -> None:
    assert list(places(VIDEO, pattern)) == found


@given(TREE, st.sampled_from(["a", "a/b", "*", "a/*", "*/b", "a/*/c", "*/*"]))
def test_what_is_put_stands_there_and_nothing_else_is_touched(tree: Any, pattern: str) -> None:
    before = copy.deepcopy(tree)
    for place, value in places(tree, pattern):
        changed = put(tree, place, "NEW")
        assert [new for where, new in places(changed, pattern) if where == place] == ["NEW"]
        assert put(changed, place, value) == before
    assert tree == before


def test_a_pointer_is_rfc_6901() -> None:
    assert pointer(("content", 0, "a/b~c")) == "/content/0/a~1b~0c"
    assert pointer(()) == ""
