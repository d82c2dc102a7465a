"""The archive as a test sees it: copies, what serves them, and what lies on the disk."""

import hashlib
from pathlib import Path
from typing import Any

import httpx

from sandbox.past import Call
from tests.house import House
from tests.journeys.wavespeed import polls
from tests.wire import new_client


async def archived(
    house: House, submission_id: str, name: str = "result", within: float = 60, step: float = 0.25
) -> dict[str, Any]:
    """The submission once every output has a copy."""
    seen: dict[str, Any] = {}

    async def reached() -> bool:
        seen.update(await house.get(submission_id))
        outputs = (seen.get(name) or {}).get("outputs", ())
        return bool(outputs) and all(output["archive"] for output in outputs)

    await house.until(reached, within=within, step=step)
    return seen


async def succeeded(house: House, **switches: Any) -> dict[str, Any]:
    """A portrait that is done; only its copy may be missing."""
    house.world.switches.set(**{"duration": 1} | switches)
    posted = await house.portrait()
    return await house.until_final(posted["id"])


async def given_up(house: House, submission_id: str, within: float = 120) -> dict[str, Any]:
    """What the timeline says once no copy is tried any more."""
    seen: list[dict[str, Any]] = []

    async def reached() -> bool:
        found = await told(house, submission_id, "archive.failed")
        seen.extend(found)
        return bool(found)

    await house.until(reached, within=within)
    (failed,) = seen
    data: dict[str, Any] = failed["data"]
    return data


async def told(house: House, submission_id: str, kind: str) -> list[dict[str, Any]]:
    return [event for event in await house.events(submission_id) if event["type"] == kind]


async def fetch(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    """As anybody would who has only the link."""
    async with new_client() as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, url, headers=named)


def files(house: House) -> list[str]:
    """Everything that lies in the archive's folder, by its path in it."""
    folder = house.settings.data_dir / "archive"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def others(folder: Path) -> list[str]:
    """What lies in the data folder beside the database, the key and the folders."""
    known = ("likeness.db", "secret")
    return [
        path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(known)
    ]


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def asked(house: House) -> list[Call]:
    return polls(house)


def move_output(house: House) -> str:
    """The provider has the only job's output at another link now; the old one is dead."""
    (job,) = house.world.jobs.values()
    old = job.outputs[0].removeprefix(f"{house.world.base_url}/cdn/")
    house.world.past.files[f"moved/{old}"] = house.world.past.files.pop(old)
    job.outputs = [f"{house.world.base_url}/cdn/moved/{old}"]
    return job.outputs[0]
