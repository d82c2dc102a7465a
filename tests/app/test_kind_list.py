"""What can be submitted, and what is still missing for it."""

import json

import pytest

from tests.app.program import likeness


def test_kinds_say_which_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _missing()["wavespeed/portrait"] == "WAVESPEED_API_KEY"
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    monkeypatch.setenv("ALLTOKEN_API_KEY", "k")
    assert _missing()["wavespeed/portrait"] is None
    assert _missing()["alltoken/liveness"] == "LIKENESS_PUBLIC_URL"
    monkeypatch.delenv("ALLTOKEN_API_KEY")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    assert "needs ALLTOKEN_API_KEY" in likeness("kinds").stdout
    assert "available" in likeness("kinds").stdout


def _missing() -> dict[str, str | None]:
    kinds = json.loads(likeness("kinds", "--json").stdout)
    assert all(kind["available"] == (kind["missing"] is None) for kind in kinds)
    return {kind["kind"]: kind["missing"] for kind in kinds}
