"""Shell completion: the protocol that bash, zsh and fish speak with `likeness`, and their scripts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.app.program import likeness

LIKENESS = "import sys; sys.argv[0] = 'likeness'; from app.__main__ import main; main()"


def spoken(instruction: str, **variables: str) -> str:
    """What a shell is told by the console script, whose name the protocol needs."""
    asked = {"_LIKENESS_COMPLETE": instruction} | variables
    result = CliRunner().invoke(cli, [], env=asked, prog_name="likeness")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def complete(*words: str) -> list[str]:
    """What bash is told for the last word."""
    given = {"COMP_WORDS": "\n".join(("likeness", *words)), "COMP_CWORD": str(len(words))}
    return spoken("complete_bash", **given).split()


def test_commands_kinds_and_statuses_are_completed() -> None:
    assert {"doctor", "submit", "watch"} <= set(complete(""))
    assert complete("keys", "ro") == ["rotate-secret"]
    assert complete("submit", "alltoken/l") == ["alltoken/liveness"]
    assert complete("list", "--status", "act") == ["action_required"]
    assert complete("list", "--kind", "302") == ["302ai/portrait"]


def test_names_of_living_keys_are_completed_and_nothing_is_made(tmp_path: Path) -> None:
    assert complete("keys", "revoke", "") == []
    assert not (tmp_path / "data").exists()
    for name in ("shop", "studio", "gone"):
        likeness("keys", "create", name)
    likeness("keys", "revoke", "gone")
    assert complete("keys", "revoke", "") == ["shop", "studio"]
    assert complete("keys", "rotate-secret", "st") == ["studio"]


def test_a_database_without_tables_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "likeness.db").touch()
    assert complete("keys", "revoke", "") == []


@pytest.mark.usefixtures("service")
def test_ids_are_completed_and_a_service_that_is_away_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = json.dumps({"prompt": "soft light", "image": "https://images.example/a.jpg"})
    made = json.loads(likeness("submit", "wavespeed/portrait", "-", given=fields).stdout)
    assert complete("watch", "sub_") == [made["id"]]
    monkeypatch.setenv("LIKENESS_URL", "http://127.0.0.1:1")
    assert complete("watch", "sub_") == []
    monkeypatch.delenv("LIKENESS_API_KEY")
    assert complete("erase", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_likeness(shell: str) -> None:
    script = spoken(f"source_{shell}")
    assert f"_LIKENESS_COMPLETE=complete_{shell}" in script
    if shutil.which(shell) is not None:
        subprocess.run([shell, "-n"], input=script, text=True, check=True, capture_output=True)


def test_it_is_installed_for_bash_which_then_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of it: the program installs its script, and a real bash asks the program by it."""
    (tmp_path / "likeness").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{LIKENESS}" "$@"\n')
    (tmp_path / "likeness").chmod(0o755)
    script = """
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=1 likeness --install-completion bash
        source "$HOME/.bashrc"
        COMP_WORDS=(likeness submit alltoken/l) COMP_CWORD=2
        $(complete -p likeness | sed 's/.*-F \\([^ ]*\\).*/\\1/') likeness
        echo "completed: ${COMPREPLY[*]}"
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "completed: alltoken/liveness" in done.stdout, done
