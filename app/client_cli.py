"""The commands that ask a running Likeness: what there is to say, and where it is done, which is imported
when it is to be done (see `cli.py`)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app import completion

Json = Annotated[bool, typer.Option("--json", help="JSON, as in a pipe.")]
Url = Annotated[
    str | None,
    typer.Option(help="Where Likeness runs; else LIKENESS_URL, else http://127.0.0.1:8000."),
]
Key = Annotated[str | None, typer.Option(help="Your API key; else LIKENESS_API_KEY.")]
Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="sub_..., of `likeness list`.", autocompletion=completion.submission_ids
    ),
]


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
    from app import client_commands
    from app.client_commands import Where

    asyncio.run(client_commands.upload(Where(url=url, key=key), file, as_json=as_json))


def submit(  # noqa: PLR0913 - each option is one
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="Such as wavespeed/portrait; see `likeness kinds`.",
            autocompletion=completion.kinds,
        ),
    ],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="INPUT.json|-", help="The kind's input as JSON; - or nothing reads a pipe."
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Watch it to its end.")] = False,
    idempotency_key: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Your name for it: sent twice, it is made once."),
    ] = None,
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
    from app import client_commands
    from app.client_commands import Job, Where

    job = Job(kind=kind, source=source, name=idempotency_key)
    where = Where(url=url, key=key)
    raise typer.Exit(asyncio.run(client_commands.submit(where, job, wait=wait, as_json=as_json)))


def watch(
    submission_id: Id,
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Watch a submission to its end; in a pipe a line of JSON for each change.

    Exit codes: 0 succeeded, 1 ended otherwise, 2 no answer, 3 interrupted.

    Example: `likeness watch sub_01J...`
    """
    from app import client_commands
    from app.client_commands import Where

    code = asyncio.run(
        client_commands.watch(Where(url=url, key=key), submission_id, as_json=as_json)
    )
    raise typer.Exit(code)


def list_submissions(  # noqa: PLR0913 - each option is one
    status: Annotated[
        str | None,
        typer.Option(help="Only these, such as failed.", autocompletion=completion.statuses),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="Only these, such as alltoken/video.", autocompletion=completion.kinds),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """List your submissions, newest first; in a pipe a line of JSON for each.

    Example: `likeness list --status action_required`
    """
    from app import listing
    from app.client_commands import Where
    from app.listing import Asked

    asked = Asked(status=status, kind=kind, most=None if everything else limit)
    asyncio.run(listing.show(Where(url=url, key=key), asked, as_json=as_json))


def cancel(submission_id: Id, as_json: Json = False, url: Url = None, key: Key = None) -> None:
    """Cancel a submission that has not ended.

    What the provider makes all the same was paid for, and comes as `late_result`.

    Exit codes: 0 canceled, 2 it had ended already, or no answer.

    Example: `likeness cancel sub_01J...`
    """
    from app import submission_commands
    from app.client_commands import Where

    where = Where(url=url, key=key)
    asyncio.run(submission_commands.cancel(where, submission_id, as_json=as_json))


def archive(submission_id: Id, as_json: Json = False, url: Url = None, key: Key = None) -> None:
    """Copy a submission's outputs again, when that has failed before.

    Example: `likeness archive sub_01J...`
    """
    from app import submission_commands
    from app.client_commands import Where

    where = Where(url=url, key=key)
    asyncio.run(submission_commands.archive(where, submission_id, as_json=as_json))


def erase(
    submission_id: Id,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="What the provider keeps of it, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Erase a submission for good: input, results, archived files; one that runs is canceled first.

    At a terminal you are asked first; anywhere else it needs --yes.

    Exit codes: 0 erased, 1 you said no, 2 not erased.

    Example: `likeness erase sub_01J... --yes`
    """
    from app import submission_commands
    from app.client_commands import Where

    if not yes:
        submission_commands.confirm_erasure(submission_id, upstream=upstream)
    where = Where(url=url, key=key)
    asyncio.run(submission_commands.erase(where, submission_id, upstream=upstream, as_json=as_json))


def deliveries(submission_id: Id, as_json: Json = False, url: Url = None, key: Key = None) -> None:
    """What your app was told of a submission, and what it answered.

    Example: `likeness deliveries sub_01J...`
    """
    from app import delivery_commands
    from app.client_commands import Where

    where = Where(url=url, key=key)
    asyncio.run(delivery_commands.deliveries(where, submission_id, as_json=as_json))


def replay(
    delivery_id: Annotated[
        str, typer.Argument(metavar="DELIVERY_ID", help="dlv_..., of `likeness deliveries`.")
    ],
    as_json: Json = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Tell your app once more, under the same webhook-id.

    Example: `likeness replay dlv_01J...`
    """
    from app import delivery_commands
    from app.client_commands import Where

    where = Where(url=url, key=key)
    asyncio.run(delivery_commands.replay(where, delivery_id, as_json=as_json))


COMMANDS: dict[str, Callable[..., None]] = {
    "upload": upload,
    "submit": submit,
    "watch": watch,
    "list": list_submissions,
    "cancel": cancel,
    "erase": erase,
    "archive": archive,
    "deliveries": deliveries,
    "replay": replay,
}
