"""For a container: 0 when the service's own `/healthz` answers, of `serve` or of `work`."""

import http.client
import os
import sys

PORTS = (os.environ.get("PORT"), os.environ.get("LIKENESS_METRICS_PORT"))


def alive(port: str) -> bool:
    # Straight to it: an `http_proxy` that a container is given is not for our own address. Both ports have
    # to be asked within the five seconds of the Dockerfile.
    asking = http.client.HTTPConnection("127.0.0.1", int(port), timeout=2)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


sys.exit(0 if any(alive(port) for port in PORTS if port) else 1)
