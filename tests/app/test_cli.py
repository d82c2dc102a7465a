"""The command line as a whole."""

import re
import subprocess
import sys

import pytest

from tests.app.program import likeness

COMMANDS = (
    ["serve"],
    ["work"],
    ["doctor"],
    ["migrate"],
    ["move"],
    ["settings"],
    ["kinds"],
    ["quarantine"],
    ["upload"],
    ["submit"],
    ["watch"],
    ["list"],
    ["cancel"],
    ["erase"],
    ["archive"],
    ["deliveries"],
    ["replay"],
    ["sandbox"],
    ["demo"],
    ["keys"],
    ["keys", "create"],
    ["keys", "list"],
    ["keys", "revoke"],
    ["keys", "rotate-secret"],
)


def test_without_a_command_the_help_is_shown() -> None:
    result = likeness()
    assert "likeness demo" in result.output
    assert all(command[0] in result.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: list[str]) -> None:
    result = likeness(*command, "--help")
    assert result.exit_code == 0
    assert re.search(r"\w+\.\s", result.stdout)


def test_commands_stand_together_with_their_like() -> None:
    panels = re.split(r"─ (Run it|Ask a running Likeness|Look after it) ─", likeness().output)
    assert panels[1::2] == ["Run it", "Ask a running Likeness", "Look after it"]
    for panel, commands in zip(
        panels[2::2], (("serve", "demo"), ("submit", "erase"), ("keys", "settings")), strict=True
    ):
        assert all(f" {command} " in panel for command in commands)


def test_the_help_of_submit_tells_how_files_and_chains_are_named() -> None:
    help_text = likeness("submit", "--help").stdout
    assert all(word in help_text for word in ("upload://", "submission://", "likeness upload"))


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"likeness \d+\.\d+\.\d+\S*\n", likeness("--version").stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["keys", "create"],
        ["watch"],
        ["upload"],
        ["serve", "--port", "x"],
        ["sandbox", "--port", "-1"],
    ],
)
def test_a_mistake_in_the_words_exits_2(arguments: list[str]) -> None:
    result = likeness(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["serve", "work", "migrate", "settings", "kinds", "quarantine"])
def test_a_bad_setting_is_one_sentence(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKENESS_DEADLINE_S", "tomorrow")
    result = likeness(command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "LIKENESS_DEADLINE_S must be a positive number of seconds.\n"


@pytest.mark.parametrize("command", [["sandbox"], ["demo"]])
def test_without_its_codecs_the_sandbox_says_how_to_get_them(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] in ("sandbox", "av")]:
        monkeypatch.delitem(sys.modules, module)
    for module in (
        "app.simulator",
        "app.demo.show",
        "app.demo.files",
        "app.demo.journeys",
        "app.demo.stage",
        "app.demo.story",
    ):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "av", None)
    result = likeness(*command)
    assert (result.exit_code, 'pip install "likeness[sandbox]"' in result.stderr) == (2, True)


def test_another_missing_module_is_not_explained_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app.simulator", raising=False)
    monkeypatch.setitem(sys.modules, "app.simulator", None)
    assert isinstance(likeness("sandbox").exception, ImportError)


@pytest.mark.parametrize(
    ("loaded", "needless"),
    [
        # What help, the version and a shell that completes a word wait for.
        ("app.cli", ("av", "PIL", "sandbox", "httpx", "pydantic", "uvicorn", "aiosqlite")),
        (
            "app.serving, app.moving, app.migrating, app.quarantine_commands, app.kind_list, "
            "app.key_commands, app.client_commands, app.listing, app.submission_commands, "
            "app.delivery_commands, app.doctor.report",
            ("av", "PIL", "sandbox"),
        ),
    ],
    ids=["the command line", "what it does"],
)
def test_nothing_is_loaded_before_it_is_needed(loaded: str, needless: tuple[str, ...]) -> None:
    code = f"import sys, {loaded}; print([name for name in {needless} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
