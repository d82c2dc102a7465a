"""Keeps the server of a test run: `python -m tests.postgresql.keeper FOLDER`.

It starts the server, says `ready`, and waits until nobody holds the run's lock. Then server and folder
go, whatever became of the run.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from tests.postgresql.server import Server

LOCALE = "en_US"
"""Sorts otherwise than by code point: ours must never depend on how a database sorts."""


def keep(folder: Path) -> None:
    locales = folder / "locale"
    locales.mkdir()
    server = Server(folder=folder / "server", locale_path=locales)
    server.folder.mkdir()
    with _made_locale(locales):
        server.make()
    server.start()
    print("ready", flush=True)  # noqa: T201 - whoever started us waits for it
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    server.stop()


def _made_locale(folder: Path) -> subprocess.Popen[bytes]:
    """The wheel has no locales, and a small machine none but C; where the system cannot make this one,
    databases sort by code point."""
    program = shutil.which("localedef") or "true"
    path = folder / f"{LOCALE}.UTF-8"
    return subprocess.Popen(
        [program, "--no-archive", "-i", LOCALE, "-f", "UTF-8", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    given = Path(sys.argv[1])
    try:
        keep(given)
    finally:
        shutil.rmtree(given, ignore_errors=True)
