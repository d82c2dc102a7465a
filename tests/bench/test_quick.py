"""The bench itself: a quick run of one table, with the real service and everything beside it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import PER_SECOND, from_json

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_intake_is_measured_and_every_event_accounted_for(tmp_path: Path) -> None:
    done = bench("intake", "--quick", "--database", "sqlite", "--results", str(tmp_path))
    assert done.returncode == 0, done.stderr
    result = from_json(json.loads((tmp_path / "intake.sqlite.json").read_text()))
    assert result.quick
    rates = {series.what for series in result.series if series.unit == PER_SECOND}
    assert {"Likeness", "empty route", "one commit a request"} <= rates
    assert all(value > 0 for series in result.series for value in series.values)
    assert str(ROOT) not in json.dumps(result.as_json())


@pytest.mark.parametrize("name", ["intakes", "publish"])
def test_a_table_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    done = bench(name, "lookup", "--results", str(tmp_path))
    assert done.returncode != 0
    assert name in done.stderr
