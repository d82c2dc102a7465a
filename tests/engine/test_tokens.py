"""Only the exact text that we made is accepted."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadToken
from domain.times import DAY, SECOND
from engine.tokens import Tokens

NOW = 1_767_323_045_000
VALUE = "sub_01J00000000000000000000000"
TOKENS = Tokens(["a key of sixteen"])
TOKEN = TOKENS.mint("webhook.wavespeed", VALUE, NOW)
ALPHABET = string.ascii_letters + string.digits + "-_"


def refused(token: str, purpose: str = "webhook.wavespeed", tokens: Tokens = TOKENS) -> bool:
    try:
        tokens.read(purpose, token)
    except BadToken:
        return True
    return False


def test_a_token_of_ours_says_what_it_is_for() -> None:
    assert TOKENS.read("webhook.wavespeed", TOKEN) == VALUE


def test_the_same_call_makes_the_same_token() -> None:
    assert TOKENS.mint("webhook.wavespeed", VALUE, NOW) == TOKEN


def test_a_token_fits_into_a_path() -> None:
    assert set(TOKEN) <= set(ALPHABET + ".")


def test_every_other_last_character_is_refused() -> None:
    others = [TOKEN[:-1] + character for character in ALPHABET if character != TOKEN[-1]]
    assert all(refused(other) for other in others)


def test_every_other_pair_of_last_characters_is_refused() -> None:
    others = {TOKEN[:-2] + first + last for first in ALPHABET for last in ALPHABET} - {TOKEN}
    assert all(refused(other) for other in others)


@pytest.mark.parametrize(
    "junk", ["=", "==", "!", "\n", " ", "ä", "\u3000", "%3D", "/", "?", "&", "\x00", "."]
)
def test_a_token_with_anything_before_or_after_it_is_refused(junk: str) -> None:
    assert refused(TOKEN + junk)
    assert refused(junk + TOKEN)


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_one_other_character_is_refused(place: int, character: str) -> None:
    other = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert other == TOKEN or refused(other)


@given(
    st.text(alphabet=st.characters(), max_size=600) | st.text(alphabet=ALPHABET + ".=", max_size=90)
)
def test_garbage_is_only_ever_a_bad_token(text: str) -> None:
    assert refused(text)


@given(st.text(alphabet=ALPHABET + ".=", max_size=40))
def test_a_signed_value_with_a_garbage_date_is_only_ever_a_bad_token(date: str) -> None:
    signature = TOKEN.rpartition(".")[2]
    assert refused(f"{VALUE}.{date}.{signature}")


def test_a_very_long_token_is_refused_unread() -> None:
    assert refused("a" * 1_000_000)


@pytest.mark.parametrize("purpose", ["webhook.302ai", "liveness-callback", "scan", "file", ""])
def test_a_token_of_another_purpose_is_a_forgery(purpose: str) -> None:
    assert refused(TOKEN, purpose)


def test_a_token_of_another_key_is_a_forgery() -> None:
    assert refused(TOKEN, tokens=Tokens(["another key of 16"]))


def test_after_a_rotation_the_old_key_verifies_and_the_new_one_signs() -> None:
    rotated = Tokens(["a new key of sixteen", "a key of sixteen"])
    assert rotated.read("webhook.wavespeed", TOKEN) == VALUE
    fresh = rotated.mint("webhook.wavespeed", VALUE, NOW)
    assert fresh == Tokens(["a new key of sixteen"]).mint("webhook.wavespeed", VALUE, NOW)
    assert refused(fresh)


@pytest.mark.parametrize("dated", [NOW + 5 * SECOND, NOW + 3650 * DAY, 0])
def test_a_date_of_a_host_whose_clock_is_elsewhere_does_no_harm(dated: int) -> None:
    assert TOKENS.read("scan", TOKENS.mint("scan", VALUE, dated)) == VALUE


def test_a_token_is_bound_to_its_submission() -> None:
    other = TOKENS.mint("webhook.wavespeed", VALUE[:-1] + "1", NOW)
    assert refused(VALUE + other[len(VALUE) :])


def test_the_tokens_of_every_key_are_made_newest_first() -> None:
    rotated = Tokens(["a new key of sixteen", "a key of sixteen"])
    assert rotated.mint_all("webhook.wavespeed", VALUE, NOW) == [
        Tokens(["a new key of sixteen"]).mint("webhook.wavespeed", VALUE, NOW),
        TOKEN,
    ]
