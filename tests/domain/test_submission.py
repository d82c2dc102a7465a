"""The table of moves."""

import pytest

from domain.submission import FINAL, MOVES, IllegalMove, Stage, Status
from tests.domain.given import NOW, a_job

PAIRS = [(before, after) for before in Status for after in Status if before is not after]


@pytest.mark.parametrize("status", Status)
def test_every_status_has_moves_or_is_final(status: Status) -> None:
    assert bool(MOVES[status]) is (status not in FINAL)


@pytest.mark.parametrize("status", [status for status in Status if status not in FINAL])
def test_every_unfinished_status_may_end_in_every_final_one(status: Status) -> None:
    assert MOVES[status] >= FINAL


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_only_a_move_of_the_table_is_made(before: Status, after: Status) -> None:
    submission = a_job(status=before)
    if after in MOVES[before]:
        assert submission.moved(after, NOW).status is after
    else:
        with pytest.raises(IllegalMove):
            submission.moved(after, NOW)


def test_nothing_goes_back_to_pending() -> None:
    assert not any(Status.PENDING in moves for moves in MOVES.values())


@pytest.mark.parametrize("status", sorted(FINAL))
def test_an_end_leaves_nothing_to_wait_for(status: Status) -> None:
    moved = a_job(action={"type": "face_scan"}).moved(status, NOW + 1)
    assert (moved.completed_at, moved.stage) == (NOW + 1, Stage.DONE)
    assert (moved.waiting_for, moved.action, moved.deadline_at) == (None, None, None)


def test_every_move_is_a_new_version() -> None:
    moved = a_job().moved(Status.PENDING, NOW + 5)
    assert (moved.version, moved.updated_at) == (2, NOW + 5)


def test_a_submission_shows_no_secret_when_printed() -> None:
    printed = repr(a_job(state={"sessions": {"ses_1": {"token": "BYTED"}}}, input={"x": "INPUT"}))
    assert "BYTED" not in printed
    assert "INPUT" not in printed
