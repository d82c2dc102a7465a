"""API keys on the command line."""

import base64
import json
import re
from pathlib import Path

import pytest

from tests.app.program import likeness


def _create(*more: str) -> dict[str, str]:
    result = likeness("keys", "create", "shop", "--json", *more)
    assert result.exit_code == 0, result.output
    made: dict[str, str] = json.loads(result.stdout)
    return made


def test_a_key_is_made_and_printed_as_json() -> None:
    made = _create()
    assert list(made) == ["name", "api_key", "webhook_secret"]
    assert made["name"] == "shop"
    assert re.fullmatch(r"lk_[A-Za-z0-9_-]{43}", made["api_key"])
    assert made["webhook_secret"].startswith("whsec_")
    assert 24 <= len(base64.b64decode(made["webhook_secret"][6:], validate=True)) <= 32


def test_the_key_itself_is_stored_nowhere(tmp_path: Path) -> None:
    made = _create()
    for file in (tmp_path / "data").iterdir():
        assert made["api_key"].encode() not in file.read_bytes()


def test_a_person_is_told_that_it_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = likeness("keys", "create", "shop")
    assert re.search(r"^  api_key +lk_\S{43}$", result.stdout, re.MULTILINE)
    assert re.search(r"^  webhook_secret +whsec_\S{44}$", result.stdout, re.MULTILINE)
    assert "only now" in result.stderr


def test_in_a_pipe_all_of_it_is_json() -> None:
    made = likeness("keys", "create", "shop")
    assert (json.loads(made.stdout)["name"], "only now" in made.stderr) == ("shop", True)
    rotated = json.loads(likeness("keys", "rotate-secret", "shop").stdout)
    assert list(rotated) == ["name", "webhook_secret"]
    assert [key["name"] for key in json.loads(likeness("keys", "list").stdout)] == ["shop"]
    revoked = likeness("keys", "revoke", "shop", "--json")
    assert (list(json.loads(revoked.stdout)), revoked.stderr) == (["name", "revoked_at"], "")


def test_a_name_is_used_once() -> None:
    _create()
    again = likeness("keys", "create", "shop", "--json")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "already a key named shop" in again.stderr


def test_keys_are_listed_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no key yet" in likeness("keys", "list").stderr
    made = _create("--admin", "--notify", "https://shop.example/hooks")
    listed = likeness("keys", "list", "--json").stdout
    assert json.loads(listed)[0]["notify_url"] == "https://shop.example/hooks"
    assert json.loads(listed)[0]["admin"] is True
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    table = likeness("keys", "list").stdout
    assert re.search(r"shop +admin +https://shop.example/hooks", table)
    for secret in (made["api_key"], made["webhook_secret"]):
        assert secret not in listed + table


def test_a_revoked_key_is_listed_as_revoked_and_not_revoked_again() -> None:
    _create()
    assert likeness("keys", "revoke", "shop").exit_code == 0
    assert json.loads(likeness("keys", "list", "--json").stdout)[0]["revoked_at"].endswith("Z")
    again = likeness("keys", "revoke", "shop")
    assert (again.exit_code, "no living key" in again.stderr) == (1, True)


def test_a_rotated_secret_is_new() -> None:
    made = _create()
    rotated = json.loads(likeness("keys", "rotate-secret", "shop", "--json").stdout)
    assert rotated["name"] == "shop"
    assert rotated["webhook_secret"] != made["webhook_secret"]
    twice = likeness("keys", "rotate-secret", "shop")
    assert (twice.exit_code, twice.stdout) == (1, "")
    assert "With --force that one ends now." in twice.stderr
    forced = likeness("keys", "rotate-secret", "shop", "--force")
    assert "The old one signs as well until" in forced.stderr


def test_an_unknown_name_has_no_secret_to_rotate() -> None:
    result = likeness("keys", "rotate-secret", "nobody")
    assert (result.exit_code, "no living key" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments", [[" "], ["a\nb"], ["x" * 101], ["shop", "--notify", "ftp://shop.example"]]
)
def test_a_bad_name_or_url_makes_no_key(arguments: list[str]) -> None:
    assert likeness("keys", "create", *arguments).exit_code == 2
    assert json.loads(likeness("keys", "list", "--json").stdout) == []
