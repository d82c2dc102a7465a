"""The dashboard's table of routes: `see` shows a page, `act` is what a form does."""

from starlette.routing import BaseRoute, Route

from handlers.dashboard import (
    deliveries,
    groups,
    keys,
    live,
    login,
    overview,
    quarantine,
    submission,
    submissions,
)
from handlers.dashboard.door import act, nothing, see

ONE = "/dashboard/submissions/{submission_id}"

DASHBOARD: list[BaseRoute] = [
    Route("/dashboard/login", login.page, methods=["GET"]),
    Route("/dashboard/login", login.enter, methods=["POST"]),
    act("/dashboard/logout", login.leave),
    see("/dashboard", overview.page),
    see("/dashboard/submissions", submissions.page),
    see("/dashboard/events", live.events),
    see(ONE, submission.page),
    act(f"{ONE}/cancel", submission.cancel),
    act(f"{ONE}/archive", submission.archive),
    act(f"{ONE}/erase", submission.erase),
    act(f"{ONE}/hand-off", submission.hand_off),
    see("/dashboard/deliveries", deliveries.page),
    act("/dashboard/deliveries/replay", deliveries.replay),
    see("/dashboard/quarantine", quarantine.page),
    see("/dashboard/quarantine/{name}", quarantine.one),
    act("/dashboard/quarantine/{name}/rerun", quarantine.again),
    act("/dashboard/quarantine/{name}/drop", quarantine.drop),
    see("/dashboard/keys", keys.page),
    act("/dashboard/keys", keys.create),
    act("/dashboard/keys/{key_id}/revoke", keys.revoke, back=keys.PLACE),
    act("/dashboard/keys/{key_id}/rotate", keys.rotate_secret, back=keys.PLACE),
    see("/dashboard/groups", groups.page),
    act("/dashboard/groups/delete", groups.delete),
    act("/dashboard/groups/ask", groups.ask),
    see("/dashboard/{rest:path}", nothing),
]
