"""The webhook secret's round trip: had, signed with, accepted, here and by the service that runs."""

from pathlib import Path

import pytest

from tests.app.doctor.house import bad, examined, running_now

pytestmark = pytest.mark.asyncio

CHECK = "webhook secret"


async def test_a_secret_that_does_not_serve_is_named(tmp_path: Path) -> None:
    async with running_now(tmp_path) as house:
        house.world.switches.set(secret_endpoint="500")
        none = await examined(house.settings)
        assert [told.partition(" -> ")[0] for _, told in bad(none, CHECK)] == [
            "WaveSpeed does not tell its secret, so its webhooks are answered 503."
        ]
        given = (house.world.secrets[0],)
        assert bad(await examined(house.settings, wavespeed_webhook_secrets=given), CHECK) == [
            (
                "warning",
                "The service that runs cannot take webhooks now (HTTP 503). -> Its log says why: "
                "it has no secret, or its database is away.",
            )
        ]

        house.world.switches.reset()
        house.clock.advance(6)
        stale = await examined(house.settings, wavespeed_webhook_secrets=("whsec_squirrel",))
        ((state, told),) = bad(stale, CHECK)
        assert (state, "signs with another secret" in told) == ("fault", True)
        assert "squirrel" not in repr(stale)


async def test_a_service_with_another_secret_is_found_out(tmp_path: Path) -> None:
    async with running_now(tmp_path, WAVESPEED_WEBHOOK_SECRETS="whsec_stale") as house:
        found = await examined(house.settings, wavespeed_webhook_secrets=())
        ((state, told),) = bad(found)
        assert (state, told.partition(" -> ")[0]) == (
            "fault",
            "The service that runs does not accept the signature.",
        )
