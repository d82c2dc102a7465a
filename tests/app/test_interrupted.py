"""Ctrl-C, also while the program is still being loaded: one word, a code of its own, no traceback."""

import signal
import subprocess
import sys

import pytest

AT_ONCE = """
import os, signal, sys
from importlib.abc import MetaPathFinder

module = sys.argv.pop(1)

class Presses(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Presses())
from app.__main__ import main
main()
"""
"""Somebody presses Ctrl-C just when a module is about to be loaded."""


def pressed(
    module: str, *arguments: str, ignored: bool = False
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AT_ONCE, module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_ignore if ignored else _heed,
    )


def _ignore() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _heed() -> None:
    """A runner in the background may have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("app.cli", ["--version"]),
        ("store.move", ["move", "sqlite:///a.db", "postgresql://b/c"]),
        # Loaded by the command itself.
        ("app.doctor.report", ["doctor"]),
    ],
)
def test_while_it_is_loaded_it_is_told_in_a_word(module: str, arguments: list[str]) -> None:
    done = pressed(module, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "Interrupted.\n")


def test_where_it_is_ignored_it_stays_so() -> None:
    done = pressed("app.cli", "--version", ignored=True)
    assert (done.returncode, done.stderr) == (0, "")
