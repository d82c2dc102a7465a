"""What erased submissions have left elsewhere is undone: a file, a folder, a job, an asset, a group.

Rules of this file:
- Each may be undone twice, and may have been undone by somebody else.
- What cannot be undone now is tried again, more and more rarely, until it is.
"""

from collections.abc import Awaitable, Callable

import structlog

from domain.aftermath import TRIES
from domain.errors import LikenessError, StoreUnavailable
from domain.event import AskFailed
from domain.leftover import Leftover, LeftoverKind, wait
from domain.portrait_event import GroupGone
from domain.times import HOUR, SECOND
from engine.context import Context
from engine.wire import Lost, send
from providers import alltoken_asset, alltoken_group
from providers.base import Request
from providers.kinds import CANCELERS

log = structlog.get_logger("likeness.housekeeping")

DONE = None
"""Instead of the milliseconds until something is looked at again."""
COPYING = HOUR
"""A copy may be under way while its folder is deleted; when it is looked at again, that is over."""
BUSY = 2 * SECOND
"""Until the database is asked once more to empty its log."""
LONGEST_TURN = 10 * SECOND


async def undo(context: Context, leftover: Leftover) -> None:
    """Try it once; when that fails, it is put off."""
    try:
        again = await WAYS[leftover.kind](context, leftover)
    except StoreUnavailable:
        raise
    except LikenessError as error:
        log.warning("a leftover stays", kind=leftover.kind, reason=type(error).__name__)
        again = wait(leftover.attempt)
    except Exception as error:
        log.exception("a leftover stays", kind=leftover.kind, error=type(error).__name__)
        again = wait(leftover.attempt)
    leftovers = context.store.erasures.leftovers
    if again is DONE:
        await leftovers.done(leftover)
    else:
        await leftovers.put_off(leftover, context.clock.now() + again)


async def _archive(context: Context, leftover: Leftover) -> int | None:
    folder, _, name = leftover.name.partition("@")
    archive = context.archive_of(name) if name else context.archive
    if archive is None:
        # Switched off since; what lies there can only be deleted when it is on again.
        return wait(leftover.attempt)
    await archive.delete_folder(folder)
    return COPYING if context.clock.now() < leftover.since + COPYING else DONE


async def _upload(context: Context, leftover: Leftover) -> int | None:
    return DONE if await context.uploads.remove(leftover.name) else wait(leftover.attempt)


async def _log(context: Context, _leftover: Leftover) -> int | None:
    return DONE if await context.store.erasures.tidy() else BUSY


async def _job(context: Context, leftover: Leftover) -> int | None:
    """Asked a few times at most: whatever is answered, nobody wants to know how it ends."""
    name = leftover.provider or ""
    if name not in CANCELERS or leftover.attempt >= TRIES:
        return DONE
    request = CANCELERS[name].cancel(context.account(name), leftover.name)
    answer = await send(context.asking, request, context.observed)
    if isinstance(answer, Lost):
        return wait(leftover.attempt)
    event = CANCELERS[name].read_cancel(answer, leftover.name, context.clock.now())
    return wait(leftover.attempt, event.retry_after) if isinstance(event, AskFailed) else DONE


async def _asset(context: Context, leftover: Leftover) -> int | None:
    request = alltoken_asset.delete_asset(context.account("alltoken"), leftover.name)
    return await _delete(context, leftover, "alltoken.action", request)


async def _group(context: Context, leftover: Leftover) -> int | None:
    request = alltoken_group.delete_group(context.account("alltoken"), leftover.name)
    return await _delete(context, leftover, "alltoken.delete_group", request)


async def _delete(context: Context, leftover: Leftover, lane: str, request: Request) -> int | None:
    """Within the provider's limits. What is gone already is as good as deleted."""
    now = context.clock.now()
    turn = await context.store.take_slot(lane, now, LONGEST_TURN)
    if turn is None:
        return wait(leftover.attempt)
    await context.clock.sleep((turn - now) / SECOND)
    answer = await send(context.asking, request, context.observed)
    if isinstance(answer, Lost):
        return wait(leftover.attempt)
    event = alltoken_group.read_deleted_group(answer, leftover.name)
    if not isinstance(event, GroupGone):
        return wait(leftover.attempt, event.retry_after)
    await context.store.forget(leftover.name, context.clock.now())
    return DONE


WAYS: dict[LeftoverKind, Callable[[Context, Leftover], Awaitable[int | None]]] = {
    LeftoverKind.ARCHIVE: _archive,
    LeftoverKind.UPLOAD: _upload,
    LeftoverKind.CANCEL: _job,
    LeftoverKind.ASSET: _asset,
    LeftoverKind.GROUP: _group,
    LeftoverKind.LOG: _log,
}
