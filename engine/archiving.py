"""Copying outputs into the archive: from the provider's link, or from beside the submission.

Rules of this file:
- What comes goes to a file of ours first, and to the archive only when it is whole.
- A dead link is asked for once more at the provider, which may still have what lay behind it.
- Nothing is believed of what comes: its type is read from its bytes.
"""

from typing import Any

import structlog

from delivery.download import LIMITS, Downloaded, Limits, download
from domain.archive import DEAD, ArchiveAsked, Archived, ArchiveFailed, dead, is_last
from domain.errors import ArchiveUnavailable, NotFound, Refused
from domain.event import Completed, Failed
from domain.event import Output as Given
from domain.media import is_page, recognised
from domain.output import Copy, in_base64, output_at, outputs_of
from domain.submission import Submission
from domain.task import Claim
from engine.contents import path_of
from engine.context import Context
from engine.jobs import ask
from providers.kinds import KINDS, Flow
from store.spool import Spool

log = structlog.get_logger("likeness.archive")

UNKNOWN_TYPE = "application/octet-stream"


class Uncopied(Exception):
    """There is no copy; `reason` says why, in a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def archive(
    context: Context, claim: Claim, submission: Submission, limits: Limits = LIMITS
) -> None:
    """Copy one output, and tell what came of it."""
    place = claim.task.key
    output = output_at(submission, place)
    try:
        copy, sure = await _copy(context, submission, place, limits)
    except (Uncopied, ArchiveUnavailable) as error:
        reason = error.reason if isinstance(error, Uncopied) else "archive_unavailable"
        await _failed(context, claim, submission, reason)
        return
    assert output is not None  # noqa: S101 - there was something to copy
    context.observed.copies["copied"] += 1
    copied = Archived(
        source="archive",
        key=f"archived:{place}",
        place=place,
        url=output["url"],
        sha256=copy.sha256,
        bytes=copy.bytes,
        content_type=copy.content_type,
        archive=copy.archive,
        sure=sure,
    )
    await context.keep_telling(claim, copied)


async def ask_for_copies(context: Context, submission: Submission, source: str = "client") -> None:
    """Have everything copied that has no copy; Refused when there is nothing of that."""
    if context.archive is None:
        raise Refused(409, "archive_off", "This Likeness keeps no archive (LIKENESS_ARCHIVE=off).")
    places = await without_copy(context, submission)
    if not places:
        raise Refused(409, "nothing_to_archive", "The submission has no output that lacks a copy.")
    # Whoever is at it goes on: asking often must not begin it often.
    busy = await context.store.archived.under_way(submission.id, context.clock.now())
    free = tuple(place for place in places if place not in busy)
    if free:
        await context.tell(submission.id, ArchiveAsked(source=source, places=free))


async def without_copy(context: Context, submission: Submission) -> tuple[str, ...]:
    """The places of the outputs that do not lie in an archive."""
    there = await context.store.archived.hashes(submission.id)
    return tuple(
        place
        for place, output in outputs_of(submission)
        if (output["archive"] or {}).get("sha256") not in there
    )


async def _failed(context: Context, claim: Claim, submission: Submission, reason: str) -> None:
    place, attempt = claim.task.key, claim.task.attempt
    now = context.clock.now()
    last = is_last(submission, output_at(submission, place), reason, attempt, now)
    context.observed.copies["given_up" if last else "put_off"] += 1
    log.warning(
        "an output was not copied",
        place=place,
        reason=reason,
        last=last,
    )
    failed = ArchiveFailed(
        source="archive",
        # Only what is final has a key, and so its place in the timeline.
        key=f"archive.failed:{claim.holder}" if last else None,
        place=place,
        reason=reason,
        attempt=attempt,
        last=last,
    )
    await context.keep_telling(claim, failed)


async def _copy(
    context: Context, submission: Submission, place: str, limits: Limits
) -> tuple[Copy, bool]:
    """The copy, once it lies in the archive, and whether its type is certain; Uncopied says why not."""
    if context.archive is None:
        raise Uncopied("archive_off")
    output = output_at(submission, place)
    if output is None:
        raise Uncopied("content_missing")
    if output["archive"] is not None:
        there = await _known(context, submission, output["archive"]["sha256"])
        if there is not None:
            return there, True
    async with context.archive.spooling() as spool:
        told = await _fill(context, submission, place, output, spool, limits)
        known = recognised(spool.head)
        if known is None and is_page(told) and not is_page(output["content_type"]):
            raise Uncopied("not_media")
        await context.archive.put(path_of(submission.id, spool.sha256), spool)
        content_type = known or told or output["content_type"] or UNKNOWN_TYPE
        copy = Copy(
            sha256=spool.sha256,
            content_type=content_type,
            bytes=spool.bytes,
            archive=context.archive.name,
        )
        return copy, known is not None


async def _known(context: Context, submission: Submission, sha256: str) -> Copy | None:
    try:
        return await context.store.archived.copy(submission.id, sha256)
    except NotFound:
        return None


async def _fill(
    context: Context,
    submission: Submission,
    place: str,
    output: dict[str, Any],
    spool: Spool,
    limits: Limits,
) -> str | None:
    """Fetch an output's content; the answer is what somebody says of its type."""
    if in_base64(output):
        return await _from_beside(context, submission, output, spool)
    if not dead(output, context.clock.now()):
        come = await download(context.outbound, output["url"], spool.write, limits)
        if isinstance(come, Downloaded):
            return come.content_type
        if not come.dead:
            raise Uncopied(come.reason)
    again = await _asked_for(context, submission, place)
    await spool.clear()
    if again.content is not None:
        await spool.write(again.content)
        return again.content_type
    if again.url is None or (again.url == output["url"] and dead(output, context.clock.now())):
        raise Uncopied(DEAD)
    come = await download(context.outbound, again.url, spool.write, limits)
    if isinstance(come, Downloaded):
        return come.content_type
    raise Uncopied(DEAD if come.dead else come.reason)


async def _from_beside(
    context: Context, submission: Submission, output: dict[str, Any], spool: Spool
) -> str | None:
    try:
        kept = await context.store.content(submission.id, output["archive"]["sha256"])
    except NotFound as error:
        raise Uncopied("content_missing") from error
    await spool.write(kept.content)
    return kept.content_type


async def _asked_for(context: Context, submission: Submission, place: str) -> Given:
    """The output as the provider shows it now."""
    kind = KINDS[submission.kind]
    if kind.flow is not Flow.JOB or submission.upstream_id is None:
        raise Uncopied(DEAD)
    try:
        answer = await ask(context, submission, submission.upstream_id)
    except Refused as error:
        raise Uncopied(error.code) from error
    index = int(place.partition("/")[2])
    if isinstance(answer, Completed) and index < len(answer.outputs):
        return answer.outputs[index]
    if isinstance(answer, Completed | Failed):
        raise Uncopied(DEAD)
    raise Uncopied("provider_silent")
