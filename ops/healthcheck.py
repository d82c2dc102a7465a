"""For a container: 0 when the service's own `/healthz` answers, of `serve` or of `work`."""

import os
import sys
import urllib.request

PORTS = (os.environ.get("PORT"), os.environ.get("LIKENESS_METRICS_PORT"))


def alive(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=4) as answer:
            return answer.status == 200
    except OSError:
        return False


sys.exit(0 if any(alive(port) for port in PORTS if port) else 1)
