"""The timeline says in plain words what happened, and what is waited for."""

import pytest

from tests.house import House
from tests.journeys.scans import invite

pytestmark = pytest.mark.asyncio


async def messages(house: House, submission_id: str) -> list[str]:
    return [item["message"] for item in await house.events(submission_id)]


async def test_it_says_what_happened_and_what_it_waits_for(house: House) -> None:
    house.world.switches.set(webhook="never", duration=10_000)
    posted = await house.portrait()
    await house.until_status(posted["id"], "processing")
    upstream = next(iter(house.world.jobs))
    assert await messages(house, posted["id"]) == [
        "The submission was accepted and stored.",
        "The call to the provider was about to be sent.",
        f"The provider took the call and works on {upstream}; it now waits for the provider.",
    ]
    await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert (await messages(house, posted["id"]))[-2:] == [
        f"The provider took the call and works on {upstream}.",
        "The client asked to cancel.",
    ]


async def test_from_the_first_moment_it_says_what_is_waited_for(house: House) -> None:
    invited = await invite(house)
    built_on = await house.submit(
        "wavespeed/portrait", {"prompt": "x", "image": f"submission://{invited['id']}"}
    )
    said = {name: (await messages(house, name))[0] for name in (invited["id"], built_on["id"])}
    begin = "The submission was accepted and stored; it now waits for"
    assert said[invited["id"]] == f"{begin} a person to do the face scan."
    assert said[built_on["id"]] == f"{begin} the submissions on which it is built."


async def test_a_failure_is_told_in_its_own_words(house: House) -> None:
    house.world.switches.set(submit="400")
    posted = await house.portrait()
    failed = await house.until_final(posted["id"])
    said = (await messages(house, posted["id"]))[-1]
    assert said == f"The provider refused the call: {failed['error']['message']}"
