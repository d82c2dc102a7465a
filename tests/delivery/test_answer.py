"""What is kept of an answer: one short line without secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.answer import LARGEST, readable

LONG = "aB3-_" * 10


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("ok", "ok"),
        ("", ""),
        ('{"error":"no such order"}', '{"error":"no such order"}'),
        ("Fehler: Straße gesperrt 肖像", "Fehler: Straße gesperrt 肖像"),
        ("a\r\n\tb\x00\x1b[31mc", "a b [31mc"),
        ("safe\u202etxt\u200b.exe", "safe txt .exe"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ('{"authorization":"Basic dTpw","a":1}', '{"authorization":"[redacted]","a":1}'),
        ("token was bearer abc.def, sorry", "token was bearer [redacted], sorry"),
        ("key lk_abc-DEF_123 is wrong", "key [redacted] is wrong"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8+/w==", "[redacted]"),
        ("sk-proj-abc sk_live_abc", "[redacted] [redacted]"),
        ("mail anna.b+c@example.com now", "mail [redacted] now"),
        ("see https://h.example/scan/tok?x=1 soon", "see https://h.example/[redacted] soon"),
        ("see https://h.example soon", "see https://h.example soon"),
        (f'"BytedToken":"{LONG}"', '"BytedToken":"[redacted]"'),
        ("id 0d9bb2c4-3d5a-4f7e-9a55-0a4f8f2f3a10", "id 0d9bb2c4-3d5a-4f7e-9a55-0a4f8f2f3a10"),
    ],
)
def test_an_answer_is_one_clean_line(body: str, kept: str) -> None:
    assert readable(body.encode()) == kept


def test_a_secret_at_the_edge_leaves_no_half() -> None:
    line = readable(b"x " * 508 + b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert line.endswith(("[", "[reda", "[redacted", "[redac", "[redact", "[redacte", "[redacted]"))
    assert "whsec" not in line


@given(st.binary(max_size=6000))
def test_whatever_comes_is_short_and_printable(body: bytes) -> None:
    line = readable(body)
    assert len(line.encode()) <= LARGEST
    assert line.isprintable()


@pytest.mark.parametrize("filler", ["a", "a.", "@", "https://", "bearer ", "authorization: ", "é"])
def test_a_hostile_answer_is_not_slow(filler: str) -> None:
    assert len(readable(filler.encode() * 50_000).encode()) <= LARGEST
