"""Who of the programs that tests start is measured."""

import pytest

from tests import measuring


def test_only_who_is_given_that_environment_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    before = measuring.measured_environment()
    monkeypatch.setattr(measuring, "_kept", {})
    # As coverage does whenever it begins.
    monkeypatch.setenv(measuring.CONFIG, "settings")
    measuring.measure_no_programs()
    measuring.measure_no_programs()
    assert measuring.measured_environment() == before | {measuring.CONFIG: "settings"}
    with monkeypatch.context() as none:
        none.setattr(measuring, "_kept", {})
        assert measuring.CONFIG not in measuring.measured_environment()
