"""What every step of the engine can reach, and the telling of news."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

import httpx
import structlog

from domain import archive, chain, job, portrait, scan
from domain.decision import Decide, Decision, Terms
from domain.errors import Refused, StoreUnavailable
from domain.event import AskFailed, Event, NotAccepted, NotSettled, OutcomeUnknown, Progress
from domain.leftover import made_too_late
from domain.portrait_event import GroupStays, ScanPending, Verified
from domain.submission import Stage, Submission
from domain.task import Claim
from domain.times import Clock
from engine.observed import Observed
from engine.tokens import Tokens
from providers.base import Account
from providers.kinds import CANCELERS, KINDS, Flow, Kind
from store.archive import Archive
from store.news import News, Outcome, Verdict
from store.store import Store
from store.uploads import Uploads

COUNTED = (NotAccepted, NotSettled, Progress, AskFailed, ScanPending, GroupStays)
"""Events whose next try depends on how many there were."""

log = structlog.get_logger("likeness.engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The waits that the settings name, in milliseconds; None leaves it to the kind."""

    poll_grace: int
    poll_interval: int | None
    settle: int | None
    deadline: int
    session_ttl: int
    link_ttl: int
    retention: int
    """After which a finished submission is erased."""
    delivery_schedule: tuple[int, ...]
    """Waits between attempts to tell a client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that is open while the service runs."""

    store: Store
    uploads: Uploads
    archive: Archive | None
    """Where outputs are copied to; None when they are not."""
    archive_of: Callable[[str], Archive]
    """The archive of a copy by its name, also of an earlier setting; ArchiveUnavailable when it cannot
    be opened any more."""
    clock: Clock
    tokens: Tokens
    asking: httpx.AsyncClient
    """For calls that may be repeated; keeps connections."""
    calling: httpx.AsyncClient
    """For calls that must not: each has a fresh connection, so that a connection which the peer
    closed while it was idle cannot make an outcome look unknown."""
    guarded: httpx.AsyncBaseTransport
    """For the URLs of clients: it dials no private address."""
    outbound: httpx.AsyncClient
    """For the URLs of media, over the same wire."""
    accounts: Mapping[str, Account]
    base_url: str
    """Where our own links point."""
    public_url: str | None
    """Where providers reach us; without it no webhook is asked for."""
    timing: Timing
    observed: Observed = field(default_factory=Observed)
    """What is counted on the way."""

    def account(self, provider: str) -> Account:
        """Who we are at a provider; Refused when its key was taken away."""
        if provider not in self.accounts:
            raise Refused(
                503, "provider_not_configured", f"This Likeness holds no key of {provider}."
            )
        return self.accounts[provider]

    def terms(self, kind: Kind) -> Terms:
        return _terms(kind.name, self.timing, self.public_url is not None, self.archive is not None)

    def decide(self, submission: Submission, event: Event, now: int) -> Decision:
        kind = KINDS[submission.kind]
        story, terms = FLOWS[kind.flow], self.terms(kind)
        if isinstance(event, archive.NEWS):
            return archive.decide(submission, event, terms, now)
        if submission.stage is Stage.WAITING:
            return chain.decide(submission, event, story.begin, terms, now)
        return story.decide(submission, event, terms, now)

    async def tell(self, submission_id: str, event: Event, claim: Claim | None = None) -> Outcome:
        """Take an event in, once; StoreUnavailable when that cannot be done now."""
        decide: Decide = self.decide
        outcome = await self.store.advance(
            News(
                submission_id=submission_id,
                event=event,
                now=self.clock.now(),
                decide=decide,
                claim=claim,
            )
        )
        if outcome.ended or outcome.ended_too:
            self._count(outcome, event)
        return outcome

    def _count(self, outcome: Outcome, event: Event) -> None:
        """Whom the ends are owed to."""
        submission = outcome.submission
        if outcome.ended and submission is not None:
            # The exchange is a question of ours; what has made us ask it in time is the callback.
            called = isinstance(event, Verified) and submission.state.get("returned_at")
            source = "callback" if called else event.source
            self.observed.finished[submission.kind, submission.status.value, source] += 1
        for kind, status in outcome.ended_too:
            self.observed.finished[kind, status, "dependency"] += 1

    async def keep_telling(self, claim: Claim, event: Event) -> Outcome:
        """Take in what a provider answered, however long the store is away: it may have cost money."""
        if isinstance(event, COUNTED):
            event = replace(event, attempt=claim.task.attempt)
        if event.key is None and not event.fleeting:
            # Told again after a commit whose answer was lost, it is still the same news.
            event = replace(event, key=f"{event.type}:{claim.holder}")
        if isinstance(event, NotAccepted | OutcomeUnknown):
            event = replace(event, call=claim.holder)
        while True:
            try:
                outcome = await self.tell(claim.task.submission_id, event, claim)
                if outcome.verdict is Verdict.UNKNOWN:
                    await self._undo(claim, event)
            except StoreUnavailable as error:
                log.warning("store unavailable, an answer waits", reason=str(error))
                await self.clock.sleep(1)
            else:
                return outcome

    async def _undo(self, claim: Claim, event: Event) -> None:
        """Its submission was erased while the call was on the wire: what it made is of use to nobody."""
        leftover = made_too_late(claim.task, event, self.clock.now())
        if leftover is not None:
            await self.store.erasures.leave(leftover)


@cache
def _terms(kind_name: str, timing: Timing, reachable: bool, archives: bool) -> Terms:
    """The waits of a kind; asked for at every event, so made once."""
    kind = KINDS[kind_name]
    return Terms(
        provider=kind.provider,
        webhook=kind.webhook and reachable,
        poll_grace=timing.poll_grace,
        poll_interval=timing.poll_interval or kind.poll_interval,
        settle=timing.settle or kind.settle,
        deadline=timing.deadline,
        session_ttl=timing.session_ttl,
        link_ttl=timing.link_ttl,
        cancels=kind.provider in CANCELERS and kind.flow is Flow.JOB,
        archives=archives,
    )


class Story(Protocol):
    """The pure part of a flow."""

    def begin(self, submission: Submission, terms: Terms, now: int) -> Decision: ...

    def decide(self, submission: Submission, event: Event, terms: Terms, now: int) -> Decision: ...


FLOWS: dict[Flow, Story] = {Flow.JOB: job, Flow.SCAN: scan, Flow.PORTRAIT: portrait}
