"""Retry-After in both of its forms, from receivers that mean well and others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.retry_after import retry_after
from domain.times import DAY, HOUR, SECOND

NOW = 1_445_412_480_000
"""Wed, 21 Oct 2015 07:28:00 GMT"""


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        ("7", 7 * SECOND),
        (" 7 ", 7 * SECOND),
        ("007", 7 * SECOND),
        ("86400", DAY),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("5, 10", None),
        ("Wed, 21 Oct 2015 08:28:00 GMT", HOUR),
        ("Wednesday, 21-Oct-15 08:28:00 GMT", HOUR),
        ("Wed Oct 21 08:28:00 2015", HOUR),
        ("Wed, 21 Oct 2015 08:28:00 -0000", HOUR),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", DAY),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_a_receivers_wish_is_read_and_bounded(value: str | None, wait: int | None) -> None:
    assert retry_after(value, NOW) == wait


@given(st.text(max_size=60), st.integers(0, 2**42))
def test_whatever_a_receiver_wishes_is_bounded(value: str, now: int) -> None:
    wait = retry_after(value, now)
    assert wait is None or 0 <= wait <= DAY
