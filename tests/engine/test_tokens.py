"""Only the exact text that we made is accepted."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadToken
from domain.times import DAY, HOUR, MINUTE, SECOND
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


# --- tokens that are good for a while ---------------------------------------------------------------

LIFE = 6 * HOUR
YOUNG = TOKENS.mint("upload", VALUE, NOW)


def too_old(now: int, token: str = YOUNG, life: int = LIFE, purpose: str = "upload") -> bool:
    try:
        return TOKENS.read_young(purpose, token, now, life) != VALUE
    except BadToken:
        return True


@pytest.mark.parametrize("age", [-MINUTE, -1, 0, 1, MINUTE, LIFE - 1, LIFE])
def test_a_young_token_is_read(age: int) -> None:
    assert not too_old(NOW + age)


@pytest.mark.parametrize("age", [LIFE + 1, LIFE + SECOND, 365 * DAY, -MINUTE - 1, -DAY, -NOW])
def test_a_token_that_is_too_old_or_from_the_future_is_a_bad_token(age: int) -> None:
    assert too_old(NOW + age)


def test_its_date_is_kept_in_whole_seconds() -> None:
    """So a token of the last millisecond of a second is almost a second older than it was made."""
    token = TOKENS.mint("upload", VALUE, NOW + SECOND - 1)
    assert token == YOUNG
    assert not too_old(NOW + LIFE, token)
    assert too_old(NOW + LIFE + 1, token)


@given(st.integers(-2 * DAY, 2 * DAY), st.integers(0, DAY))
def test_its_age_alone_decides(age: int, life: int) -> None:
    assert too_old(NOW + age, life=life) is not (-MINUTE <= age <= life)


@given(st.integers(0, 2**31), st.integers(0, DAY))
def test_a_token_of_any_time_is_young_at_that_time(second: int, age: int) -> None:
    token = TOKENS.mint("upload", VALUE, second * SECOND)
    assert TOKENS.read_young("upload", token, second * SECOND + age, DAY) == VALUE


@pytest.mark.parametrize("purpose", ["file", "scan", "webhook.wavespeed", ""])
def test_a_young_token_of_another_purpose_is_a_forgery(purpose: str) -> None:
    assert too_old(NOW, purpose=purpose)


@given(st.integers(0, len(YOUNG) - 1), st.sampled_from(ALPHABET + ".= "))
def test_a_young_token_with_one_other_character_is_refused(place: int, character: str) -> None:
    other = YOUNG[:place] + character + YOUNG[place + 1 :]
    assert other == YOUNG or too_old(NOW, other)


@given(st.text(alphabet=ALPHABET + ".=\x00", max_size=90))
def test_garbage_is_never_young(text: str) -> None:
    assert too_old(NOW, text)


def test_a_younger_date_is_a_forgery() -> None:
    """The date of a fresh token in the place of the old one's."""
    old = TOKENS.mint("upload", VALUE, NOW - 2 * LIFE)
    date = YOUNG.split(".")[1]
    value, _, signature = old.split(".")
    assert too_old(NOW, f"{value}.{date}.{signature}")


def test_after_a_rotation_an_old_keys_token_stays_young_as_long() -> None:
    rotated = Tokens(["a new key of sixteen", "a key of sixteen"])
    assert rotated.read_young("upload", YOUNG, NOW + LIFE, LIFE) == VALUE
