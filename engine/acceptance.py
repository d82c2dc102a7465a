"""A client's wish becomes a submission: the only way in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import chain
from domain.ids import new_id
from domain.media import Media
from domain.portrait import GROUP_TYPE
from domain.reference import SUBMISSION, places, reference
from domain.submission import Stage, Status, Submission
from engine.context import FLOWS, Context
from engine.inputs import set_media_aside
from engine.links import scan_url
from providers.kinds import Flow, Kind
from store.acceptance import Acceptance, Needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A checked request: the input has every default filled in."""

    key_id: str
    kind: Kind
    input: Mapping[str, Any] = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)
    notify: dict[str, Any] | None = None


async def accept(context: Context, wish: Wish) -> Submission:
    """Keep the submission and its first tasks in one commit; then it survives everything."""
    now = context.clock.now()
    fields, kept = set_media_aside(wish.kind, wish.input)
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
    return await context.store.accept(_acceptance(context, wish.kind, submission, kept))


def _acceptance(
    context: Context, kind: Kind, submission: Submission, kept: tuple[Media, ...]
) -> Acceptance:
    """With its first tasks, or, when it is built on others, with what it waits for."""
    terms = context.terms(kind)
    needs = _needs(kind, submission.input)
    if not needs:
        begun = FLOWS[kind.flow].begin(submission, terms, submission.created_at)
        return Acceptance(submission=begun.submission, tasks=begun.tasks, media=kept)
    waiting = chain.wait(submission, needs, terms)
    ids = tuple(sorted(chain.needed(waiting)))
    return Acceptance(
        submission=waiting,
        media=kept,
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
