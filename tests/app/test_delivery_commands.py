"""`deliveries` and `replay`: what an app was told, and telling it once more."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.app.hook import Hook, listening
from tests.app.program import id_of, likeness, until
from tests.app.service import Service

COLOR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening() as opened:
        yield opened


def test_an_app_that_was_away_is_told_once_more(
    service: Service, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.answer = 503
    made = json.loads(likeness("keys", "create", "told", "--notify", hook.url, "--json").stdout)
    monkeypatch.setenv("LIKENESS_API_KEY", made["api_key"])
    fields = json.dumps({"prompt": "soft light", "image": "https://images.example/a.jpg"})
    submission_id = id_of(likeness("submit", "wavespeed/portrait", "-", given=fields))
    replace(service, key=made["api_key"]).final(submission_id)

    def told() -> dict[str, Any]:
        delivery: dict[str, Any]
        (delivery,) = json.loads(likeness("deliveries", submission_id).stdout)
        return delivery

    until(lambda: bool(told()["attempts"]))
    failed = told()
    assert (failed["type"], failed["state"]) == ("submission.succeeded", "pending")
    assert failed["attempts"][0]["status"] == 503

    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    table = COLOR.sub("", likeness("deliveries", submission_id).stdout).splitlines()
    assert table[0].split()[:3] == ["Id", "Event", "State"]
    assert table[1].split()[:6] == [failed["id"], "succeeded", "pending", "1", "503", "at"]
    hook.answer = 204
    again = likeness("replay", failed["id"])
    assert (again.exit_code, again.stdout) == (0, "")
    assert "is sent again, under the same id" in COLOR.sub("", again.stderr)
    monkeypatch.delenv("FORCE_COLOR")

    until(lambda: bool(told()["state"] == "delivered"))
    assert set(hook.heard) == {failed["id"]}
    assert json.loads(likeness("replay", failed["id"]).stdout)["id"] == failed["id"]

    unknown = likeness("replay", "dlv_unknown")
    assert (unknown.exit_code, "not_found" in unknown.stderr) == (2, True)
    stranger = likeness("deliveries", submission_id, "--key", service.key)
    assert (stranger.exit_code, "not_found" in stranger.stderr) == (2, True)


def test_nobody_to_tell_is_said(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = json.dumps({"prompt": "soft light", "image": "https://images.example/a.jpg"})
    submission_id = id_of(likeness("submit", "wavespeed/portrait", "-", given=fields))
    service.final(submission_id)
    assert json.loads(likeness("deliveries", submission_id).stdout) == []
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "Nobody was told of it" in COLOR.sub("", likeness("deliveries", submission_id).stderr)
