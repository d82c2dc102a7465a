"""A submission request is checked as a whole, so that every bad field is named at once."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from domain.delivery import TOLD
from domain.errors import FieldError, InvalidInput
from domain.submission import Status
from providers.inputs import Input, Link
from providers.kinds import KINDS, Kind

Model = TypeVar("Model", bound=Input)

MOST_FIELDS = 50
"""Beyond it, naming every bad field would take longer than the mistake deserves."""
LARGEST_METADATA = 16 * 1024
EVENTS = tuple(f"submission.{status}" for status in Status if status in TOLD)


def _event(word: str) -> str:
    if word not in EVENTS:
        raise ValueError(f"must be one of {', '.join(EVENTS)}")
    return word


Event = Annotated[str, Field(json_schema_extra={"enum": [*EVENTS]}), AfterValidator(_event)]


class Notify(Input):
    """Where the client wants to be told, and of what."""

    url: Link = Field(description="http(s) URL that receives our signed webhooks.")
    events: Annotated[list[Event], Field(min_length=1)] | None = Field(
        default=None, description="Only these events; all when left out."
    )


class Envelope(Input):
    """The body of POST /v1/submissions, around the kind's own input."""

    kind: str
    input: dict[str, Any]
    notify: Notify | None = Field(
        default=None, description="Where you want to be told; left out, at the key's own URL."
    )
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="Yours: kept and shown, at most 16 KB of JSON."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request without a fault; the input has every default filled in."""

    kind: Kind
    input: Mapping[str, Any] = field(repr=False)
    notify: dict[str, Any] | None
    metadata: dict[str, Any] = field(repr=False)


CheckReferences = Callable[[Kind, Mapping[str, Any]], Awaitable[list[FieldError]]]


async def check(body: Any, check_references: CheckReferences) -> Checked:
    """InvalidInput names every bad field at once."""
    if not isinstance(body, dict):
        raise InvalidInput([FieldError(pointer="", message="must be a JSON object")])
    for pointer, value in (("", body), ("/input", body.get("input"))):
        if isinstance(value, dict) and len(value) > MOST_FIELDS:
            message = f"has {len(value)} fields; no kind has more than {MOST_FIELDS}"
            raise InvalidInput([FieldError(pointer=pointer, message=message)])
    errors: list[FieldError] = []
    envelope = _validate(Envelope, body, "", errors)
    kind = KINDS.get(body["kind"]) if isinstance(body.get("kind"), str) else None
    if kind is None and isinstance(body.get("kind"), str):
        known = ", ".join(KINDS)
        errors.append(FieldError(pointer="/kind", message=f"unknown kind; there are {known}"))
    fields = None
    if kind is not None and isinstance(body.get("input"), dict):
        fields = _validate(kind.input, body["input"], "/input", errors)
        errors += await check_references(kind, body["input"])
    if isinstance(body.get("metadata"), dict):
        errors += _too_much(body["metadata"])
    if errors or envelope is None or kind is None or fields is None:
        raise InvalidInput(errors)
    return Checked(
        kind=kind,
        input=fields.model_dump(mode="json", exclude_none=True),
        notify=envelope.notify.model_dump(exclude_none=True) if envelope.notify else None,
        metadata=envelope.metadata,
    )


def _validate(model: type[Model], value: Any, base: str, errors: list[FieldError]) -> Model | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors.extend(
            FieldError(pointer=base + _pointer(one["loc"]), message=_words(one["type"], one["msg"]))
            for one in error.errors(include_input=False, include_url=False, include_context=False)
        )
        return None


def _pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _words(kind: str, message: str) -> str:
    if kind == "missing":
        return "is required"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return "must be a JSON object"
    if kind == "extra_forbidden":
        return "unknown field; leave it out"
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _too_much(metadata: dict[str, Any]) -> list[FieldError]:
    message = f"must be at most {LARGEST_METADATA} bytes of JSON"
    try:
        if (
            len(json.dumps(metadata, ensure_ascii=False, allow_nan=False).encode())
            <= LARGEST_METADATA
        ):
            return []
    except ValueError:
        # 1e400 is good JSON, and infinite once it is read.
        message = "has a number that is too large to be shown again"
    return [FieldError(pointer="/metadata", message=message)]
