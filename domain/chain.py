"""Chains: a submission that is built on others begins when the last of them has ended well.

Rules of this file:
- What it takes from another is written into its own state; only content stays where it is.
- One that has not what is wanted of it is as bad as one that failed: no money is spent.
- What is erased before it was used is used no more.
- The time that is spent waiting does not count towards the deadline.
"""

from collections.abc import Callable
from typing import Any

from domain.decision import Decision, Terms, canceled, failed, unchanged
from domain.event import CancelAsked, DependencyEnded, Event, ProviderError
from domain.submission import Stage, Status, Submission, Waiting
from domain.times import rfc3339

Begin = Callable[[Submission, Terms, int], Decision]


def need(submission_id: str, family: str | None, *, asset: bool) -> dict[str, Any]:
    """What is wanted of another submission: an output of a family, or, where one belongs, an asset."""
    return {"submission": submission_id, "family": family, "asset": asset}


def wait(submission: Submission, needs: list[dict[str, Any]], terms: Terms) -> Submission:
    """A new submission that cannot begin before others have ended."""
    return submission.changed(
        stage=Stage.WAITING,
        waiting_for=Waiting.DEPENDENCY,
        deadline_at=None,
        time_left=terms.deadline,
        state=submission.state | {"needs": needs, "found": {}},
    )


def needed(submission: Submission) -> set[str]:
    """The submissions that it still waits for."""
    wanted: set[str] = {one["submission"] for one in submission.state.get("needs", ())}
    return wanted - set(submission.state.get("found", {}))


def decide(submission: Submission, event: Event, begin: Begin, terms: Terms, now: int) -> Decision:
    """What follows while it waits."""
    match event:
        case DependencyEnded() if event.submission_id in needed(submission):
            return _ended(submission, event, begin, terms, now)
        case DependencyEnded() if not event.status:
            # It had ended well, and is erased before this one has begun.
            return _ended(submission, event, begin, terms, now)
        case CancelAsked():
            return canceled(submission, now)
        case _:
            return unchanged(submission)


def _ended(
    submission: Submission, event: DependencyEnded, begin: Begin, terms: Terms, now: int
) -> Decision:
    if event.status != Status.SUCCEEDED:
        word = f"ended as {event.status}" if event.status else "is gone"
        return _failed(submission, f"{event.submission_id}, on which it is built, {word}.", now)
    offer = _offer(event, now)
    lacking = _lacking(submission, event.submission_id, offer)
    if lacking is not None:
        return _failed(
            submission, f"{event.submission_id}, on which it is built, has no {lacking}.", now
        )
    state = submission.state | {"found": submission.state["found"] | {event.submission_id: offer}}
    moved = submission.moved(submission.status, now, state=state)
    return Decision(submission=moved) if needed(moved) else begin(moved, terms, now)


def _offer(event: DependencyEnded, now: int) -> dict[str, Any]:
    """What another submission can give: its asset, and its first output as content or as a link that
    still lives."""
    result, offer = event.result or {}, {}
    if result.get("asset_uri"):
        offer["asset_uri"] = result["asset_uri"]
    for output in result.get("outputs", ())[:1]:
        offer["content_type"] = output["content_type"]
        dead = output["expires_at"] is not None and output["expires_at"] <= rfc3339(now)
        if output["url"] is not None and not dead:
            offer["url"] = output["url"]
            if output["expires_at"] is not None:
                offer["expires_at"] = output["expires_at"]
        elif output["archive"] is not None:
            offer["sha256"] = output["archive"]["sha256"]
    return offer


def _lacking(submission: Submission, submission_id: str, offer: dict[str, Any]) -> str | None:
    """What is wanted and not offered, in words."""
    for one in submission.state["needs"]:
        if one["submission"] != submission_id or (one["asset"] and "asset_uri" in offer):
            continue
        if "url" not in offer and "sha256" not in offer:
            return "asset or output" if one["asset"] else "output"
        family, content_type = one["family"], offer["content_type"]
        if family and content_type and not content_type.startswith(f"{family}/"):
            return f"{family}: its first output is {content_type}"
    return None


def _failed(submission: Submission, message: str, now: int) -> Decision:
    return failed(submission, ProviderError(code="dependency_failed", message=message), now)
