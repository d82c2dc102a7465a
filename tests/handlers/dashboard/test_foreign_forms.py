"""Every form of the dashboard that changes something: refused unless it is this session's own."""

import pytest
from starlette.routing import Route

from handlers.dashboard.routes import DASHBOARD
from tests.handlers.dashboard.desk import at_the_desk
from tests.house import House
from tests.journeys.wavespeed import rows, running, tell
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

FORMS = [
    route.path.removeprefix("/dashboard")
    for route in DASHBOARD
    if isinstance(route, Route)
    and "POST" in (route.methods or ())
    and route.path != "/dashboard/login"
]


async def test_no_form_of_anybody_else_changes_anything(house: House) -> None:
    shown = await running(house)
    await tell(house, b"garbage")
    (kept,) = rows(house, "SELECT id FROM quarantine")[0]
    (key_id,) = rows(house, "SELECT id FROM api_keys")[0]
    tables = ("api_keys", "submissions", "quarantine", "events")
    async with at_the_desk(house) as desk, new_client(house.url) as stranger:
        foreign = await desk.token()
        async with at_the_desk(house, "lk_" + "p" * 43, "another operator") as other:
            before = [rows(house, f"SELECT * FROM {table}") for table in tables]  # noqa: S608 - our own names
            for form in FORMS:
                path = form.format(submission_id=shown["id"], name=kept, key_id=key_id)
                for token in ("", "x", foreign):
                    answer = await other.post(path, csrf=token, name="new", id="x", ids="x")
                    assert (answer.status_code, path) == (403, path)
                own = await desk.client.post(
                    f"/dashboard{path}",
                    data={"csrf": foreign, "name": "new"},
                    headers={"origin": "https://evil.example"},
                )
                assert (own.status_code, path) == (403, path)
                out = await stranger.post(f"/dashboard{path}", data={"csrf": foreign})
                assert (out.status_code, out.headers["location"]) == (303, "/dashboard/login")
            assert [rows(house, f"SELECT * FROM {table}") for table in tables] == before  # noqa: S608
