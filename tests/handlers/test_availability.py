"""Kinds that cannot be done here are refused before anything is stored."""

from pathlib import Path

import pytest

from tests.house import running_house
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio

SCAN = {"kind": "alltoken/liveness", "input": {"name": "Ada"}}
PORTRAIT = {"kind": "wavespeed/portrait", "input": {"prompt": "x", "image": "https://x.example/a"}}


@pytest.mark.parametrize(
    ("variable", "body", "code"),
    [
        ("WAVESPEED_API_KEY", PORTRAIT, "provider_not_configured"),
        ("ALLTOKEN_API_KEY", SCAN, "provider_not_configured"),
        ("LIKENESS_PUBLIC_URL", SCAN, "public_url_missing"),
        (
            "LIKENESS_PUBLIC_URL",
            {"kind": "alltoken/liveness", "input": {"name": "Ada", "mode": "direct"}},
            "public_url_missing",
        ),
    ],
)
async def test_what_is_not_configured_is_refused_and_listed_so(
    tmp_path: Path, variable: str, body: dict[str, object], code: str
) -> None:
    async with running_house(tmp_path, **{variable: ""}) as house:
        answer = await house.client.post("/v1/submissions", json=body)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == code
        items = (await house.client.get("/v1/kinds")).json()["items"]
        listed = {item["kind"]: item for item in items}[str(body["kind"])]
        assert (listed["available"], listed["unavailable_because"]) == (False, code)
        assert rows(house, "SELECT count(*) FROM submissions") == [(0,)]
        assert not house.world.calls
