"""The table of routes; the webhooks' stands in entrance.py."""

from starlette.routing import BaseRoute, Mount, Route

from handlers import (
    archive,
    deliveries,
    erasure,
    files,
    handoff,
    health,
    kinds,
    listing,
    metrics,
    phone,
    portrait,
    scan_stream,
    submissions,
    uploads,
)
from handlers.assets import Assets
from handlers.dashboard.routes import DASHBOARD
from handlers.docs import page
from handlers.openapi import served

ONE = "/v1/submissions/{submission_id}"

ROUTES: list[BaseRoute] = [
    # The first that fits is taken, so what is asked for most stands first.
    Route(ONE, submissions.get, methods=["GET"]),
    Route("/v1/submissions", submissions.post, methods=["POST"]),
    Route("/v1/submissions", listing.get, methods=["GET"]),
    Route(ONE, erasure.delete, methods=["DELETE"]),
    Route(f"{ONE}/events", submissions.events, methods=["GET"]),
    Route(f"{ONE}/cancel", submissions.cancel, methods=["POST"]),
    Route(f"{ONE}/archive", archive.post, methods=["POST"]),
    Route(f"{ONE}/deliveries", deliveries.get, methods=["GET"]),
    Route("/v1/deliveries/{delivery_id}/replay", deliveries.replay, methods=["POST"]),
    Route("/v1/uploads", uploads.post, methods=["POST"]),
    # The slash is part of the provider's path, so it is of ours.
    Route("/v1/portrait/", portrait.post, methods=["POST"]),
    Route("/v1/kinds", kinds.get, methods=["GET"]),
    Route("/scan/{token}", phone.page, methods=["GET"]),
    Route("/scan/{token}/start", phone.start, methods=["GET", "POST"]),
    Route("/scan/{token}/events", scan_stream.get, methods=["GET"]),
    Route("/scan/{token}/qr", handoff.page, methods=["GET"]),
    Route("/scan/{token}/qr.svg", handoff.picture, methods=["GET"]),
    # A path: what is glued to the token may have slashes of its own.
    Route("/liveness/callback/{token:path}", phone.back, methods=["GET", "POST"]),
    Route("/uploads/{token}", uploads.get, methods=["GET"]),
    Route("/files/{token}", files.get, methods=["GET"]),
    *DASHBOARD,
    Route("/openapi.json", served.get, methods=["GET"]),
    Route("/docs", page.get, methods=["GET"]),
    Route("/healthz", health.alive, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
    Route("/metrics", metrics.get, methods=["GET"]),
    Mount("/static", Assets()),
]
