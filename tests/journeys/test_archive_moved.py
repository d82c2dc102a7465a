"""A copy stays where it was made, whatever LIKENESS_ARCHIVE says since: it is served and erased there."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.pictures import tiny_portrait
from tests.house import running_house
from tests.journeys.archived import archived, fetch, succeeded

pytestmark = pytest.mark.asyncio


def copies(folder: Path) -> list[Path]:
    return [path for path in (folder / "archive").rglob("*") if path.is_file()]


@pytest.mark.parametrize("setting", ["off", "elsewhere"])
async def test_a_copy_is_served_and_erased_where_it_lies(tmp_path: Path, setting: str) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    now = {"off": "off", "elsewhere": f"file://{elsewhere}"}[setting]
    async with running_house(folder) as house:
        done = await succeeded(house)
        kept = await archived(house, done["id"])
        path = urlsplit(kept["result"]["outputs"][0]["archive"]["url"]).path
    async with running_house(folder, LIKENESS_ARCHIVE=now) as house:
        assert (await fetch(f"{house.url}{path}")).content == tiny_portrait()
        assert len(copies(folder)) == 1
        erased = await house.client.delete(f"/v1/submissions/{done['id']}")
        assert erased.status_code == 204
        await house.until(lambda: not copies(folder))
        assert (await fetch(f"{house.url}{path}")).status_code == 404
