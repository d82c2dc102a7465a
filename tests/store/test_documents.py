"""Text as every database can hold it."""

import pytest

from store.documents import storable


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("id", "plain", "plain"),
        ("id", "a\x00b", "a\ufffdb"),
        ("id", "spelled \\u0000 out", "spelled \\u0000 out"),
        ("rows", '{"a":"\\u0000"}', '{"a":"\\ufffd"}'),
        ("rows", '{"a":"\\\\u0000"}', '{"a":"\\\\u0000"}'),
        ("rows", '{"a":"\\\\\\u0000"}', '{"a":"\\\\\\ufffd"}'),
        ("ids", '["\\u0000\\u0000"]', '["\\ufffd\\ufffd"]'),
        ("limit", 7, 7),
        ("kind", None, None),
        ("body", b"\x00", b"\x00"),
    ],
)
def test_no_text_has_a_nul(name: str, value: object, stored: object) -> None:
    assert storable(name, value) == stored
