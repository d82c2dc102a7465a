"""What an operator asks of the store: bring it up to date, look at what could not be taken in."""

from app.console import grid, plain, say, show_json, show_table
from app.services import accounts
from app.settings import Settings
from app.settings_table import without_password
from domain.times import rfc3339
from providers.kinds import KINDS, Flow, Kind
from store.migrate import migrate as bring_up_to_date
from store.opening import connected
from store.store import open_store


async def migrate(settings: Settings) -> None:
    async with connected(settings.store_url) as database:
        applied = await bring_up_to_date(database)
    shown = plain(without_password(settings.store_url).removeprefix("sqlite:///"))
    if applied:
        say(f"The database {shown} now has {', '.join(applied)}.")
    else:
        say(f"The database {shown} is up to date.")


async def quarantine(settings: Settings, *, as_json: bool) -> None:
    async with open_store(settings.store_url) as store:
        rows = await store.quarantined()
    items = [row | {"received_at": rfc3339(row["received_at"])} for row in rows]
    if as_json:
        show_json(items)
    elif not items:
        say("No webhook is in quarantine.")
    else:
        table = grid("Submission", "Received", "Provider", "Reason", "Bytes")
        for item in items:
            cells = ("submission_id", "received_at", "provider", "reason", "bytes")
            table.add_row(*(plain(item[cell]) for cell in cells))
        show_table(table)


def kinds(settings: Settings, *, as_json: bool) -> None:
    """Every kind, and what is missing here for those that cannot be done."""
    missing = {kind.name: _missing(settings, kind) for kind in KINDS.values()}
    if as_json:
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
        show_json(items)
        return
    table = grid("Kind", "What it makes", "Here")
    for kind in KINDS.values():
        variable = missing[kind.name]
        here = "[green]available[/green]" if variable is None else f"needs {variable}"
        table.add_row(kind.name, kind.title, here)
    show_table(table)


def _missing(settings: Settings, kind: Kind) -> str | None:
    """The variable that must be set before the kind can be done."""
    if kind.provider not in accounts(settings):
        return {"302ai": "AI302_API_KEY"}.get(kind.provider, f"{kind.provider.upper()}_API_KEY")
    if kind.flow is Flow.SCAN and settings.public_url is None:
        return "LIKENESS_PUBLIC_URL"
    return None
