"""The report: a table for a person, JSON for a program, and an exit code for both."""

from collections import Counter
from contextlib import nullcontext

from rich.table import Table

from app.clock import SystemClock
from app.console import ERR, grid, plain, say, show_rows
from app.doctor.examination import examine
from app.doctor.finding import Finding, State
from app.ending import Code
from app.settings import given_variables, read_leniently

SHOWN = {
    State.OK: "[green]ok[/green]",
    State.INFO: "[blue]info[/blue]",
    State.WARNING: "[yellow]warning[/yellow]",
    State.FAULT: "[bold red]fault[/bold red]",
}


async def report(*, as_json: bool) -> Code:
    """Look, tell, and say whether there is a fault."""
    settings, wrong = read_leniently()
    with ERR.status("looking") if ERR.is_terminal else nullcontext():
        found = await examine(settings, SystemClock(), wrong, given_variables())
    show_rows([one.as_json() for one in found], _table(found), as_json=as_json)
    counted = Counter(one.state for one in found)
    if not as_json:
        say(_sum(counted))
    return Code.FAILED if counted[State.FAULT] else Code.DONE


def _table(found: list[Finding]) -> Table:
    table = grid("State", "Check", "What is found, and its mend")
    for one in found:
        mend = f"\n[dim]→ {plain(one.mend)}[/dim]" if one.mend else ""
        table.add_row(SHOWN[one.state], plain(one.check), f"{plain(one.message)}{mend}")
    return table


def _sum(counted: Counter[State]) -> str:
    faults, warnings = counted[State.FAULT], counted[State.WARNING]
    if not faults and not warnings:
        return "[green]All is well.[/green]"
    return f"{_number(faults, 'fault')}, {_number(warnings, 'warning')}."


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
