"""The twelve portrait Actions that clients may call through us: what each takes, and what it touches.

https://alltoken.ai/docs/apis/portrait (providers.md C.3)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.resource import ResourceType
from providers.alltoken_action_fields import (
    AIGC,
    ASSET_TYPE,
    GROUP_TYPE,
    LINK,
    NAME,
    PAGING,
    STATUSES,
    TEXT,
    TEXTS,
    ActionRefused,
    Rules,
    an_object,
    needed,
    one_of,
)
from providers.alltoken_envelope import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A field that names something at the provider."""

    field: str
    type: ResourceType


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One Action: its fields, the lane that limits it, and what it does to whose things."""

    name: str
    fields: Rules
    lane: str = "alltoken.action"
    of: Named | None = None
    """The field of the request that must name something of the caller's own."""
    makes: Named | None = None
    """The field of the result that names what was made."""
    group_type: str | None = None
    """That of a group which it makes."""
    lists: ResourceType | None = None
    shows: bool = False
    """Whether the result is what `of` names."""
    removes: bool = False
    read_timeout: float = 20.0

    @property
    def changes(self) -> bool:
        """Whether a call may leave something behind, or spend something."""
        return not self.shows and self.lists is None


A_GROUP = Named(field="Id", type=ResourceType.GROUP)
AN_ASSET = Named(field="Id", type=ResourceType.ASSET)
A_SESSION = Named(field="BytedToken", type=ResourceType.SESSION)

PROJECT: Rules = {"ProjectName": TEXT}
ID: Rules = {**PROJECT, "Id": needed(TEXT)}
WHICH: Rules = {"GroupType": needed(GROUP_TYPE), "Name": TEXT, "GroupIds": TEXTS}

_SCANS = (
    Action(
        name="CreateVisualValidateSession",
        lane="alltoken.session",
        fields={**PROJECT, "CallbackURL": needed(LINK)},
        makes=A_SESSION,
    ),
    Action(
        name="GetVisualValidateResult",
        lane="alltoken.exchange",
        fields={**PROJECT, "BytedToken": needed(TEXT)},
        of=A_SESSION,
        makes=Named(field="GroupId", type=ResourceType.GROUP),
        group_type="LivenessFace",
    ),
)
_GROUPS = (
    Action(
        name="CreateAssetGroup",
        lane="alltoken.create_group",
        # The guide requires a name, the schema does not.
        fields={
            **PROJECT,
            "GroupType": needed(AIGC),
            "Name": NAME,
            "Title": TEXT,
            "Description": TEXT,
        },
        makes=A_GROUP,
        group_type="AIGC",
        read_timeout=30.0,
    ),
    Action(name="GetAssetGroup", fields=ID, of=A_GROUP, shows=True),
    Action(
        name="ListAssetGroups",
        fields={**PROJECT, **PAGING, "Filter": needed(an_object(WHICH))},
        lists=ResourceType.GROUP,
    ),
    Action(name="UpdateAssetGroup", fields={**ID, "Name": NAME, "Description": TEXT}, of=A_GROUP),
    Action(
        name="DeleteAssetGroup",
        lane="alltoken.delete_group",
        fields=ID,
        of=A_GROUP,
        removes=True,
    ),
)
_ASSETS = (
    Action(
        name="CreateAsset",
        lane="alltoken.create_asset",
        fields={
            **PROJECT,
            "GroupId": needed(TEXT),
            "URL": needed(LINK),
            "AssetType": needed(ASSET_TYPE),
            "Name": NAME,
        },
        of=Named(field="GroupId", type=ResourceType.GROUP),
        makes=AN_ASSET,
        read_timeout=60.0,
    ),
    Action(name="GetAsset", lane="alltoken.poll_asset", fields=ID, of=AN_ASSET, shows=True),
    Action(
        name="ListAssets",
        fields={
            **PROJECT,
            **PAGING,
            "SortBy": TEXT,
            "SortOrder": one_of("Asc", "Desc"),
            "Filter": needed(an_object({**WHICH, "Statuses": STATUSES})),
        },
        lists=ResourceType.ASSET,
    ),
    Action(name="UpdateAsset", fields={**ID, "Name": NAME}, of=AN_ASSET),
    Action(name="DeleteAsset", fields=ID, of=AN_ASSET, removes=True),
)

ACTIONS: Mapping[str, Action] = {one.name: one for one in (*_SCANS, *_GROUPS, *_ASSETS)}


def known(name: str, version: str | None) -> Action:
    """The Action of that name; ActionRefused names those that there are."""
    if not name:
        raise ActionRefused(
            "MissingParameter.Action", f"Action is required; it is one of {', '.join(ACTIONS)}."
        )
    if name not in ACTIONS:
        raise ActionRefused("InvalidParameter", f"Action must be one of {', '.join(ACTIONS)}.")
    if version not in (None, VERSION):
        raise ActionRefused("InvalidParameter", f"Version must be {VERSION}.")
    return ACTIONS[name]
