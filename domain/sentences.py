"""What a timeline says in plain words: one sentence for every event, and what is waited for now.

It speaks of what stands in an event's `facts()` only, which hold no secret.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.submission import Submission, Waiting

Facts = Mapping[str, Any]


def sentence(type_: str, facts: Facts) -> str:
    """What has happened."""
    say = SENTENCES.get(type_)
    return say(facts) if say is not None else f"There was news of the type {type_}."


def and_now(said: str, submission: Submission) -> str:
    """The same sentence, with what the submission waits for now, if it does."""
    if submission.final:
        return said
    return f"{said.rstrip('.')}; it now waits for {_waited_for(submission)}."


def _waited_for(submission: Submission) -> str:
    if submission.waiting_for is None:
        return "its turn to be sent"
    return WAITS[submission.waiting_for]


WAITS: Mapping[Waiting, str] = {
    Waiting.DEPENDENCY: "the submissions on which it is built",
    Waiting.PROVIDER: "the provider",
    Waiting.PERSON: "a person to do the face scan",
    Waiting.RETRY: "its next try",
    Waiting.SETTLEMENT: "proof whether the provider took the call",
}


def _plain(text: str) -> Callable[[Facts], str]:
    return lambda _facts: text


def _because(text: str, name: str = "reason") -> Callable[[Facts], str]:
    """The text, and in brackets what the event gives as its reason."""
    return lambda facts: f"{text} ({facts[name]})." if facts.get(name) else f"{text}."


def _error(text: str) -> Callable[[Facts], str]:
    """The text, and after a colon the error's own words."""
    return lambda facts: f"{text}: {facts['message']}" if facts.get("message") else f"{text}."


def _named(text: str, name: str) -> Callable[[Facts], str]:
    """The text, and the name that the provider has given."""
    return lambda facts: f"{text} {facts[name]}." if facts.get(name) else f"{text}."


def _asked(what: str) -> Callable[[Facts], str]:
    """Who has asked: the client, unless it says so of somebody else."""
    return lambda facts: f"The {facts.get('by') or 'client'} asked {what}."


def _completed(facts: Facts) -> str:
    number = facts.get("outputs", 0)
    made = {0: "", 1: " with 1 output"}.get(number, f" with {number} outputs")
    return f"The provider finished{made}."


def _dependency(facts: Facts) -> str:
    end = f"ended as {facts['status']}" if facts.get("status") else "is gone"
    return f"The submission on which this one is built {end}{_of(facts)}."


def _of(facts: Facts) -> str:
    return f" ({facts['submission']})" if facts.get("submission") else ""


SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "submission.created": _plain("The submission was accepted and stored."),
    "submission.failed": _error("The submission failed"),
    "submission.expired": _error("The submission expired"),
    "submission.canceled": _error("The submission was canceled"),
    "submission.succeeded": _plain("The submission succeeded."),
    # --- a call that leaves something behind
    "submit.sending": _plain("The call to the provider was about to be sent."),
    "submit.accepted": _named("The provider took the call and works on", "upstream_id"),
    "submit.not_accepted": _because("The provider certainly did not take the call"),
    "submit.outcome_unknown": _because(
        "The call was sent, and nobody knows whether the provider took it"
    ),
    "submit.refused": _error("The provider refused the call"),
    "settlement.asked": _plain("The provider's history did not name the call."),
    # --- what the provider made
    "provider.progress": _because("The provider was still working", "provider_status"),
    "provider.completed": _completed,
    "provider.failed": _error("The provider failed"),
    "provider.ask_failed": _because("The provider was asked and gave no usable answer"),
    "provider.hint": _plain("An unsigned callback said that there was news."),
    # --- others, time and the client
    "dependency.ended": _dependency,
    "deadline.passed": _plain("The submission's time was over."),
    "cancel.asked": _asked("to cancel"),
    # --- copies of outputs
    "archive.asked": _asked("for outputs to be copied to the archive"),
    "archive.copied": _plain("An output was copied to the archive."),
    "archive.failed": _because("An output could not be copied to the archive"),
    # --- groups and face scans
    "group.made": _named("The provider made the group", "group_id"),
    "group.deleted": _named("The group that was made in vain was deleted:", "group_id"),
    "group.stays": _because("The group that was made in vain could not be deleted yet"),
    "scan.session_opened": _plain("A face-scan session was opened."),
    "scan.person_returned": _plain("A phone came back from the face scan."),
    "scan.verified": _named("The face scan was verified, and the person has the group", "group_id"),
    "scan.pending": _because("The face scan was not finished"),
    "scan.over": _because("A face-scan session ended without a result"),
    "scan.link_expired": _plain("The link to the face scan reached its end."),
}
