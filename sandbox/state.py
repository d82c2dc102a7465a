"""What a sandbox knows, as JSON for people and for tests in other programs."""

from collections import Counter
from typing import Any

from sandbox.world import World

SHOWN_CALLS = 100


def state(world: World) -> dict[str, Any]:
    now = world.now()
    return {
        "base_url": world.base_url,
        "now": now,
        "paid_submits": world.paid_submits(),
        "paid": dict(Counter(charge.provider for charge in world.charges)),
        "switches": world.switches.changed(),
        "calls": [
            {
                "at": call.at,
                "method": call.method,
                "path": call.path,
                "action": call.action,
                "authorized": call.authorized,
            }
            for call in world.calls[-SHOWN_CALLS:]
        ],
        "jobs": {
            job.id: {"model": job.model, "status": job.status(now), "polls": job.polls}
            for job in world.jobs.values()
        },
        "drawings": {
            each.id: {"status": each.status(now), "queries": len(each.asked)}
            for each in world.drawings.values()
        },
        "videos": {
            each.id: {
                "model": each.input["model"],
                "status": each.status(now),
                "polls": each.polls,
                "cancelled": each.cancelled_at is not None,
            }
            for each in world.videos.values()
        },
        "webhooks": [
            {"job": each.job_id, "at": each.at, "status": each.status, "error": each.error}
            for each in world.webhooks
        ],
        "sessions": {
            each.token: {
                "h5_link": each.h5_link,
                "scanned": each.scanned,
                "spent": each.spent,
                "expired": each.expired(now),
            }
            for each in world.sessions.values()
        },
        "groups": {each.id: each.kind for each in world.groups.values()},
        "assets": {each.id: each.status(now) for each in world.assets.values()},
        "customers": customers(world),
    }


def customers(world: World) -> dict[str, dict[str, list[str]]]:
    """Who owns which groups and assets, by API key."""
    names = [group.customer for group in world.groups.values()]
    return {name: world.owned(name) for name in dict.fromkeys(names)}


def calls(world: World, of: str, limit: int) -> list[dict[str, Any]]:
    """Requests with everything that was sent but the API key, newest last."""
    found = world.called(of) if of else world.calls
    return [
        {
            "at": call.at,
            "method": call.method,
            "path": call.path,
            "query": call.query,
            "action": call.action,
            "authorized": call.authorized,
            "customer": call.customer,
            "headers": call.headers,
            "body": call.body,
        }
        for call in found[-limit:]
    ]


def charges(world: World, provider: str, about: str, limit: int) -> dict[str, Any]:
    found = world.charged(provider, about)
    shown = [
        {
            "provider": charge.provider,
            "at": charge.at,
            "customer": charge.customer,
            "job": charge.job_id,
            "given": charge.given,
        }
        for charge in found[-limit:]
    ]
    return {"paid": len(found), "charges": shown}
