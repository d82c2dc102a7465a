"""News of a portrait's group and asset, and portraits that have come so far."""

from domain.event import Accepted, Failed, OutcomeUnknown, Sending
from domain.portrait_event import GroupGone, GroupMade
from domain.task import TaskKind
from tests.domain.given import NO, Page, a_portrait

GROUP = "group-1"
MADE = GroupMade(group_id=GROUP)
ASSET = Accepted(upstream_id="asset-1")
GONE = GroupGone(group_id=GROUP)
TOLD = {"outputs": [], "group_id": GROUP}
CREATE_GROUP, CREATE, POLL = TaskKind.CREATE_GROUP, TaskKind.CREATE_ASSET, TaskKind.POLL_ASSET
DELETE = TaskKind.DELETE_GROUP


def grouped(group_id: str | None = None) -> Page:
    """The group is known, the asset is not created."""
    page = Page.of_portrait(a_portrait(group_id))
    if group_id is None:
        page.answer(CREATE_GROUP, Sending())
        page.answer(CREATE_GROUP, MADE)
    return page


def running(group_id: str | None = None) -> Page:
    page = grouped(group_id)
    page.answer(CREATE, Sending())
    page.answer(CREATE, ASSET)
    return page


def clearing() -> Page:
    page = running()
    page.answer(POLL, Failed(error=NO))
    return page


def sending() -> Page:
    """The call for the group is out."""
    page = Page.of_portrait()
    page.answer(CREATE_GROUP, Sending())
    return page


def settling() -> Page:
    """Its outcome is unknown."""
    page = sending()
    page.answer(CREATE_GROUP, OutcomeUnknown(reason="cut"))
    return page
