"""Which of the programs that tests start are measured: to be watched takes a process about as long again as
its work, so that it is for those only whose lines nothing else runs."""

import os

CONFIG = "COVERAGE_PROCESS_CONFIG"
"""By this, coverage would begin in every Python program, also in those of others."""
_kept: dict[str, str] = {}


def keep_to_ourselves() -> None:
    """From here on only who is given `measured` is measured."""
    if CONFIG in os.environ:
        _kept[CONFIG] = os.environ.pop(CONFIG)


def measured() -> dict[str, str]:
    """The environment of a program that is measured, if this run measures at all."""
    return os.environ | _kept
