"""What a client may write in an input."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from providers.alltoken import AssetInput, LivenessInput
from providers.inputs import Input
from providers.wavespeed import AvatarInput, PortraitInput

LINK = "https://cdn.example/face.jpeg"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(8)).decode()
WAV = base64.b64encode(b"RIFF\0\0\0\0WAVEfmt ").decode()
PORTRAIT = {"prompt": "in the rain", "image": LINK}
AVATAR = {"image": LINK, "audio": f"data:audio/wav;base64,{WAV}"}
ASSET = {"url": LINK}
LIVENESS = {"name": "Ann"}


def bad_fields(model: type[Input], value: Any) -> set[str]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        return {".".join(map(str, one["loc"])) for one in error.errors()}
    return set()


@pytest.mark.parametrize(
    ("model", "least"),
    [
        (PortraitInput, PORTRAIT),
        (AvatarInput, AVATAR),
        (AssetInput, ASSET),
        (LivenessInput, LIVENESS),
    ],
)
def test_every_input_says_what_is_missing_or_too_much(
    model: type[Input], least: dict[str, Any]
) -> None:
    assert bad_fields(model, least) == set()
    assert bad_fields(model, {}) == set(least)
    assert bad_fields(model, dict.fromkeys(least)) == set(least)
    assert bad_fields(model, least | {"zzz": None}) == {"zzz"}
    assert bad_fields(model, [least]) == {""}
    optional = {name for name in model.model_fields if name not in least}
    assert model.model_validate(least | dict.fromkeys(optional)) == model.model_validate(least)
    assert all(field.description for field in model.model_fields.values())


def test_the_defaults_are_the_providers() -> None:
    assert PortraitInput.model_validate(PORTRAIT).model_dump() == PORTRAIT | {
        "seed": -1,
        "enable_base64_output": False,
    }
    assert AvatarInput.model_validate(AVATAR).model_dump() == AVATAR | {
        "enable_base64_output": False
    }
    assert LivenessInput.model_validate(LIVENESS | {"asset": ASSET}).model_dump() == {
        "name": "Ann",
        "mode": "hosted",
        "language": None,
        "return_url": None,
        "asset": {"url": LINK, "asset_type": "Image", "name": None},
    }


@settings(deadline=None)
@given(seed=st.integers() | st.sampled_from([-2, -1, 0, 2147483647, 2147483648]))
def test_a_seed_is_taken_in_its_range_only(seed: int) -> None:
    wrong = bad_fields(PortraitInput, PORTRAIT | {"seed": seed})
    assert wrong == (set() if -1 <= seed <= 2147483647 else {"seed"})


@settings(deadline=None)
@given(name=st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_name_has_one_to_fifty_characters(name: str) -> None:
    right = len(name) <= 50 and name.strip()
    assert bad_fields(LivenessInput, {"name": name}) == (set() if right else {"name"})
    assert bad_fields(AssetInput, ASSET | {"name": name}) == (set() if right else {"name"})


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (PortraitInput, PORTRAIT | {"prompt": " \n"}),
        (PortraitInput, PORTRAIT | {"prompt": 5}),
        (PortraitInput, PORTRAIT | {"image": ""}),
        (PortraitInput, PORTRAIT | {"image": "file:///etc/passwd"}),
        (PortraitInput, PORTRAIT | {"image": WAV}),
        (PortraitInput, PORTRAIT | {"seed": "5"}),
        (PortraitInput, PORTRAIT | {"seed": 5.0}),
        (PortraitInput, PORTRAIT | {"seed": True}),
        (PortraitInput, PORTRAIT | {"enable_base64_output": 1}),
        (PortraitInput, PORTRAIT | {"enable_base64_output": "true"}),
        (AvatarInput, AVATAR | {"audio": PNG}),
        (AvatarInput, AVATAR | {"audio": "hello"}),
        (LivenessInput, LIVENESS | {"mode": "Hosted"}),
        (LivenessInput, LIVENESS | {"language": "fr"}),
        (LivenessInput, LIVENESS | {"return_url": "javascript:alert(1)"}),
        (LivenessInput, LIVENESS | {"asset": LINK}),
        (AssetInput, ASSET | {"asset_type": "image"}),
        (AssetInput, ASSET | {"url": PNG}),
    ],
)
def test_exactly_the_wrong_field_is_named(model: type[Input], changed: dict[str, Any]) -> None:
    assert len(bad_fields(model, changed)) == 1


def test_an_error_repeats_no_value() -> None:
    with pytest.raises(ValidationError) as caught:
        LivenessInput.model_validate({"name": 5, "return_url": "ftp://u:hush@x", "hush": "hush!"})
    assert "hush@" not in str(caught.value)
    assert "hush!" not in str(caught.value)


@pytest.mark.parametrize("model", [PortraitInput, AvatarInput, AssetInput, LivenessInput])
def test_every_input_has_a_schema_that_refuses_unknown_fields(model: type[Input]) -> None:
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    assert json.dumps(schema)
