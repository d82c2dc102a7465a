"""Ports for those who must be told where they will listen before they do."""

import secrets
import socket

BELOW = range(20_000, 30_000)
"""Linux gives none of these to who asks for any port, nor to a connection that begins
(net.ipv4.ip_local_port_range): what is free here stays so until its owner listens."""


def free_port() -> int:
    """A port on which nobody listens."""
    while True:
        port = secrets.choice(BELOW)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
