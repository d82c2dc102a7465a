"""Logins that fail are slowed down, each address for itself, and all together."""

import pytest

from domain.times import SECOND
from handlers.dashboard.attempts import OVER_ALL, PER_ADDRESS, WINDOW, Attempts
from tests.domain.given import NOW
from tests.handlers.dashboard.desk import ADMIN, OPERATOR, Page
from tests.house import House, add_key


def fail(attempts: Attempts, address: str, times: int, now: int = NOW) -> None:
    for _ in range(times):
        assert attempts.wait(address, now) == 0
        attempts.fail(address, now)


def test_an_address_waits_after_so_many_and_no_other_does() -> None:
    attempts = Attempts()
    fail(attempts, "192.0.2.1", PER_ADDRESS - 1)
    fail(attempts, "192.0.2.1", 1, NOW + SECOND)
    assert attempts.wait("192.0.2.1", NOW + SECOND) == WINDOW // SECOND - 1
    assert attempts.wait("192.0.2.2", NOW + SECOND) == 0
    assert attempts.wait("192.0.2.1", NOW + WINDOW - 1) == 1
    assert attempts.wait("192.0.2.1", NOW + WINDOW) == 0
    fail(attempts, "192.0.2.1", PER_ADDRESS - 1, NOW + WINDOW)
    assert attempts.wait("192.0.2.1", NOW + WINDOW) > 0


def test_who_has_mistyped_and_then_succeeds_begins_anew() -> None:
    attempts = Attempts()
    for _ in range(5):
        fail(attempts, "192.0.2.1", PER_ADDRESS - 1)
        attempts.succeed("192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "unix", True),
    ],
)
def test_a_network_of_version_6_is_one_address(one: str, other: str, same: bool) -> None:
    attempts = Attempts()
    fail(attempts, one, PER_ADDRESS)
    assert (attempts.wait(other, NOW) > 0) is same


def test_many_addresses_together_are_slowed_down_and_forgotten() -> None:
    attempts = Attempts()
    for number in range(OVER_ALL):
        fail(attempts, f"192.0.{number // 200}.{number % 200}", 1)
    assert attempts.wait("198.51.100.1", NOW) == WINDOW // SECOND
    assert attempts.wait("198.51.100.1", NOW + WINDOW) == 0
    assert attempts == Attempts()


@pytest.mark.asyncio
async def test_a_right_key_opens_however_often_others_have_failed(house: House) -> None:
    await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
    wrong = {"key": "lk_wrong"}
    answers = [await house.client.post("/dashboard/login", data=wrong) for _ in range(11)]
    assert answers[PER_ADDRESS].status_code == 429
    answer = await house.client.post("/dashboard/login", data={"key": ADMIN})
    assert answer.status_code == 303
    # Whoever knows a key has mistyped it before.
    answer = await house.client.post("/dashboard/login", data={"key": "lk_wrong"})
    assert answer.status_code == 403


@pytest.mark.asyncio
async def test_the_login_says_when_to_come_back(house: House) -> None:
    await add_key(house.settings, house.clock, ADMIN, OPERATOR, admin=True)
    for _ in range(PER_ADDRESS):
        answer = await house.client.post("/dashboard/login", data={"key": "lk_wrong"})
        assert answer.status_code == 403
    answer = await house.client.post("/dashboard/login", data={"key": "lk_wrong"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(WINDOW // SECOND)
    assert "Too many attempts have failed. Try again in 5 min." in Page(answer).text
    assert "set-cookie" not in answer.headers
    house.clock.advance(WINDOW / SECOND - 30)
    answer = await house.client.post("/dashboard/login", data={"key": "lk_wrong"})
    assert "Try again in 30 s." in Page(answer).text
    house.clock.advance(30)
    answer = await house.client.post("/dashboard/login", data={"key": "lk_wrong"})
    assert answer.status_code == 403
