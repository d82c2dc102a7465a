"""The provider's portrait Actions, called by clients through us and scoped to their keys.

Rules of this file:
- Everything that can be refused without the provider is refused without a call.
- What a call has made is recorded before the client learns its id, so that the id is good at once.
- Neither a token nor a link of a face scan reaches a log.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from domain.errors import Refused, StoreUnavailable
from domain.ids import new_id
from domain.resource import ResourceType
from domain.times import SECOND
from engine.action_scope import check_own, check_quota, made, narrowed, only_own
from engine.context import Context
from engine.wire import Lost, send
from providers.alltoken_action import Action, known
from providers.alltoken_action_answer import (
    ActionAnswer,
    metadata,
    read_answer,
    refused,
    succeeded,
    unanswered,
)
from providers.alltoken_action_fields import USUAL_PAGE, ActionRefused, read_fields
from providers.alltoken_asset import GONE
from providers.alltoken_envelope import call
from store.keys import ApiKey

PATIENCE = 10 * SECOND
"""How long a call may wait for its turn at the provider."""
LOOK = 0.1
"""Seconds between two looks whether it is its turn. Nothing is reserved ahead, so that the face
scans and assets of submissions, whose lanes these are too, get their turns among these calls."""
RECORDING = 10 * SECOND
"""How long what was made is kept in hand while the store is away."""

Fields = Mapping[str, Any]

log = structlog.get_logger("likeness.actions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call as it came in; the body may hold a face scan's token."""

    action: str
    version: str | None
    body: bytes = field(repr=False)


async def perform(context: Context, key: ApiKey, asked: Asked) -> ActionAnswer:
    """The answer for the client. StoreUnavailable when nothing was done for want of the store;
    Refused when there is no provider, or when what it has made could not be recorded."""
    context.account("alltoken")
    about = metadata(asked.action, new_id("req", context.clock.now()))
    try:
        action = known(asked.action, asked.version)
        fields = read_fields(action.fields, asked.body)
        await check_own(context, key, action, fields)
        await check_quota(context, key, action, fields)
        within = await narrowed(context, key, action, fields)
        if within is None:
            return succeeded(about, _nothing(fields))
        await _turn(context, action)
    except ActionRefused as refusal:
        return refused(about, refusal.code, refusal.message)
    answer = await _ask(context, action, within, about)
    if answer.trouble is not None:
        log.warning("an action failed", action=action.name, reason=answer.trouble)
    if action.removes:
        await _forget(context, action, fields, answer)
    elif action.makes is not None:
        await _record(context, key, action, fields, answer)
    elif action.lists is not None and not key.admin:
        return await _only_own(context, key, action, answer)
    return answer


def _nothing(fields: Fields) -> dict[str, Any]:
    """The page of a key that has no group to list."""
    return {
        "TotalCount": 0,
        "Items": [],
        "PageNumber": fields.get("PageNumber") or 1,
        "PageSize": fields.get("PageSize") or USUAL_PAGE,
    }


async def _turn(context: Context, action: Action) -> None:
    """Wait for a start within the provider's limits, which hold over all processes."""
    end = context.clock.now() + PATIENCE
    while await context.store.take_slot(action.lane, context.clock.now(), 0) is None:
        if context.clock.now() >= end:
            raise ActionRefused(
                "RateLimitExceeded", "Too many calls wait for their turn. Try again in a moment."
            )
        await context.clock.sleep(LOOK)


async def _ask(
    context: Context, action: Action, fields: Fields, about: dict[str, Any]
) -> ActionAnswer:
    account = context.account("alltoken")
    client = context.calling if action.changes else context.asking
    request = call(account, action.name, fields, action.read_timeout)
    reply = await send(client, request, context.observed)
    if isinstance(reply, Lost):
        return unanswered(about, action, reply.left, reply.reason)
    return read_answer(reply, action, fields, about, account.api_key)


async def _record(
    context: Context, key: ApiKey, action: Action, fields: Fields, answer: ActionAnswer
) -> None:
    """Whose it is what was made, before anybody learns its id."""
    if answer.result is None or action.makes is None:
        return
    name = answer.result[action.makes.field]

    async def record() -> None:
        await context.store.record(await made(context, key, action, fields, name))

    secret = action.makes.type is ResourceType.SESSION
    await _insist(context, record, action, "a session" if secret else name)


async def _forget(context: Context, action: Action, fields: Fields, answer: ActionAnswer) -> None:
    """It is there no more, also when it had gone before."""
    if action.of is None or (answer.result is None and answer.code not in GONE):
        return
    name = fields[action.of.field]

    async def forget() -> None:
        await context.store.forget(name, context.clock.now())

    await _insist(context, forget, action, name)


async def _only_own(
    context: Context, key: ApiKey, action: Action, answer: ActionAnswer
) -> ActionAnswer:
    if answer.result is None:
        return answer
    page, news = await only_own(context, key, action, answer.result)
    for resource in news:
        await context.store.record(resource)
    return succeeded(answer.body["ResponseMetadata"], page)


async def _insist(
    context: Context, do: Callable[[], Awaitable[None]], action: Action, what: str
) -> None:
    """Keep what the provider has done, also when the store is away for a moment."""
    end = context.clock.now() + RECORDING
    while True:
        try:
            await do()
        except StoreUnavailable as error:
            if context.clock.now() >= end:
                log.warning("an action was done but not recorded", action=action.name, of=what)
                raise Refused(
                    503, "store_unavailable", f"{action.name} was done ({what}), but not recorded."
                ) from error
            await context.clock.sleep(1)
        else:
            return
