"""The processes of a benchmark: each on its own port, ended at the end."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: list[str], url: str, **variables: str) -> Iterator[None]:
    """A process that answers at `url`."""
    with subprocess.Popen(command, env=os.environ | variables) as process:
        try:
            _wait_for(process, url)
            yield
        finally:
            process.terminate()


def uvicorn_app(name: str, port: int) -> list[str]:
    """The same uvicorn, with the same options, as the service has."""
    options = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", f"bench.peers:{name}", *options]


def likeness() -> str:
    return str(Path(sys.executable).with_name("likeness"))


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise SystemExit(f"ended with {process.returncode}: {process.args!r}")
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url, trust_env=False)
            return
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")
