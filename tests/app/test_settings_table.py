"""The settings as a table."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.settings import Settings, read_settings
from app.settings_table import lines, markdown
from providers.kinds import KINDS
from tests.app.program import likeness

ROOT = Path(__file__).parents[2]
VARIABLES = [field.metadata["variable"] for field in fields(Settings)]
SECRETS = ("WAVESPEED_API_KEY", "AI302_API_KEY", "ALLTOKEN_API_KEY", "LIKENESS_SECRET_KEYS")


@pytest.mark.parametrize("form", [[], ["--json"], ["--markdown"]])
def test_every_variable_is_listed_and_no_secret_is_shown(
    form: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (*SECRETS, "LIKENESS_METRICS_TOKEN"):
        monkeypatch.setenv(variable, "squirrel")
    monkeypatch.setenv("WAVESPEED_WEBHOOK_SECRETS", "whsec_squirrel")
    result = likeness("settings", *form)
    assert result.exit_code == 0
    assert all(variable in result.stdout for variable in VARIABLES)
    assert "squirrel" not in result.output


def test_a_secret_is_told_to_be_set_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLTOKEN_API_KEY", "squirrel")
    shown = {line["variable"]: line for line in json.loads(likeness("settings", "--json").stdout)}
    assert shown["ALLTOKEN_API_KEY"]["value"] == "set"
    assert shown["WAVESPEED_API_KEY"]["value"] == "not set"


def test_values_are_shown_as_one_would_write_them() -> None:
    given = {"LIKENESS_DELIVERY_SCHEDULE_S": "5,2.5", "LIKENESS_OUTBOUND_ALLOW": "none"}
    values = {line.variable: line.value for line in lines(read_settings(given))}
    assert values["LIKENESS_DELIVERY_SCHEDULE_S"] == "5,2.5"
    assert values["LIKENESS_OUTBOUND_ALLOW"] == "none"
    assert values["LIKENESS_PUBLIC_URL"] == "-"
    assert values["LIKENESS_HOST"] == "127.0.0.1"
    assert values["DATABASE_URL"] == "sqlite:///var/likeness.db"
    assert values["LIKENESS_SETTLE_S"] == "600 image, 7200 avatar and video"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("me:squirrel@db/likeness", "me:***@db/likeness"),
        ("me:squi@rrel@db/likeness", "me:***@db/likeness"),
        ("me:squi?rrel@db/likeness", "me:***@db/likeness"),
        ("me:squi/rrel@db,other/likeness", "me:***@db,other/likeness"),
        ("me@db/likeness?password=squirrel&a=b", "me@db/likeness?password=***&a=b"),
        ("me@db/likeness?a=b&sslpassword=squirrel", "me@db/likeness?a=b&sslpassword=***"),
        ("me@db/likeness?host=/tmp", "me@db/likeness?host=/tmp"),
    ],
)
def test_a_password_in_the_database_url_is_hidden(given: str, shown: str) -> None:
    settings = Settings(database_url=f"postgresql://{given}")
    values = {line.variable: line.value for line in lines(settings)}
    assert values["DATABASE_URL"] == f"postgresql://{shown}"


def test_the_markdown_table_needs_no_good_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKENESS_ENV", "nonsense")
    assert likeness("settings", "--markdown").stdout.strip() == markdown()
    assert likeness("settings").exit_code == 2
    assert all(row.count("|") == 4 for row in markdown().splitlines())


def test_the_readme_shows_this_very_table() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    start = readme.index("| Variable |")
    assert readme[start:].partition("\n\n")[0] == markdown()


def test_a_setting_that_nothing_reads_says_that_it_is_not_used_yet() -> None:
    files = [file for name in ("app", "engine", "handlers") for file in (ROOT / name).glob("*.py")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    providers = {kind.provider for kind in KINDS.values()}
    for field in fields(Settings):
        read = re.search(rf"\b(settings|self)\.{field.name}\b", text) is not None
        used = read and not (field.name.startswith("ai302_") and "302ai" not in providers)
        assert used != field.metadata["meaning"].endswith("(not used yet)"), field.name
