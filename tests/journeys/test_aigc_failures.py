"""AIGC portraits that fail: why, and what is left of them at the provider."""

import pytest

from tests.house import House
from tests.journeys.aigc import asset_calls, deletions, group_calls, groups, keep, kept
from tests.journeys.wishes import portrait_url, types_of, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAILING = {"asset_outcome": "failed", "failed_reason": "WidthTooSmall"}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("DownloadFailed", "media_unreachable"),
        ("TypeMismatch", "asset_rejected"),
        ("FormatUndetectable", "asset_rejected"),
        ("DurationTooLong", "asset_rejected"),
        ("AspectRatioTooLarge", "asset_rejected"),
        ("AudioTrackRequired", "asset_rejected"),
        ("ContentRestricted", "content_moderation"),
        ("InputImageSensitiveContentDetected", "content_moderation"),
        ("FaceMismatch", "face_mismatch"),
        ("TranscodingFailed", "provider_failed"),
        ("SomethingNew", "provider_failed"),
    ],
)
async def test_a_failed_asset_tells_why_and_its_own_group_is_gone(
    shared: House, reason: str, code: str
) -> None:
    name = words()
    url = portrait_url(shared, asset_outcome="failed", failed_reason=reason)
    done = await kept(shared, name, asset={"url": url})
    # At the moment at which `failed` can be read, the quota is free.
    assert groups(shared, name) == []
    assert done["status"] == "failed"
    assert (done["error"]["code"], done["error"]["provider_code"]) == (code, reason)
    assert done["result"] is None
    assert (await types_of(shared, done["id"]))[-2:] == ["provider.failed", "group.deleted"]


async def test_a_group_that_was_given_is_never_deleted(shared: House) -> None:
    first = await kept(shared, words())
    group_id = first["result"]["group_id"]
    url = portrait_url(shared, **FAILING)
    done = await kept(shared, words(), group_id=group_id, asset={"url": url})
    assert (done["status"], done["error"]["code"]) == ("failed", "asset_rejected")
    assert done["result"] == {"outputs": [], "group_id": group_id}
    assert group_id in shared.world.groups
    assert first["result"]["asset_id"] in shared.world.assets
    assert not deletions(shared, group_id)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("InvalidParameter", "invalid_input"),
        ("QuotaExceeded", "quota_exceeded"),
        ("AIGCNotAvailable", "provider_refused"),
        ("SubscriptionRequired", "provider_refused"),
        ("SomethingNew", "provider_refused"),
    ],
)
async def test_a_refused_asset_fails_and_its_own_group_is_gone(
    shared: House, error: str, code: str
) -> None:
    name = words()
    url = portrait_url(shared, error=error, error_action="CreateAsset")
    done = await kept(shared, name, asset={"url": url})
    assert groups(shared, name) == []
    assert (done["status"], done["error"]["code"]) == ("failed", code)
    assert done["error"]["provider_code"] == error
    assert len(group_calls(shared, name)) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("InvalidParameter", "invalid_input"),
        ("AIGCNotAvailable", "provider_refused"),
        ("401", "provider_auth"),
        ("413", "invalid_input"),
        ("500", "provider_unavailable"),
    ],
)
async def test_a_refused_group_fails_and_leaves_nothing(
    shared: House, error: str, code: str
) -> None:
    name = f"{words()} [sandbox error={error}]"
    done = await kept(shared, name)
    assert (done["status"], done["error"]["code"]) == ("failed", code)
    assert done["result"] is None
    assert len(group_calls(shared, name)) == 1
    assert groups(shared, name) == []


@pytest.mark.parametrize(
    ("quota", "about"),
    [
        ({"group_quota": 0}, ("group", "DeleteAssetGroup")),
        ({"asset_quota": 0}, ("asset", "DeleteAsset")),
    ],
)
async def test_a_full_quota_is_told_with_what_to_delete_and_how(
    shared: House, quota: dict[str, int], about: tuple[str, str]
) -> None:
    (switch, number) = next(iter(quota.items()))
    name = f"{words()} [sandbox {switch}={number}]"
    url = portrait_url(shared, **quota)
    done = await kept(shared, name, asset={"url": url})
    error = done["error"]
    assert (done["status"], error["code"]) == ("failed", "quota_exceeded")
    assert (error["provider_code"], error["retryable"]) == ("QuotaExceeded", True)
    what, how = about
    assert "delete" in error["message"].lower()
    assert what in error["message"].lower()
    assert how in error["message"] or "DELETE /v1/submissions" in error["message"]
    assert groups(shared, name) == []


@pytest.mark.parametrize("fault", ["429", "cut_before", "cut_after", "garbage"])
async def test_the_deletion_is_tried_again_until_it_is_sure(shared: House, fault: str) -> None:
    shared.world.switches.set(fault=fault, fault_action="DeleteAssetGroup", fault_times=2)
    name = words()
    done = await kept(shared, name, asset={"url": portrait_url(shared, **FAILING)})
    shared.world.switches.reset()
    shared.world.switches.set(media="tiny")
    assert groups(shared, name) == []
    assert (done["status"], done["error"]["code"]) == ("failed", "asset_rejected")


async def test_a_group_that_cannot_be_deleted_is_told_in_the_end(shared: House) -> None:
    shared.world.switches.set(fault="500", fault_action="DeleteAssetGroup")
    name = words()
    done = await kept(shared, name, within=200, asset={"url": portrait_url(shared, **FAILING)})
    shared.world.switches.reset()
    shared.world.switches.set(media="tiny")
    (group,) = groups(shared, name)
    assert (done["status"], done["error"]["code"]) == ("failed", "asset_rejected")
    assert done["result"] == {"outputs": [], "group_id": group.id}
    tries = deletions(shared, group.id)
    assert 30 < sum(waits(tries)) < 120


async def test_a_canceled_one_keeps_its_group_and_says_which(shared: House) -> None:
    name = words()
    posted = await keep(shared, name, asset={"url": portrait_url(shared, asset_duration=1000)})
    await shared.until(lambda: bool(groups(shared, name)))
    (group,) = groups(shared, name)
    await shared.until(lambda: bool(asset_calls(shared, group.id)))
    await shared.breathe()
    canceled = (await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")).json()
    assert canceled["status"] == "canceled"
    assert canceled["result"] == {"outputs": [], "group_id": group.id}
    asked = len(shared.world.called("GetAsset"))
    shared.clock.advance(60)
    await shared.breathe()
    assert len(shared.world.called("GetAsset")) == asked
    again = await kept(shared, words(), group_id=group.id)
    assert again["status"] == "succeeded"
