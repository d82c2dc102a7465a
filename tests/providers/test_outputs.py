"""What a provider may give as an output."""

import base64
from typing import Any

import pytest

from domain.event import Output
from providers.outputs import read_outputs

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
PNG64 = base64.b64encode(PNG).decode()
LINK = "https://cdn.example/o/1.png"


@pytest.mark.parametrize(
    ("url", "content_type"),
    [
        ("https://cdn.example/o/1.jpeg", "image/jpeg"),
        ("https://cdn.example/o/1.JPG?sig=a.png", "image/jpeg"),
        ("http://cdn.example/a.b/film.mp4#t=1", "video/mp4"),
        ("https://cdn.example/o/1", None),
        ("https://cdn.example/o/1.exe", None),
        ("https://cdn.example", None),
    ],
)
def test_a_link_is_kept_with_the_type_its_path_suggests(url: str, content_type: str | None) -> None:
    assert read_outputs([url], 9) == (Output(url=url, content_type=content_type, expires_at=9),)


@pytest.mark.parametrize("text", [PNG64, f"data:image/png;base64,{PNG64}"])
def test_base64_becomes_content_of_the_type_its_bytes_say(text: str) -> None:
    assert read_outputs([text], 9) == (Output(content=PNG, content_type="image/png"),)


def test_long_base64_of_an_unknown_type_is_content_all_the_same() -> None:
    content = b"GIF89a" + bytes(60)
    text = base64.b64encode(content).decode()
    assert read_outputs([text], 9) == (Output(content=content),)


@pytest.mark.parametrize(
    "item",
    [{"url": LINK}, {"url": None, "video_url": LINK}, {"url": "", "b64_json": 1, "data": LINK}],
)
def test_an_object_is_searched_for_its_link(item: Any) -> None:
    assert read_outputs([item], 9) == read_outputs([LINK], 9)


@pytest.mark.parametrize("value", [LINK, {"url": LINK}])
def test_a_single_output_needs_no_list(value: Any) -> None:
    assert len(read_outputs(value, 9)) == 1


@pytest.mark.parametrize(
    "item",
    [
        None,
        1,
        True,
        [],
        {},
        "",
        "done",
        "data:,hello",
        "not base64!",
        "ftp://cdn.example/1",
        "https://",
        "https:///path",
        "https://[",
        "https://cdn.example/\n",
        "https://cdn.example/a\0b",
        "https://cdn.example/" + "a" * 9000,
        "\ud800",
        {"url": 5},
        [LINK],
    ],
)
def test_anything_else_is_ignored(item: Any) -> None:
    assert read_outputs([item, LINK], 9)[-1:] == read_outputs([LINK], 9)
    assert len(read_outputs([item], 9)) == (1 if item == "https://cdn.example/\n" else 0)


def test_the_order_is_the_providers_and_the_number_is_bounded() -> None:
    links = [f"https://cdn.example/{number}" for number in range(150)]
    assert [output.url for output in read_outputs(links, 9)] == links[:100]
