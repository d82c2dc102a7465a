"""Which of the programs that tests start are measured: to be watched takes a process about as long again as
its work, so that it is for those only whose lines nothing else runs."""

import os

CONFIG = "COVERAGE_PROCESS_CONFIG"
"""By this, coverage would begin in every Python program, also in those of others."""
_kept: dict[str, str] = {}


def measure_no_programs() -> None:
    """Until coverage begins anew, only who is given `measured_environment` is measured."""
    if CONFIG in os.environ:
        _kept[CONFIG] = os.environ.pop(CONFIG)


def measured_environment() -> dict[str, str]:
    """That of a program that is measured, if this run measures at all."""
    return os.environ | _kept
