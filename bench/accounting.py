"""Accounting: nothing that was sent may be missing, at any station."""

from dataclasses import dataclass


class LostEvents(Exception):
    """A contestant has lost something, or made something up: its speed counts for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How many were sent, answered as they should be, found stored and found finished."""

    who: str
    sent: int
    answered: int
    stored: int
    finished: int

    def check(self) -> None:
        """LostEvents, unless all four are the same."""
        if len({self.sent, self.answered, self.stored, self.finished}) != 1:
            raise LostEvents(
                f"{self.who}: {self.sent} sent, {self.answered} answered, "
                f"{self.stored} stored, {self.finished} finished"
            )
