"""Every language says the same things, and a person gets one of them whatever the browser sends."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.phrases import LANGUAGES, PHRASES, choose_language


def test_there_are_phrases_for_each_language() -> None:
    assert tuple(PHRASES) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_phrases_in_the_same_order(language: str) -> None:
    assert list(PHRASES[language]) == list(PHRASES["en"])


@pytest.mark.parametrize("key", PHRASES["en"])
def test_each_phrase_is_there_and_has_the_same_blanks(key: str) -> None:
    blanks = [[blank for _, blank, _, _ in _parsed(language, key)] for language in LANGUAGES]
    assert all(PHRASES[language][key].strip() for language in LANGUAGES)
    assert all(blank == blanks[0] for blank in blanks)


@pytest.mark.parametrize("key", PHRASES["en"])
def test_no_phrase_hides_behind_a_method_of_dict_in_a_template(key: str) -> None:
    assert not hasattr(dict, key)


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("ja", "zh", "ja"),
        ("zh-Hant", "en", "zh"),
        ("zh-CN", None, "zh"),
        (" ZH_tw ", None, "zh"),
        ("en-GB", "ja", "en"),
        ("fr", "ja", "ja"),
        ("zhfoo", None, "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "en"),
        (None, "", "en"),
        (None, "fr-FR,fr;q=0.9", "en"),
        (None, "ja;q=0.2, zh;q=0.7", "zh"),
        (None, "fr, ja ; q = 0.4 , en;q=0.3", "ja"),
        (None, "zh;q=0.5,ja;q=0.5", "zh"),
        (None, "zh-CN;q=0.3,zh;q=0.9,ja;q=0.8", "zh"),
        (None, "ja;q=0, *", "en"),
        (None, "ja;q=,zh;q=nan,ja;q=-1,zh;q=1.5,ja;q=1e0,,;;=,zh;x", "en"),
        (None, "\x00,\ud800;q=\u0661,JA-jp", "ja"),
    ],
)
def test_what_was_asked_wins_and_else_what_is_liked_best(
    asked: str | None, accepted: str | None, chosen: str
) -> None:
    assert choose_language(asked, accepted) == chosen


@given(st.none() | st.text(), st.none() | st.text() | st.text("zhenja-;q=.01, *"))
def test_any_garbage_gives_a_language_that_we_speak(
    asked: str | None, accepted: str | None
) -> None:
    assert choose_language(asked, accepted) in LANGUAGES


@given(
    st.dictionaries(
        st.sampled_from(["zh-CN", "en-US", "ja-JP"]), st.integers(1, 1000), min_size=1, max_size=3
    ),
    st.lists(st.text(string.ascii_letters + ";=-", max_size=5), max_size=3),
)
def test_the_heaviest_language_wins_among_any_garbage(
    weights: dict[str, int], garbage: list[str]
) -> None:
    liked = [f"{tag};q={weight / 1000:.3f}" for tag, weight in weights.items()]
    noise = [part for part in garbage if part.lower()[:2] not in LANGUAGES]
    heaviest = max(weights, key=lambda tag: weights[tag])
    assert choose_language(None, ",".join([*noise, *liked])) == heaviest[:2]


def _parsed(language: str, key: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return list(string.Formatter().parse(PHRASES[language][key]))[:1]
