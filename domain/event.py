"""News about a submission, in our words, whoever brought it.

Rules of this file:
- A provider's answer, a webhook, a phone's callback and the passing of time all become one of these.
- `key` is what makes two tellings the same event: only the first is kept in the timeline.
- A `fleeting` event only says that we still wait: it counts from the holder of the task alone, and
  without a key it is not kept. All others are facts, whoever tells them and however late.
- Nothing secret stands in an event's `facts()`: they are what a client reads in the timeline.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderError:
    """Why something failed: our stable code, a sentence, and the provider's own word for it."""

    code: str
    message: str
    provider_code: str | None = None
    retryable: bool = False

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.provider_code is not None:
            shown["provider_code"] = self.provider_code
        shown["retryable"] = self.retryable
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One result of a job: a link at the provider, or the content itself."""

    url: str | None = None
    content: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all news. `source` is who brought it: client, engine, submit, webhook, poll, ..."""

    type: ClassVar[str] = "event"
    fleeting: ClassVar[bool] = False
    source: str = "engine"
    key: str | None = None

    def facts(self) -> dict[str, Any]:
        """What the timeline shows beside the type; never a secret."""
        return {}


# --- a call that the provider may bill, or that leaves something behind ---------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending(Event):
    """The call is about to be sent; committed before the first byte leaves."""

    type: ClassVar[str] = "submit.sending"
    fleeting: ClassVar[bool] = True
    call: str = ""
    """Our name for this very call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Event):
    """The provider took the call and named what it made."""

    type: ClassVar[str] = "submit.accepted"
    upstream_id: str

    def facts(self) -> dict[str, Any]:
        return {"upstream_id": self.upstream_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAccepted(Event):
    """The provider certainly did not take the call: it may be sent again."""

    type: ClassVar[str] = "submit.not_accepted"
    reason: str
    call: str = ""
    """Which call was not taken; told again later, it says nothing about the next one."""
    retry_after: int | None = None
    """Milliseconds that the provider asked us to wait, if it said so."""
    attempt: int = 0

    def facts(self) -> dict[str, Any]:
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown(Event):
    """The call left, and nobody knows whether the provider took it."""

    type: ClassVar[str] = "submit.outcome_unknown"
    reason: str
    call: str = ""

    def facts(self) -> dict[str, Any]:
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRefused(Event):
    """The provider refused the call for good."""

    type: ClassVar[str] = "submit.refused"
    error: ProviderError

    def facts(self) -> dict[str, Any]:
        return self.error.as_json()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSettled(Event):
    """The provider's own history does not name the call (yet)."""

    type: ClassVar[str] = "settlement.asked"
    fleeting: ClassVar[bool] = True
    attempt: int = 0


# --- what the provider made ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """The provider is still at it; `word` is its own, and an unknown word is never more than this."""

    type: ClassVar[str] = "provider.progress"
    fleeting: ClassVar[bool] = True
    word: str
    ended: bool = False
    """The provider says that it is done; only what it made is not there (yet)."""
    upstream_id: str | None = None
    attempt: int = 0

    def facts(self) -> dict[str, Any]:
        return {"provider_status": self.word}


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Event):
    """The provider has finished, with outputs."""

    type: ClassVar[str] = "provider.completed"
    outputs: tuple[Output, ...] = ()
    upstream_id: str | None = None

    def facts(self) -> dict[str, Any]:
        return {"outputs": len(self.outputs)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The provider has finished, without."""

    type: ClassVar[str] = "provider.failed"
    error: ProviderError
    upstream_id: str | None = None

    def facts(self) -> dict[str, Any]:
        return self.error.as_json()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFailed(Event):
    """A question to the provider had no usable answer; it says nothing about the job."""

    type: ClassVar[str] = "provider.ask_failed"
    fleeting: ClassVar[bool] = True
    reason: str
    retry_after: int | None = None
    attempt: int = 0
    verdict: ProviderError | None = None
    """How the job has ended, if the provider goes on answering like this."""

    def facts(self) -> dict[str, Any]:
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted(Event):
    """Somebody who knows the callback's token, but signs nothing, says that there is news."""

    type: ClassVar[str] = "provider.hint"
    fleeting: ClassVar[bool] = True
    names: str | None = None
    """The job that it is about, as far as it may be believed: it is asked for, nothing more."""


# --- what a job is built on ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyEnded(Event):
    """A submission that this one waits for has ended."""

    type: ClassVar[str] = "dependency.ended"
    submission_id: str
    status: str
    result: dict[str, Any] | None = field(default=None, repr=False)

    def facts(self) -> dict[str, Any]:
        return {"submission": self.submission_id, "status": self.status}


# --- time and the client -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed(Event):
    """The submission's time is over, and its task could not even be run."""

    type: ClassVar[str] = "deadline.passed"
    fleeting: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAsked(Event):
    """The client, or an operator, wants no more of it."""

    type: ClassVar[str] = "cancel.asked"

    def facts(self) -> dict[str, Any]:
        return {} if self.source == "client" else {"by": self.source}
