"""Groups and assets at the provider: what our keys hold there, how much room is left, and deleting.

Rules of this file:
- What is listed is what Likeness has recorded; only when it is asked to does it ask the provider.
- A call goes through the same engine action as a client's, in the name of the admin key that is signed in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotFound
from domain.resource import Resource, ResourceType
from engine.action_scope import MOST_ASSETS, MOST_GROUPS
from engine.actions import Asked, perform
from handlers.dashboard import pages
from handlers.dashboard.door import Form
from handlers.dashboard.session import HOME, Session
from handlers.services import context_of
from providers.alltoken_action_answer import ActionAnswer
from providers.alltoken_action_fields import LARGEST_PAGE
from providers.reading import as_message, as_object, as_word
from store.resources import Held

PLACE = f"{HOME}/groups"
DELETES = {
    ResourceType.GROUP: ("DeleteAssetGroup", "group_deleted"),
    ResourceType.ASSET: ("DeleteAsset", "asset_deleted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """A group with what is in it, and whose it is."""

    held: Held
    assets: list[Held]
    key_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What the provider says of an asset of a group."""

    id: str
    name: str
    status: str
    recorded: bool


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/groups; `?key=` shows one key's alone."""
    return await _show(request, session)


async def delete(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/groups/delete: `which` names a group or an asset of ours."""
    context = context_of(request)
    one = await _recorded(request, form.get("which", ""))
    action, code = DELETES[one.type]
    answer = await perform(context, session.key, _asked(action, {"Id": one.id}))
    if answer.result is None:
        # What had gone before is forgotten all the same, and then there is nothing to say about it.
        known = (await context.store.resources([one.id])).get(one.id)
        if known is None or known.deleted_at is None:
            return await _show(request, session, status=409, said=_refusal(answer, one))
    return pages.done(request, session, PLACE, code)


async def ask(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/groups/ask: what the provider itself lists for a group."""
    one = await _recorded(request, form.get("which", ""))
    fields = {"Filter": {"GroupIds": [one.id], "GroupType": one.group_type or "AIGC"}}
    answer = await perform(
        context_of(request), session.key, _asked("ListAssets", fields | {"PageSize": LARGEST_PAGE})
    )
    if answer.result is None:
        return await _show(request, session, status=409, said=_refusal(answer, one))
    listed = [item for item in answer.result.get("Items") or () if isinstance(item, dict)]
    return await _show(request, session, asked=one.id, listed=listed)


async def _recorded(request: Request, name: str) -> Resource:
    one = (await context_of(request).store.resources([name])).get(name)
    if one is None or one.type not in DELETES or one.deleted_at is not None:
        raise NotFound("group or asset of that id")
    return one


def _asked(action: str, fields: Mapping[str, Any]) -> Asked:
    return Asked(action=action, version=None, body=json.dumps(fields).encode())


def _refusal(answer: ActionAnswer, one: Resource) -> str:
    """Why it was not done, in the provider's words."""
    business = as_object(as_object(answer.body.get("ResponseMetadata")).get("Error"))
    gateway = as_object(answer.body.get("error"))
    code = answer.code or as_word(gateway.get("code"))
    told = business.get("Message") or gateway.get("message")
    message = as_message(told, "The provider did not say why.")
    return f"The provider did not do it for {one.id}: {message}" + (f" ({code})" if code else "")


async def _show(
    request: Request,
    session: Session,
    *,
    status: int = 200,
    said: str | None = None,
    asked: str | None = None,
    listed: list[dict[str, Any]] | None = None,
) -> Response:
    context = context_of(request)
    held = await context.store.held()
    names = {key.id: key.name for key in await context.store.keys()}
    groups = [
        ShownGroup(
            held=one,
            assets=[asset for asset in held if asset.resource.group_id == one.resource.id],
            key_name=names.get(one.resource.key_id, one.resource.key_id),
        )
        for one in held
        if one.resource.type is ResourceType.GROUP
    ]
    wanted = request.query_params.get("key")
    return pages.page(
        request,
        session,
        "dashboard/groups.html",
        status=status,
        groups=[one for one in groups if wanted in (None, "", one.held.resource.key_id)],
        owners=_owners(groups),
        wanted=wanted or None,
        number=len(groups),
        assets=len(held) - len(groups),
        most_groups=MOST_GROUPS,
        most_assets=MOST_ASSETS,
        configured="alltoken" in context.accounts,
        said=said,
        asked=asked,
        listed=_listed(listed or [], held),
    )


def _owners(groups: list[ShownGroup]) -> list[tuple[str, str, int]]:
    """Each key that holds groups: its id, its name, and how many."""
    counted: dict[tuple[str, str], int] = {}
    for one in groups:
        owner = (one.held.resource.key_id, one.key_name)
        counted[owner] = counted.get(owner, 0) + 1
    return [(key_id, name, number) for (key_id, name), number in counted.items()]


def _listed(items: list[dict[str, Any]], held: list[Held]) -> list[Upstream]:
    known = {one.resource.id for one in held}
    return [
        Upstream(
            id=as_word(item.get("Id")),
            name=as_word(item.get("Name")),
            status=as_word(item.get("Status")),
            recorded=as_word(item.get("Id")) in known,
        )
        for item in items
    ]
