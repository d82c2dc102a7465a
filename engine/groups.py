"""Groups of assets: made once, and deleted when they were made in vain."""

from domain.event import Event, NotSettled
from domain.portrait_event import GroupMade, GroupStays
from domain.submission import Stage, Submission
from domain.task import Claim
from engine.assets import MOST_PAGES, earliest
from engine.calls import call_once
from engine.context import Context
from engine.wire import Lost, send
from providers import alltoken_group
from providers.alltoken_group import GroupWish
from store.news import Verdict


async def create_group(context: Context, claim: Claim, submission: Submission) -> None:
    """Make it, unless an earlier call whose answer was lost has done so already."""
    wish = GroupWish(
        group_type=submission.state["group_type"],
        name=submission.input["name"],
        description=submission.input.get("description"),
        mark=submission.id,
        since=earliest(submission),
    )
    if submission.stage in (Stage.SENDING, Stage.SETTLING):
        found = await _look(context, wish)
        if found is not None:
            outcome = await context.keep_telling(claim, found)
            if outcome.verdict is Verdict.OTHER_JOB:
                # Recorded for somebody else: what we wait for is not there yet.
                await context.keep_telling(claim, NotSettled(source="settlement"))
            return
    request = alltoken_group.create_group(context.account("alltoken"), wish)
    await call_once(context, claim, request, "group:", alltoken_group.read_created_group)


async def delete_group(context: Context, claim: Claim, submission: Submission) -> None:
    """Free the quota of a group that was made in vain."""
    group_id = submission.state["group_id"]
    request = alltoken_group.delete_group(context.account("alltoken"), group_id)
    answer = await send(context.asking, request, context.observed)
    event: Event
    if isinstance(answer, Lost):
        event = GroupStays(source="submit", reason=answer.reason)
    else:
        event = alltoken_group.read_deleted_group(answer, group_id)
    await context.keep_telling(claim, event)


async def _look(context: Context, wish: GroupWish) -> Event | None:
    """The group that an earlier call made; None when there is certainly none."""
    alike: list[str] = []
    for page in range(1, MOST_PAGES + 1):
        request = alltoken_group.list_groups(context.account("alltoken"), wish.group_type, page)
        answer = await send(context.asking, request, context.observed)
        if isinstance(answer, Lost):
            return NotSettled(source="settlement")
        listed = alltoken_group.read_listed_groups(answer, wish)
        if not isinstance(listed, alltoken_group.ListedGroups):
            return NotSettled(source="settlement")
        if listed.marked is not None:
            return GroupMade(source="settlement", group_id=listed.marked)
        alike += listed.alike
        if not listed.more:
            return await _unclaimed(context, alike)
    return NotSettled(source="settlement")


async def _unclaimed(context: Context, alike: list[str]) -> Event | None:
    """Of groups whose title the provider does not show, one that nobody has recorded as theirs."""
    recorded = await context.store.resources(alike)
    ours = [group_id for group_id in alike if group_id not in recorded]
    return GroupMade(source="settlement", group_id=ours[0], sure=False) if ours else None
