"""A contestant's volleys: what it says it has kept must be there."""

import pytest

from bench.accounting import LostEvents
from bench.contestants import Contestant
from tests.bench.answering import NO_CONTENT, Server, served


def contestant(server: Server, *, loses: int = 0, unfinished: int = 0) -> Contestant:
    """One that answers 204 to everything."""
    return Contestant(
        name="forgetful",
        port=server.port,
        path="/webhooks/x",
        stored=lambda: len(server.seen) - loses,
        finished=lambda: len(server.seen) - unfinished,
    )


def test_each_webhook_has_an_id_of_its_own() -> None:
    with served(lambda _: [NO_CONTENT]) as server:
        one = contestant(server)
        one.fire(4, 20)
        one.fire(4, 20)
        one.settle()
    names = {line for shot in server.seen for line in shot.split(b"\r\n") if b"webhook-id" in line}
    assert len(names) == one.sent == 40


def test_one_that_answers_204_and_has_not_stored_fails_in_the_same_round() -> None:
    with (
        served(lambda _: [NO_CONTENT]) as server,
        pytest.raises(LostEvents, match="forgetful: 20 sent, 20 answered, 19 stored"),
    ):
        contestant(server, loses=1).fire(4, 20)


def test_one_that_has_stored_and_not_finished_fails_at_the_end() -> None:
    with served(lambda _: [NO_CONTENT]) as server:
        one = contestant(server, unfinished=1)
        one.fire(4, 20)
        with pytest.raises(LostEvents, match="19 finished"):
            one.settle()


def test_a_volley_is_as_large_as_its_time_allows() -> None:
    with served(lambda _: [NO_CONTENT]) as server:
        one = contestant(server)
        one.calibrate(4, 0.05)
    assert one.size[4] >= 30
