"""Whoever serves does not have the garbage collector look through its code again and again."""

import subprocess
import sys
from pathlib import Path

import pytest

RUN = {
    "serve": "serve(read_settings(), worker=False)",
    "work": "work_until_stopped(read_settings())",
}
SCRIPT = """
import gc, os, threading, time
from app.serving import serve, work_until_stopped
from app.settings import read_settings

def look():
    for _ in range(2000):
        if gc.get_freeze_count() > 10_000:
            print("kept", flush=True)
            os._exit(0)
        time.sleep(0.005)
    os._exit(1)

threading.Thread(target=look).start()
"""


@pytest.mark.parametrize("command", RUN)
def test_what_is_loaded_when_it_begins_is_left_alone(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIKENESS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "0")
    script = [sys.executable, "-c", SCRIPT + RUN[command]]
    ran = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert "kept" in ran.stdout, ran.stderr
    assert ran.returncode == 0
