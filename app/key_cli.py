"""The commands for API keys: what there is to say, and where it is done, which is imported when it is to be
done (see `cli.py`)."""

import asyncio
from typing import Annotated

import typer

from app import completion
from app.client_cli import Json
from app.data_folder import settings_with_folder

keys = typer.Typer(
    no_args_is_help=True, help="API keys: make, list, revoke, give a new webhook secret."
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="What the key is for, such as the name of an app.")
]
Known = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="As in `likeness keys list`.", autocompletion=completion.key_names
    ),
]


@keys.command()
def create(
    name: Name,
    admin: Annotated[
        bool,
        typer.Option(
            "--admin", help="May see and use everything of all keys, and sign in at the dashboard."
        ),
    ] = False,
    notify: Annotated[
        str | None, typer.Option(help="URL to tell of outcomes, unless a submission names one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make an API key. It is shown once; only its hash is kept.

    Example: `likeness keys create shop --notify https://shop.example/hooks`
    """
    from app import key_commands

    made = key_commands.create(
        settings_with_folder(), name, admin=admin, notify=notify, as_json=as_json
    )
    asyncio.run(made)


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """Every key that was ever made, without its secrets."""
    from app import key_commands

    asyncio.run(key_commands.show_all(settings_with_folder(), as_json=as_json))


@keys.command()
def revoke(name: Known, as_json: Json = False) -> None:
    """Take a key out of use, at once and for good."""
    from app import key_commands

    asyncio.run(key_commands.revoke(settings_with_folder(), name, as_json=as_json))


@keys.command()
def rotate_secret(
    name: Known,
    force: Annotated[
        bool, typer.Option("--force", help="Also twice within a day, which ends the oldest secret.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Give a key a new webhook secret; the old one signs for 24 more hours."""
    from app import key_commands

    settings = settings_with_folder()
    asyncio.run(key_commands.rotate_secret(settings, name, force=force, as_json=as_json))
