"""What an operator asks of the store: bring it up to date, look at what could not be taken in."""

import typer

from app.clock import SystemClock
from app.console import grid, plain, show_rows, tell
from app.ending import Code, Stop
from app.services import accounts, open_services
from app.settings import Settings
from app.settings_table import without_password
from domain.errors import NotFound
from domain.times import rfc3339
from engine.quarantine import rerun, said
from providers.kinds import KINDS, Flow, Kind
from store.migrate import migrate as bring_up_to_date
from store.opening import connected
from store.store import open_store


async def migrate(settings: Settings, *, as_json: bool) -> None:
    async with connected(settings.store_url) as database:
        applied = await bring_up_to_date(database)
    shown = plain(without_password(settings.store_url).removeprefix("sqlite:///"))
    news = f"now has {', '.join(applied)}" if applied else "is up to date"
    tell({"applied": applied}, f"The database {shown} {news}.", as_json=as_json)


async def quarantine(settings: Settings, *, as_json: bool) -> None:
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


def kinds(settings: Settings, *, as_json: bool) -> None:
    """Every kind, and what is missing here for those that cannot be done."""
    missing = {kind.name: _missing(settings, kind) for kind in KINDS.values()}
    items = [
        {
            "kind": kind.name,
            "title": kind.title,
            "available": missing[kind.name] is None,
            "missing": missing[kind.name],
            "example": {"kind": kind.name, "input": kind.example},
        }
        for kind in KINDS.values()
    ]
    table = grid("Kind", "What it makes", "Here")
    for kind in KINDS.values():
        variable = missing[kind.name]
        here = "[green]available[/green]" if variable is None else f"needs {variable}"
        table.add_row(kind.name, kind.title, here)
    show_rows(items, table, as_json=as_json)


def _missing(settings: Settings, kind: Kind) -> str | None:
    """The variable that must be set before the kind can be done."""
    if kind.provider not in accounts(settings):
        return {"302ai": "AI302_API_KEY"}.get(kind.provider, f"{kind.provider.upper()}_API_KEY")
    if kind.flow is Flow.SCAN and settings.public_url is None:
        return "LIKENESS_PUBLIC_URL"
    return None
