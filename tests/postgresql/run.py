"""The one server of a whole test run, for all of its processes.

The first test that needs it starts a keeper (`tests.postgresql.keeper`), which starts the server and
ends it when nobody holds the run's lock any more: that is so at the end of the run, and just as well
when it was interrupted or killed, since the system lets go of a dead process's locks.
"""

import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql.server import Server, new_folder

ROOT = Path(__file__).parents[2]
ENDING = 10.0
LOOK = 0.02


class Run:
    """A folder that all processes of a test run know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder=folder / "server", locale_path=folder / "locale")
        self._lock = (folder / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process of the run is in here meanwhile."""
        with (self.folder / "alone").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def running_server(self) -> Server:
        with self.alone():
            if not self.server.folder.exists():
                self._start_keeper()
        return self.server

    def close(self) -> None:
        self._lock.close()

    def end(self) -> None:
        """Let go of it as the last one; the server is gone when this returns."""
        kept = self.server.folder.exists()
        self.close()
        if not kept:
            shutil.rmtree(self.folder)
            return
        end = time.monotonic() + ENDING
        while self.folder.exists() and time.monotonic() < end:
            time.sleep(LOOK)

    def _start_keeper(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "tests.postgresql.keeper", self.folder],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Nothing of ours, such as the measuring of coverage.
            env={},
            start_new_session=True,
        ) as keeper:
            assert keeper.stdout is not None
            assert keeper.stdout.readline() == b"ready\n", "no PostgreSQL could be started"
            # It lives on, so that nobody waits for its end here.
            keeper.returncode = 0


def new_run() -> Run:
    return Run(new_folder("likeness-tests-"))
