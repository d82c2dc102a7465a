"""API keys."""

import asyncio

import pytest

from domain.times import DAY
from store.keys import NewSecret
from store.store import Store
from tests.domain.given import NOW
from tests.store.given import a_key, add_job

pytestmark = pytest.mark.asyncio


async def test_a_key_is_found_by_its_hash_alone(store: Store) -> None:
    key = a_key("second", admin=True, notify_url="https://client.example")
    assert await store.add_key(key)
    assert await store.key(key.hash) == key
    assert await store.key("another hash") is None


async def test_a_submission_is_found_with_its_living_key_and_no_other(store: Store) -> None:
    await store.add_key(a_key("second", id="key_2"))
    job = await add_job(store)
    assert await store.submission_of(job.id, "hash of test") == await store.submission(job.id)
    for foreign in ("hash of second", "another hash"):
        assert await store.submission_of(job.id, foreign) is None
    assert await store.submission_of("sub_nobody", "hash of test") is None
    await store.revoke_key("test", NOW)
    assert await store.submission_of(job.id, "hash of test") is None


async def test_a_name_is_taken_once(store: Store) -> None:
    assert await store.add_key(a_key("second"))
    assert not await store.add_key(a_key("second", id="key_3", hash="other"))


async def test_keys_are_listed_in_the_order_they_were_made(store: Store) -> None:
    await store.add_key(a_key("later", created_at=NOW + 2))
    await store.add_key(a_key("earlier", created_at=NOW + 1))
    assert [key.name for key in await store.keys()] == ["test", "earlier", "later"]


async def test_a_revoked_key_says_since_when(store: Store) -> None:
    assert await store.revoke_key("test", NOW + 1)
    key = await store.key("hash of test")
    assert key is not None
    assert key.revoked_at == NOW + 1


async def test_only_a_living_key_can_be_revoked(store: Store) -> None:
    await store.revoke_key("test", NOW)
    assert not await store.revoke_key("test", NOW + 1)
    assert not await store.revoke_key("nobody", NOW)


async def test_after_a_rotation_both_secrets_sign_for_a_while(store: Store) -> None:
    assert await store.rotate_secret(NewSecret(name="test", webhook_secret="whsec_2", until=NOW))
    key = await store.key("hash of test")
    assert key is not None
    assert (key.webhook_secret, key.previous_secret) == ("whsec_2", "whsec_1")
    assert key.previous_until == NOW


async def test_of_two_rotations_at_once_one_keeps_the_old_secret_signing(
    store: Store, second: Store
) -> None:
    def wish(number: int, now: int = NOW) -> NewSecret:
        return NewSecret(
            name="test", webhook_secret=f"whsec_{number}", until=now + DAY, unless_signing=now
        )

    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(opened.rotate_secret(wish(number)))
            for number, opened in enumerate([store, store, second, second], start=2)
        ]
    assert [task.result() for task in asked].count(True) == 1
    key = await store.key("hash of test")
    assert key is not None
    assert key.previous_secret == "whsec_1"
    assert not await second.rotate_secret(wish(6, NOW + DAY - 1))
    assert await second.rotate_secret(wish(7, NOW + DAY))


async def test_a_revoked_keys_secret_is_not_rotated(store: Store) -> None:
    await store.revoke_key("test", NOW)
    secret = NewSecret(name="test", webhook_secret="whsec_2", until=NOW)
    assert not await store.rotate_secret(secret)


async def test_a_key_shows_no_secret_when_printed() -> None:
    shown = f"{a_key(previous_secret='whsec_0')}{NewSecret(name='x', webhook_secret='whsec_2', until=0)}"
    assert "whsec" not in shown
