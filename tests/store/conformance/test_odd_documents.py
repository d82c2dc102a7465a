"""Documents that a database's own JSON refuses or writes anew: what must be found in them is found."""

from typing import Any

import pytest

from domain.errors import NotFound
from domain.event import Completed, Output
from domain.submission import Submission
from engine.inputs import MEDIA
from store.acceptance import Acceptance
from store.store import Store
from tests.domain.given import a_job
from tests.store.chains import add
from tests.store.chains import tell as tell_chain
from tests.store.conformance.test_archived import FILM, PICTURE, copied, tell
from tests.store.erasing import DONE, erase
from tests.store.given import a_key, add_job

pytestmark = pytest.mark.asyncio

ODD: dict[str, Any] = {
    "note": '\x00 \\u0000 \\\x00 \\\\u0000 \x01 \x1f \x7f \u2028 \ufffd \U0001f600 "quoted"',
    "na\x00me": [1.0, 1e300, 12345678901234567890123, True, None, [], {}, {"found": {"\x00": 1}}],
    "z": 1,
    "a": 2,
}


async def test_what_was_taken_is_forgotten_and_all_else_stays_as_it_was(store: Store) -> None:
    one, other = await add_job(store), await add_job(store)
    built = await add(store, one, other, state=ODD)
    await tell_chain(store, one, DONE)
    await tell_chain(store, other, DONE)
    before = await store.submission(built.id)
    assert set(before.state["found"]) == {one.id, other.id}
    await erase(store, one)
    after = await store.submission(built.id)
    assert after.state == before.state | {"found": {other.id: before.state["found"][other.id]}}
    assert [*after.state] == [*before.state]


async def ended(store: Store, given: dict[str, Any]) -> Submission:
    """A job that ended with a picture and a film, whose content lies beside it."""
    await store.add_key(a_key(id="key_1"))
    job = a_job(input=given)
    await store.accept(Acceptance(submission=job, media=(PICTURE,)))
    outputs = (Output(content=PICTURE.content), Output(content=FILM.content))
    await tell(store, job, Completed(outputs=outputs))
    return job


async def test_content_that_an_input_names_anywhere_stays_beside_it(store: Store) -> None:
    deep = {"scenes": [[{"cast": {MEDIA: PICTURE.sha256, "bytes": 1}}]]}
    # What only looks like a name is none.
    looks = {"prompt": f'"{MEDIA}":"{FILM.sha256}" {{"{MEDIA}": "{FILM.sha256}"}}'}
    job = await ended(store, ODD | deep | looks)
    for place, kept in (("result/0", PICTURE), ("result/1", FILM)):
        await tell(store, job, copied(place, kept.sha256))
    assert (await store.content(job.id, PICTURE.sha256)).content == PICTURE.content
    with pytest.raises(NotFound):
        await store.content(job.id, FILM.sha256)
