"""The timelines of submissions, shown together as they grow, with what each waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.client import Json
from app.console import OUT, plain
from app.demo.stage import Stage
from app.ending import Code, Stop
from app.progress import FINAL

LOOK = 0.1
"""Seconds between two looks at a timeline."""

WAITS = {
    "person": "a person",
    "provider": "the provider",
    "retry": "another try",
    "settlement": "a lost answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One submission of a story; `built_on` is the name of the part that it waits for."""

    name: str
    submission: Json
    built_on: str | None = None


class Story:
    """Some submissions as they go on; seconds count from the first of them."""

    def __init__(self, stage: Stage, *parts: Part) -> None:
        self._stage = stage
        self._parts = {part.name: part for part in parts}
        self._began = _moment(parts[0].submission["created_at"])
        self._seen: set[str] = set()

    async def news(self) -> dict[str, Json]:
        """Show what is new since the last time; the submissions as they are now, by name."""
        now: dict[str, Json] = {}
        lines: list[tuple[str, str]] = []
        for name, part in self._parts.items():
            events = await self._stage.client.events(part.submission["id"])
            now[name] = await self._stage.client.submission(part.submission["id"])
            new = [event for event in events if event["id"] not in self._seen]
            self._seen.update(event["id"] for event in new)
            for event in new:
                # Only the last news of all says how it stands.
                waits = _waits(part, now[name]) if event is events[-1] else ""
                lines.append((event["at"], self._line(name, event, waits)))
        for _, line in sorted(lines, key=lambda line: line[0]):
            OUT.print(f"[dim]{plain(line)}[/dim]")
        return now

    async def to_the_end(self) -> dict[str, Json]:
        """Every submission once all are final; Stop says why when one did not succeed."""
        now = await self.news()
        while any(submission["status"] not in FINAL for submission in now.values()):
            await self._stage.clock.sleep(LOOK)
            now = await self.news()
        # What has come between the two questions of the last look.
        await self.news()
        for submission in now.values():
            _check_success(submission)
        return now

    async def board(self) -> None:
        """Who waits for what."""
        now = await self.news()
        OUT.print(f"\n   [bold]{_row('submission', 'kind', 'id', 'waits for')}[/bold]")
        for name, part in self._parts.items():
            shown = now[name]
            waits = _waits(part, shown).removeprefix("waits for ") or f"nothing: {shown['status']}"
            OUT.print(plain(f"   {_row(name, shown['kind'], shown['id'], waits)}"))

    def _line(self, name: str, event: Json, waits: str) -> str:
        seconds = (_moment(event["at"]) - self._began).total_seconds()
        status = f"{event['status']}, {waits}" if waits else event["status"]
        told = f"{event['type']:<21} {'by ' + event['source']:<12}"
        return f"{seconds:7.2f} s  {name:<8}  {told} {status}"


def _waits(part: Part, submission: Mapping[str, Any]) -> str:
    """`waits for a person`, or nothing."""
    word = submission["waiting_for"]
    if word is None:
        return ""
    named = f"the {part.built_on}" if part.built_on else "another submission"
    return f"waits for {named if word == 'dependency' else WAITS.get(word, word)}"


def _row(name: str, kind: str, submission_id: str, waits: str) -> str:
    return f"{name:<10}  {kind:<27}  {submission_id:<30}  {waits}"


def _check_success(submission: Json) -> None:
    error = submission["error"]
    if submission["status"] != "succeeded":
        why = f": {error['message']} ({error['code']})" if error else ""
        raise Stop(
            f"{submission['kind']} {submission['id']} {submission['status']}{why}", Code.FAILED
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
