"""Every address of the dashboard is a page, or leads to one."""

import pytest
from starlette.routing import Route

from handlers.dashboard.keys import PLACE
from handlers.dashboard.routes import DASHBOARD
from tests.handlers.dashboard.desk import Page, at_the_desk
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACTIONS = [
    route.path_format
    for route in DASHBOARD
    if isinstance(route, Route)
    and (route.methods or set()) >= {"GET", "POST"}
    # Where a page has the same address, that is shown.
    and route.path != PLACE
]


async def test_who_comes_to_an_address_of_a_form_is_led_to_its_page(shared: House) -> None:
    assert f"{PLACE}/{{key_id}}/rotate" in ACTIONS
    async with at_the_desk(shared) as desk:
        for action in ACTIONS:
            path = action.format(submission_id="sub_1", name="x", key_id="k")
            answer = await desk.client.get(path)
            assert answer.status_code == 303, path
            there = await desk.client.get(answer.headers["location"])
            assert there.headers["content-type"] == "text/html; charset=utf-8"
            assert there.status_code == (404 if "sub_1" in path or "/x/" in path else 200), path
        assert (await desk.look("/keys")).status == 200


async def test_an_address_of_nothing_is_a_page_too(shared: House) -> None:
    async with at_the_desk(shared) as desk:
        nothing = await desk.client.get("/dashboard/nothing/here")
        assert nothing.status_code == 404
        assert "There is no page of that address." in Page(nothing).text
        assert "form-action 'self'" in nothing.headers["content-security-policy"]
        for path, place in (
            ("/dashboard/", "/dashboard"),
            ("/dashboard//x.example/", "/dashboard//x.example"),
        ):
            answer = await desk.client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, place)
        assert (await desk.client.get("/dashboard/keys/", follow_redirects=True)).status_code == 200
