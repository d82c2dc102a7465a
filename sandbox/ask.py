"""One portrait Action's question, and the errors it may be answered with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.portraits import Asset, Group
from sandbox.switches import Overrides, Switches
from sandbox.world import World

LONGEST_NAME = 50
LARGEST_PAGE = 100
USUAL_PAGE = 10


class PortraitError(Exception):
    """A business error: HTTP 200 with ResponseMetadata.Error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    world: World
    customer: str
    fields: Mapping[str, Any]
    overrides: Overrides
    switches: Switches

    @property
    def now(self) -> float:
        return self.world.now()

    @property
    def project(self) -> str:
        return self.text("ProjectName") or "default"

    def text(self, name: str, longest: int | None = None) -> str:
        """An optional text field."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or (longest and len(value) > longest):
            raise PortraitError("InvalidParameter", f"{name} is malformed or too long")
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise PortraitError(f"MissingParameter.{name}", f"{name} is required")
        return value

    def own_group(self, identity: str) -> Group:
        group = self.world.groups.get(identity)
        if group is None or group.customer != self.customer:
            raise self._not_yours(identity)
        return group

    def own_asset(self, identity: str) -> Asset:
        asset = self.world.assets.get(identity)
        if asset is None or asset.customer != self.customer:
            raise self._not_yours(identity)
        return asset

    def _not_yours(self, identity: str) -> PortraitError:
        """Existence is hidden: what is another's and what never was look alike."""
        if self.world.past.deleted.get(identity) == self.customer:
            return PortraitError("NotFound", "It no longer exists")
        return PortraitError("Forbidden", "It belongs to another customer")

    def filters(self) -> Mapping[str, Any]:
        found = self.fields.get("Filter")
        if not isinstance(found, dict):
            raise PortraitError("MissingParameter.Filter", "Filter is required")
        kind = found.get("GroupType")
        if not kind:
            raise PortraitError("MissingParameter.Filter.GroupType", "GroupType is required")
        if kind not in ("AIGC", "LivenessFace"):
            raise PortraitError("InvalidParameter", "GroupType must be AIGC or LivenessFace")
        return found

    def page(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        """The part of a list that was asked for."""
        number = self._count("PageNumber", 1)
        size = self._count("PageSize", USUAL_PAGE, LARGEST_PAGE)
        return {
            "TotalCount": len(items),
            "Items": items[(number - 1) * size : number * size],
            "PageNumber": number,
            "PageSize": size,
        }

    def _count(self, name: str, usual: int, largest: int | None = None) -> int:
        value = self.fields.get(name, usual)
        if not isinstance(value, int) or value < 1 or (largest and value > largest):
            raise PortraitError("InvalidParameter", f"{name} is out of range")
        return value


Action = Callable[[Ask], Awaitable[dict[str, Any]]]


def matches(name: str, filters: Mapping[str, Any], group_id: str) -> bool:
    """Filter.Name is a part of the name; Filter.GroupIds is a list of ids."""
    wanted = filters.get("GroupIds")
    return str(filters.get("Name") or "") in name and (not wanted or group_id in wanted)
