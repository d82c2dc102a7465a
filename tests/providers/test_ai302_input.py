"""What a client may write in a 302.AI portrait."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.ai302 import PortraitInput
from tests.providers.bad_fields import bad_fields, messages

LEAST = {"image_input": "https://cdn.example/face.jpeg"}
TENTHS = ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1", "0.0", "1.0"]
DEGREES = ["gpen", "skin", "skin_unifi"]


def wrong(**fields: Any) -> set[str]:
    return bad_fields(PortraitInput, LEAST | fields)


def test_the_least_is_a_picture_and_the_defaults_are_the_providers() -> None:
    assert bad_fields(PortraitInput, {}) == {"image_input"}
    assert PortraitInput.model_validate(LEAST).model_dump() == LEAST | {
        "prompt": None,
        "width": 1328,
        "height": 1328,
        "gpen": 0.4,
        "skin": 0.3,
        "skin_unifi": 0,
        "gen_mode": None,
        "seed": -1,
        "logo_info": None,
        "return_url": True,
    }


def test_null_is_the_same_as_left_out() -> None:
    names = dict.fromkeys(PortraitInput.model_fields)
    assert PortraitInput.model_validate(names | LEAST) == PortraitInput.model_validate(LEAST)
    assert wrong(zzz=None) == {"zzz"}


@pytest.mark.parametrize("side", ["width", "height"])
@given(length=st.integers() | st.integers(500, 520) | st.integers(2040, 2060))
def test_a_side_has_512_to_2048_pixels(side: str, length: int) -> None:
    assert wrong(**{side: length}) == (set() if 512 <= length <= 2048 else {side})


@pytest.mark.parametrize("name", DEGREES)
@pytest.mark.parametrize("written", TENTHS)
def test_every_tenth_is_taken_as_it_is_written(name: str, written: str) -> None:
    checked = PortraitInput.model_validate(LEAST | {name: json.loads(written)})
    assert Decimal(str(getattr(checked, name))) == Decimal(written)


@pytest.mark.parametrize("name", DEGREES)
@given(degree=st.floats() | st.floats(0, 1) | st.integers(-3, 3) | st.just(10**400))
def test_a_degree_is_a_tenth_from_0_to_1(name: str, degree: float) -> None:
    right = degree in {tenth / 10 for tenth in range(11)}
    assert wrong(**{name: degree}) == (set() if right else {name})


@pytest.mark.parametrize("degree", [0.15, 0.30000000000000004, 1.1, -0.1, 0.05])
def test_a_wrong_degree_is_told_the_steps(degree: float) -> None:
    assert "in steps of 0.1" in messages(PortraitInput, LEAST | {"gpen": degree})["gpen"]


SEEDS = st.integers() | st.sampled_from([-2, -1, 0, 2147483647, 2147483648, 10**18])


@given(seed=SEEDS, as_text=st.booleans())
def test_a_seed_is_a_number_or_its_text(seed: int, *, as_text: bool) -> None:
    written = str(seed) if as_text else seed
    right = -1 <= seed <= 2147483647
    assert wrong(seed=written) == (set() if right else {"seed"})
    if right:
        assert PortraitInput.model_validate(LEAST | {"seed": written}).seed == seed


@pytest.mark.parametrize(
    "seed", ["", " 5", "5 ", "+5", "05", "5.0", "1e3", "٥", "x", 5.5, True, [5], {}, "9" * 5000]
)
def test_no_other_text_is_a_seed(seed: Any) -> None:
    assert wrong(seed=seed) == {"seed"}


@given(position=st.integers(-2, 6), language=st.integers(-2, 4))
def test_a_watermark_stands_in_a_corner_in_one_of_two_languages(
    position: int, language: int
) -> None:
    expected = set()
    if position not in range(4):
        expected.add("logo_info.position")
    if language not in (0, 1):
        expected.add("logo_info.language")
    assert wrong(logo_info={"position": position, "language": language}) == expected


@given(opacity=st.floats() | st.floats(0, 1))
def test_a_watermark_is_as_opaque_as_0_to_1(opacity: float) -> None:
    right = 0 <= opacity <= 1
    assert wrong(logo_info={"opacity": opacity}) == (set() if right else {"logo_info.opacity"})


def test_a_watermark_has_defaults() -> None:
    checked = PortraitInput.model_validate(LEAST | {"logo_info": {}})
    assert checked.logo_info is not None
    assert checked.logo_info.model_dump() == {
        "add_logo": False,
        "position": 0,
        "language": 0,
        "opacity": 0.3,
    }


@pytest.mark.parametrize(
    "image",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "iVBORw0KGgo=",
        "ftp://cdn.example/1.png",
        "asset://asset-1",
        "upload://upl_1",
        "submission://x",
        "",
        5,
    ],
)
def test_a_picture_is_a_link_or_a_reference(image: Any) -> None:
    assert bad_fields(PortraitInput, {"image_input": image}) == {"image_input"}


@pytest.mark.parametrize("scheme", ["upload://upl_", "submission://sub_"])
def test_a_picture_may_be_an_upload_or_a_result(scheme: str) -> None:
    assert wrong(image_input=f"{scheme}{'0' * 26}") == set()


def test_all_bad_fields_are_named_at_once() -> None:
    bad = {
        "image_input": 1,
        "prompt": " ",
        "width": 511,
        "height": 2049.0,
        "gpen": 0.15,
        "skin": "0.3",
        "skin_unifi": True,
        "gen_mode": "auto",
        "seed": "x",
        "logo_info": {"add_logo": 1, "position": 4, "zzz": 0},
        "return_url": "yes",
        "zzz": 0,
    }
    expected = set(bad) - {"logo_info"}
    expected |= {"logo_info.add_logo", "logo_info.position", "logo_info.zzz"}
    assert bad_fields(PortraitInput, bad) == expected


def test_the_schema_tells_what_the_checks_do() -> None:
    schema = PortraitInput.model_json_schema()
    shown = schema["properties"]
    assert schema["additionalProperties"] is False
    assert all(field.get("description") for field in shown.values())
    assert shown["gpen"]["enum"] == [tenth / 10 for tenth in range(11)]
    assert shown["seed"]["type"] == ["integer", "string"]
    assert (shown["width"]["minimum"], shown["width"]["maximum"]) == (512, 2048)
