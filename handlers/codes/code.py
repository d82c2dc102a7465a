"""One code of an error, as it is explained to people."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`again` says whether the very same may go well later; None when that stands beside the code."""

    name: str
    meaning: str
    mend: str
    status: int | None = None
    again: bool | None = False


def by_name(*codes: Code) -> Mapping[str, Code]:
    """A table in which each code stands once."""
    table = {code.name: code for code in codes}
    if len(table) != len(codes):
        raise ValueError("A code stands twice in its table.")
    return table
