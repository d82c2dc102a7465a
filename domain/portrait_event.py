"""News about faces and the groups that are theirs: scans, sessions, groups of assets."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from domain.event import Event

# --- a group of assets ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMade(Event):
    """The provider made the group that we asked for, or shows that it has."""

    type: ClassVar[str] = "group.made"
    group_id: str
    sure: bool = True
    """Whether it is ours beyond doubt; one that is known by its name alone is never deleted."""

    def facts(self) -> dict[str, Any]:
        return {"group_id": self.group_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGone(Event):
    """The group that we made in vain is there no more, and its quota is free."""

    type: ClassVar[str] = "group.deleted"
    group_id: str

    def facts(self) -> dict[str, Any]:
        return {"group_id": self.group_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStays(Event):
    """It could not be deleted (yet)."""

    type: ClassVar[str] = "group.stays"
    fleeting: ClassVar[bool] = True
    reason: str
    retry_after: int | None = None
    attempt: int = 0


# --- a person's face -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """The provider opened a face-scan session. Token and link are secrets."""

    type: ClassVar[str] = "scan.session_opened"
    session: str
    """Our own name for it, `ses_…`."""
    token: str = field(repr=False)
    link: str = field(repr=False)
    language: str | None = None
    """Of the page on which Start was pressed, so that the phone comes back to the same."""

    def facts(self) -> dict[str, Any]:
        return {"session": self.session}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReturned(Event):
    """A phone came back through the CallbackURL. It proves nothing; it only says: ask now."""

    type: ClassVar[str] = "scan.person_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(Event):
    """The provider exchanged our stored token for the person's group."""

    type: ClassVar[str] = "scan.verified"
    session: str
    group_id: str

    def facts(self) -> dict[str, Any]:
        return {"session": self.session, "group_id": self.group_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPending(Event):
    """The scan is not finished, or failed, or we could not ask: these cannot be told apart."""

    type: ClassVar[str] = "scan.pending"
    fleeting: ClassVar[bool] = True
    session: str
    reason: str
    retry_after: int | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOver(Event):
    """The session's token is dead: expired, or spent without an answer that reached us."""

    type: ClassVar[str] = "scan.over"
    session: str
    reason: str

    def facts(self) -> dict[str, Any]:
        return {"session": self.session, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkExpired(Event):
    """Our own scan link has reached its end."""

    type: ClassVar[str] = "scan.link_expired"
