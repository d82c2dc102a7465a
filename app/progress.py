"""How a submission is going, told to a person at a terminal or to a program."""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import segno
from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from app.console import OUT, for_program, plain, show_json
from domain.times import SECOND, Clock

Json = dict[str, Any]

FINAL = ("succeeded", "failed", "expired", "canceled")
WAITING = {
    "dependency": "waiting for another submission",
    "provider": "waiting for the provider",
    "person": "waiting for a person to scan their face",
    "retry": "the provider did not take it; trying again soon",
    "settlement": "nobody knows yet whether the provider took it; waiting for its word",
}
ENDS = {
    "succeeded": "[green]succeeded[/green]",
    "failed": "[red]failed[/red]",
    "expired": "[red]expired[/red]",
    "canceled": "[yellow]canceled[/yellow]",
}


class Progress(Protocol):
    def show(self, submission: Json) -> None:
        """The submission as it is now."""
        ...

    def pause(self, reason: str) -> None:
        """The service cannot be asked just now."""
        ...


def progress(clock: Clock, *, as_json: bool) -> AbstractContextManager[Progress]:
    """A live line where a person looks; a JSON line for each change everywhere else."""
    return _lines() if for_program(as_json) else _live(clock)


class _Lines:
    def __init__(self) -> None:
        self._last: Json | None = None

    def show(self, submission: Json) -> None:
        if submission != self._last:
            show_json(submission, lines=True)
        self._last = submission

    def pause(self, reason: str) -> None:
        """A program learns of it when it lasts: the command fails."""


@contextmanager
def _lines() -> Iterator[Progress]:
    yield _Lines()


class _Line:
    """The line that lives: a spinner, the words, the seconds."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._began = clock.now()
        self._words = "asking"
        self._spinner = Spinner("dots")
        self._invited = False

    def __rich__(self) -> RenderableType:
        seconds = (self._clock.now() - self._began) // SECOND
        self._spinner.update(text=Text(f"{self._words}  {seconds} s"))
        return self._spinner

    def show(self, submission: Json) -> None:
        self._words = in_words(submission)
        if submission["action"] and not self._invited:
            self._invited = True
            for line in invitation(submission["action"], self._console):
                self._console.print(line)

    def pause(self, reason: str) -> None:
        self._words = reason


@contextmanager
def _live(clock: Clock) -> Iterator[Progress]:
    line = _Line(OUT, clock)
    with Live(line, console=OUT, refresh_per_second=8, transient=True):
        yield line


def in_words(submission: Json) -> str:
    """`processing: waiting for the provider`."""
    status = str(submission["status"]).replace("_", " ")
    waiting = WAITING.get(submission["waiting_for"] or "")
    return f"{status}: {waiting}" if waiting else status


def invitation(action: Json, console: Console) -> Iterator[RenderableType]:
    """Where the person scans their face, as a link and, if the terminal has room, as a QR code."""
    yield f"Open this link on the phone of the person, until {action['expires_at']}:"
    yield Text(action["url"], style="bold")
    drawing = io.StringIO()
    segno.make(action["url"], error="l").terminal(drawing, compact=True, border=2)
    rows = drawing.getvalue().splitlines()
    if len(rows[0]) <= console.width and len(rows) + 4 <= console.height:
        yield Text("\n".join(rows), style="white on black")


def ending(submission: Json) -> Iterator[str]:
    """How it ended, line by line, with what it made."""
    yield f"{ENDS[submission['status']]}  {plain(submission['id'])}"
    error = submission["error"]
    if error:
        named = f", the provider says {error['provider_code']}" if "provider_code" in error else ""
        yield plain(f"  {error['message']} ({error['code']}{named})")
    result = submission["result"] or {}
    for name in ("group_id", "asset_id", "asset_uri"):
        if result.get(name):
            yield plain(f"  {name}  {result[name]}")
    for output in result.get("outputs", []):
        yield plain(f"  {output['content_type'] or 'output'}  {output['url']}")
        if output.get("archive"):
            yield plain(f"    our copy, which lives until it is erased  {output['archive']['url']}")
    # Paid for, and made after we had given it up.
    for output in (submission.get("late_result") or {}).get("outputs", []):
        yield plain(f"  came late: {output['content_type'] or 'output'}  {output['url']}")
