"""The first page: what comes in and what ends, what waits and for what, and how the providers do."""

from starlette.requests import Request
from starlette.responses import Response

from domain.submission import Waiting as Reason
from engine.figures import OLDEST, RECENT, Figures, Health, look
from handlers.dashboard import pages
from handlers.dashboard.plots import plot
from handlers.dashboard.session import Session
from handlers.dashboard.words import count
from handlers.services import context_of, services_of
from store.overview import MOST_TROUBLE, MOST_UNFINISHED

FAILING = 0.5
"""The share of failures from which on a provider is failing."""
SOME = 0.1
SHOWN = 4
"""Of the oldest, how many are named."""


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard"""
    services = services_of(request)
    figures = await look(context_of(request), services.looks, lambda: services.watch.changes)
    return pages.page(
        request,
        session,
        "dashboard/overview.html",
        figures=figures,
        hours=plot(figures.hours, count),
        days=plot(figures.days, count),
        reasons=[str(reason) for reason in Reason],
        table=_table(figures),
        looked=OLDEST if figures.total > OLDEST else None,
        many=_or_more(figures.total, MOST_UNFINISHED),
        dead=_or_more(figures.trouble.dead, MOST_TROUBLE),
        quarantined=_or_more(figures.trouble.quarantined, MOST_TROUBLE),
        recent=RECENT if len(figures.recent) >= RECENT else None,
        oldest=figures.oldest[:SHOWN],
        by_webhook=sum(one.by_webhook for one in figures.health),
        verdicts={one.provider: verdict(one) for one in figures.health},
    )


def _table(figures: Figures) -> list[tuple[str, int, dict[str | None, int], int]]:
    """For each kind: how many there are, how many wait for what, and since when the oldest does."""
    kinds: dict[str, list[int]] = {}
    for one in figures.unfinished:
        number, oldest = kinds.get(one.kind, (0, one.oldest_created_at))
        kinds[one.kind] = [number + one.number, min(oldest, one.oldest_created_at)]
    return [
        (
            kind,
            number,
            {one.waiting_for: one.number for one in figures.waiting if one.kind == kind},
            oldest,
        )
        for kind, (number, oldest) in kinds.items()
    ]


def verdict(health: Health) -> tuple[str, str]:
    """A word for how a provider does, and its colour."""
    failing = health.failed / max(health.ended, 1)
    if not health.has_key:
        return "No key", "off"
    if failing >= FAILING:
        return "Failing", "bad"
    if health.retrying * 2 > health.looked_at:
        return "Calls are repeated", "care"
    if failing >= SOME:
        return "Some fail", "care"
    return ("Well", "good") if health.ended else ("Nothing finished", "off")


def _or_more(number: int, most: int) -> str:
    return f"{count(number)}+" if number >= most else count(number)
