"""`submit` and `watch` against a real service and a real sandbox, each a process of its own."""

import json
from pathlib import Path

import pytest

from tests.app.program import Program, id_of, likeness

IMAGE = "https://images.example/portrait.jpg"


@pytest.fixture
def service(tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything up, and the environment of a client that may use it."""
    sandbox = Program(tmp_path, "sandbox", "--port", "0", "--fast")
    started.append(sandbox)
    provider = sandbox.says(r"export WAVESPEED_BASE_URL=(\S+)")
    monkeypatch.setenv("WAVESPEED_BASE_URL", provider)
    monkeypatch.setenv("WAVESPEED_API_KEY", "sandbox")
    monkeypatch.setenv("LIKENESS_POLL_INTERVAL_S", "0.2")
    made = json.loads(likeness("keys", "create", "shop", "--json").stdout)
    serve = Program(tmp_path, "serve")
    started.append(serve)
    monkeypatch.setenv("LIKENESS_URL", serve.says(r"listens on (\S+)"))
    monkeypatch.setenv("LIKENESS_API_KEY", made["api_key"])


def _portrait(prompt: str) -> str:
    return json.dumps({"prompt": prompt, "image": IMAGE})


@pytest.mark.usefixtures("service")
def test_a_client_submits_watches_and_learns_how_it_ended(
    tmp_path: Path, started: list[Program]
) -> None:
    (tmp_path / "input.json").write_text(_portrait("soft light"))
    waiting = Program(
        tmp_path, "submit", "wavespeed/portrait", str(tmp_path / "input.json"), "--wait"
    )
    started.append(waiting)
    assert waiting.ended() == 0, waiting.output
    lines = [json.loads(line) for line in waiting.output.splitlines()]
    assert lines[-1]["status"] == "succeeded"
    assert lines[-1]["result"]["outputs"][0]["url"].startswith("http://127.0.0.1")

    failing = _portrait("[sandbox error_code=1200]")
    accepted = likeness("submit", "wavespeed/portrait", "-", given=failing)
    submission_id = id_of(accepted)
    assert f"likeness watch {submission_id}" in accepted.stderr
    watching = Program(tmp_path, "watch", submission_id, "--json")
    started.append(watching)
    assert watching.ended() == 1, watching.output
    assert json.loads(watching.output.splitlines()[-1])["error"]["provider_code"] == "1200"

    as_json = likeness("submit", "wavespeed/portrait", "--json", given=_portrait("soft light"))
    assert json.loads(as_json.stdout)["kind"] == "wavespeed/portrait"

    refused = likeness("submit", "wavespeed/portrait", "-", given='{"imag": 1}')
    assert refused.exit_code == 2
    assert all(f"/input/{name}: " in refused.stderr for name in ("imag", "image", "prompt"))

    unavailable = likeness("submit", "alltoken/liveness", "-", given='{"name": "Ada"}')
    assert (unavailable.exit_code, "provider_not_configured" in unavailable.stderr) == (2, True)

    unknown = likeness("watch", "sub_unknown")
    assert (unknown.exit_code, "not_found" in unknown.stderr) == (2, True)

    stranger = likeness("watch", submission_id, "--key", "lk_stranger")
    assert (stranger.exit_code, "unauthorized" in stranger.stderr) == (2, True)


def test_without_a_key_nothing_is_asked() -> None:
    result = likeness("watch", "sub_1")
    assert (result.exit_code, "LIKENESS_API_KEY" in result.stderr) == (2, True)


def test_without_a_service_it_is_said_where_nobody_answers() -> None:
    result = likeness("watch", "sub_1", "--key", "lk_a", "--url", "http://127.0.0.1:1/")
    assert (result.exit_code, "No Likeness answers at http://127.0.0.1:1" in result.stderr) == (
        2,
        True,
    )


def test_input_that_is_no_json_comes_with_an_example() -> None:
    result = likeness("submit", "wavespeed/portrait", "-", "--key", "lk_a", given="{")
    assert (result.exit_code, "For example: {" in result.stderr) == (2, True)


def test_a_missing_input_file_is_named(tmp_path: Path) -> None:
    result = likeness("submit", "no/kind", str(tmp_path / "none.json"), "--key", "lk_a")
    assert (result.exit_code, "none.json" in result.stderr) == (2, True)
