"""What the handlers answer, as models: they describe, and tests hold real answers against them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.delivery import State
from domain.submission import Status, Waiting

Time = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        json_schema_extra={"format": "date-time"},
        examples=["2026-01-02T03:04:05.678Z"],
    ),
]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _id(prefix: str) -> Any:
    name = f"{prefix}_01K9ZQ4N7T0G9C1M5V8X2R6B3D"
    return Field(pattern=f"^{prefix}_[0-9A-HJKMNP-TV-Z]{{26}}$", examples=[name])


class Shown(BaseModel):
    """An answer has these fields and no others."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Archive(Shown):
    """Our own copy of an output."""

    url: Url = Field(
        description="Signed link on this host: needs no key, serves ranges, lives until erasure."
    )
    sha256: Sha256 = Field(description="Of the content.")
    bytes: int = Field(ge=0, description="Its size.")


class Output(Shown):
    """One thing that the provider has made."""

    url: Url = Field(description="At the provider; our own link where the provider gave content.")
    content_type: str | None = Field(description="Such as image/png, where it is known.")
    expires_at: Time | None = Field(description="When `url` ends, where it does.")
    archive: Archive | None = Field(
        description="The copy; null until it is made. It comes after `succeeded` and changes the ETag."
    )


class Result(Shown):
    """What a submission has come to."""

    outputs: list[Output] = Field(description="In the provider's order.")
    group_id: str | None = Field(
        default=None, description="The person's group at AllToken; left out where there is none."
    )
    asset_id: str | None = Field(default=None, description="The asset in it.")
    asset_uri: str | None = Field(
        default=None, description="The same as asset://…, as films take it."
    )


class Failure(Shown):
    """Why a submission has ended without a result."""

    code: str = Field(description="Stable; see the table of codes.", examples=["outcome_unknown"])
    message: str = Field(description="For people.")
    provider_code: str | None = Field(
        default=None, description="The provider's own word; left out where there is none."
    )
    retryable: bool = Field(description="Whether the same input may go well in a new submission.")


class Action(Shown):
    """What a person has to do."""

    type: Literal["face_scan"] = Field(description="There is one sort so far.")
    url: Url = Field(description="Give it to the person: their phone opens it.")
    qr: Url | None = Field(
        default=None, description="The link as a QR code (SVG); only with mode hosted."
    )
    expires_at: Time = Field(description="When the link ends.")


class Links(Shown):
    """Where to go on."""

    self: Url = Field(description="This submission.")
    events: Url = Field(description="Its timeline, also as a stream.")
    cancel: Url = Field(description="POST here cancels it.")


class Submission(Shown):
    """What was asked for, and how it goes."""

    id: Annotated[str, _id("sub")] = Field(description="Names it in every other call.")
    kind: str = Field(description="One of GET /v1/kinds.", examples=["wavespeed/portrait"])
    status: Status = Field(
        description="succeeded, failed, expired and canceled are final and never change."
    )
    waiting_for: Waiting | None = Field(
        description="What an unfinished one waits for; null when it is our turn, or over."
    )
    input: dict[str, Any] = Field(
        description="As it was given, with every default; base64 is shown as its size and SHA-256."
    )
    result: Result | None = Field(description="Once it has succeeded; a group also before.")
    error: Failure | None = Field(description="Once it has failed, expired or was canceled.")
    action: Action | None = Field(description="While a person is wanted (action_required).")
    metadata: dict[str, Any] = Field(description="Yours, as it was given.")
    created_at: Time = Field(description="When it was accepted.")
    updated_at: Time = Field(description="When it last changed.")
    completed_at: Time | None = Field(description="When it came to its final status.")
    links: Links = Field(description="Where to go on.")
    late_result: Result | None = Field(
        default=None,
        description="Outputs that came after outcome_unknown, expired or canceled; else left out.",
    )


class SubmissionPage(Shown):
    """Submissions, newest first."""

    items: list[Submission] = Field(description="At most `limit` of them.")
    next_cursor: str | None = Field(description="For the next page; null on the last.")


class Event(Shown):
    """A piece of news about a submission."""

    id: Annotated[str, _id("evt")] = Field(description="Also the id of a message in the stream.")
    type: str = Field(description="What has happened.", examples=["provider.completed"])
    source: str = Field(
        description="Who told it: client, engine, submit, webhook, poll, …", examples=["webhook"]
    )
    status: Status = Field(description="The submission's, after it.")
    at: Time = Field(description="When it was kept.")
    message: str = Field(description="The same in a sentence for people.")
    data: dict[str, Any] = Field(description="Facts of this type of event; never a secret.")


class Timeline(Shown):
    """All that has happened, oldest first; it begins with submission.created."""

    items: list[Event] = Field(description="In the order in which they were kept.")


class Attempt(Shown):
    """One try to tell your app."""

    at: Time = Field(description="When it began.")
    status: int | None = Field(description="The HTTP status that your app answered.")
    answer: str = Field(description="The beginning of its answer, with secrets blanked.")
    error: str | None = Field(
        description="Why there is no answer; see the table of codes.", examples=["timeout"]
    )


class Delivery(Shown):
    """A signed webhook to your app, with each try."""

    id: Annotated[str, _id("dlv")] = Field(
        description="The webhook-id, the same however often it is tried or replayed."
    )
    type: str = Field(description="The event.", examples=["submission.succeeded"])
    state: State = Field(
        description="pending: it is tried (again); dead: the schedule is over, or the URL is gone."
    )
    sequence: int = Field(ge=1, description="Grows with each event of a submission, with gaps.")
    created_at: Time = Field(description="When the event happened.")
    next_attempt_at: Time | None = Field(description="When it is tried next, if it is.")
    attempts: list[Attempt] = Field(description="Oldest first.")


class Deliveries(Shown):
    """What was told of a submission, oldest first."""

    items: list[Delivery] = Field(description="One for each event and URL.")


class Upload(Shown):
    """A file that inputs may name as upload://…"""

    id: Annotated[str, _id("upl")] = Field(description="Write upload:// before it in an input.")
    content_type: str = Field(description="By the content, not by the name.")
    bytes: int = Field(ge=1, le=50 * 1024 * 1024, description="Its size.")
    sha256: Sha256 = Field(description="Of the content.")
    expires_at: Time = Field(
        description="Seven days on; a submission that uses it keeps it longer."
    )


class KindExample(Shown):
    """A body for POST /v1/submissions."""

    kind: str = Field(description="The kind.")
    input: dict[str, Any] = Field(description="An input that it takes.")


class Kind(Shown):
    """What can be submitted."""

    kind: str = Field(description="Its name.")
    title: str = Field(description="What it makes, in a few words.")
    provider: str = Field(description="Who makes it: wavespeed, 302ai or alltoken.")
    available: bool = Field(description="Whether this Likeness can do it now.")
    unavailable_because: str | None = Field(
        default=None, description="The code with which it would be refused; else left out."
    )
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of the input.")
    example: KindExample = Field(description="A body that is accepted.")


class Kinds(Shown):
    """Every kind."""

    items: list[Kind] = Field(description="Also those that are not available.")


class BadField(Shown):
    """One thing that is not as it should be."""

    pointer: str = Field(
        description="RFC 6901, into the body; for a parameter, a slash and its name.",
        examples=["/input/image"],
    )
    message: str = Field(description="What would be right.")


class Problem(Shown):
    """An error (RFC 9457)."""

    type: str = Field(
        description="Where the code is explained.", examples=["/docs#error-not_found"]
    )
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    code: str = Field(description="Stable; see the table of codes.", examples=["not_found"])
    detail: str = Field(description="For people; may change.")
    errors: list[BadField] | None = Field(
        default=None, description="With invalid_input: every bad field at once."
    )


class Alive(Shown):
    """The process answers."""

    status: Literal["ok"] = Field(description="Always ok.")


class Ready(Shown):
    """The process can do its work."""

    status: Literal["ready"] = Field(description="Always ready.")
