"""`likeness doctor`: a table for a person, JSON for a program, an exit code for both."""

import json
import re
from pathlib import Path

import pytest

from tests.app.program import likeness

COLOR = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")


def test_before_the_first_start_all_is_well_and_nothing_is_made(tmp_path: Path) -> None:
    result = likeness("doctor", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert all(list(one) == ["check", "state", "message", "mend"] for one in found)
    assert {one["state"] for one in found} == {"ok", "info"}
    assert not (tmp_path / "data").exists()


def test_in_a_pipe_it_is_json_and_the_sum_is_said() -> None:
    result = likeness("doctor")
    assert json.loads(result.stdout)
    assert result.stderr == "All is well.\n"


def test_a_fault_is_an_exit_code_and_no_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIKENESS_DEADLINE_S", "squirrel")
    monkeypatch.setenv("ALLTOKEN_API_KEY", "squirrel nut")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    result = likeness("doctor")
    assert result.exit_code == 1
    lines = COLOR.sub("", result.stdout).splitlines()
    assert lines[0].split()[:2] == ["State", "Check"]
    faults = [line for line in lines if line.split()[:1] == ["fault"]]
    assert [line.split()[2] for line in faults] == ["ALLTOKEN_API_KEY", "LIKENESS_DEADLINE_S"]
    assert any("→ Set LIKENESS_DEADLINE_S right" in line for line in lines)
    assert "2 faults, 0 warnings." in COLOR.sub("", result.stderr)
    assert "squirrel" not in result.output


def test_a_warning_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKENESS_ARCHIV", "off")
    result = likeness("doctor")
    assert (result.exit_code, result.stderr) == (0, "0 faults, 1 warning.\n")
