"""Processes that share a database agree about the time, whatever their machines say."""

import pytest

from app import clock as machine
from app.clock import AGAIN, AGREEING, SystemClock, agreeing, set_right
from domain.errors import StoreUnavailable

pytestmark = pytest.mark.asyncio

AN_HOUR = 3_600_000


class Elsewhere:
    """A clock somewhere else, an hour behind this machine's."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._clock.agree(self._clock.now() - AN_HOUR)
        self.asked = 0

    async def now(self) -> int:
        self.asked += 1
        return self._clock.now()


def apart(clock: SystemClock, other: Elsewhere) -> int:
    return abs(clock.now() - other._clock.now())


async def test_a_wrong_clock_agrees_with_the_shared_one() -> None:
    clock, elsewhere = SystemClock(), Elsewhere()
    assert apart(clock, elsewhere) > AN_HOUR - 1000
    for _ in range(2):
        assert await set_right(clock, elsewhere.now) == AGREEING
        assert apart(clock, elsewhere) < 1000


async def test_where_there_is_no_shared_clock_the_machine_is_right() -> None:
    async def nobody() -> None:
        return None

    clock = SystemClock()
    assert await set_right(clock, nobody) is None
    async with agreeing(clock, nobody):
        assert abs(clock.now() - SystemClock().now()) < 1000


class Ticking:
    """Ticks of a machine that go on when somebody is on the way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ticks = 1_000_000
        monkeypatch.setattr(machine, "_ticks", lambda: self.ticks)

    def answer(self, there: int, back: int, time: int = 5_000_000):  # type: ignore[no-untyped-def]
        async def shared() -> int:
            self.ticks += there + back
            return time

        return shared


async def test_the_way_there_and_back_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, ticking = SystemClock(), Ticking(monkeypatch)
    await set_right(clock, ticking.answer(200, 200))
    assert clock.now() == 5_000_200
    ticking.ticks += 70
    assert clock.now() == 5_000_270


async def test_an_answer_that_took_long_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, ticking = SystemClock(), Ticking(monkeypatch)
    await set_right(clock, ticking.answer(1, 1))
    right = clock.now()
    assert await set_right(clock, ticking.answer(3000, 1, time=9_000_000)) == AGAIN
    assert clock.now() == right + 3001


async def test_the_block_begins_when_the_time_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, ticking = SystemClock(), Ticking(monkeypatch)
    answers = [ticking.answer(3000, 1), ticking.answer(1, 1)]

    async def slow_at_first() -> int:
        answer: int = await answers.pop(0)()
        return answer

    async with agreeing(clock, slow_at_first):
        assert clock.now() == 5_000_001


async def test_a_clock_that_never_answers_in_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking = Ticking(monkeypatch)
    with pytest.raises(StoreUnavailable, match="what time"):
        async with agreeing(SystemClock(), ticking.answer(3000, 1)):
            pass


async def test_a_machine_whose_clock_is_put_forward_goes_on_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, elsewhere = SystemClock(), Elsewhere()
    await set_right(clock, elsewhere.now)
    before, put_forward = clock.now(), SystemClock().now() / 1000 + 60
    monkeypatch.setattr("time.time", lambda: put_forward)
    assert 0 <= clock.now() - before < 30_000


async def test_a_store_that_is_away_at_the_beginning_is_told() -> None:
    async def away() -> int:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        async with agreeing(SystemClock(), away):
            pass


async def test_it_is_right_inside_of_the_block() -> None:
    clock, elsewhere = SystemClock(), Elsewhere()
    async with agreeing(clock, elsewhere.now):
        assert apart(clock, elsewhere) < 1000
    assert elsewhere.asked == 1
