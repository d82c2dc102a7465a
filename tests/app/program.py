"""`likeness` as a real process, and `likeness` called inside this one."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli import cli
from tests.measuring import measured_environment

DEADLINE = 60.0
LOOK = 0.02


class Program:
    """A running `likeness`; its output goes to a file, which is read while it grows."""

    def __init__(
        self, folder: Path, *arguments: str, module: str = "app", measured: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{arguments[0]}-{time.monotonic_ns()}.txt"
        with self._file.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=measured_environment() if measured else None,
            )

    @property
    def output(self) -> str:
        return self._file.read_text("utf-8")

    def says(self, pattern: str) -> str:
        """The first group of the pattern, once the output has it."""
        found: list[re.Match[str]] = []

        def there() -> bool:
            found.extend(re.finditer(pattern, self.output))
            return bool(found) or self._process.poll() is not None

        until(there)
        assert found, f"{pattern} is not in:\n{self.output}"
        return found[0][1]

    def catches(self, number: signal.Signals) -> bool:
        """Whether it has a handler for the signal, as Linux tells."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        return bool(caught >> (number - 1) & 1)

    def runs(self) -> bool:
        return self._process.poll() is None

    def told(self, number: signal.Signals) -> int:
        """The exit code after the signal."""
        self._process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        return self._process.wait(DEADLINE)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(DEADLINE)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(LOOK)


def id_of(result: Result) -> str:
    """What was made by a command that printed its JSON."""
    assert result.exit_code == 0, result.output
    return str(json.loads(result.stdout)["id"])


def likeness(*arguments: str, given: str | None = None) -> Result:
    """Run a command inside this process."""
    return CliRunner().invoke(cli, arguments, input=given)
