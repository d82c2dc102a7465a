"""A client's submissions, listed on the command line."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from rich.table import Table

from app.client import Client, Json
from app.client_commands import Where, opened
from app.console import OUT, for_program, grid, plain, say, show_json
from app.progress import ENDS, in_words

PAGE = 100
"""How many the service gives at once, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which of them; `most` is None for all."""

    status: str | None
    kind: str | None
    most: int | None


async def show(where: Where, asked: Asked, *, as_json: bool) -> None:
    """A table for a person; for a program one line of JSON each, as soon as it is known."""
    lines = for_program(as_json)
    table = grid("Id", "Kind", "Status", "Created (UTC)")
    # In a narrow window the words of the status break, and nothing else.
    table.columns[1].no_wrap = table.columns[3].no_wrap = True
    more = False
    async with opened(where) as client:
        async for page in pages(client, asked):
            more = page.more
            for item in page.items:
                if lines:
                    show_json(item, lines=True)
                else:
                    _add(table, item)
    if not lines and table.row_count:
        OUT.print(table)
    if more:
        say("There are more: --limit shows more of them, --all shows all.")
    elif not table.row_count and not lines:
        say("There is none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of them, and whether there are more than were asked for."""

    items: list[Json]
    more: bool


async def pages(client: Client, asked: Asked) -> AsyncIterator[Page]:
    cursor, left = None, asked.most
    while True:
        limit = PAGE if left is None else min(left, PAGE)
        page = await client.submissions(
            status=asked.status, kind=asked.kind, limit=limit, cursor=cursor
        )
        items, cursor = page["items"], page["next_cursor"]
        left = None if left is None else left - len(items)
        yield Page(items=items, more=cursor is not None and left == 0)
        if cursor is None or left == 0:
            return


def _add(table: Table, submission: Json) -> None:
    status = ENDS.get(submission["status"]) or plain(in_words(submission))
    kind, created = submission["kind"], submission["created_at"][:19].replace("T", " ")
    table.add_row(plain(submission["id"]), plain(kind), status, plain(created))
