"""How a face scan stands, as a person would say it; pure, so that a page and a stream say the same."""

from domain.scan import HOSTED
from domain.submission import Status, Submission
from domain.times import SECOND

FINAL = {
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.EXPIRED: "expired",
    Status.CANCELED: "canceled",
}
INVITING = ("start", "again")
"""It is the person's turn."""
WAITING = ("scanning", "verifying", "asset")
"""It is the turn of somebody else."""


def state_of(submission: Submission, now: int) -> str:
    """The word by which the pages know it."""
    if submission.final:
        return FINAL[submission.status]
    if "group_id" in submission.state:
        return "asset"
    if sessions(submission):
        return "verifying" if submission.state.get("returned_at") else "scanning"
    if not can_start(submission, now):
        return "expired"
    # A language is noted when a session is opened, and stays when the session is over.
    return "again" if "language" in submission.state else "start"


def can_start(submission: Submission, now: int) -> bool:
    """Whether a press on Start would open a session."""
    state = submission.state
    return (
        not submission.final
        and state["mode"] == HOSTED
        and "group_id" not in state
        # It has no end yet while the scan waits for what it is built on.
        and now < state.get("link_expires_at", 0)
    )


def sessions(submission: Submission) -> dict[str, dict[str, int]]:
    """Those that may still live, by name."""
    living: dict[str, dict[str, int]] = submission.state.get("sessions", {})
    return living


def seconds_left(submission: Submission, now: int) -> int | None:
    """How long the longest session still lives; None when there is none."""
    ends = [session["expires_at"] for session in sessions(submission).values()]
    if submission.final or not ends:
        return None
    return max(0, max(ends) - now) // SECOND
