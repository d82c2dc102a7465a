"""Housekeeping: what nobody wants any more goes, in small pieces that hold up nobody else.

Rules of this file:
- Everything may be done twice, so any number of processes may do it at the same time.
- Without anything to do it only reads.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from itertools import takewhile

import structlog

from domain.errors import StoreUnavailable
from domain.ids import made_at
from domain.leftover import PLACES, Leftover, LeftoverKind
from domain.times import DAY
from engine.context import Context
from engine.erasure import erasing
from engine.leftovers import undo
from store.leftovers import LeftoverAsk
from store.outlived import Limits

log = structlog.get_logger("likeness.housekeeping")

LOOK = 2.0
"""Seconds after which it looks for leftovers even without a hint: another process may have left some."""
SWEEP = 600.0
"""Seconds between two looks for what has become old."""
ROOM = 8
"""Leftovers that are undone side by side."""
PIECE = 10
"""Rows that are erased in one commit: a webhook that comes meanwhile waits for it."""
FEW = 20
"""The same of submissions without content. One with content has a commit of its own: that may be tens of
megabytes, which are overwritten."""
PAUSE = 0.02
"""Seconds between two pieces, which are everybody else's."""
NAMES = 500
"""Files that are looked up at once."""
WEEK = 7 * DAY
ABANDONED = DAY
"""After which a file that belongs to no upload is nobody's: its id is as old as the upload's beginning,
and a phone with a weak signal may take hours."""
PART = ".part"


async def keep_house(context: Context) -> None:
    """Until cancelled: leftovers as they are due, and every ten minutes what has become old.

    A provider that does not answer, or an archive, holds up nothing of what is ours.
    """
    bells = [asyncio.Event() for _ in PLACES]

    def ring() -> None:
        for bell in bells:
            bell.set()

    context.store.erasures.on_leftover = ring
    async with asyncio.TaskGroup() as group:
        for kinds, bell in zip(PLACES, bells, strict=True):
            undoing = partial(undo_leftovers, context, kinds)
            group.create_task(_again_and_again(context, undoing, bell, LOOK))
        group.create_task(
            _again_and_again(context, partial(sweep, context), asyncio.Event(), SWEEP)
        )


async def _again_and_again(
    context: Context, work: Callable[[], Awaitable[None]], bell: asyncio.Event, seconds: float
) -> None:
    while True:
        # From here on every hint counts.
        bell.clear()
        try:
            await work()
        except StoreUnavailable as error:
            log.warning("store unavailable, housekeeping waits", reason=str(error))
        except Exception as error:
            log.exception("housekeeping failed unforeseen", error=type(error).__name__)
        await context.clock.wait(bell, seconds)


async def undo_leftovers(context: Context, kinds: Collection[LeftoverKind]) -> None:
    """Everything of these kinds that is due, a few at a time."""
    while True:
        ask = LeftoverAsk(now=context.clock.now(), room=ROOM, kinds=kinds)
        due = await context.store.erasures.leftovers.claim(ask)
        if not due:
            return
        async with asyncio.TaskGroup() as group:
            for leftover in due:
                group.create_task(_undo(context, leftover))


async def _undo(context: Context, leftover: Leftover) -> None:
    """One that fails holds up no other; it is claimed again after its lease."""
    try:
        await undo(context, leftover)
    except StoreUnavailable as error:
        log.warning("store unavailable, a leftover stays", kind=leftover.kind, reason=str(error))


async def sweep(context: Context) -> None:
    """What is too old to be kept."""
    stuck: set[str] = set()
    for piece in (partial(_finished, stuck=stuck), _uploads, _outlived):
        while await piece(context):
            await context.clock.sleep(PAUSE)
    await _strays(context)


async def _finished(context: Context, *, stuck: set[str]) -> bool:
    """Erase a few that ended long ago; whether there were any. One that cannot be erased, for whatever
    reason, is `stuck` until the next sweep, and keeps no other."""
    before, erasures = context.clock.now() - context.timing.retention, context.store.erasures
    found = await erasures.finished_before(before, FEW + len(stuck))
    due = [one for one in found if one[0] not in stuck][:FEW]
    light = list(takewhile(lambda one: not one[1], due))
    ids = [name for name, _ in light or due[:1]]
    if ids and not await _erased(context, ids):
        # One of them spoils it for all.
        stuck.update([name for name in ids if len(ids) == 1 or not await _erased(context, [name])])
    return bool(ids)


async def _erased(context: Context, ids: list[str]) -> bool:
    """Whether they could be erased in one commit."""
    try:
        await context.store.erasures.erase_together([erasing(context, name) for name in ids])
    except StoreUnavailable:
        raise
    except Exception as error:
        log.exception("not erased", ids=ids, error=type(error).__name__)
        return False
    return True


async def _uploads(context: Context) -> bool:
    now, erasures = context.clock.now(), context.store.erasures
    ids = await erasures.expired_uploads(now, PIECE)
    if ids:
        await erasures.erase_uploads(ids, now)
    return bool(ids)


async def _outlived(context: Context) -> bool:
    now, erasures = context.clock.now(), context.store.erasures
    limits = Limits(retained=now - context.timing.retention, week=now - WEEK, most=PIECE)
    found = await erasures.outlived(limits)
    if found:
        await erasures.drop_outlived(found)
    return bool(found)


async def _strays(context: Context) -> None:
    """Files that a process has left which died before it could tell of them, or of their erasure."""
    before = context.clock.now() - ABANDONED
    old = [
        name
        for name in await context.uploads.names()
        if (made := made_at(name.removesuffix(PART))) is not None and made < before
    ]
    for start in range(0, len(old), NAMES):
        names = old[start : start + NAMES]
        known = await context.store.erasures.known_uploads(names)
        for name in names:
            if name not in known:
                await context.uploads.remove(name)
        await context.clock.sleep(PAUSE)
