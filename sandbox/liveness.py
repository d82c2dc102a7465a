"""The two face Actions: opening a scan, and exchanging its token for the group, once."""

import secrets
from collections import deque
from typing import Any
from urllib.parse import urlencode

from sandbox.ask import Action, Ask, PortraitError
from sandbox.portraits import Group, Session, byted_token, stamped
from sandbox.world import World


async def create_session(ask: Ask) -> dict[str, Any]:
    _within_rate(ask, "CreateVisualValidateSession")
    callback = ask.required("CallbackURL")
    if not callback.startswith(("http://", "https://")):
        raise PortraitError("InvalidParameter", "CallbackURL must be a URI")
    within_group_quota(ask)
    token = byted_token(ask.now)
    session = Session(
        token=token,
        customer=ask.customer,
        callback_url=callback,
        h5_link=_h5_link(ask, token),
        project=ask.project,
        created_at=ask.now,
        deadline=ask.now + ask.switches.session_ttl,
        overrides=ask.overrides,
    )
    ask.world.sessions[token] = session
    return {"BytedToken": token, "H5Link": session.h5_link, "CallbackURL": callback}


def _h5_link(ask: Ask, token: str) -> str:
    """The two documented forms, with made-up credentials; opened in this sandbox."""
    if ask.switches.h5_style == "opaque":
        query = {"pl": secrets.token_hex(8), "uid": token[::-1]}
    else:
        query = {
            "accessKeyId": "AKTP" + secrets.token_hex(16),
            "secretAccessKey": secrets.token_urlsafe(30),
            "sessionToken": "STS2" + secrets.token_urlsafe(48),
            "configId": secrets.token_hex(10),
            "bytedToken": token,
        }
        if ask.switches.h5_style == "lng":
            query["lng"] = "zh"
    return f"{ask.world.base_url}/h5?{urlencode(query)}"


async def exchange(ask: Ask) -> dict[str, Any]:
    """ValidatePending until the scan passed, then the group exactly once."""
    _within_rate(ask, "GetVisualValidateResult")
    session = ask.world.sessions.get(ask.required("BytedToken"))
    if session is None or session.customer != ask.customer or session.spent:
        raise PortraitError("InvalidToken", "BytedToken is unknown or already used")
    if session.project != ask.project:
        raise PortraitError("InvalidParameter", "ProjectName is not that of the session")
    if session.expired(ask.now):
        raise PortraitError("TokenExpired", "BytedToken is older than 120 seconds")
    if session.scanned != "passed":
        # A failed scan looks the same: upstream says 200 with GroupId="".
        raise PortraitError("ValidatePending", "The validation is not finished")
    session.spent = True
    session.group_id = _open_group(ask.world, session)
    return {"GroupId": session.group_id}


def _open_group(world: World, session: Session) -> str:
    group = Group(
        id=stamped("group", world.now()),
        customer=session.customer,
        kind="LivenessFace",
        name="",
        title="",
        description="",
        project=session.project,
        created_at=world.now(),
        updated_at=world.now(),
    )
    world.groups[group.id] = group
    return group.id


def within_group_quota(ask: Ask) -> None:
    """50 groups per customer; a scan that could not be kept is refused before it begins."""
    own = sum(group.customer == ask.customer for group in ask.world.groups.values())
    if own >= ask.switches.group_quota:
        raise PortraitError("QuotaExceeded", f"{ask.switches.group_quota} groups are the limit")


def _within_rate(ask: Ask, action: str) -> None:
    """3 calls a second for each face Action (BytePlus ModelArk/2333589)."""
    recent = ask.world.past.recent.setdefault(f"{ask.customer} {action}", deque())
    while recent and recent[0] <= ask.now - 1:
        recent.popleft()
    if ask.switches.face_qps and len(recent) >= ask.switches.face_qps:
        raise PortraitError("RateLimitExceeded", f"{ask.switches.face_qps} calls a second at most")
    recent.append(ask.now)


FACE_ACTIONS: dict[str, Action] = {
    "CreateVisualValidateSession": create_session,
    "GetVisualValidateResult": exchange,
}
