"""The suite is whole: every verb of the store is called in it."""

import inspect
import re
from pathlib import Path

import pytest

from store.archived import ArchivedCopies
from store.browse import Browse
from store.deliveries import Deliveries
from store.erasure import Erasures
from store.gauges import Gauges
from store.idempotency import FirstAnswers
from store.leftovers import Leftovers
from store.overview import Overview
from store.quarantine import Quarantine
from store.store import Store

HERE = Path(__file__).parent
PARTS: dict[str, type] = {
    "": Store,
    "archived.": ArchivedCopies,
    "browse.": Browse,
    "deliveries.": Deliveries,
    "erasures.": Erasures,
    "first_answers.": FirstAnswers,
    "gauges.": Gauges,
    "leftovers.": Leftovers,
    "overview.": Overview,
    "quarantine.": Quarantine,
}


def _verbs(kind: type) -> list[str]:
    return [
        name
        for name, member in vars(kind).items()
        if inspect.iscoroutinefunction(member) and not name.startswith("_")
    ]


VERBS = sorted(f"{part}{name}" for part, kind in PARTS.items() for name in _verbs(kind))
CALLS = "".join(
    path.read_text(encoding="utf-8")
    # The tests, and what they ask for beside them.
    for path in [*HERE.glob("test_*.py"), *HERE.parent.glob("[!t]*.py")]
    if path != Path(__file__)
)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_called(verb: str) -> None:
    assert re.search(rf"\.{re.escape(verb)}\(", CALLS)


@pytest.mark.asyncio
async def test_every_part_of_the_store_is_known(store: Store) -> None:
    parts = {
        type(part)
        for one in (store, store.erasures)
        for name, part in vars(one).items()
        if not name.startswith("_") and type(part).__module__.startswith("store.")
    }
    assert {kind for kind in parts if _verbs(kind)} <= set(PARTS.values())
