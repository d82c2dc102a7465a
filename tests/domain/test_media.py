"""What a media value is, and what is refused."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media import (
    LONGEST_URL,
    check_link,
    check_media,
    decode,
    is_page,
    media,
    recognised,
    sniff,
)

JPEG = b"\xff\xd8\xff\xe0rest"
PNG = b"\x89PNG\r\n\x1a\nrest"
WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "
SAMPLES = {
    JPEG: "image/jpeg",
    PNG: "image/png",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
    WAV: "audio/wav",
    b"ID3\x04rest": "audio/mpeg",
    b"\xff\xfb\x90rest": "audio/mpeg",
    b"\x00\x00\x00\x20ftypM4A rest": "audio/mp4",
    b"\x00\x00\x00\x20ftypisomrest": "video/mp4",
}


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(("content", "content_type"), SAMPLES.items())
def test_the_bytes_say_what_they_are(content: bytes, content_type: str) -> None:
    assert sniff(content) == content_type


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a", b"RIFF", b"%PDF-1.7"])
def test_other_bytes_are_of_no_known_type(content: bytes) -> None:
    assert sniff(content) is None


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        *SAMPLES.items(),
        (b"GIF89a", "image/gif"),
        (b"\x1aE\xdf\xa3\x9fB\x86", "video/webm"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"<html>", None),
    ],
)
def test_what_providers_make_is_more_than_what_is_taken(
    head: bytes, content_type: str | None
) -> None:
    assert recognised(head) == content_type


@pytest.mark.parametrize("told", ["text/html", "text/plain", "application/json", "application/xml"])
def test_a_page_is_no_media(told: str) -> None:
    assert is_page(told)
    assert not any(map(is_page, [None, "", "image/png", "video/mp4", "application/octet-stream"]))


def test_unknown_content_is_kept_as_plain_bytes() -> None:
    assert media(b"?").content_type == "application/octet-stream"


def test_content_is_named_by_its_hash_and_not_printed() -> None:
    item = media(PNG, "image/x-ours")
    assert len(item.sha256) == 64
    assert item.content_type == "image/x-ours"
    assert "rest" not in repr(item)


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example/a.jpg",
        "HTTP://images.example:8080/a?b=c#d",
        "http://[2001:db8::1]/a",
        "https://bücher.example/ä",
    ],
)
def test_a_link_is_taken_as_it_is(url: str) -> None:
    assert check_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://images.example/a",
        "file:///etc/passwd",
        "javascript://x",
        "https://",
        "https:///path",
        "https://user@images.example/",
        "https://user:word@images.example/",
        "https://:word@images.example/",
        "https://images.example:99999/",
        "https://images.example:x/",
        "https://[::1/",
        "https://images.example/a b",
        "https://images.example/a\n",
        "https://images.example/\x00",
        "https://images.example/\x7f",
        "https://exa\u2100mple/",
        "https://images.example/" + "a" * LONGEST_URL,
    ],
)
def test_a_nasty_link_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_link(url)


@given(st.text(max_size=60))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert check_link(f"http://{text}").startswith("http://")


@given(
    st.binary(min_size=1, max_size=80),
    st.sampled_from(["", "data:image/png;base64,", "DATA:;BASE64,"]),
)
def test_content_survives_base64(content: bytes, head: str) -> None:
    assert decode(head + text_of(content)) == content


def test_base64_may_be_wrapped_in_lines() -> None:
    assert decode("iVBO\r\nRw0K\n") == b"\x89PNG\r\n"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "data:",
        "data:image/png,abcd",
        "data:image/png;base64",
        "data:;base64,",
        "not base64!",
        "abc",
        "ab==cd",
        "äöü",
        "iVBO\u2028Rw0K\x00",
        "\ud800",
    ],
)
def test_what_is_no_base64_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(value)


@given(st.text(max_size=60))
def test_any_text_decodes_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        assert decode(text)


def test_media_is_a_link_or_content_of_its_family() -> None:
    assert check_media("https://images.example/a", "audio") == "https://images.example/a"
    assert check_media(text_of(WAV), "audio") == text_of(WAV)


@pytest.mark.parametrize("value", [text_of(WAV), text_of(b"nothing known"), "ftp://x/y"])
def test_media_of_another_family_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"not image|of no known type|must be an http"):
        check_media(value, "image")
