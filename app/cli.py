"""The command line: what there is to say, and where it is done.

Rules of this file:
- A command reads its options and calls one function; its docstring is its help. Those that ask a
  running Likeness stand in `client_cli.py`, those for API keys in `key_cli.py`.
- What a command does is imported when it is called: for `--help`, or a Tab, nobody waits until a service
  is loaded. `sandbox` and `demo` also need codecs, an extra that a service does without.
"""

import asyncio
import logging
import os
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app import client_cli, key_cli, logs, settings_table
from app.client_cli import Json
from app.console import ERR, OUT, show_rows
from app.data_folder import settings_with_folder
from app.ending import Code, Stop, ToldGroup
from app.settings import read_settings

RUNNING = "Run it"
ASKING = "Ask a running Likeness"
OPERATING = "Look after it"

cli = typer.Typer(
    name="likeness",
    cls=ToldGroup,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Portrait, avatar, video and face-scan jobs, told by webhooks.

    Begin with `likeness demo`. Then: `likeness serve`, `likeness keys create NAME`,
    `likeness submit KIND input.json --wait`. Settings come from the environment: `likeness settings`
    lists them, and `likeness doctor` says what is wrong with an installation.

    At a terminal you see tables; with --json, or in a pipe, JSON with the API's own names: one array
    for a table, one line for a single thing, and a line for each of what `list` and `watch` show. What is said besides,
    and every error, goes to stderr.

    Exit codes: 0 done, 1 ended otherwise, refused or a fault found, 2 the words, a setting, the
    database or the service cannot be used, 3 interrupted.

    `likeness --install-completion` lets your shell complete commands, kinds, names and ids.""",
)
Host = Annotated[str | None, typer.Option(help="Address to listen on; else LIKENESS_HOST.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; else PORT.")]


def main() -> None:
    """The entry point `likeness`."""
    # Faces and secrets lie in the files that we make: they are for their owner only.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        # A name in Chinese must not break a terminal that knows only ASCII.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # they are text files here
    cli()


def _version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"likeness {version('likeness')}")
        raise typer.Exit


@cli.callback()
def _begin(
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    logs.configure(pretty=ERR.is_terminal, level=logging.WARNING)


@cli.command(rich_help_panel=RUNNING)
def serve(
    host: Host = None,
    port: Port = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only HTTP; `likeness work` must run beside.")
    ] = False,
) -> None:
    """Serve HTTP and do the work, in one process; the database is brought up to date first.

    Example: `LIKENESS_PUBLIC_URL=https://likeness.example likeness serve --port 8000`
    """
    from app import serving

    read = settings_with_folder()
    chosen = replace(read, host=host or read.host, port=read.port if port is None else port)
    serving.serve(chosen, worker=not no_worker)


@cli.command(rich_help_panel=RUNNING)
def work() -> None:
    """Do the work alone, beside `likeness serve --no-worker`; any number may run."""
    from app import serving

    serving.work_until_stopped(settings_with_folder())


cli.add_typer(key_cli.keys, name="keys", rich_help_panel=OPERATING)
for its_name, command in client_cli.COMMANDS.items():
    cli.command(its_name, rich_help_panel=ASKING)(command)


@cli.command(rich_help_panel=OPERATING)
def doctor(as_json: Json = False) -> None:
    """Look for what is wrong here, and say how to mend it.

    Looks at the settings, the data folder, the database, the clock, each provider's key, the webhook
    secret, the public URL (by calling it), the archive, face groups that nobody owns, and work that
    waits. It costs nothing, changes nothing and takes less than 15 s. Run it as the user that runs
    the service, with the same environment.

    Exit codes: 0 no fault (perhaps warnings), 1 a fault, 3 interrupted. --json prints an array of
    check, state (ok, info, warning, fault), message and mend.
    """
    from app.doctor.report import report

    raise typer.Exit(asyncio.run(report(as_json=as_json)))


@cli.command(rich_help_panel=OPERATING)
def migrate(as_json: Json = False) -> None:
    """Bring the database up to date; safe at any time, from any number of processes."""
    from app import migrating

    asyncio.run(migrating.migrate(settings_with_folder(), as_json=as_json))


@cli.command(rich_help_panel=OPERATING)
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="sqlite:///path, used by nobody.")],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="postgresql://user@host/name, an empty database.")
    ],
    as_json: Json = False,
) -> None:
    """Copy an SQLite installation to PostgreSQL, and compare every row; FROM stays as it is.

    All of it comes in one transaction, or nothing. The password may be left to PGPASSWORD.

    Example: `likeness move sqlite:///var/likeness.db postgresql://likeness@db.example/likeness`
    """
    from app import moving

    asyncio.run(moving.move(source, target, as_json=as_json))


@cli.command(rich_help_panel=OPERATING)
def settings(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table of the README.")] = False,
) -> None:
    """Every setting: its variable, its value here, its default and what it means. No secret is shown."""
    if markdown:
        OUT.out(settings_table.markdown(), highlight=False)
        return
    read = read_settings()
    show_rows(settings_table.as_json(read), settings_table.as_table(read), as_json=as_json)


@cli.command(rich_help_panel=OPERATING)
def kinds(as_json: Json = False) -> None:
    """What can be submitted, and what is still missing for it here."""
    from app import kind_list

    kind_list.show(read_settings(), as_json=as_json)


@cli.command(rich_help_panel=OPERATING)
def quarantine(
    as_json: Json = False,
    rerun: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Read this one again, and take in what it says."),
    ] = None,
) -> None:
    """Webhooks that were let in by their token, but could not be read or matched; the newest 100."""
    from app import quarantine_commands

    settings = settings_with_folder()
    if rerun is None:
        asyncio.run(quarantine_commands.show(settings, as_json=as_json))
    else:
        asyncio.run(quarantine_commands.reread(settings, rerun, as_json=as_json))


@cli.command(rich_help_panel=RUNNING)
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 9000,
    fast: Annotated[
        bool, typer.Option("--fast", help="Jobs end at once, with tiny media.")
    ] = False,
) -> None:
    """Play the providers, with real pictures and films and any misbehaviour you ask for."""
    try:
        from app.simulator import simulate
    except ImportError as error:
        raise _no_extra(error) from error
    asyncio.run(simulate(host, port, fast=fast))


@cli.command(rich_help_panel=RUNNING)
def demo(
    oneshot: Annotated[bool, typer.Option("--oneshot", help="End after the last journey.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder for data and results; else one in var/demo.")
    ] = None,
) -> None:
    """See it work: a real service, simulated providers, and one face scan that becomes a film."""
    try:
        from app.demo.show import show
    except ImportError as error:
        raise _no_extra(error) from error
    asyncio.run(show(data_dir, port, oneshot=oneshot))


def _no_extra(error: ImportError) -> Exception:
    """One sentence when the extra is missing; else the error itself."""
    if (error.name or "").partition(".")[0] not in ("av", "PIL"):
        return error
    return Stop('The sandbox needs its codecs: pip install "likeness[sandbox]"', Code.UNUSABLE)
