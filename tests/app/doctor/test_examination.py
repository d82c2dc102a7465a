"""An installation that is well, and one with faults: each is named, with its mend."""

from pathlib import Path
from typing import Any

import pytest

from app.clock import SystemClock
from app.doctor.environment import CHECK
from app.doctor.examination import examine
from app.doctor.finding import State
from app.settings import given_variables, read_leniently
from tests.app.doctor.house import bad, examined, running_now
from tests.house import House, add_key

pytestmark = pytest.mark.asyncio

SECRETS = ("ws-test", "at-test", "sk-302-test", "whsec_", "bad-")


async def all_checks(house: House) -> None:
    """Well, and nothing of it is a secret."""
    found = await examined(house.settings)
    assert bad(found) == []
    assert {one.check for one in found} == {
        *("settings", "data folder", "clock", "webhook secret", "public URL", "archive"),
        *("outbound rules", "database", "worker", "deliveries", "quarantine", "face groups"),
        *("provider wavespeed", "provider 302ai", "provider alltoken", "notify URLs"),
    }
    assert all(one.state is State.OK for one in found)
    assert not any(secret in repr(found) for secret in SECRETS)


async def test_what_is_well_is_found_well_and_what_is_not_has_a_mend(tmp_path: Path) -> None:
    async with running_now(tmp_path) as house:
        url = f"{house.world.base_url}/hook"
        await add_key(house.settings, house.clock, "lk_told", "told", id="key_2", notify_url=url)
        await all_checks(house)
        assert house.world.charges == []
        assert [one["id"] for one in await _submissions(house)] == []
        # Nor is anybody alarmed.
        shown = (await house.client.get("/metrics")).text
        taken = 'likeness_webhooks_total{outcome="%s",provider="wavespeed"} %d.0\n'
        assert taken % ("erased", 1) in shown
        assert taken % ("bad_format", 0) in shown
        await refused_keys(house)
        await unreachable_providers(house)
        await strange_providers(house)


async def refused_keys(house: House) -> None:
    wrong: dict[str, Any] = {
        f"{name}_api_key": f"bad-{name}-squirrel" for name in ("wavespeed", "ai302", "alltoken")
    }
    found = await examined(house.settings, **wrong)
    for name, variable in (
        ("wavespeed", "WAVESPEED"),
        ("302ai", "AI302"),
        ("alltoken", "ALLTOKEN"),
    ):
        assert bad(found, f"provider {name}") == [
            (
                "fault",
                f"It refuses our key (HTTP 401). -> Set {variable}_API_KEY to a key that is valid "
                "and may call it.",
            )
        ]
    assert "squirrel" not in repr(found)
    none = await examined(
        house.settings, wavespeed_api_key=None, ai302_api_key=None, alltoken_api_key=None
    )
    assert bad(none) == []
    missing = [one for one in none if one.check.startswith("provider")]
    assert [one.state for one in missing] == [State.INFO] * 3
    assert "Set WAVESPEED_API_KEY to use it." in [one.mend for one in missing]


async def unreachable_providers(house: House) -> None:
    tls = house.world.base_url.replace("http:", "https:")
    found = await examined(
        house.settings,
        wavespeed_base_url="http://127.0.0.1:1",
        ai302_base_url="http://nobody.invalid",
        alltoken_base_url=tls,
    )
    for name, why in (
        ("wavespeed", "the connection is refused"),
        ("302ai", "its name has no address"),
        ("alltoken", "TLS fails"),
    ):
        ((state, told),) = bad(found, f"provider {name}")
        assert state == "fault"
        assert f"It cannot be reached: {why}" in told
    assert [state for state, _ in bad(found, "webhook secret")] == ["fault"]


async def strange_providers(house: House) -> None:
    """One that is slow, one that has no credit left to say, one whose path is another."""
    house.world.switches.set(latency=3600.0, secret_endpoint="missing")
    found = await examined(
        house.settings,
        patience=0.5,
        wavespeed_base_url=f"{house.world.base_url}/elsewhere",
        ai302_portrait_result_path="/elsewhere",
    )
    house.world.switches.reset()
    ((_, told),) = bad(found, "provider wavespeed")
    assert "What answers is not wavespeed (HTTP 404). -> Look at WAVESPEED_BASE_URL." in told
    ((_, told),) = bad(found, "provider 302ai")
    assert "AI302_PORTRAIT_RESULT_PATH" in told
    ((_, told),) = bad(found, "provider alltoken")
    assert "it does not answer in time" in told


async def test_each_bad_value_and_each_unknown_name_is_told() -> None:
    given = {
        "LIKENESS_ENV": "production",
        "PORT": "http",
        "LIKENESS_OUTBOUND_ALLOW": "squirrel",
        "LIKENESS_PUBLC_URL": "https://likeness.example",
        "LIKENESS_URL": "https://likeness.example",
    }
    settings, wrong = read_leniently(given)
    found = await examine(settings, SystemClock(), wrong, given_variables(given))
    told = [message for _, message in bad(found)]
    for word in ("PORT", "LIKENESS_OUTBOUND_ALLOW", "LIKENESS_SECRET_KEYS", "LIKENESS_PUBLIC_URL"):
        assert sum(message.startswith(f"{word} ") for message in told) == 1, word
    assert "Nobody reads LIKENESS_PUBLC_URL. -> Did you mean LIKENESS_PUBLIC_URL?" in told
    assert {one.check for one in found} == {CHECK}


async def _submissions(house: House) -> list[dict[str, Any]]:
    answer = await house.client.get("/v1/submissions")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
