"""What lies on the disk: whose it is, and what is said where it cannot be used."""

import stat
from pathlib import Path

import pytest

from tests.app.program import Program, likeness


@pytest.mark.parametrize("command", ["migrate", "serve", "work"])
def test_what_is_no_database_is_told_in_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.db"
    file.write_text("not a database, but quite a lot of text\n" * 50)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    result = likeness(command)
    assert result.exit_code == 2
    told = (
        f"The file {file} is no SQLite database: move it away, or name another with DATABASE_URL."
    )
    assert result.stderr.replace("\n", " ").strip().endswith(told)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["work"],
        ["migrate"],
        ["quarantine"],
        ["keys", "list"],
        ["keys", "create", "shop"],
        ["keys", "revoke", "shop"],
        ["keys", "rotate-secret", "shop"],
    ],
    ids=" ".join,
)
def test_a_data_folder_that_cannot_be_used_is_named_with_its_variable(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LIKENESS_DATA_DIR", f"{tmp_path}/file/data")
    result = likeness(*command)
    assert result.exit_code == 2
    sentence = f"LIKENESS_DATA_DIR cannot be used: Not a directory: {tmp_path}/file/data"
    assert result.stderr.replace("\n", "").startswith(sentence)


@pytest.mark.parametrize("command", ["serve", "work"])
@pytest.mark.parametrize("setting", ["az://container/results", "file:///dev/null/results"])
def test_an_archive_that_cannot_be_set_up_is_one_sentence(
    command: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    monkeypatch.setenv("LIKENESS_ARCHIVE", setting)
    result = likeness(command)
    assert result.exit_code == 2
    assert result.stderr.startswith("LIKENESS_ARCHIVE ")
    assert "Traceback" not in result.output


def test_what_is_made_is_for_its_owner_only(tmp_path: Path, started: list[Program]) -> None:
    program = Program(tmp_path, "migrate")
    started.append(program)
    assert program.ended() == 0
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes["likeness.db"] == 0o600
    assert set(modes.values()) == {0o600}
