"""What AllToken says of an asset."""

from typing import Any

import pytest

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
    ProviderError,
)
from providers import alltoken
from providers.alltoken_asset import REASONS, AssetWish
from providers.alltoken_envelope import FREE
from tests.providers.recorded import ACCOUNT, recorded, reply

ASSET = "asset-20260318035710-abcde"
LINK = "https://l.example/face.jpeg"


def read(case: str) -> Completed | Failed | Progress | AskFailed:
    return alltoken.read_asset(recorded(f"alltoken/{case}"), ASSET)


def failed(**fields: Any) -> ProviderError:
    answer = reply(200, {"Result": {"Id": ASSET, "Status": "Failed"} | fields})
    event = alltoken.read_asset(answer, ASSET)
    assert isinstance(event, Failed)
    return event.error


def test_an_asset_is_created() -> None:
    request = alltoken.create_asset(ACCOUNT, "group-1", LINK, "Image", "Ann")
    assert request.url.endswith("/v1/portrait/?Action=CreateAsset&Version=2024-01-01")
    assert request.body == {"GroupId": "group-1", "URL": LINK, "AssetType": "Image", "Name": "Ann"}
    assert request.read_timeout == 60.0


@pytest.mark.parametrize(
    ("case", "event"),
    [
        ("asset_created", Accepted(source="submit", upstream_id=ASSET)),
        (
            "asset_quota",
            CallRefused(
                source="submit",
                error=ProviderError(
                    code="quota_exceeded",
                    message=f"50 assets at most {FREE['asset']}",
                    provider_code="QuotaExceeded",
                    retryable=True,
                ),
            ),
        ),
        ("asset_unavailable", NotAccepted(source="submit", reason="UpstreamUnavailable")),
        ("bad_gateway", OutcomeUnknown(source="submit", reason="HTTP 502")),
        ("gateway_page", OutcomeUnknown(source="submit", reason="HTTP 500")),
        ("rate_limited", NotAccepted(source="submit", reason="429", retry_after=3000)),
    ],
)
def test_the_answer_to_a_creation(case: str, event: object) -> None:
    assert alltoken.read_created_asset(recorded(f"alltoken/{case}")) == event


def test_an_asset_is_asked_for() -> None:
    request = alltoken.get_asset(ACCOUNT, ASSET)
    assert request.url.endswith("/v1/portrait/?Action=GetAsset&Version=2024-01-01")
    assert request.body == {"Id": ASSET}
    assert request.read_timeout == 20.0


@pytest.mark.parametrize("case", ["asset_active", "asset_active_status"])
def test_an_active_asset_is_complete_whatever_the_name_of_its_status(case: str) -> None:
    assert read(case) == Completed(source="poll", key=f"{ASSET}:active", upstream_id=ASSET)


def test_a_processing_asset_is_progress() -> None:
    assert read("asset_processing") == Progress(source="poll", word="processing", upstream_id=ASSET)


@pytest.mark.parametrize("word", ["Activated", "Deleting", "", None, 5, ["Active"]])
def test_an_unknown_word_is_progress(word: Any) -> None:
    event = alltoken.read_asset(reply(200, {"Id": ASSET, "Status": word}), ASSET)
    assert isinstance(event, Progress)
    assert event.word


def test_a_failed_asset_tells_its_reason() -> None:
    assert read("asset_failed") == Failed(
        source="poll",
        key=f"{ASSET}:failed",
        upstream_id=ASSET,
        error=ProviderError(
            code="face_mismatch", message="FaceMismatch", provider_code="FaceMismatch"
        ),
    )
    assert failed(Error={"Code": "DurationTooLong", "Message": "31 s"}) == ProviderError(
        code="asset_rejected", message="31 s", provider_code="DurationTooLong"
    )


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_known_by_any_of_its_spellings(reason: str) -> None:
    for fields in (
        {"FailedReason": reason},
        {"FailedReason": f"asset check: {reason}, sorry"},
        {"FailedReason": {"Code": reason, "Message": "why"}},
        {"FailedReason": None, "Error": {"Code": reason}},
    ):
        error = failed(**fields)
        assert (error.code, error.provider_code) == (REASONS[reason], reason)
        assert not error.retryable


def test_the_groups_of_reasons_are_those_of_the_document() -> None:
    by_code: dict[str, int] = {}
    for code in REASONS.values():
        by_code[code] = by_code.get(code, 0) + 1
    assert by_code == {
        "media_unreachable": 1,
        "content_moderation": 5,
        "face_mismatch": 1,
        "provider_failed": 1,
        "asset_rejected": 18,
    }


@pytest.mark.parametrize(
    ("fields", "message", "provider_code"),
    [
        ({}, "The provider could not take the asset.", None),
        ({"FailedReason": "SomethingNew"}, "SomethingNew", "SomethingNew"),
        ({"FailedReason": "no idea"}, "no idea", None),
        ({"FailedReason": 7, "Error": [1]}, "The provider could not take the asset.", None),
    ],
)
def test_an_unknown_reason_is_a_plain_failure(
    fields: dict[str, Any], message: str, provider_code: str | None
) -> None:
    assert failed(**fields) == ProviderError(
        code="provider_failed", message=message, provider_code=provider_code
    )


@pytest.mark.parametrize(
    ("case", "code"), [("NotFound", "asset_missing"), ("Forbidden", "provider_refused")]
)
def test_an_asset_that_is_gone_has_failed(case: str, code: str) -> None:
    event = read(f"asset_{case}")
    assert isinstance(event, Failed)
    assert (event.error.code, event.error.provider_code) == (code, case)
    assert event.upstream_id == ASSET


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, {"ResponseMetadata": {"Error": {"Code": "RateLimitExceeded"}}}, "RateLimitExceeded"),
        (200, {"ResponseMetadata": {"Error": {"Code": "Unauthorized"}}}, "Unauthorized"),
        (503, {"ResponseMetadata": {"Error": {"Code": "NotFound"}}}, "NotFound"),
        (404, {"error": {"code": "not_found", "message": "x"}}, "not_found"),
        (404, b"<html>", "HTTP 404"),
        (500, {"Result": {"Id": ASSET, "Status": "Active"}}, "HTTP 500"),
        (200, b"<html>", "the answer is not about this asset"),
        (
            200,
            {"Result": {"Id": "other", "Status": "Active"}},
            "the answer is not about this asset",
        ),
    ],
)
def test_a_bad_answer_says_nothing_about_the_asset(status: int, body: Any, reason: str) -> None:
    event = alltoken.read_asset(reply(status, body, **{"retry-after": "1"}), ASSET)
    assert event == AskFailed(source="poll", reason=reason, retry_after=1000)


# --- looking for one whose answer was lost --------------------------------------------------------


def test_assets_are_listed_by_group_and_not_by_name() -> None:
    request = alltoken.list_assets(ACCOUNT, "group-1", "LivenessFace", 2)
    assert request.url.endswith("/v1/portrait/?Action=ListAssets&Version=2024-01-01")
    assert request.body == {
        "Filter": {"GroupType": "LivenessFace", "GroupIds": ["group-1"]},
        "PageNumber": 2,
        "PageSize": 100,
    }


def test_only_the_asset_of_that_group_name_and_type_is_found() -> None:
    answer = recorded("alltoken/assets")
    found = alltoken.read_listed_assets(
        answer, "group-1", AssetWish(name="Ann", asset_type="Image")
    )
    assert found == alltoken.Listed(asset_ids=(ASSET,), more=False)
    assert found.asset_id == ASSET


@pytest.mark.parametrize(
    ("case", "more"), [("assets_none", False), ("assets", False), ("assets_more", True)]
)
def test_an_asset_is_certainly_absent_only_on_the_last_page(case: str, *, more: bool) -> None:
    found = alltoken.read_listed_assets(
        recorded(f"alltoken/{case}"), "group-1", AssetWish(name="Zoe", asset_type="Image")
    )
    assert found == alltoken.Listed(asset_ids=(), more=more)
    assert found.asset_id is None


@pytest.mark.parametrize(("count", "more"), [(0, False), (99, False), (100, True)])
def test_without_a_total_a_full_page_may_be_followed_by_another(count: int, *, more: bool) -> None:
    items = [{"Id": str(number), "Name": "Bob"} for number in range(count)]
    found = alltoken.read_listed_assets(
        reply(200, {"Result": {"Items": items}}),
        "group-1",
        AssetWish(name="Ann", asset_type="Image"),
    )
    assert found == alltoken.Listed(asset_ids=(), more=more)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"", "HTTP 500"),
        (200, b"<html>", "the answer has no items"),
        (200, {"Result": {"Items": None}}, "the answer has no items"),
        (200, {"Result": {"Items": [None]}}, "the answer has no items"),
        (200, {"ResponseMetadata": {"Error": {"Code": "Forbidden"}}}, "Forbidden"),
        (200, {"Result": {"Items": [{"Name": "Ann", "AssetType": "Image"}]}}, "an item has no id"),
    ],
)
def test_a_list_that_could_not_be_asked_is_not_an_empty_one(
    status: int, body: Any, reason: str
) -> None:
    found = alltoken.read_listed_assets(
        reply(status, body), "group-1", AssetWish(name="Ann", asset_type="Image")
    )
    assert found == AskFailed(source="poll", reason=reason)
