"""Assets: created once in their group, then waited for until Active."""

from domain.event import Accepted, AskFailed, Event, NotSettled, Sending
from domain.submission import Stage, Submission
from domain.task import Claim
from engine.context import Context
from engine.jobs import no_answer
from engine.wire import Lost, send
from providers import alltoken_asset

GROUP_TYPE = "LivenessFace"
MOST_PAGES = 10


async def create_asset(context: Context, claim: Claim, submission: Submission) -> None:
    """Create it, unless an earlier call whose answer was lost has done so already."""
    if submission.stage in (Stage.SENDING, Stage.SETTLING):
        found = await _look(context, submission)
        if found is not None:
            await context.keep_telling(claim, found)
            return
    asset = submission.state["asset"]
    request = alltoken_asset.create_asset(
        context.account("alltoken"),
        submission.state["group_id"],
        asset["url"],
        asset["asset_type"],
        asset_name(submission),
    )
    about_to = Sending(
        source="submit", key=f"sending:asset:{claim.task.attempt}", call=claim.holder
    )
    outcome = await context.tell(submission.id, about_to, claim)
    if not outcome.changed or outcome.submission is None or outcome.submission.final:
        return
    answer = await send(context.calling, request)
    event: Event
    if isinstance(answer, Lost):
        event = no_answer(answer)
    else:
        event = alltoken_asset.read_created_asset(answer)
    await context.keep_telling(claim, event)


async def poll_asset(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask whether it is Active."""
    if submission.upstream_id is None:
        return
    request = alltoken_asset.get_asset(context.account("alltoken"), submission.upstream_id)
    answer = await send(context.asking, request)
    event: Event
    if isinstance(answer, Lost):
        event = AskFailed(source="poll", reason=answer.reason)
    else:
        event = alltoken_asset.read_asset(answer, submission.upstream_id)
    await context.keep_telling(claim, event)


def asset_name(submission: Submission) -> str:
    """The client's name for it, or one of ours; by it a lost answer is found again."""
    return submission.state["asset"].get("name") or submission.id


async def _look(context: Context, submission: Submission) -> Event | None:
    """The asset that an earlier call made; None when there is certainly none."""
    group_id = submission.state["group_id"]
    for page in range(1, MOST_PAGES + 1):
        request = alltoken_asset.list_assets(
            context.account("alltoken"), group_id, GROUP_TYPE, page
        )
        answer = await send(context.asking, request)
        if isinstance(answer, Lost):
            return NotSettled(source="settlement")
        listed = alltoken_asset.read_listed_assets(
            answer, group_id, asset_name(submission), submission.state["asset"]["asset_type"]
        )
        if isinstance(listed, AskFailed):
            return NotSettled(source="settlement")
        # One that another submission has recorded is not what this one's call made.
        taken = await context.store.owners(listed.asset_ids)
        ours = [asset_id for asset_id in listed.asset_ids if asset_id not in taken]
        if ours:
            return Accepted(source="settlement", upstream_id=ours[0])
        if not listed.more:
            return None
    return NotSettled(source="settlement")
