"""What the doctor finds: a state, a sentence that says what is, and one that says how to mend it."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    INFO = "info"
    """Good to know; nothing is wrong."""
    WARNING = "warning"
    """Likeness works, and somebody should look at this."""
    FAULT = "fault"
    """Likeness does not do all of its work until this is mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; no secret stands in it."""

    check: str
    state: State
    message: str
    mend: str | None = None

    def as_json(self) -> dict[str, str | None]:
        return asdict(self) | {"state": self.state.value}


def fine(check: str, message: str) -> Finding:
    return Finding(check=check, state=State.OK, message=message)


def note(check: str, message: str, mend: str | None = None) -> Finding:
    return Finding(check=check, state=State.INFO, message=message, mend=mend)


def warning(check: str, message: str, mend: str) -> Finding:
    return Finding(check=check, state=State.WARNING, message=message, mend=mend)


def fault(check: str, message: str, mend: str) -> Finding:
    return Finding(check=check, state=State.FAULT, message=message, mend=mend)
