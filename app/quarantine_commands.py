"""Webhooks that could not be taken in: looked at, and read again."""

import typer

from app.clock import SystemClock
from app.console import grid, plain, show_rows, tell
from app.ending import Code, Stop
from app.services import open_services
from app.settings import Settings
from domain.errors import NotFound
from domain.times import rfc3339
from engine.quarantine import rerun, said
from store.store import open_store


async def show(settings: Settings, *, as_json: bool) -> None:
    async with open_store(settings.store_url) as store:
        rows = await store.quarantine.newest()
    items = [row | {"received_at": rfc3339(row["received_at"])} for row in rows]
    table = grid("Id", "Submission", "Received", "Provider", "Reason", "Bytes")
    for item in items:
        cells = ("id", "submission_id", "received_at", "provider", "reason", "bytes")
        table.add_row(*(plain(item[cell]) for cell in cells))
    show_rows(items, table, as_json=as_json, none="No webhook is in quarantine.")


async def reread(settings: Settings, name: str, *, as_json: bool) -> None:
    """A webhook in quarantine is read again, as if it came now; what cannot be taken in stays."""
    async with open_services(settings, SystemClock()) as services:
        try:
            kept = await services.context.store.quarantine.one(name)
        except NotFound:
            read = None
        else:
            read = await rerun(services.context, kept)
    if read is None:
        raise Stop(f"There is no webhook {plain(name)} in quarantine.", Code.FAILED)
    value = {"outcome": read.outcome, "submission_id": read.submission_id}
    tell(value, plain(said(read)), as_json=as_json)
    if not read.left:
        raise typer.Exit(Code.FAILED)
