"""Assets: created once in their group, then waited for until Active."""

from domain.event import Accepted, AskFailed, CallRefused, Event, NotSettled
from domain.reference import UPLOAD, reference
from domain.scan import GROUP_TYPE as LIVENESS
from domain.submission import Stage, Submission
from domain.task import Claim
from domain.times import MINUTE
from domain.upload import Upload
from engine.calls import call_once
from engine.context import Context
from engine.inputs import NotReady, for_provider, uploaded
from engine.wire import Lost, send
from providers import alltoken_asset
from providers.alltoken_asset import AssetWish
from providers.base import File, Request

MOST_PAGES = 50
CLOCKS = 10 * MINUTE
"""By how much the provider's clock may differ from ours."""


async def create_asset(context: Context, claim: Claim, submission: Submission) -> None:
    """Create it, unless an earlier call whose answer was lost has done so already."""
    if submission.stage in (Stage.SENDING, Stage.SETTLING):
        found = await _look(context, submission)
        if found is not None:
            await context.keep_telling(claim, found)
            return
    try:
        request = await _request(context, submission)
    except NotReady as reason:
        await context.keep_telling(claim, CallRefused(source="submit", error=reason.error))
        return
    await call_once(context, claim, request, "asset:", alltoken_asset.read_created_asset)


async def _request(context: Context, submission: Submission) -> Request:
    """A picture of ours goes as a file; everything else the provider fetches."""
    account, group_id = context.account("alltoken"), submission.state["group_id"]
    name, asset = asset_name(submission), submission.input["asset"]
    named = reference(asset["url"])
    if named is not None and named.scheme == UPLOAD and asset["asset_type"] == "Image":
        upload = await uploaded(context, named.id)
        if goes_as_file(upload):
            try:
                content = await context.uploads.read(upload.id)
            except FileNotFoundError as error:
                raise NotReady("media_missing", f"{asset['url']} was erased.") from error
            file = File(name=upload.id, content_type=upload.content_type, content=content)
            return alltoken_asset.upload_asset(account, group_id, file, name)
    ready = (await for_provider(context, submission))["asset"]
    return alltoken_asset.create_asset(account, group_id, ready["url"], ready["asset_type"], name)


def goes_as_file(upload: Upload) -> bool:
    """Whether the provider takes it without fetching it."""
    return (
        upload.content_type in alltoken_asset.UPLOAD_TYPES
        and upload.bytes <= alltoken_asset.LARGEST_UPLOAD
    )


async def poll_asset(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask whether it is Active."""
    if submission.upstream_id is None:
        return
    request = alltoken_asset.get_asset(context.account("alltoken"), submission.upstream_id)
    answer = await send(context.asking, request, context.observed)
    event: Event
    if isinstance(answer, Lost):
        event = AskFailed(source="poll", reason=answer.reason)
    else:
        event = alltoken_asset.read_asset(answer, submission.upstream_id)
    await context.keep_telling(claim, event)


def asset_name(submission: Submission) -> str:
    """The client's name for it, or one of ours; by it a lost answer is found again."""
    return submission.input["asset"].get("name") or submission.id


def _since(submission: Submission) -> int:
    """In a group of the submission's own, and by a name of ours, nothing can be taken for its asset;
    only what a client has called alike in a group that was there before is told by its age."""
    given = submission.input.get("group_id") is not None
    named = submission.input["asset"].get("name") is not None
    return earliest(submission) if given and named else 0


def earliest(submission: Submission) -> int:
    """What was there before this time, by the provider's clock, none of the submission's calls made."""
    return submission.created_at - CLOCKS


async def _look(context: Context, submission: Submission) -> Event | None:
    """The asset that an earlier call made; None when there is certainly none."""
    group_id = submission.state["group_id"]
    wish = AssetWish(
        name=asset_name(submission),
        asset_type=submission.input["asset"]["asset_type"],
        since=_since(submission),
    )
    for page in range(1, MOST_PAGES + 1):
        request = alltoken_asset.list_assets(
            context.account("alltoken"),
            group_id,
            submission.state.get("group_type", LIVENESS),
            page,
        )
        answer = await send(context.asking, request, context.observed)
        if isinstance(answer, Lost):
            return NotSettled(source="settlement")
        listed = alltoken_asset.read_listed_assets(answer, group_id, wish)
        if isinstance(listed, AskFailed):
            return NotSettled(source="settlement")
        # One that is recorded, for whomever, is not what this one's call made.
        known = await context.store.resources(listed.asset_ids)
        taken = {name for name, resource in known.items() if not resource.listed}
        ours = [asset_id for asset_id in listed.asset_ids if asset_id not in taken]
        if ours:
            return Accepted(source="settlement", upstream_id=ours[0])
        if not listed.more:
            return None
    return NotSettled(source="settlement")
