"""AllToken's groups of assets: made, looked for when an answer was lost, deleted.

https://alltoken.ai/docs/apis/portrait (providers.md C.3, C.6, C.8)
"""

from dataclasses import dataclass

from domain.event import AskFailed, CallRefused, NotAccepted, OutcomeUnknown
from domain.portrait_event import GroupGone, GroupMade, GroupStays
from providers.alltoken_asset import GONE, PAGE_SIZE, ask_failed, has_more, older
from providers.alltoken_envelope import call, items_of, opened, with_advice
from providers.base import Account, Reply, Request
from providers.reading import as_name, as_number, is_fine, not_done, read_json, retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWish:
    """What a group is to be called; `mark`, in its title, names the call that made it, and `since`
    (in milliseconds) says how old it should be."""

    group_type: str
    name: str
    description: str | None
    mark: str
    since: int = 0


def create_group(account: Account, wish: GroupWish) -> Request:
    body = {"GroupType": wish.group_type, "Name": wish.name, "Title": wish.mark}
    if wish.description is not None:
        body["Description"] = wish.description
    return call(account, "CreateAssetGroup", body, 30.0)


def read_created_group(reply: Reply) -> GroupMade | NotAccepted | OutcomeUnknown | CallRefused:
    answer = opened(reply)
    group_id = as_name(answer.result.get("Id"))
    if group_id is None:
        return not_done(reply, with_advice(answer.error, "group"))
    return GroupMade(source="submit", group_id=group_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGroups:
    """What one page says about a group that may have been made."""

    marked: str | None
    """The one with our mark."""
    alike: tuple[str, ...]
    """Those of that name of which the provider does not show a title."""
    more: bool


def list_groups(account: Account, group_type: str, page: int) -> Request:
    """One page, from 1 on. Not filtered by name: the gateway keeps another name upstream."""
    body = {
        "Filter": {"GroupType": group_type},
        "PageNumber": page,
        "PageSize": PAGE_SIZE,
    }
    return call(account, "ListAssetGroups", body, 20.0)


def read_listed_groups(reply: Reply, wish: GroupWish) -> ListedGroups | AskFailed:
    answer = opened(reply)
    result = answer.result
    total = as_number(result.get("TotalCount"))
    items = items_of(result)
    if items is None:
        return ask_failed(reply, answer, "the answer has no items")
    marked = [as_name(item.get("Id")) for item in items if item.get("Title") == wish.mark]
    untitled = [item for item in items if item.get("Name") == wish.name and not item.get("Title")]
    # What seems to have been there before comes last: the provider's clock is its own.
    untitled.sort(key=lambda item: older(item, wish.since))
    alike = [as_name(item.get("Id")) for item in untitled]
    if None in marked or None in alike:
        return ask_failed(reply, answer, "an item has no id")
    return ListedGroups(
        marked=next(iter(marked), None),
        alike=tuple(name for name in alike if name is not None),
        more=has_more(result, len(items), total),
    )


def read_group_ids(reply: Reply) -> tuple[frozenset[str], bool] | None:
    """The ids on one page of a list, and whether there are more; None when it is no such page."""
    result = opened(reply).result
    items = items_of(result)
    if items is None:
        return None
    names = (as_name(item.get("Id")) for item in items)
    more = has_more(result, len(items), as_number(result.get("TotalCount")))
    return frozenset(name for name in names if name is not None), more


def delete_group(account: Account, group_id: str) -> Request:
    return call(account, "DeleteAssetGroup", {"Id": group_id}, 20.0)


def read_deleted_group(reply: Reply, group_id: str) -> GroupGone | GroupStays:
    """Asked again after a lost answer, it is gone already."""
    answer = opened(reply)
    # A page of some gateway on the way is no answer of the provider's.
    readable = not reply.body.strip() or isinstance(read_json(reply.body), dict)
    gone = answer.error is None and is_fine(reply.status) and readable
    if gone or (reply.status < 500 and answer.business_code in GONE):
        return GroupGone(source="submit", group_id=group_id)
    reason = answer.business_code or f"HTTP {reply.status}"
    return GroupStays(source="submit", reason=reason, retry_after=retry_after(reply))
