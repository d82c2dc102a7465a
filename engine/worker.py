"""The worker: claims due tasks, runs them side by side, keeps their leases, stops gracefully.

Rules of this file:
- It holds no timer for any job: between two claims it sleeps until the earliest due time or a hint.
- A task whose run fails unforeseen is logged and left for a minute; it is never lost.
- While it rests, what commits of its own process make is its own from the start.
"""

import asyncio
import sys
from collections import Counter
from uuid import uuid4

import structlog

from domain.delivery import host_of
from domain.delivery_room import DeliveryRoom
from domain.errors import LikenessError, Refused, StoreUnavailable
from domain.task import LANES, LEASE, Claim
from domain.times import MINUTE, SECOND
from engine.context import Context
from engine.housekeeping import keep_house
from engine.runners import run
from store.early_claims import AtHand
from store.tasks import ClaimAsk

log = structlog.get_logger("likeness.worker")

SWEEP = SECOND // 2
"""Milliseconds after which it looks even without a hint: another process may have added a task."""
BEATEN = 20
"""Milliseconds of rest when nothing was left of what is due: others are committing it."""
NEVER = sys.maxsize
PATIENCE = 4.5
"""Seconds that calls on the wire have to come home when the worker stops."""


class Worker:
    """Runs tasks until stopped."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._name = uuid4().hex[:12]
        self._running: dict[str, Claim] = {}
        self._bell = asyncio.Event()
        self._quiet = asyncio.Event()
        self._stopping = False
        self._resting = False
        self._counted = asyncio.Event()
        """Whether all that we have is in `_running`: a commit on its way may take more for us."""
        self._counted.set()
        self._wakes_at = 0

    async def work(self) -> None:
        """Claim and run until `stop`; then wait for what is on the wire, but not for ever."""
        hints = self._context.store.hints
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._keep_leases()),
                group.create_task(keep_house(self._context)),
            ]
            tasks: set[asyncio.Task[None]] = set()

            def begin(claims: list[Claim]) -> None:
                for claim in self._still_ours(claims):
                    self._running[claim.holder] = claim
                    task = group.create_task(self._run(claim))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)

            def take(claims: list[Claim]) -> None:
                self._counted.set()
                begin(claims)

            hints.on_task, hints.at_hand, hints.on_claims = self._hint, self._at_hand, take
            try:
                while not self._stopping:
                    begin(await self._claim_or_rest())
                await self._come_home()
            finally:
                hints.leave()
            for task in [*beside, *tasks]:
                task.cancel()

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()
        # What a commit on its way takes for us is not begun, so nobody waits for it.
        self._counted.set()

    async def _claim_or_rest(self) -> list[Claim]:
        """What is due. If there is nothing, sleep until a task of a lane with room is due, a hint, or
        the sweep."""
        await self._counted.wait()
        if self._stopping:
            return []
        # From here on every hint counts: what is read next may not yet show its task.
        self._bell.clear()
        self._wakes_at = NEVER
        now = self._context.clock.now()
        room, deliveries = self._room(), DeliveryRoom(self._lanes())
        try:
            due = await self._context.store.next_due(list(room), now, deliveries)
            if due is not None and due <= now:
                ask = ClaimAsk(worker=self._name, now=now, room=room, deliveries=deliveries)
                claims = await self._context.store.claim(ask)
                if claims:
                    return claims
                due = now + BEATEN
            self._wakes_at = min(now + SWEEP, due or NEVER)
        except StoreUnavailable as error:
            log.warning("store unavailable, nothing is claimed", reason=str(error))
            self._wakes_at = now + SECOND
        if self._wakes_at > now and not self._stopping:
            self._resting = True
            try:
                await self._context.clock.wait(self._bell, (self._wakes_at - now) / SECOND)
            finally:
                self._resting = False
        return []

    def _at_hand(self) -> AtHand | None:
        """We, if we would take at once what is new. Who is woken looks first for what has waited."""
        if self._stopping or not self._resting or self._bell.is_set():
            return None
        self._counted.clear()
        now = self._context.clock.now()
        return AtHand(worker=self._name, now=now, lanes=tuple(self._lanes()))

    def _still_ours(self, claims: list[Claim]) -> list[Claim]:
        """Of what a commit has taken for us: none when we stop, or when the commit took longer than the
        lease. Others have it as soon as that is over."""
        now = self._context.clock.now()
        return [one for one in claims if not self._stopping and now < one.start_at + LEASE]

    async def _run(self, claim: Claim) -> None:
        try:
            await self._until(claim.start_at)
            await run(self._context, claim)
        except StoreUnavailable as error:
            log.warning("store unavailable, a task waits for its lease", reason=str(error))
        except Refused as error:
            log.warning("task cannot be run here", task=claim.task.kind, reason=error.code)
            await self._leave_for_a_minute(claim)
        except Exception as error:
            log.exception(
                "task failed unforeseen", task=claim.task.kind, error=type(error).__name__
            )
            await self._leave_for_a_minute(claim)
        finally:
            if self._is_full(claim.task.lane):
                self._bell.set()
            del self._running[claim.holder]
            if not self._running:
                self._quiet.set()

    async def _until(self, start_at: int) -> None:
        early = start_at - self._context.clock.now()
        if early > 0:
            await self._context.clock.sleep(early / SECOND)

    async def _leave_for_a_minute(self, claim: Claim) -> None:
        try:
            until = self._context.clock.now() + MINUTE
            await self._context.store.extend([claim], until)
        except LikenessError as error:
            log.warning("could not put a task off", reason=str(error))

    async def _keep_leases(self) -> None:
        """Renew the leases of running tasks, three times in the length of one."""
        while True:
            await self._context.clock.sleep(LEASE / SECOND / 3)
            if not self._running:
                continue
            try:
                until = self._context.clock.now() + LEASE
                await self._context.store.extend(list(self._running.values()), until)
            except StoreUnavailable as error:
                log.warning("store unavailable, leases not renewed", reason=str(error))

    async def _come_home(self) -> None:
        self._quiet.clear()
        if self._running:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._quiet.wait()
            except TimeoutError:
                log.warning("stopped with calls on the wire", calls=len(self._running))

    def _lanes(self) -> list[str]:
        return [claim.task.lane for claim in self._running.values()]

    def _room(self) -> dict[str, int]:
        taken = Counter(self._lanes())
        return {
            name: lane.slots - taken[name]
            for name, lane in LANES.items()
            if taken[name] < lane.slots
        }

    def _is_full(self, lane: str) -> bool:
        """Whether tasks of the lane may wait for room."""
        if lane in LANES:
            return self._lanes().count(lane) >= LANES[lane].slots
        room = DeliveryRoom(self._lanes())
        return lane in room.full or room.at(host_of(lane)) <= 0

    def _hint(self, due_at: int) -> None:
        if due_at < self._wakes_at:
            self._bell.set()
