"""How a command ends: its exit code, and one sentence for every error that was to be expected.

Stop              a command says itself why it cannot go on
LikenessError     a setting, the store or a rule says no
Problem           a running Likeness refused the request
OSError           a file or folder that was named cannot be used
"""

from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from app.console import plain, say
from domain.errors import LikenessError, StoreUnavailable


class Code(IntEnum):
    DONE = 0
    FAILED = 1
    UNUSABLE = 2
    INTERRUPTED = 3


class Stop(Exception):
    """A command cannot go on; the text says why, and what to do about it."""

    def __init__(self, message: str, code: Code = Code.UNUSABLE) -> None:
        super().__init__(message)
        self.code = code


class Problem(Exception):
    """The service could not be asked, or it refused; each bad field is named in `fields`."""

    def __init__(
        self, message: str, *, fields: tuple[str, ...] = (), passing: bool = False
    ) -> None:
        super().__init__(message)
        self.fields = fields
        self.passing = passing
        """Whether the same question may well be answered a moment later."""


class ToldGroup(TyperGroup):
    """Commands whose expected errors are told without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Stop as error:
            _tell(str(error))
            raise typer.Exit(error.code) from error
        except Problem as error:
            _tell(str(error), error.fields)
            raise typer.Exit(Code.UNUSABLE) from error
        except LikenessError as error:
            _tell(_sentence(error))
            raise typer.Exit(Code.UNUSABLE) from error
        except OSError as error:
            if error.filename is None:
                raise
            _tell(f"{error.strerror}: {error.filename}.")
            raise typer.Exit(Code.UNUSABLE) from error
        except KeyboardInterrupt as error:
            _tell("Interrupted.")
            raise typer.Exit(Code.INTERRUPTED) from error


def _sentence(error: LikenessError) -> str:
    if isinstance(error, StoreUnavailable):
        return f"The database cannot be used at the moment ({error})."
    text = str(error)
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _tell(sentence: str, fields: tuple[str, ...] = ()) -> None:
    say(f"[red]{plain(sentence)}[/red]")
    for field in fields:
        say(f"  {plain(field)}")
