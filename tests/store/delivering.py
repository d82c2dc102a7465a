"""Deliveries for the tests of the store."""

from collections.abc import Sequence
from typing import Any

from domain.delivery import State, Tried, task_of
from domain.delivery_room import DeliveryRoom
from domain.event import CancelAsked
from domain.submission import Submission
from domain.task import Claim, TaskKind
from store.deliveries import Attempted, Told
from store.store import Store
from store.tasks import ClaimAsk
from tests.domain.given import NOW
from tests.store.given import add_job, tell

URL = "https://client.example/hook"


async def ended(store: Store, url: str = URL, **changes: Any) -> Submission:
    """A submission that was canceled, of which the client is to be told."""
    submission = await add_job(store, notify={"url": url}, **changes)
    await tell(store, submission, CancelAsked(source="client"))
    return submission


async def told(store: Store, submission: Submission) -> Told:
    """The one delivery of the submission."""
    (only,) = await store.deliveries.of(submission.id)
    return only


async def claim_deliveries(
    store: Store, now: int = NOW, worker: str = "worker", room: DeliveryRoom | None = None
) -> list[Claim]:
    room = room or DeliveryRoom()
    return await store.claim(ClaimAsk(worker=worker, now=now, room={}, deliveries=room))


async def attempt(store: Store, claim: Claim, state: State, at: int = NOW, **more: Any) -> None:
    """The claimed delivery was tried, and that is what came of it."""
    letter = await store.deliveries.letter(claim.task.key)
    tried = more.pop("tried", Tried(at=at, status=200 if state is State.DELIVERED else 500))
    await store.deliveries.attempted(
        Attempted(delivery=letter.delivery, claim=claim, tried=tried, state=state, **more)
    )


def lanes(claims: Sequence[Claim]) -> list[str]:
    assert {claim.task.kind for claim in claims} <= {TaskKind.DELIVER}
    return [claim.task.lane for claim in claims]


async def lane(store: Store, submission: Submission) -> str:
    return task_of((await told(store, submission)).delivery, NOW).lane
