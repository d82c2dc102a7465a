"""What was made at a provider on behalf of a key of ours: groups of assets, and assets."""

from dataclasses import dataclass
from enum import StrEnum


class ResourceType(StrEnum):
    GROUP = "group"
    ASSET = "asset"
    SESSION = "session"
    """A face-scan session that the client opened itself; known by a hash of its token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`id` is the provider's own; `group_type` AIGC or LivenessFace, as far as it is known."""

    id: str
    type: ResourceType
    key_id: str
    group_id: str | None = None
    group_type: str | None = None
    created_at: int = 0
    deleted_at: int | None = None
    listed: bool = False
    """Whether it was only seen in a list: a call whose answer was lost may have made it."""


def group(group_id: str, key_id: str, group_type: str, now: int) -> Resource:
    return Resource(
        id=group_id,
        type=ResourceType.GROUP,
        key_id=key_id,
        group_type=group_type,
        created_at=now,
    )


def asset(asset_id: str, key_id: str, group_id: str, now: int) -> Resource:
    return Resource(
        id=asset_id, type=ResourceType.ASSET, key_id=key_id, group_id=group_id, created_at=now
    )
