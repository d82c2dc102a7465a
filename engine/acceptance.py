"""A client's wish becomes a submission: the only way in."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.ids import new_id
from domain.media import Media, decode, is_link, media
from domain.submission import Stage, Status, Submission, Waiting
from domain.times import rfc3339
from engine.context import FLOWS, Context
from engine.links import scan_url
from providers.kinds import Flow, Kind
from store.submissions import Acceptance

MEDIA = "$media"
"""Marks content in a stored input; the content itself is kept beside it, once."""


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
    fields, kept = _set_media_aside(wish)
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
        deadline_at=now + context.timing.deadline,
    )
    if wish.kind.flow is Flow.SCAN:
        submission = _invite(context, submission, now)
    tasks = FLOWS[wish.kind.flow].begin(submission, context.terms(wish.kind), now)
    await context.store.accept(Acceptance(submission=submission, tasks=tasks, media=kept))
    return submission


def restore(fields: Mapping[str, Any], content: Mapping[str, Media]) -> dict[str, Any]:
    """The input as the client gave it, for the provider. `content` is by SHA-256."""
    restored = dict(fields)
    for name, value in fields.items():
        if isinstance(value, dict) and MEDIA in value:
            text = base64.b64encode(content[value[MEDIA]].content).decode("ascii")
            restored[name] = value["head"] + text
    return restored


def _set_media_aside(wish: Wish) -> tuple[dict[str, Any], tuple[Media, ...]]:
    fields = dict(wish.input)
    kept: dict[str, Media] = {}
    for name in wish.kind.media:
        value = fields.get(name)
        if isinstance(value, str) and not is_link(value):
            item = media(decode(value))
            kept[item.sha256] = item
            head = value.partition(",")[0] + "," if value[:5].lower() == "data:" else ""
            fields[name] = {MEDIA: item.sha256, "bytes": len(item.content), "head": head}
    return fields, tuple(kept.values())


def _invite(context: Context, submission: Submission, now: int) -> Submission:
    """A face scan begins with its person; hosted mode has our own link for them."""
    fields = submission.input
    link_expires_at = now + context.timing.link_ttl
    state = {
        "mode": fields["mode"],
        "asset": fields.get("asset"),
        "link_expires_at": link_expires_at,
    }
    if fields["mode"] != "hosted":
        return replace(submission, state=state, stage=Stage.OPENING)
    url = scan_url(context, submission.id, submission.created_at)
    return replace(
        submission,
        status=Status.ACTION_REQUIRED,
        stage=Stage.INVITED,
        waiting_for=Waiting.PERSON,
        deadline_at=None,
        time_left=context.timing.deadline,
        action={
            "type": "face_scan",
            "url": url,
            "qr": f"{url}/qr.svg",
            "expires_at": rfc3339(link_expires_at),
        },
        state=state,
    )
