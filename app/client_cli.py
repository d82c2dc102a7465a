"""The commands that ask a running Likeness: what there is to say, and where it is done."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app import client_commands
from app.client_commands import Where

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Url = Annotated[str | None, typer.Option(help="Where Likeness runs; else LIKENESS_URL.")]
Key = Annotated[str | None, typer.Option(help="Your API key; else LIKENESS_API_KEY.")]


def upload(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JPEG, PNG, WebP, WAV, MP3, M4A or MP4, up to 50 MB."),
    ],
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Upload a picture, a voice or a film; prints the upload://... to name in an input.

    Exit codes: 0 uploaded, 2 not accepted or no answer, 3 interrupted.

    Example: `likeness upload me.jpg`
    """
    asyncio.run(client_commands.upload(Where(url=url, key=key), file, as_json=as_json))


def submit(
    kind: Annotated[str, typer.Argument(help="Such as wavespeed/portrait; see `likeness kinds`.")],
    source: Annotated[
        str | None,
        typer.Argument(metavar="[INPUT.json|-]", help="The kind's input; - reads a pipe."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Watch it to its end.")] = False,
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Submit a job to a running Likeness.

    Pictures, voices and films in the input are http(s) URLs, `upload://upl_...` (see
    `likeness upload`) or `submission://sub_...`: what another submission makes. Such a submission
    can be sent at once; it waits for the other and then starts by itself.

    Exit codes: 0 accepted (with --wait: succeeded), 1 ended otherwise, 2 not accepted or no
    answer, 3 interrupted.

    Example: `echo '{"prompt": "soft light", "image": "https://..."}' | likeness submit wavespeed/portrait - --wait`
    """
    where = Where(url=url, key=key)
    code = asyncio.run(client_commands.submit(where, kind, source, wait=wait, as_json=as_json))
    raise typer.Exit(code)


def watch(
    submission_id: Annotated[str, typer.Argument(metavar="ID", help="sub_...")],
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Watch a submission to its end; exit 0 only when it succeeded.

    Example: `likeness watch sub_01J...`
    """
    code = asyncio.run(
        client_commands.watch(Where(url=url, key=key), submission_id, as_json=as_json)
    )
    raise typer.Exit(code)
