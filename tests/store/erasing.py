"""Erasing as the engine asks for it, and what is found afterwards."""

from typing import Any

from domain.errors import NotFound
from domain.event import Completed, Output
from domain.ids import new_id
from domain.leftover import LeftoverKind
from domain.submission import Submission
from domain.times import DAY
from domain.upload import Upload
from store.acceptance import Acceptance
from store.erasure import Erasing
from store.leftovers import LeftoverAsk
from store.store import Store
from tests.domain.given import NOW, a_job
from tests.store.chains import decide

PICTURE = Output(url="https://cdn.example/secret-link.jpg", content_type="image/jpeg")
DONE = Completed(source="webhook", key="p:completed", outputs=(PICTURE,))
NOTIFY = {"url": "https://client.example/hook"}


def wish(submission: Submission | str, **changes: Any) -> Erasing:
    values: dict[str, Any] = {
        "submission_id": submission if isinstance(submission, str) else submission.id,
        "now": NOW,
        "decide": decide,
        "key_id": "key_1",
    }
    return Erasing(**values | changes)


async def erase(store: Store, submission: Submission | str, **changes: Any) -> None:
    await store.erasures.erase(wish(submission, **changes))


async def erased(store: Store, submission: Submission, **changes: Any) -> bool:
    try:
        await erase(store, submission, **changes)
    except NotFound:
        return False
    return True


async def leftovers(store: Store, now: int = NOW + DAY) -> set[tuple[str, str]]:
    """Claimed, so that the next look does not see them."""
    ask = LeftoverAsk(now=now, room=100, kinds=list(LeftoverKind))
    found = await store.erasures.leftovers.claim(ask)
    return {(one.kind.value, one.name) for one in found} - {("log", "")}


def an_upload(**changes: Any) -> Upload:
    values: dict[str, Any] = {
        "id": new_id("upl", NOW),
        "key_id": "key_1",
        "content_type": "image/jpeg",
        "bytes": 3,
        "sha256": "x",
        "created_at": NOW,
        "expires_at": NOW + DAY,
    }
    return Upload(**values | changes)


async def using(store: Store, *uploads: Upload) -> Submission:
    submission = a_job(id=new_id("sub", NOW))
    names = tuple(upload.id for upload in uploads)
    return await store.accept(Acceptance(submission=submission, uploads=names))


async def there(store: Store, upload: Upload) -> bool:
    return bool(await store.erasures.known_uploads([upload.id]))
