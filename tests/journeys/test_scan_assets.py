"""The asset at the end of a scan: made once, waited for, and told why when it fails."""

from typing import Any

import pytest

from tests.house import House
from tests.journeys.phone import Phone
from tests.journeys.scans import invite_with_asset, pass_scan, start

pytestmark = pytest.mark.asyncio


async def verified(house: House, phone: Phone, **asset: Any) -> dict[str, Any]:
    """A submission whose person has passed the scan."""
    posted = await invite_with_asset(house, **asset)
    await pass_scan(house, await start(house, phone, posted))
    return posted


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("Status", "lower"),
        ("Status", "upper"),
        ("UpstreamStatus", "title"),
        ("UpstreamStatus", "lower"),
        ("both", "title"),
    ],
)
async def test_an_assets_status_is_read_under_each_name_and_in_each_case(
    house: House, phone: Phone, name: str, case: str
) -> None:
    house.world.switches.set(status_name=name, status_case=case)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "succeeded"
    (asset,) = house.world.assets.values()
    assert done["result"]["asset_id"] == asset.id


async def test_an_asset_is_made_as_the_client_wished(house: House, phone: Phone) -> None:
    posted = await verified(house, phone, asset_type="Video", name="Ada, walking")
    done = await house.until_final(posted["id"])
    (asset,) = house.world.assets.values()
    assert (asset.kind, asset.name) == ("Video", "Ada, walking")
    assert asset.source == f"{house.world.base_url}/media/portrait.jpg"
    assert done["result"]["group_id"] == asset.group_id


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("FaceMismatch", "face_mismatch"),
        ("DownloadFailed", "media_unreachable"),
        ("WidthTooSmall", "asset_rejected"),
        ("InputImageSensitiveContentDetected", "content_moderation"),
        ("SomethingNew", "provider_failed"),
    ],
)
async def test_a_failed_asset_tells_why_and_keeps_the_group(
    house: House, phone: Phone, reason: str, code: str
) -> None:
    house.world.switches.set(asset_outcome="failed", failed_reason=reason)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "failed"
    assert (done["error"]["code"], done["error"]["provider_code"]) == (code, reason)
    (group,) = house.world.groups.values()
    assert done["result"] == {"outputs": [], "group_id": group.id}


@pytest.mark.parametrize("fault", ["cut_after", "garbage"])
async def test_an_asset_whose_answer_was_lost_is_found_and_not_made_again(
    house: House, phone: Phone, fault: str
) -> None:
    house.world.switches.set(create_asset=fault, fault_times=1)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "succeeded"
    (asset,) = house.world.assets.values()
    assert done["result"]["asset_id"] == asset.id
    assert len(house.world.called("CreateAsset")) == 1
    assert house.world.called("ListAssets")


@pytest.mark.parametrize("fault", ["429", "cut_before"])
async def test_an_asset_that_was_not_made_is_made_again(
    house: House, phone: Phone, fault: str
) -> None:
    house.world.switches.set(create_asset=fault, fault_times=2)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "succeeded"
    assert len(house.world.assets) == 1
    assert len(house.world.called("CreateAsset")) == 3


@pytest.mark.parametrize("code", ["RateLimitExceeded", "UpstreamUnavailable"])
async def test_an_asset_is_asked_for_again_when_the_provider_is_busy(
    house: House, phone: Phone, code: str
) -> None:
    house.world.switches.set(error=code, error_action="CreateAsset", error_times=2)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "succeeded"
    assert len(house.world.assets) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("QuotaExceeded", "quota_exceeded"),
        ("InvalidParameter", "invalid_input"),
        ("SubscriptionRequired", "provider_refused"),
    ],
)
async def test_a_refused_asset_fails_with_the_providers_code_and_keeps_the_group(
    house: House, phone: Phone, error: str, code: str
) -> None:
    house.world.switches.set(error=error, error_action="CreateAsset")
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "failed"
    assert (done["error"]["code"], done["error"]["provider_code"]) == (code, error)
    assert done["result"]["group_id"] in house.world.groups
    assert len(house.world.called("CreateAsset")) == 1


async def test_the_real_quota_is_told_as_such(house: House, phone: Phone) -> None:
    house.world.switches.set(asset_quota=0)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["error"]["code"] == "quota_exceeded"


async def test_an_asset_that_vanished_fails(house: House, phone: Phone) -> None:
    house.world.switches.set(asset_duration=1000)
    posted = await verified(house, phone)
    await house.until(lambda: bool(house.world.called("GetAsset")), within=10)
    house.world.switches.set(error="NotFound", error_action="GetAsset")
    done = await house.until_final(posted["id"], within=20)
    assert (done["status"], done["error"]["code"]) == ("failed", "asset_missing")


@pytest.mark.parametrize("error", ["RateLimitExceeded", "UpstreamUnavailable", "500", "429"])
async def test_a_question_that_was_not_answered_says_nothing_about_the_asset(
    house: House, phone: Phone, error: str
) -> None:
    house.world.switches.set(error=error, error_action="GetAsset", error_times=2)
    done = await house.until_final((await verified(house, phone))["id"])
    assert done["status"] == "succeeded"
    assert len(house.world.called("GetAsset")) == 3


async def test_two_people_with_assets_of_one_name_do_not_meet(house: House, phone: Phone) -> None:
    house.world.switches.set(create_asset="cut_after", fault_times=2)
    posted = [await verified(house, phone, name="face") for _ in range(2)]
    done = [await house.until_final(one["id"]) for one in posted]
    assert [one["status"] for one in done] == ["succeeded"] * 2
    assert len({one["result"]["asset_id"] for one in done}) == 2 == len(house.world.assets)
    for one in done:
        asset = house.world.assets[one["result"]["asset_id"]]
        assert asset.group_id == one["result"]["group_id"]
