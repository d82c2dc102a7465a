"""AllToken's assets: created, waited for, and looked for when an answer was lost.

Rules of this file:
- An asset ends only with `Active` or `Failed`, or when the provider says that it is not there.
- Creating costs nothing but leaves something behind, so it is looked for before it is repeated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from providers.alltoken_envelope import Answer, call, items_of, opened, with_advice
from providers.base import Account, File, Reply, Request
from providers.reading import (
    LONGEST_MESSAGE,
    as_message,
    as_moment,
    as_name,
    as_number,
    as_object,
    as_word,
    is_fine,
    not_done,
    retry_after,
)

PAGE_SIZE = 100

# BytePlus ModelArk/2318271 (providers.md D.6); other reasons are `provider_failed`.
REASONS: Mapping[str, str] = {
    "DownloadFailed": "media_unreachable",
    "ContentRestricted": "content_moderation",
    "InputTextSensitiveContentDetected": "content_moderation",
    "InputImageSensitiveContentDetected": "content_moderation",
    "InputVideoSensitiveContentDetected": "content_moderation",
    "InputAudioSensitiveContentDetected": "content_moderation",
    "FaceMismatch": "face_mismatch",
    "TranscodingFailed": "provider_failed",
    **dict.fromkeys(
        (
            "TypeMismatch",
            "FormatUnsupported",
            "FormatUndetectable",
            "DurationTooShort",
            "DurationTooLong",
            "WidthTooSmall",
            "HeightTooSmall",
            "WidthTooLarge",
            "HeightTooLarge",
            "AspectRatioTooSmall",
            "AspectRatioTooLarge",
            "FileSizeTooLarge",
            "PixelCountTooSmall",
            "PixelCountTooLarge",
            "FpsTooLow",
            "FpsTooHigh",
            "AudioTrackRequired",
            "AudioTrackForbidden",
        ),
        "asset_rejected",
    ),
}

GONE = ("NotFound", "Forbidden")
"""Business errors with which an asset or a group is not there, or not ours."""


# https://alltoken.ai/docs/apis/portrait, CreateAsset
def create_asset(account: Account, group_id: str, url: str, asset_type: str, name: str) -> Request:
    body = {"GroupId": group_id, "URL": url, "AssetType": asset_type, "Name": name}
    return call(account, "CreateAsset", body, 60.0)


def delete_asset(account: Account, asset_id: str) -> Request:
    return call(account, "DeleteAsset", {"Id": asset_id}, 20.0)


# https://alltoken.ai/docs/apis/portrait, /portrait/upload (providers.md C.5)
LARGEST_UPLOAD = 10 * 1024 * 1024
UPLOAD_TYPES = ("image/jpeg", "image/png", "image/webp")


def upload_asset(account: Account, group_id: str, file: File, name: str) -> Request:
    """A picture as a file: the provider need not fetch it."""
    return Request(
        operation="alltoken.upload",
        method="POST",
        url=f"{account.base_url.rstrip('/')}/v1/portrait/upload",
        headers={"Authorization": f"Bearer {account.api_key}"},
        body={"GroupId": group_id, "Name": name, "AssetType": "Image"},
        file=file,
        read_timeout=120.0,
    )


def read_created_asset(reply: Reply) -> Accepted | NotAccepted | OutcomeUnknown | CallRefused:
    answer = opened(reply)
    asset_id = as_name(answer.result.get("Id"))
    if asset_id is None:
        return not_done(reply, with_advice(answer.error, "asset"))
    return Accepted(source="submit", upstream_id=asset_id)


# https://alltoken.ai/docs/apis/portrait, GetAsset
def get_asset(account: Account, asset_id: str) -> Request:
    return call(account, "GetAsset", {"Id": asset_id}, 20.0)


def read_asset(reply: Reply, asset_id: str) -> Completed | Failed | Progress | AskFailed:
    answer = opened(reply)
    if reply.status < 500 and answer.business_code in GONE and answer.error is not None:
        key = f"{asset_id}:{answer.business_code.lower()}"
        return Failed(source="poll", key=key, error=answer.error, upstream_id=asset_id)
    if answer.error is not None or not is_fine(reply.status):
        return ask_failed(reply, answer)
    if answer.result.get("Id") != asset_id:
        return ask_failed(reply, answer, "the answer is not about this asset")
    return _read_item(answer.result, asset_id)


# https://alltoken.ai/docs/guides/portrait says UpstreamStatus, the reference says Status, and
# /portrait/upload writes it in lower case.
def _read_item(item: Mapping[str, Any], asset_id: str) -> Completed | Failed | Progress:
    word = as_word(item.get("UpstreamStatus")) or as_word(item.get("Status"))
    key = f"{asset_id}:{word.lower()}"
    match word.lower():
        case "active":
            return Completed(source="poll", key=key, upstream_id=asset_id)
        case "failed":
            error = _failure(item)
            return Failed(source="poll", key=key, error=error, upstream_id=asset_id)
        case _:
            return Progress(source="poll", word=word or "unknown", upstream_id=asset_id)


def _failure(item: Mapping[str, Any]) -> ProviderError:
    details = as_object(item.get("Error")) or as_object(item.get("FailedReason"))
    told = details.get("Code") or item.get("FailedReason")
    words = re.findall(r"[A-Za-z]+", told[:LONGEST_MESSAGE]) if isinstance(told, str) else []
    reason = next((word for word in words if word in REASONS), None)
    message = details.get("Message") or told
    return ProviderError(
        code=REASONS.get(reason or "", "provider_failed"),
        message=as_message(message, "The provider could not take the asset."),
        provider_code=reason or (words[0] if len(words) == 1 else None),
    )


# https://alltoken.ai/docs/apis/portrait, ListAssets
@dataclass(frozen=True, slots=True, kw_only=True)
class AssetWish:
    """What an asset is called, what it is, and since when (in milliseconds) it may exist."""

    name: str
    asset_type: str
    since: int = 0


def older(item: Mapping[str, Any], since: int) -> bool:
    """Whether a listed item was there before; of one whose time cannot be read, nobody knows."""
    made_at = as_moment(item.get("CreateTime"))
    return made_at is not None and made_at < since


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one page of a group's assets says about an asset that may have been created."""

    asset_ids: tuple[str, ...]
    """Those of that very name and type; usually none or one."""
    more: bool
    """Whether the next page may have it. None found and no more: it certainly does not exist."""

    @property
    def asset_id(self) -> str | None:
        return next(iter(self.asset_ids), None)


def list_assets(account: Account, group_id: str, group_type: str, page: int) -> Request:
    """One page, from 1 on. Not filtered by name: the gateway keeps another name upstream."""
    body = {
        "Filter": {"GroupType": group_type, "GroupIds": [group_id]},
        "PageNumber": page,
        "PageSize": PAGE_SIZE,
    }
    return call(account, "ListAssets", body, 20.0)


def read_listed_assets(reply: Reply, group_id: str, wish: AssetWish) -> Listed | AskFailed:
    """What is older than the wish is none of ours, whatever it is called."""
    answer = opened(reply)
    result = answer.result
    total = as_number(result.get("TotalCount"))
    items = items_of(result)
    if items is None:
        return ask_failed(reply, answer, "the answer has no items")
    wanted = (wish.name, wish.asset_type)
    found = tuple(
        as_name(item.get("Id")) or ""
        for item in items
        if (item.get("Name"), item.get("AssetType")) == wanted
        and item.get("GroupId") in (group_id, "", None)
        and not older(item, wish.since)
    )
    if not all(found):
        return ask_failed(reply, answer, "an item has no id")
    return Listed(asset_ids=found, more=has_more(result, len(items), total))


def has_more(result: Mapping[str, Any], count: int, total: int | None) -> bool:
    page = as_number(result.get("PageNumber"))
    size = as_number(result.get("PageSize"))
    if count == 0 or page is None or size is None or total is None:
        return count >= PAGE_SIZE
    return page * size < total


def ask_failed(reply: Reply, answer: Answer, reason: str | None = None) -> AskFailed:
    if answer.error is not None:
        reason = answer.error.provider_code
    elif not is_fine(reply.status):
        reason = f"HTTP {reply.status}"
    return AskFailed(source="poll", reason=reason or "unreadable", retry_after=retry_after(reply))
