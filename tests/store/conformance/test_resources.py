"""What was made at a provider, for which key, and what is known of uploads."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from domain import portrait
from domain.decision import Decision
from domain.errors import NotFound
from domain.event import Accepted, CancelAsked, Event, Failed, Sending
from domain.ids import new_id
from domain.portrait_event import GroupGone, GroupMade, Verified
from domain.resource import Resource, ResourceType, asset, group
from domain.submission import Status, Submission
from domain.task import Claim
from domain.upload import Upload
from store.acceptance import Acceptance
from store.news import News, Verdict
from store.store import Store
from store.tasks import ClaimAsk
from tests.domain.given import NO, NOW, TERMS, a_portrait
from tests.store.given import a_key, add_scan
from tests.store.given import tell as tell_scan

pytestmark = pytest.mark.asyncio

GROUP = group("group-1", "key_1", "AIGC", NOW)
ASSET = asset("asset-1", "key_1", "group-1", NOW)
UPLOAD = Upload(
    id="upl_1",
    key_id="key_1",
    content_type="image/png",
    bytes=7,
    sha256="f" * 64,
    created_at=NOW,
    expires_at=NOW + 1,
)


def decide(submission: Submission, event: Event, now: int) -> Decision:
    return portrait.decide(submission, event, TERMS, now)


async def add_portrait(store: Store, **changes: Any) -> Submission:
    submission = a_portrait(id=new_id("sub", NOW), **changes)
    await store.accept(Acceptance(submission=submission))
    return submission


async def tell(store: Store, submission: Submission, *events: Event) -> Submission:
    for event in events:
        await store.advance(News(submission_id=submission.id, event=event, now=NOW, decide=decide))
    return await store.submission(submission.id)


async def living(store: Store, *ids: str) -> set[str]:
    known = await store.resources(ids)
    return {name for name, one in known.items() if one.deleted_at is None}


@pytest.mark.parametrize("one", [GROUP, ASSET, replace(GROUP, type=ResourceType.SESSION)])
async def test_what_was_recorded_is_known(store: Store, second: Store, one: Resource) -> None:
    await store.record(one)
    assert await second.resources([one.id, "other"]) == {one.id: one}


async def test_nothing_is_known_of_nothing(store: Store) -> None:
    assert await store.resources([]) == {}
    assert await store.resources(["group-1"]) == {}


async def test_the_first_one_to_record_it_owns_it(store: Store) -> None:
    await store.add_key(a_key("other"))
    await store.record(GROUP)
    await store.record(replace(GROUP, key_id="key_other", created_at=NOW + 1))
    assert (await store.resources(["group-1"]))["group-1"] == GROUP


async def test_recorded_at_once_it_has_one_owner(store: Store, second: Store) -> None:
    await store.add_key(a_key("other"))
    foreign = replace(GROUP, key_id="key_other")
    async with asyncio.TaskGroup() as tasks:
        for opened, one in ((store, GROUP), (second, foreign), (store, foreign)):
            tasks.create_task(opened.record(one))
    owner = (await store.resources(["group-1"]))["group-1"].key_id
    assert owner in ("key_1", "key_other")
    assert await store.count_groups() == 1


async def test_an_asset_that_is_deleted_leaves_its_group(store: Store) -> None:
    for one in (GROUP, ASSET):
        await store.record(one)
    await store.forget("asset-1", NOW + 5)
    assert await living(store, "group-1", "asset-1") == {"group-1"}
    assert (await store.resources(["asset-1"]))["asset-1"].deleted_at == NOW + 5


async def test_a_group_that_is_deleted_takes_its_assets_along_and_no_others(store: Store) -> None:
    other = asset("asset-2", "key_1", "group-2", NOW)
    for one in (GROUP, ASSET, other, group("group-2", "key_1", "AIGC", NOW)):
        await store.record(one)
    await store.forget("group-1", NOW + 5)
    all_ids = ("group-1", "asset-1", "group-2", "asset-2")
    assert await living(store, *all_ids) == {"group-2", "asset-2"}


async def test_what_is_deleted_keeps_the_time_at_which_it_was(store: Store) -> None:
    for one in (GROUP, ASSET):
        await store.record(one)
    await store.forget("asset-1", NOW + 5)
    await store.forget("group-1", NOW + 9)
    await store.forget("group-1", NOW + 99)
    known = await store.resources(["group-1", "asset-1"])
    assert {one.deleted_at for one in known.values()} == {NOW + 5, NOW + 9}


async def test_what_is_deleted_does_not_come_back(store: Store) -> None:
    await store.record(GROUP)
    await store.forget("group-1", NOW + 5)
    await store.record(GROUP)
    assert await living(store, "group-1") == set()


async def test_living_groups_are_listed_for_their_key_and_counted_for_all(store: Store) -> None:
    await store.add_key(a_key("other"))
    ours = [group(f"group-{number}", "key_1", "AIGC", NOW + number) for number in (3, 1, 2)]
    for one in (*ours, group("group-x", "key_other", "AIGC", NOW), ASSET):
        await store.record(one)
    await store.forget("group-2", NOW)
    assert [one.id for one in await store.groups("key_1")] == ["group-1", "group-3"]
    assert [one.id for one in await store.groups("key_other")] == ["group-x"]
    assert await store.count_groups() == 3


async def test_the_living_assets_of_a_group_are_counted(store: Store) -> None:
    for number in range(3):
        await store.record(asset(f"asset-{number}", "key_1", "group-1", NOW))
    await store.record(asset("asset-x", "key_1", "group-2", NOW))
    await store.forget("asset-0", NOW)
    assert await store.count_assets("group-1") == 2
    assert await store.count_assets("group-unknown") == 0


async def test_what_a_decision_brings_is_recorded_in_its_commit(store: Store) -> None:
    submission = await add_portrait(store)
    await tell(store, submission, GroupMade(group_id="group-1"), Accepted(upstream_id="asset-1"))
    known = await store.resources(["group-1", "asset-1"])
    assert known == {"group-1": GROUP, "asset-1": ASSET}


async def test_a_group_that_was_made_in_vain_is_known_to_be_gone(store: Store) -> None:
    submission = await add_portrait(store)
    events = (GroupMade(group_id="group-1"), Accepted(upstream_id="asset-1"), Failed(error=NO))
    await tell(store, submission, *events)
    assert await living(store, "group-1", "asset-1") == {"group-1", "asset-1"}
    ended = await tell(store, submission, GroupGone(group_id="group-1"))
    assert ended.status is Status.FAILED
    assert await living(store, "group-1", "asset-1") == set()


async def to_delete(store: Store) -> list[Claim]:
    ask = ClaimAsk(worker="worker", now=NOW, room={"alltoken.delete_group": 10})
    return await store.claim(ask)


@pytest.mark.parametrize("sure", [True, False])
async def test_what_was_made_for_an_ended_submission_is_recorded(store: Store, sure: bool) -> None:
    submission = await add_portrait(store)
    canceled = await tell(store, submission, Sending(), CancelAsked())
    after = await tell(store, submission, GroupMade(group_id="group-1", sure=sure))
    assert after.changed(state=canceled.state) == canceled
    assert await living(store, "group-1") == {"group-1"}
    # What is ours beyond doubt is deleted again: its quota is everybody's.
    claims = await to_delete(store)
    assert [claim.task.submission_id for claim in claims] == [submission.id] * sure


async def test_a_group_made_in_vain_is_deleted_after_the_end_and_known_to_be_gone(
    store: Store,
) -> None:
    submission = await add_portrait(store)
    await tell(store, submission, GroupMade(group_id="group-1"))
    canceled = await tell(store, submission, CancelAsked())
    assert (canceled.status, canceled.result) == (Status.CANCELED, None)
    (claim,) = await to_delete(store)
    gone = GroupGone(group_id="group-1")
    outcome = await store.advance(
        News(submission_id=submission.id, event=gone, now=NOW, decide=decide, claim=claim)
    )
    assert outcome.verdict is Verdict.APPLIED
    assert await living(store, "group-1") == set()
    assert await to_delete(store) == []


# --- a group that somebody has already ------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "sure", "verdict"),
    [
        ("key_other", True, Verdict.OTHER_JOB),
        ("key_other", False, Verdict.OTHER_JOB),
        ("key_1", False, Verdict.OTHER_JOB),
        ("key_1", True, Verdict.APPLIED),
    ],
)
async def test_a_group_that_is_recorded_is_nobody_elses(
    store: Store, owner: str, sure: bool, verdict: Verdict
) -> None:
    await store.add_key(a_key("other"))
    await store.record(replace(GROUP, key_id=owner))
    submission = await add_portrait(store)
    assert await made(store, submission, sure=sure) is verdict
    after = await store.submission(submission.id)
    assert ("group_id" in after.state) is (verdict is Verdict.APPLIED)
    assert (await store.resources(["group-1"]))["group-1"].key_id == owner


async def made(store: Store, submission: Submission, *, sure: bool = True) -> Verdict:
    event = GroupMade(group_id="group-1", sure=sure)
    item = News(submission_id=submission.id, event=event, now=NOW, decide=decide)
    return (await store.advance(item)).verdict


async def test_an_ended_submission_deletes_no_group_of_another_key(store: Store) -> None:
    await store.add_key(a_key("other"))
    await store.record(replace(GROUP, key_id="key_other"))
    submission = await add_portrait(store)
    canceled = await tell(store, submission, Sending(), CancelAsked())
    assert await made(store, submission) is Verdict.OTHER_JOB
    assert await store.submission(submission.id) == canceled
    assert await to_delete(store) == []


async def test_of_two_keys_that_are_told_of_one_group_at_once_one_gets_it(store: Store) -> None:
    await store.add_key(a_key("other"))
    both = [await add_portrait(store), await add_portrait(store, key_id="key_other")]
    async with asyncio.TaskGroup() as tasks:
        told = [tasks.create_task(made(store, one)) for one in both]
    assert [one.result() for one in told] == [Verdict.APPLIED, Verdict.OTHER_JOB]
    states = [(await store.submission(one.id)).state for one in both]
    assert ["group_id" in state for state in states] == [True, False]


# --- seen in a list -------------------------------------------------------------------------------


async def test_what_was_only_seen_in_a_list_is_known_as_that_until_it_is_recorded(
    store: Store,
) -> None:
    await store.record(replace(ASSET, listed=True))
    assert (await store.resources(["asset-1"]))["asset-1"].listed is True
    await store.record(replace(ASSET, created_at=NOW + 9))
    assert (await store.resources(["asset-1"]))["asset-1"] == ASSET
    await store.record(replace(ASSET, listed=True))
    assert (await store.resources(["asset-1"]))["asset-1"].listed is False


async def test_a_group_that_a_face_proved_is_recorded(store: Store) -> None:
    scan = await add_scan(store)
    await tell_scan(store, scan, Verified(session="ses_1", group_id="group-1"))
    assert (await store.resources(["group-1"]))["group-1"].group_type == "LivenessFace"


# --- uploads --------------------------------------------------------------------------------------


async def test_an_upload_is_known_to_its_own_key(store: Store, second: Store) -> None:
    await store.add_upload(UPLOAD)
    assert await second.upload("upl_1") == await second.upload("upl_1", "key_1") == UPLOAD


@pytest.mark.parametrize(("name", "key"), [("upl_1", "key_2"), ("upl_2", "key_1"), ("upl_2", None)])
async def test_another_keys_upload_is_like_one_that_does_not_exist(
    store: Store, name: str, key: str | None
) -> None:
    await store.add_upload(UPLOAD)
    with pytest.raises(NotFound):
        await store.upload(name, key)
