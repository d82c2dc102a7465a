"""A client's wish becomes a submission: the only way in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from domain import chain
from domain.errors import FieldError, InvalidInput
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.media import Media
from domain.portrait import GROUP_TYPE
from domain.reference import SUBMISSION, UPLOAD, places, reference
from domain.submission import Stage, Status, Submission
from engine.context import FLOWS, Context
from engine.inputs import set_media_aside
from engine.links import scan_url
from engine.view import shown
from providers.kinds import Flow, Kind
from store.acceptance import Acceptance, Needs, Once
from store.documents import write_json

LARGEST_FIELD = 256 * 1024
"""Characters; far more than any provider's prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A checked request: the input has every default filled in."""

    key_id: str
    kind: Kind
    input: Mapping[str, Any] = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)
    notify: dict[str, Any] | None = None


async def accept(context: Context, wish: Wish, key: IdempotencyKey | None = None) -> Submission:
    """Keep the submission and its first tasks in one commit; then it survives everything.

    With a `key` that request is made once; Repeated tells what was answered then.
    """
    now = context.clock.now()
    fields, kept = set_media_aside(wish.kind, wish.input)
    _refuse_too_long(fields)
    submission = Submission(
        id=new_id("sub", now),
        key_id=wish.key_id,
        kind=wish.kind.name,
        status=Status.PENDING,
        stage=Stage.QUEUED,
        created_at=now,
        updated_at=now,
        input=fields,
        metadata=wish.metadata,
        notify=wish.notify,
    )
    submission = submission.changed(state=_state(context, wish.kind, submission))
    acceptance = _acceptance(context, wish.kind, submission, kept)
    if key is not None:
        acceptance = replace(acceptance, once=Once(key=key, answer=partial(shown, context)))
    accepted = await context.store.accept(acceptance)
    if accepted.final:
        # What it is built on had ended before.
        context.observed.finished[accepted.kind, accepted.status.value, "dependency"] += 1
    return accepted


def _refuse_too_long(fields: Mapping[str, Any]) -> None:
    """InvalidInput for what is no media and still as large: a list shows a hundred inputs at once."""
    message = f"must be at most {LARGEST_FIELD} characters of JSON"
    errors = [
        FieldError(pointer=f"/input/{name}", message=message)
        for name, value in fields.items()
        if len(write_json(value)) > LARGEST_FIELD
    ]
    if errors:
        raise InvalidInput(errors)


def _acceptance(
    context: Context, kind: Kind, submission: Submission, kept: tuple[Media, ...]
) -> Acceptance:
    """With its first tasks, or, when it is built on others, with what it waits for."""
    terms = context.terms(kind)
    needs, uploads = _needs(kind, submission.input), _uploads(kind, submission.input)
    if not needs:
        begun = FLOWS[kind.flow].begin(submission, terms, submission.created_at)
        return Acceptance(
            submission=begun.submission, tasks=begun.tasks, media=kept, uploads=uploads
        )
    waiting = chain.wait(submission, needs, terms)
    ids = tuple(sorted(chain.needed(waiting)))
    return Acceptance(
        submission=waiting,
        media=kept,
        uploads=uploads,
        needs=Needs(submission_ids=ids, decide=context.decide),
    )


def _needs(kind: Kind, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wanted of other submissions."""
    return [
        chain.need(
            named.id,
            field.family_at(fields, place),
            asset=field.asset and kind.takes_assets(fields),
        )
        for field in kind.media
        for place, value in places(fields, field.at)
        if (named := reference(value)) is not None and named.scheme == SUBMISSION
    ]


def _uploads(kind: Kind, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Each upload that is named, once."""
    named = (reference(value) for field in kind.media for _, value in places(fields, field.at))
    return tuple({one.id: None for one in named if one is not None and one.scheme == UPLOAD})


def _state(context: Context, kind: Kind, submission: Submission) -> dict[str, Any]:
    """What the flow must know of the input, which a decision does not load."""
    fields = submission.input
    match kind.flow:
        case Flow.JOB:
            return {}
        case Flow.SCAN:
            return {
                "mode": fields["mode"],
                "asset": fields.get("asset"),
                "scan_url": scan_url(context, submission.id, submission.created_at),
            }
        case Flow.PORTRAIT:
            given = {"group_id": fields["group_id"]} if "group_id" in fields else {}
            return {"group_type": GROUP_TYPE, **given}
