"""What a submission's state means, and what comes next, in words for an operator."""

from domain.submission import Status, Submission, Waiting

WAITS = {
    Waiting.DEPENDENCY: (
        "It is built on another submission, and starts by itself when that one has ended."
    ),
    Waiting.PROVIDER: (
        "The provider works on it. Its webhook ends the wait; when that stays away, the provider is asked."
    ),
    Waiting.PERSON: (
        "A person has to do the face scan. Everything else goes by itself after that; this wait does not "
        "count against its time."
    ),
    Waiting.RETRY: "The provider certainly did not take the call, so it is sent again in a moment.",
    Waiting.SETTLEMENT: (
        "The call left, and nobody knows whether the provider took it. It is never sent twice: its webhook "
        "or the provider's history settles it, or it fails with outcome_unknown."
    ),
}
ENDS = {
    Status.SUCCEEDED: "It is done.",
    Status.FAILED: "It has ended without a result.",
    Status.EXPIRED: "Its time was over before it could be done.",
    Status.CANCELED: "Somebody wanted no more of it.",
}


def meaning(submission: Submission) -> str:
    """One sentence or two."""
    if submission.final:
        late = " What the provider made all the same is kept as a late result."
        return ENDS[submission.status] + (late if submission.late_result is not None else "")
    if submission.waiting_for is None:
        return "It waits for its turn to be sent."
    return WAITS[submission.waiting_for]
