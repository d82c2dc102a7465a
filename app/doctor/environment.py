"""Are the settings right: each value that cannot be used, each name that nobody reads."""

from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches

from app.doctor.finding import Finding, fault, fine, note, warning
from app.settings import Settings

CHECK = "settings"
OURS = ("LIKENESS_", "WAVESPEED_", "AI302_", "ALLTOKEN_")
OF_THE_CLIENT = ("LIKENESS_URL", "LIKENESS_API_KEY")
VARIABLES = tuple(field.metadata["variable"] for field in fields(Settings))


def check(settings: Settings, wrong: list[str], given: list[str]) -> Iterator[Finding]:
    """`wrong` are sentences about values, `given` the names that are set."""
    named: set[str] = set()
    for sentence in wrong:
        variable, _, rest = sentence.partition(" ")
        if variable not in named:
            named.add(variable)
            yield fault(CHECK, f"{variable} {rest}", f"Set {variable} right, or leave it out.")
    for name in sorted(given):
        if name.startswith(OURS) and name not in (*VARIABLES, *OF_THE_CLIENT):
            like = get_close_matches(name, VARIABLES, n=1)
            meant = f"Did you mean {like[0]}?" if like else "`likeness settings` lists all."
            yield warning(CHECK, f"Nobody reads {name}.", meant)
    if not wrong:
        yield fine(CHECK, f"All values can be used; LIKENESS_ENV is {settings.env}.")
        yield from _shared_keys(settings)


def _shared_keys(settings: Settings) -> Iterator[Finding]:
    if settings.shared and not settings.secret_keys:
        yield note(
            CHECK,
            "Without LIKENESS_SECRET_KEYS only processes with this data folder know each other's tokens.",
            "Set LIKENESS_SECRET_KEYS where processes run on several machines.",
        )
