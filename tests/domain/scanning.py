"""News of a face scan, and a scan with a session."""

from domain.portrait_event import ScanOver, ScanPending, SessionOpened, Verified
from tests.domain.given import TERMS, Page, a_scan

TTL = TERMS.session_ttl


def opened(name: str = "ses_1") -> SessionOpened:
    return SessionOpened(session=name, token=f"byted-{name}", link=f"https://h5.example/{name}")


def over(name: str = "ses_1", reason: str = "expired") -> ScanOver:
    return ScanOver(session=name, reason=reason)


def pending(name: str = "ses_1", **more: int) -> ScanPending:
    return ScanPending(session=name, reason="pending", **more)  # type: ignore[arg-type]


def verified(name: str = "ses_1", group: str = "group-1") -> Verified:
    return Verified(session=name, group_id=group)


def scanning(mode: str = "hosted", *, asset: bool = True) -> Page:
    page = Page.of_scan(a_scan(mode, asset=asset))
    page.tell(opened())
    return page
