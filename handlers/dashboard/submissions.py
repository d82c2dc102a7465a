"""The list of submissions, of every key, newest first; and what a search finds.

A bad filter is none: whoever follows an old link shall see a list and not a mistake.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from domain.reference import FORMS, SUBMISSION
from domain.submission import Status, Waiting
from handlers.dashboard import pages
from handlers.dashboard.search import search, text_of
from handlers.dashboard.session import HOME, Session
from handlers.services import context_of
from providers.kinds import KINDS
from store.browse import LOOKED_THROUGH, Asked, Listed
from store.keys import ApiKey
from store.listing import NEWEST

LIST = f"{HOME}/submissions"
SHOWN = 25
LONGEST_SEARCH = 200
FACTS = 3
"""Of a submission's metadata, how many names a line shows."""
LINE = 90
"""And how many characters."""
NAMES = ("status", "kind", "key", "waiting_for")


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/submissions?status=&kind=&key=&waiting_for=&before=, or &q= for a search"""
    store = context_of(request).store
    keys = await store.keys()
    asked = _asked(request, keys)
    text = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    if text:
        found = await search(store, text)
        lines = [line for line in found.lines if _passes(line, asked)]
        looked = found.looked
    else:
        lines = await store.browse.newest(asked)
        looked = LOOKED_THROUGH if asked.waiting_for is not None else None
    more = not text and len(lines) > asked.limit
    lines = lines[: asked.limit] if not text else lines
    chosen = {name: request.query_params.get(name) for name in NAMES}
    given = {name: value for name, value in chosen.items() if value and _filter(asked, name)}
    return pages.page(
        request,
        session,
        "dashboard/submissions.html",
        lines=lines,
        names={key.id: key.name for key in keys},
        keys=keys,
        kinds=list(KINDS),
        reasons=[str(reason) for reason in Waiting],
        asked=asked,
        given=given,
        text=text,
        looked=looked,
        first=asked.before == NEWEST,
        newest_url=_url(given),
        older_url=_url(given | {"before": lines[-1].id}) if more else None,
        facts=_facts,
    )


def _asked(request: Request, keys: Sequence[ApiKey]) -> Asked:
    given = request.query_params
    before = given.get("before", "")
    return Asked(
        limit=SHOWN,
        before=before if FORMS[SUBMISSION][0].fullmatch(before) else NEWEST,
        status=_one_of(given.get("status"), [str(status) for status in Status]),
        # A kind may have been taken out of this version, and its submissions are still there.
        kind=(given.get("kind") or None),
        key_id=_one_of(given.get("key"), [key.id for key in keys]),
        waiting_for=_one_of(given.get("waiting_for"), [str(reason) for reason in Waiting]),
    )


def _one_of(value: str | None, known: Sequence[str]) -> str | None:
    return value if value in known else None


def _filter(asked: Asked, name: str) -> str | None:
    value: str | None = asked.key_id if name == "key" else getattr(asked, name)
    return value


def _passes(line: Listed, asked: Asked) -> bool:
    return all(
        wanted is None or wanted == value
        for wanted, value in (
            (asked.status, line.status),
            (asked.kind, line.kind),
            (asked.key_id, line.key_id),
            (asked.waiting_for, line.waiting_for),
        )
    )


def _url(given: dict[str, str]) -> str:
    return f"{LIST}?{urlencode(given)}" if given else LIST


def _facts(metadata: dict[str, Any]) -> str:
    """The first few of what a client has said, in a line."""
    parts = [f"{name}={text_of(value)}" for name, value in list(metadata.items())[:FACTS]]
    line = " · ".join(parts)
    return line if len(line) <= LINE else f"{line[:LINE]}…"
