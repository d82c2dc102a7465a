"""302.AI as a test sees it: what it was sent, and what it drew."""

from typing import Any

from sandbox.drawings import Drawing
from sandbox.past import Call
from tests.house import House
from tests.journeys.wishes import name_in, portrait_url

KIND = "302ai/portrait"
SUBMIT = "/doubao/drawing/portrait"
QUERY = "/doubao/drawing/portrait_result"


async def draw(house: House, prompt: str, **fields: Any) -> dict[str, Any]:
    wish = {"image_input": portrait_url(house), "prompt": prompt}
    return await house.submit(KIND, wish | fields)


async def drawn(
    house: House, prompt: str, *, within: float = 120, step: float = 0.5, **fields: Any
) -> dict[str, Any]:
    """The submission when it is final."""
    posted = await draw(house, prompt, **fields)
    return await house.until_final(posted["id"], within=within, step=step)


def submits(house: House, prompt: str) -> list[Call]:
    name = name_in(prompt)
    return [call for call in house.world.called(SUBMIT) if name in call.body["prompt"]]


def drawing_of(house: House, prompt: str) -> Drawing:
    name = name_in(prompt)
    (found,) = [one for one in house.world.drawings.values() if name in one.input["prompt"]]
    return found


def queries(house: House, prompt: str, path: str = QUERY) -> list[Call]:
    task_id = drawing_of(house, prompt).id
    return [call for call in house.world.called(path) if call.body["task_id"] == task_id]


def paid(house: House, prompt: str) -> int:
    return house.world.paid_submits("ai302", name_in(prompt))
