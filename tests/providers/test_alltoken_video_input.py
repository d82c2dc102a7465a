"""What a client may write in an AllToken video request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.alltoken_video import ASSET_MODELS
from providers.alltoken_video_input import VideoInput
from tests.providers.bad_fields import bad_fields, messages

LEAST = {"model": "seedance-2.0", "prompt": "a boat in the rain"}
LINK = "https://cdn.example/face.jpeg"
ASSET = "asset://asset-20260318035710-abcde"
UPLOAD = f"upload://upl_{'0' * 26}"
RESULT = f"submission://sub_{'0' * 26}"

# https://alltoken.ai/docs/apis/video, written out once more: what the checks are checked against.
SECONDS: dict[str, set[int]] = {
    "seedance-1.0-pro": {0, *range(2, 13)},
    "seedance-1.0-pro-fast": {0, *range(2, 13)},
    "seedance-1.5-pro": {-1, 0, *range(4, 13)},
    "seedance-2.0": {-1, 0, *range(4, 16)},
    "seedance-2.0-fast": {-1, 0, *range(4, 16)},
    "seedance-2.5": {-1, 0, *range(4, 31)},
    "seedance-3.0": {-1, 0, *range(2, 31)},
}
MODELS = st.sampled_from(sorted(SECONDS))


def wrong(**fields: Any) -> set[str]:
    return bad_fields(VideoInput, LEAST | fields)


def test_the_least_is_a_model_and_a_prompt() -> None:
    assert bad_fields(VideoInput, {}) == set(LEAST)
    dumped = VideoInput.model_validate(LEAST).model_dump(exclude_none=True)
    assert dumped == LEAST | {"watermark": False}
    names = dict.fromkeys(VideoInput.model_fields)
    assert VideoInput.model_validate(names | LEAST) == VideoInput.model_validate(LEAST)


def test_the_callback_is_ours() -> None:
    assert wrong(callback_url="https://c.example/x") == {"callback_url"}


@given(model=MODELS, seconds=st.integers(-3, 35) | st.integers())
def test_each_model_has_its_seconds(model: str, seconds: int) -> None:
    right = seconds in SECONDS[model]
    assert wrong(model=model, duration=seconds) == (set() if right else {"duration"})


def test_a_wrong_duration_is_told_the_models_range() -> None:
    said = messages(VideoInput, LEAST | {"model": "seedance-1.0-pro", "duration": -1})
    assert "2 to 12 or 0 with seedance-1.0-pro" in said["duration"]
    said = messages(VideoInput, LEAST | {"duration": 3})
    assert "4 to 15, -1 or 0 with seedance-2.0" in said["duration"]


@given(model=MODELS, lines=st.sampled_from(["480p", "720p", "1080p", "4k", "720P", "", 720]))
def test_each_model_has_its_resolutions(model: str, lines: Any) -> None:
    known = ["480p", "720p"] if model == "seedance-2.5" else ["480p", "720p", "1080p"]
    assert wrong(model=model, resolution=lines) == (set() if lines in known else {"resolution"})


@given(model=MODELS, frames=st.integers(20, 300) | st.integers())
def test_frames_are_checked_where_they_count(model: str, frames: int) -> None:
    counts = model.startswith("seedance-1.0")
    right = not counts or (29 <= frames <= 289 and (frames - 25) % 4 == 0)
    assert wrong(model=model, frames=frames) == (set() if right else {"frames"})


@given(
    seconds=st.integers() | st.sampled_from([3599, 3600, 259200, 259201]),
    seed=st.integers() | st.sampled_from([-2, -1, 0, 2**32 - 1, 2**32]),
)
def test_expiry_and_seed_have_their_ranges(seconds: int, seed: int) -> None:
    expected = set()
    if not 3600 <= seconds <= 259200:
        expected.add("execution_expires_after")
    if not -1 <= seed < 2**32:
        expected.add("seed")
    assert wrong(execution_expires_after=seconds, seed=seed) == expected


@given(name=st.text(st.characters(codec="utf-8"), max_size=80))
def test_an_end_user_is_named_in_64_characters(name: str) -> None:
    right = 1 <= len(name) <= 64
    assert wrong(safety_identifier=name) == (set() if right else {"safety_identifier"})


@given(model=MODELS | st.sampled_from(["seedance-2.0-pro", "SEEDANCE-2.0"]))
def test_an_asset_goes_only_with_two_models(model: str) -> None:
    content = [
        {"type": "image_url", "image_url": {"url": LINK}},
        {"type": "image_url", "image_url": {"url": ASSET}, "role": "first_frame"},
        {"type": "video_url", "video_url": {"url": ASSET}},
        {"type": "audio", "url": ASSET},
    ]
    places = {"content.1.image_url.url", "content.2.video_url.url", "content.3.url"}
    assert wrong(model=model, content=content) == (set() if model in ASSET_MODELS else places)
    said = messages(VideoInput, LEAST | {"model": model, "content": content})
    assert all("seedance-2.0 and seedance-2.0-fast" in message for message in said.values())


def test_with_a_bad_model_nothing_is_said_of_what_depends_on_it() -> None:
    content = [{"type": "image", "url": ASSET}]
    assert bad_fields(VideoInput, {"prompt": "x", "content": content, "duration": 30}) == {"model"}
    assert wrong(model="a b", content=content, resolution="1080p", frames=1) == {"model"}


# --- content --------------------------------------------------------------------------------------

ITEMS: dict[str, dict[str, Any]] = {
    "text": {"text": "rain"},
    "image_url": {"image_url": {"url": LINK}},
    "video_url": {"video_url": {"url": RESULT}},
    "audio_url": {"audio_url": {"url": UPLOAD}},
    "draft_task": {"draft_task": {"id": "vgen_draft"}},
    "image": {"url": LINK},
    "video": {"url": ASSET},
    "audio": {"upload_id": "claim-1"},
}


def item(**fields: Any) -> set[str]:
    bad = wrong(content=[{"type": "text", "text": "first"}, fields])
    assert all(one.startswith("content.1") for one in bad)
    return {one.removeprefix("content.1").removeprefix(".") for one in bad}


@pytest.mark.parametrize("kind", ITEMS)
def test_each_type_has_its_own_field(kind: str) -> None:
    own = ITEMS[kind]
    assert item(type=kind, **own) == set()
    missing = {"url"} if "upload_id" in own else set(own)
    assert item(type=kind) == missing
    foreign = {name: value for one in ITEMS.values() for name, value in one.items()}
    allowed = {"url", "upload_id"} if kind in ("image", "video", "audio") else set(own)
    for name, value in foreign.items():
        if name not in allowed:
            assert item(type=kind, **own, **{name: value}) == {name}


def test_a_medium_in_short_is_a_url_or_an_upload() -> None:
    assert item(type="image", upload_id="claim-1") == set()
    assert item(type="image", upload_id="claim-1", url=LINK) == {"url"}
    assert item(type="image", upload_id="a b") == {"upload_id"}
    assert item(type="text", text="x", upload_id="claim-1") == {"upload_id"}


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({}, {"type"}),
        ({"type": "picture"}, {"type"}),
        ({"type": "text", "text": " "}, {"text"}),
        ({"type": "image_url", "image_url": LINK}, {"image_url"}),
        ({"type": "image_url", "image_url": {}}, {"image_url.url"}),
        ({"type": "image_url", "image_url": {"url": LINK, "x": 1}}, {"image_url.x"}),
        ({"type": "image_url", "image_url": {"url": LINK}, "role": "hero"}, {"role"}),
        ({"type": "image", "url": LINK, "zzz": 1}, {"zzz"}),
        ({"type": "draft_task", "draft_task": {"id": ""}}, {"draft_task.id"}),
        ({"type": "picture", "url": "ftp://x", "role": 1}, {"type", "url", "role"}),
    ],
)
def test_a_mistake_in_content_is_named_where_it_stands(
    fields: dict[str, Any], bad: set[str]
) -> None:
    assert item(**fields) == bad


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,iVBORw0KGgo=", "iVBORw0KGgo=", "upload://x", "asset://", "", 5]
)
def test_a_url_is_a_link_or_a_reference(url: Any) -> None:
    assert item(type="image_url", image_url={"url": url}) == {"image_url.url"}


def test_content_goes_through_an_upload() -> None:
    bad = LEAST | {"content": [{"type": "image", "url": "data:image/png;base64,iVBORw0KGgo="}]}
    assert "POST /v1/uploads" in messages(VideoInput, bad)["content.0.url"]


@pytest.mark.parametrize("content", [{}, "x", 5, [5], [None], [[]]])
def test_content_is_a_list_of_objects(content: Any) -> None:
    assert len(wrong(content=content)) == 1


def test_so_much_content_is_no_request() -> None:
    assert wrong(content=[{}] * 101) == {"content"}
    assert wrong(content=[]) == set()


def test_all_bad_fields_are_named_at_once() -> None:
    bad = {
        "model": "seedance-2.5",
        "prompt": " ",
        "content": [{"type": "image", "url": ASSET}, {"type": "text"}, {}],
        "ratio": "2:1",
        "duration": 3,
        "resolution": "1080p",
        "frames": "29",
        "seed": 1.5,
        "camera_fixed": "no",
        "service_tier": "fast",
        "execution_expires_after": 60,
        "watermark": 1,
        "tools": [{"type": "web_search"}, {"type": "shell"}],
        "safety_identifier": "x" * 65,
        "zzz": 1,
    }
    expected = set(bad) - {"model", "content", "tools"}
    expected |= {"content.0.url", "content.1.text", "content.2.type", "tools.1.type"}
    assert bad_fields(VideoInput, bad) == expected


def test_the_schema_describes_every_field() -> None:
    schema = VideoInput.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in parts)
    assert all(one.get("description") for part in parts for one in part["properties"].values())
