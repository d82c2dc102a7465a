"""One of many services on one port: the production wiring on a quick clock, forked by a nursery."""

import socket
import sys
from typing import Any

import uvicorn

from app import logs
from app.http import create_app
from app.settings import read_settings
from tests.crash.service import nursery
from tests.history.quick_clock import QuickClock


def serve(wanted: dict[str, Any]) -> None:
    settings = read_settings(wanted["variables"])
    logs.configure(pretty=False)
    config = uvicorn.Config(
        create_app(settings, clock=QuickClock(wanted["since"])),
        lifespan="on",
        access_log=False,
        log_config=None,
    )
    uvicorn.Server(config).run(sockets=[listener(settings.port)])


def listener(port: int) -> socket.socket:
    """The system gives each connection to one of those who listen."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.bind(("127.0.0.1", port))
    opened.listen(128)
    return opened


if __name__ == "__main__":
    nursery(sys.argv[1], serve)
