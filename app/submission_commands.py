"""What is done to one submission from the command line: canceled, archived, erased."""

import sys

import typer

from app.client_commands import Where, opened
from app.console import plain, tell
from app.ending import Code, Stop
from app.progress import in_words


async def cancel(where: Where, submission_id: str, *, as_json: bool) -> None:
    async with opened(where) as client:
        shown = await client.cancel(submission_id)
    tell(shown, f"{plain(shown['id'])} is {in_words(shown)}.", as_json=as_json)


async def archive(where: Where, submission_id: str, *, as_json: bool) -> None:
    async with opened(where) as client:
        shown = await client.archive(submission_id)
    tell(shown, f"The outputs of {plain(submission_id)} are being copied.", as_json=as_json)


async def erase(where: Where, submission_id: str, *, upstream: bool, as_json: bool) -> None:
    async with opened(where) as client:
        await client.erase(submission_id, upstream=upstream)
    erased = {"id": submission_id, "erased": True}
    tell(erased, f"{plain(submission_id)} is erased.", as_json=as_json)


def confirm_erasure(submission_id: str, *, upstream: bool) -> None:
    """Stop, unless the person at the terminal agrees."""
    if not sys.stdin.isatty():
        raise Stop("Nothing was erased: nobody can be asked here, so --yes must say it.")
    also = ", and the provider's asset" if upstream else ""
    asked = f"Erase {submission_id}: its input, its results and its archived files{also}?"
    if not typer.confirm(asked, err=True):
        raise Stop("Nothing was erased.", Code.FAILED)
