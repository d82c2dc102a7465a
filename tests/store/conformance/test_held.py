"""What is held at a provider, whosever it is, and what made it."""

from dataclasses import replace

import pytest

from domain.event import Accepted, Sending
from domain.ids import new_id
from domain.portrait_event import GroupMade, Verified
from domain.resource import asset
from domain.times import HOUR
from store.acceptance import Acceptance
from store.store import Store
from tests.domain.given import NOW, a_scan
from tests.store.conformance.test_resources import GROUP, add_portrait, tell
from tests.store.given import a_key
from tests.store.given import tell as tell_scan

pytestmark = pytest.mark.asyncio


async def test_everything_that_is_held_is_listed_with_what_made_it(store: Store) -> None:
    await store.add_key(a_key("other"))
    assert await store.held() == []
    scanned = a_scan(id=new_id("sub", NOW - HOUR))
    await store.accept(Acceptance(submission=scanned))
    await tell_scan(store, scanned, Verified(source="poll", session="s-1", group_id="group-1"))
    made = await add_portrait(store)
    await tell(store, made, GroupMade(group_id="group-2", sure=True))
    await tell(store, made, Sending(), Accepted(upstream_id="asset-2"))
    foreign = replace(GROUP, id="group-3", key_id="key_other", created_at=NOW + 1)
    listed = replace(asset("asset-3", "key_other", "group-3", NOW), listed=True)
    for one in (foreign, listed, asset("asset-4", "key_other", "group-3", NOW)):
        await store.record(one)
    await store.forget("asset-4", NOW)
    found = {one.resource.id: one for one in await store.held()}
    assert list(found) == ["group-1", "group-2", "group-3", "asset-2", "asset-3"]
    assert [one.submission_id for one in found.values()] == [
        scanned.id,
        made.id,
        None,
        made.id,
        None,
    ]
    assert found["asset-3"].resource == listed
    # A scan that came after a group has not made it, whatever it says.
    late = a_scan(id=new_id("sub", NOW + HOUR))
    await store.accept(Acceptance(submission=late))
    await tell_scan(store, late, Verified(source="poll", session="s-1", group_id="group-3"))
    assert {one.resource.id: one.submission_id for one in await store.held()}["group-3"] is None
    await store.forget("group-3", NOW)
    assert "asset-3" not in {one.resource.id for one in await store.held()}
