"""What a client was told of a submission, and telling it again, from the command line."""

from rich.table import Table

from app.client import Json
from app.client_commands import Where, opened
from app.console import for_program, grid, plain, say, show_rows, tell

STATES = {
    "pending": "pending",
    "delivered": "[green]delivered[/green]",
    "dead": "[red]dead[/red]",
}


async def deliveries(where: Where, submission_id: str, *, as_json: bool) -> None:
    async with opened(where) as client:
        items = await client.deliveries(submission_id)
    none = "Nobody was told of it: neither it nor its key names a URL, or nothing has happened."
    show_rows(items, _table(items), as_json=as_json, none=none)
    if not for_program(as_json) and any(item["state"] == "dead" for item in items):
        say("What is dead is sent again with: likeness replay DELIVERY_ID")


async def replay(where: Where, delivery_id: str, *, as_json: bool) -> None:
    async with opened(where) as client:
        shown = await client.replay(delivery_id)
    named = f"{plain(shown['id'])} ({plain(shown['type'])})"
    tell(shown, f"{named} is sent again, under the same id.", as_json=as_json)


def _table(items: list[Json]) -> Table:
    table = grid("Id", "Event", "State", "Attempts", "Last answer", "Next attempt")
    for item in items:
        attempts = item["attempts"]
        table.add_row(
            plain(item["id"]),
            plain(item["type"].removeprefix("submission.")),
            STATES.get(item["state"]) or plain(item["state"]),
            str(len(attempts)),
            _answer(attempts[-1]) if attempts else "-",
            _moment(item["next_attempt_at"]) if item["next_attempt_at"] else "-",
        )
    return table


def _answer(attempt: Json) -> str:
    """`500`, or why there was none."""
    said = attempt["status"] if attempt["status"] is not None else attempt["error"]
    return f"{plain(said)} at {_moment(attempt['at'])}"


def _moment(text: str) -> str:
    """To the second, in UTC: what is compared with a log."""
    return plain(text[:19].replace("T", " "))
