"""What can be submitted here, and what is missing for the rest."""

from app.console import grid, show_rows
from app.services import accounts
from app.settings import Settings
from providers.kinds import KINDS, Flow, Kind


def show(settings: Settings, *, as_json: bool) -> None:
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
