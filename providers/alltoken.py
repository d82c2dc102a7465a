"""AllToken: portraits of real people. A face scan proves a group, and assets live in it.

Rules of this file:
- Business errors are looked for at any HTTP status.
- Only three answers end a scan session: a group, an expired token, a spent token. Time ends the rest.
- Token and link of a session are secrets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.event import CallRefused, NotAccepted, OutcomeUnknown
from domain.media import LONGEST_URL, is_link
from domain.portrait_event import ScanOver, ScanPending, Verified
from providers.alltoken_asset import (
    Listed,
    create_asset,
    get_asset,
    list_assets,
    read_asset,
    read_created_asset,
    read_listed_assets,
)
from providers.alltoken_envelope import Answer, call, opened
from providers.base import Account, Reply, Request
from providers.inputs import Input, Link, LinkedMedia, Name
from providers.reading import as_name, is_fine, not_done, retry_after

__all__ = [
    "AssetInput",
    "Listed",
    "LivenessInput",
    "Session",
    "create_asset",
    "create_session",
    "exchange",
    "get_asset",
    "link_in_language",
    "list_assets",
    "read_asset",
    "read_created_asset",
    "read_exchange",
    "read_listed_assets",
    "read_session",
]


class AssetInput(Input):
    """A picture, film or recording of the person, to be kept in the person's group."""

    url: LinkedMedia = Field(
        description="An http(s) URL that the provider can reach, upload:// or submission://."
    )
    asset_type: Literal["Image", "Video", "Audio"] = Field(
        default="Image", description="What the URL leads to."
    )
    name: Name | None = Field(default=None, description="The asset's name, 1 to 50 characters.")


class PortraitInput(Input):
    """An asset of an invented person, in a group of its own or in one that is there already."""

    name: Name = Field(description="The group's name, 1 to 50 characters.")
    group_id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="A group of yours for the asset; left out, a new one is made."
    )
    description: Annotated[str, Field(max_length=300)] | None = Field(
        default=None, description="What the new group is, at most 300 characters."
    )
    asset: AssetInput = Field(description="The asset to create in the group.")


class LivenessInput(Input):
    """A face scan of a person, and optionally an asset in the group that the scan proves."""

    name: Name = Field(description="The person's name in our lists, 1 to 50 characters.")
    mode: Literal["hosted", "direct"] = Field(
        default="hosted",
        description="hosted: our own page starts the scan; direct: the provider's link at once.",
    )
    language: Literal["zh", "zh-Hant", "en", "ja"] | None = Field(
        default=None, description="Language of the pages; left out, the phone's own."
    )
    return_url: Link | None = Field(
        default=None, description="Where the phone goes in the end: an http(s) URL."
    )
    asset: AssetInput | None = Field(
        default=None, description="The asset to create once the person is verified."
    )


# --- a scan session -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that the provider opened."""

    token: str = field(repr=False)
    link: str = field(repr=False)


# https://alltoken.ai/docs/apis/portrait, CreateVisualValidateSession
def create_session(account: Account, callback_url: str) -> Request:
    return call(account, "CreateVisualValidateSession", {"CallbackURL": callback_url}, 15.0)


def read_session(reply: Reply) -> Session | NotAccepted | CallRefused | OutcomeUnknown:
    answer = opened(reply)
    token = as_name(answer.result.get("BytedToken"))
    link = _link(answer.result.get("H5Link"))
    if token is None or link is None:
        return not_done(reply, answer.error)
    return Session(token=token, link=link)


def _link(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return None
    return value if is_link(value) and value.isprintable() and " " not in value else None


LANGUAGES: Mapping[str, str] = {"zh": "zh", "zh-Hant": "zh-Hant", "en": "en", "ja": "en"}
"""What the scan pages speak; BytePlus ModelArk/2333587."""


def link_in_language(link: str, language: str) -> str:
    """The link with only its `lng` set: no other character of it changes."""
    wanted = f"lng={LANGUAGES.get(language, 'en')}"
    address, hash_sign, fragment = link.partition("#")
    if re.search(r"[?&]lng=", address):
        address = re.sub(r"([?&])lng=[^&]*", rf"\1{wanted}", address)
    elif address.endswith(("?", "&")):
        address += wanted
    else:
        address += f"&{wanted}" if "?" in address else f"?{wanted}"
    return f"{address}{hash_sign}{fragment}"


# --- the exchange of a session's token for the person's group -------------------------------------

# https://alltoken.ai/docs/apis/portrait, GetVisualValidateResult (providers.md C.6)
OVER: Mapping[str, str] = {"TokenExpired": "expired", "InvalidToken": "spent"}

PENDING: Mapping[str, str] = {
    "ValidatePending": "pending",
    "ValidateNotReady": "pending",
    "RateLimitExceeded": "rate_limited",
    "UpstreamUnavailable": "unavailable",
    "Unauthorized": "unauthorized",
}


def exchange(account: Account, token: str) -> Request:
    return call(account, "GetVisualValidateResult", {"BytedToken": token}, 15.0)


def read_exchange(reply: Reply, session: str) -> Verified | ScanPending | ScanOver:
    """`session` is our own name for it."""
    answer = opened(reply)
    group_id = as_name(answer.result.get("GroupId"))
    if group_id is not None:
        return Verified(source="poll", session=session, group_id=group_id)
    over = _over(reply, answer)
    if over is not None:
        return ScanOver(source="poll", session=session, reason=over)
    return ScanPending(
        source="poll",
        session=session,
        reason=_pending(reply, answer),
        retry_after=retry_after(reply),
    )


def _over(reply: Reply, answer: Answer) -> str | None:
    if answer.business_code:
        return OVER.get(answer.business_code)
    return "spent" if reply.status == 404 else None


def _pending(reply: Reply, answer: Answer) -> str:
    if answer.business_code:
        return PENDING.get(answer.business_code, "refused")
    if is_fine(reply.status):
        empty = answer.result.get("GroupId", 0) in ("", None)
        return "pending" if empty else "unreadable"
    return {401: "unauthorized", 403: "unauthorized", 429: "rate_limited"}.get(
        reply.status, "unavailable"
    )
