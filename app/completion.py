"""What a shell completes: kinds, statuses, names of keys, ids. It says nothing when it cannot know.

Whoever presses Tab waits: nobody is asked for longer than PATIENCE, nothing is made for it, and what an
answer needs is loaded only for that answer.
"""

import asyncio
import importlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from app.data_folder import has_no_database
from app.ending import Problem, Stop
from app.settings import read_settings
from domain.errors import LikenessError
from domain.submission import Status

PATIENCE = 1.5
NEWEST = 20

Found = list[tuple[str, str]]
"""What can be written, each with a word of explanation."""


def kinds(incomplete: str) -> Found:
    from providers.kinds import KINDS

    found = [(kind.name, kind.title) for kind in KINDS.values()]
    return [one for one in found if one[0].startswith(incomplete)]


def statuses(incomplete: str) -> list[str]:
    return [status.value for status in Status if status.value.startswith(incomplete)]


def submission_ids(incomplete: str) -> Found:
    """The newest of the key in LIKENESS_API_KEY."""
    # Beforehand: what is loaded takes nothing of the time to be asked.
    importlib.import_module("app.client_commands")
    return [one for one in _in_time(_newest) if one[0].startswith(incomplete)]


def key_names(incomplete: str) -> Found:
    """Those that were not revoked."""
    return [one for one in _in_time(_living_keys) if one[0].startswith(incomplete)]


async def _newest() -> Found:
    from app.client_commands import Where, opened

    async with opened(Where(url=None, key=None)) as client:
        page = await client.submissions(limit=NEWEST)
    return [(item["id"], f"{item['kind']}, {item['status']}") for item in page["items"]]


async def _living_keys() -> Found:
    from store.inspection import inspecting

    settings = read_settings()
    if has_no_database(settings):
        return []
    async with inspecting(settings.store_url) as inspection:
        if await inspection.missing_migrations():
            return []
        keys = await inspection.keys()
    return [
        (key.name, "admin" if key.admin else "client") for key in keys if key.revoked_at is None
    ]


def _in_time(asking: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    async def patiently() -> Found:
        async with asyncio.timeout(PATIENCE):
            return await asking()

    # A shell shows whatever is printed in the middle of a line.
    with suppress(TimeoutError, OSError, Stop, Problem, LikenessError):
        return asyncio.run(patiently())
    return []
