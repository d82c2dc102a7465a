"""The doctor calls the public URL: whatever stands wrong before the service has its own sentence."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.doctor.finding import State
from tests.app.doctor import proxy
from tests.app.doctor.house import bad, examined, running_now
from tests.app.doctor.proxy import Wrong, proxied, silent
from tests.delivery.authority import new_authority
from tests.house import House

pytestmark = pytest.mark.asyncio

FAULTS: tuple[tuple[Wrong, str, str], ...] = (
    (proxy.only_get, "fault", "/webhooks/ do not arrive (HTTP 403)."),
    (proxy.small, "warning", "lets 1.5 MB not through (HTTP 413)."),
    (proxy.elsewhere, "fault", "redirects to www.likeness.example, and callbacks are not followed"),
    (proxy.nobody_behind, "fault", "but nobody behind it (HTTP 502)."),
    (proxy.only_the_api, "fault", "/scan/ (HTTP 404)."),
)


async def test_what_stands_before_the_service_is_named(tmp_path: Path) -> None:
    async with running_now(tmp_path) as house:
        for wrong, state, sentence in FAULTS:
            async with proxied(house.url, wrong) as url:
                told = bad(await examined(house.settings, public_url=url), "public URL")
            assert told, wrong.__name__
            assert (told[0][0], sentence in told[0][1]) == (state, True), told
        async with proxied(house.url, proxy.without_headers) as url:
            found = await examined(house.settings, public_url=url)
        ((_, told_of),) = bad(found)
        assert "does not accept the signature. -> Compare its clock" in told_of
        await other_hosts(house)
        await without_tls(house)


async def other_hosts(house: House) -> None:
    for url, sentence in (
        (house.world.base_url, "is not a Likeness (HTTP 404)."),
        ("http://127.0.0.1:1", "cannot be reached from here: the connection is refused."),
        ("http://nobody.invalid", "cannot be reached from here: its name has no address."),
    ):
        told = bad(await examined(house.settings, public_url=url), "public URL")
        assert sentence in told[-1][1]
    another = await examined(house.settings, secret_keys=("another key, as long as it must be",))
    ((state, told_of),) = bad(another)
    assert (state, "does not know the tokens of this one" in told_of) == ("fault", True)
    without = await examined(house.settings, public_url=None)
    assert bad(without) == []
    (told_why,) = [one for one in without if one.check == "public URL"]
    assert (told_why.state, "LIKENESS_PUBLIC_URL" in (told_why.mend or "")) == (State.INFO, True)


async def without_tls(house: House) -> None:
    """Real providers cannot reach an address inside, and phones want https."""
    real = replace(house.settings, wavespeed_base_url="https://wavespeed.invalid")
    inside = bad(await examined(real), "public URL")
    assert "providers and phones cannot reach it" in inside[0][1]
    outside = bad(await examined(real, public_url="http://likeness.invalid"), "public URL")
    assert "has no TLS" in outside[0][1]


async def test_a_bad_certificate_is_told_from_silence(tmp_path: Path) -> None:
    authority = new_authority(tmp_path)
    async with (
        running_now(tmp_path / "data") as house,
        silent() as mute,
        silent(authority.server("DNS:likeness.example")) as stranger,
    ):
        url = f"https://127.0.0.1:{stranger}"
        ((_, told),) = bad(await examined(house.settings, public_url=url), "public URL")
        assert "its TLS certificate does not hold (unable to get local issuer" in told

        begun = time.monotonic()
        settings = {
            f"{name}_base_url": f"http://127.0.0.1:{mute}"
            for name in ("wavespeed", "ai302", "alltoken")
        }
        found = await examined(
            house.settings, 3.0, public_url=f"http://127.0.0.1:{mute}", **settings
        )
        # Nobody waits for one after the other.
        assert time.monotonic() - begun < 15
        checks = (
            "public URL",
            *(f"provider {name}" for name in ("wavespeed", "302ai", "alltoken")),
        )
        for check in checks:
            assert "does not answer in time" in bad(found, check)[-1][1], check
