"""`cancel`, `archive`, `erase`, and a submit that has a name."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.app.program import Program, id_of, likeness
from tests.app.service import Service, start
from tests.wire import PATIENT

IMAGE = "https://images.example/portrait.jpg"
SCAN = json.dumps({"name": "Ada"})


def _scan(*more: str) -> str:
    """A submission that waits for a person, so that it does not end by itself."""
    accepted = likeness("submit", "alltoken/liveness", "-", *more, given=SCAN)
    return id_of(accepted)


def _at_a_terminal(answer: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with somebody at its keyboard."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer)
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_submission_is_canceled_once(shared_service: Service) -> None:
    submission_id = _scan()
    canceled = likeness("cancel", submission_id)
    assert (canceled.exit_code, json.loads(canceled.stdout)["status"]) == (0, "canceled")
    assert shared_service.get(submission_id)["status"] == "canceled"
    again = likeness("cancel", submission_id)
    assert (again.exit_code, "already_final" in again.stderr) == (2, True)


def test_a_person_is_told_of_the_cancel_in_words(
    shared_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission_id = _scan()
    monkeypatch.setenv("FORCE_COLOR", "1")
    canceled = likeness("cancel", submission_id)
    assert (canceled.exit_code, canceled.stdout) == (0, "")
    assert "is canceled" in canceled.stderr
    assert shared_service.get(submission_id)["status"] == "canceled"


def test_an_erasure_is_asked_about_first(shared_service: Service) -> None:
    submission_id = _scan()
    unasked = likeness("erase", submission_id)
    assert (unasked.exit_code, "--yes" in unasked.stderr) == (2, True)
    refused = _at_a_terminal(b"n\n", "erase", submission_id)
    assert (refused.returncode, "Nothing was erased." in refused.stderr) == (1, True)
    assert shared_service.get(submission_id)["status"] == "action_required"
    agreed = _at_a_terminal(b"y\n", "erase", submission_id, "--upstream")
    assert agreed.returncode == 0, agreed.stderr
    assert "and the provider's asset?" in agreed.stderr
    gone = likeness("watch", submission_id)
    assert (gone.exit_code, "not_found" in gone.stderr) == (2, True)


def test_an_erasure_in_a_script_needs_a_yes(shared_service: Service) -> None:
    submission_id = _scan()
    done = likeness("erase", submission_id, "--yes")
    assert (done.exit_code, "is erased" in done.stderr) == (0, True)
    assert json.loads(done.stdout) == {"id": submission_id, "erased": True}
    again = likeness("erase", submission_id, "-y")
    assert (again.exit_code, "not_found" in again.stderr) == (2, True)
    assert httpx.get(shared_service.url + "/readyz", **PATIENT).status_code == 200


def test_outputs_are_archived_again_on_demand(
    tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lie at an address of this machine, which this service may not reach."""
    monkeypatch.setenv("LIKENESS_OUTBOUND_ALLOW", "none")
    service = start(tmp_path, started, monkeypatch)
    fields = json.dumps({"prompt": "soft light", "image": IMAGE})
    submission_id = id_of(likeness("submit", "wavespeed/portrait", "-", given=fields))
    service.final(submission_id)
    own_process = Program(tmp_path, "archive", submission_id, measured=True)
    started.append(own_process)
    assert own_process.ended() == 0, own_process.output
    assert f'"id": "{submission_id}"' in own_process.output
    in_vain = likeness("archive", _scan())
    assert (in_vain.exit_code, "nothing_to_archive" in in_vain.stderr) == (2, True)
    unknown = likeness("archive", "sub_unknown")
    assert (unknown.exit_code, "not_found" in unknown.stderr) == (2, True)


@pytest.mark.usefixtures("shared_service")
def test_under_a_name_a_submission_is_made_once() -> None:
    first = _scan("--idempotency-key", "order-1")
    assert _scan("--idempotency-key", "order-1") == first
    assert _scan("--idempotency-key", "order-2") != first
    other = json.dumps({"name": "Eve"})
    conflict = likeness(
        "submit", "alltoken/liveness", "-", "--idempotency-key", "order-1", given=other
    )
    assert (conflict.exit_code, "idempotency_conflict" in conflict.stderr) == (2, True)


@pytest.mark.parametrize("name", ["", " a", "a\nb", "ä", "x" * 256])
def test_a_name_that_is_none_is_not_sent(name: str) -> None:
    result = likeness(
        "submit", "alltoken/liveness", "-", "--key", "lk_a", "--idempotency-key", name, given=SCAN
    )
    assert (result.exit_code, "visible ASCII" in result.stderr) == (2, True)
