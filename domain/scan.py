"""The flow of a face scan: a person is invited, sessions come and go, a group is proved.

    invited ⇄ scanning ──▶ (asset: queued ── sending ──▶ running) ──▶ done      hosted
    opening ─▶ scanning ──▶ the same                                            direct

Rules of this file:
- The phone decides nothing: only `Verified`, from the exchange of a token that we stored, does.
- Each press on Start makes a session of its own; every living one is asked, the first group wins.
- A dead session never ends a hosted submission: the person is invited again while our link lives.
- The time that a person takes does not count towards the deadline.
"""

from dataclasses import replace
from typing import Any

from domain import resource
from domain.asset import continue_asset, made, with_group
from domain.creating import task
from domain.decision import (
    Decision,
    Terms,
    as_result,
    canceled,
    expired,
    failed,
    out_of_time,
    overdue,
    unchanged,
)
from domain.event import Accepted, CallRefused, CancelAsked, DeadlinePassed, Event, NotAccepted
from domain.portrait_event import (
    LinkExpired,
    PersonReturned,
    ScanOver,
    ScanPending,
    SessionOpened,
    Verified,
)
from domain.scan_task import exchange, link_expiry, open_session
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import TaskKind, poll_wait, retry_wait
from domain.times import SECOND, rfc3339

HOSTED = "hosted"
GROUP_TYPE = "LivenessFace"
RETURN_PAUSE = 3 * SECOND
SPENT = "spent"
"""Why a session is over when its token was exchanged before; by whom, nobody says."""


def begin(submission: Submission, terms: Terms, now: int) -> Decision:
    """A new submission as it starts: a person is invited, or direct mode's one session is opened."""
    if submission.state["mode"] != HOSTED:
        opening = submission.changed(
            stage=Stage.OPENING, waiting_for=None, deadline_at=now + terms.deadline, time_left=None
        )
        return Decision(submission=opening, tasks=(open_session(opening, now),))
    ends = now + terms.link_ttl
    url = submission.state["scan_url"]
    invited = submission.changed(
        status=Status.ACTION_REQUIRED,
        stage=Stage.INVITED,
        waiting_for=Waiting.PERSON,
        deadline_at=None,
        time_left=terms.deadline,
        state=submission.state | {"link_expires_at": ends},
        action={
            "type": "face_scan",
            "url": url,
            "qr": f"{url}/qr.svg",
            "expires_at": rfc3339(ends),
        },
    )
    return Decision(submission=invited, tasks=(link_expiry(invited, ends),))


def decide(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows from `event`; a final submission stays as it is, and keeps no session's secrets."""
    if submission.final:
        return _after_the_end(submission, event, now)
    decision = _follow(submission, event, terms, now)
    end = decision.submission
    if not end.final or "sessions" not in end.state:
        return decision
    state = {name: value for name, value in end.state.items() if name != "sessions"}
    return replace(decision, submission=end.changed(state=state))


def _after_the_end(submission: Submission, event: Event, now: int) -> Decision:
    """What was made all the same is noted, so that its owner can find it and delete it."""
    if isinstance(event, Verified):
        return Decision(submission=submission, resources=(_group(submission, event, now),))
    if isinstance(event, Accepted) and "group_id" in submission.state:
        return Decision(submission=submission, resources=(made(submission, event, now),))
    return unchanged(submission)


def _group(submission: Submission, event: Verified, now: int) -> resource.Resource:
    return resource.group(event.group_id, submission.key_id, GROUP_TYPE, now)


def _follow(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case SessionOpened():
            return _opened(submission, event, terms, now)
        case PersonReturned():
            return _ask_now(submission, now)
        case ScanPending() if event.session in _sessions(submission):
            return _pending(submission, event, terms, now)
        case ScanOver() if event.session in _sessions(submission):
            return _over(submission, event.session, event.reason, now)
        case Verified() if "group_id" not in submission.state:
            return _verified(submission, event, terms, now)
        case LinkExpired():
            return _link_expired(submission, now)
        case CancelAsked():
            return with_group(canceled(submission, now))
        case _:
            return _called(submission, event, terms, now)


def _called(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """Answers to calls: of the session while it is being opened, else of the asset."""
    if "group_id" in submission.state:
        return continue_asset(submission, event, terms, now)
    if submission.stage is not Stage.OPENING:
        return unchanged(submission)
    match event:
        case NotAccepted() | DeadlinePassed() if overdue(submission, now):
            return out_of_time(submission, now)
        case NotAccepted():
            moved = submission.moved(submission.status, now, waiting_for=Waiting.RETRY)
            due = now + retry_wait(event.attempt, event.retry_after)
            return Decision(submission=moved, tasks=(open_session(moved, due, event.attempt + 1),))
        case CallRefused():
            return failed(submission, event.error, now)
        case _:
            return unchanged(submission)


def _opened(submission: Submission, event: SessionOpened, terms: Terms, now: int) -> Decision:
    if "group_id" in submission.state:
        return unchanged(submission)
    ends = now + terms.session_ttl
    session = {"token": event.token, "link": event.link, "expires_at": ends}
    changes: dict[str, Any] = {
        "stage": Stage.SCANNING,
        "waiting_for": Waiting.PERSON,
        "state": submission.state
        | {
            "sessions": _sessions(submission) | {event.session: session},
            "returned_at": None,
            "language": event.language,
        },
    }
    if submission.deadline_at is not None:
        changes |= {"deadline_at": None, "time_left": max(submission.deadline_at - now, 0)}
    status = Status.PROCESSING
    if submission.state["mode"] != HOSTED:
        status = Status.ACTION_REQUIRED
        changes["action"] = {
            "type": "face_scan",
            "url": event.link,
            "expires_at": rfc3339(ends),
        }
    moved = submission.moved(status, now, **changes)
    due = min(now + terms.poll_interval, ends)
    ask = exchange(moved, event.session, due, urgency=ends)
    return Decision(
        submission=moved,
        tasks=(ask,),
        drop=((TaskKind.OPEN_SESSION, ""),),
    )


def _ask_now(submission: Submission, now: int) -> Decision:
    """An exchange that a phone's return asks for goes before all others."""
    tasks = tuple(exchange(submission, name, now, urgency=0) for name in _sessions(submission))
    if not tasks or just_returned(submission, now):
        return unchanged(submission)
    state = submission.state | {"returned_at": now}
    return Decision(submission=submission.moved(submission.status, now, state=state), tasks=tasks)


def just_returned(submission: Submission, now: int) -> bool:
    """Whether a phone came back a moment ago: a page that reloads must not crowd out other faces."""
    returned_at = submission.state.get("returned_at")
    return returned_at is not None and 0 <= now - returned_at < RETURN_PAUSE


def _pending(submission: Submission, event: ScanPending, terms: Terms, now: int) -> Decision:
    ends = _sessions(submission)[event.session]["expires_at"]
    if now >= ends:
        return _over(submission, event.session, event.reason, now)
    wait = max(
        min(poll_wait(terms.poll_interval, event.attempt), 3 * terms.poll_interval),
        event.retry_after or 0,
    )
    due = min(now + wait, ends)
    again = exchange(submission, event.session, due, urgency=ends, attempt=event.attempt + 1)
    return Decision(submission=submission, tasks=(again,))


def _over(submission: Submission, session: str, reason: str, now: int) -> Decision:
    living = {name: kept for name, kept in _sessions(submission).items() if name != session}
    state = submission.state | {"sessions": living}
    drop = ((TaskKind.EXCHANGE, session),)
    if living:
        return Decision(submission=submission.moved(submission.status, now, state=state), drop=drop)
    if submission.state["mode"] == HOSTED and now < submission.state["link_expires_at"]:
        moved = submission.moved(
            Status.ACTION_REQUIRED,
            now,
            state=state,
            stage=Stage.INVITED,
            waiting_for=Waiting.PERSON,
        )
        return Decision(submission=moved, drop=drop)
    ends = _sessions(submission)[session]["expires_at"]
    if reason == SPENT and now < ends:
        # Perhaps by another call of ours, whose answer is still on its way: wait before the end.
        again = exchange(submission, session, ends, urgency=ends)
        return Decision(submission=submission, tasks=(again,))
    return _scan_expired(submission.moved(submission.status, now, state=state), now)


def _verified(submission: Submission, event: Verified, terms: Terms, now: int) -> Decision:
    group_id, new = event.group_id, _group(submission, event, now)
    over = tuple((TaskKind.EXCHANGE, name) for name in _sessions(submission))
    state = {name: value for name, value in submission.state.items() if name != "sessions"} | {
        "group_id": group_id
    }
    if submission.state.get("asset") is None:
        result, _ = as_result((), group_id=group_id)
        verified = submission.moved(Status.SUCCEEDED, now, state=state, result=result)
        return Decision(submission=verified, resources=(new,))
    left = submission.time_left if submission.time_left is not None else terms.deadline
    moved = submission.moved(
        Status.PROCESSING,
        now,
        state=state,
        stage=Stage.QUEUED,
        waiting_for=Waiting.PROVIDER,
        action=None,
        deadline_at=now + left,
        time_left=None,
    )
    return Decision(
        submission=moved,
        tasks=(task(moved, TaskKind.CREATE_ASSET, now),),
        drop=(*over, (TaskKind.LINK_EXPIRY, "")),
        resources=(new,),
    )


def _link_expired(submission: Submission, now: int) -> Decision:
    """The link is over; a session that still lives may end well all the same."""
    living = _sessions(submission).values()
    if living:
        until = max(session["expires_at"] for session in living) + SECOND
        return Decision(submission=submission, tasks=(link_expiry(submission, until),))
    if submission.stage is Stage.INVITED:
        return _scan_expired(submission, now)
    return unchanged(submission)


def _scan_expired(submission: Submission, now: int) -> Decision:
    return expired(submission, "scan_expired", "Nobody finished the face scan in time.", now)


def _sessions(submission: Submission) -> dict[str, Any]:
    sessions: dict[str, Any] = submission.state.get("sessions", {})
    return sessions
