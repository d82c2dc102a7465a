"""The processes of a benchmark: each on its own port, ended at the end; what they use, by the kernel's word."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.ports import free_port

ROOT = Path(__file__).parents[1]
START = 30.0
"""Seconds in which a process must listen."""
END = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A running program; `port` is where it listens."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processor(self) -> float:
        """Seconds of processor time so far, its own and the kernel's for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes that are resident now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def running(
    command: list[str], port: int = 0, variables: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A program, ready when it listens on `port`; one that listens nowhere is ready at once. What it
    says is shown when it ends by itself."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | dict(variables or {}), stdout=said, stderr=said
        ) as process,
    ):
        try:
            if port:
                _wait_for(process, port)
            yield Process(pid=process.pid, port=port)
        finally:
            _end(process, said)


def _end(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.poll() is not None:
        said.seek(0)
        print(said.read().decode(errors="replace")[-4000:], file=sys.stderr)
        return
    process.terminate()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()


@contextlib.contextmanager
def peer(name: str, **variables: str) -> Iterator[Process]:
    """One of `bench/peers` on the same uvicorn, with the same options, as the service has."""
    port = free_port()
    options = ["--no-access-log", "--log-level", "warning", "--no-server-header"]
    options += ["--loop", "uvloop", "--http", "httptools", "--port", str(port)]
    command = [sys.executable, "-m", "uvicorn", f"bench.peers.{name}:app", *options]
    with running(command, port, variables) as process:
        yield process


def likeness() -> str:
    return str(Path(sys.executable).with_name("likeness"))


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"ended with {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"does not listen: {process.args!r}")
