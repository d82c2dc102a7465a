"""Copies are known with the change that tells of them, and what they make needless is dropped."""

from dataclasses import replace

import pytest

from domain import archive, job
from domain.archive import Archived
from domain.decision import Decision
from domain.errors import NotFound
from domain.event import Completed, Event, Output
from domain.media import media
from domain.output import Copy
from domain.submission import Submission
from domain.task import LEASE, TaskKind
from engine.inputs import MEDIA
from store.acceptance import Acceptance
from store.news import News, Outcome
from store.store import Store
from tests.domain.given import NOW, TERMS, a_job
from tests.store.given import a_key, claim_one

pytestmark = pytest.mark.asyncio

KEEPING = replace(TERMS, archives=True)
PICTURE = media(b"\x89PNG\r\n\x1a\n a picture")
FILM = media(b"\x00\x00\x00\x20ftypisom a film")
LINK = "https://cdn.example/1.png"


def decide(submission: Submission, event: Event, now: int) -> Decision:
    told = archive.decide if isinstance(event, archive.NEWS) else job.decide
    return told(submission, event, KEEPING, now)


async def tell(store: Store, submission: Submission, event: Event) -> Outcome:
    news = News(submission_id=submission.id, event=event, now=NOW, decide=decide)
    return await store.advance(news)


async def succeeded(store: Store, *outputs: Output) -> Submission:
    """Its input was the picture, in base64."""
    await store.add_key(a_key(id="key_1"))
    job_ = a_job(input={"image": {MEDIA: PICTURE.sha256, "bytes": 1, "head": ""}})
    await store.accept(Acceptance(submission=job_, media=(PICTURE,)))
    await tell(store, job_, Completed(outputs=outputs))
    return await store.submission(job_.id)


def copied(place: str, sha256: str, url: str | None = None) -> Archived:
    return Archived(
        key=f"archived:{place}",
        place=place,
        url=url,
        sha256=sha256,
        bytes=7,
        content_type="image/png",
    )


async def test_a_copy_is_known_with_the_change_that_tells_of_it(store: Store) -> None:
    done = await succeeded(store, Output(url=LINK))
    with pytest.raises(NotFound):
        await store.archived.copy(done.id, "a" * 64)
    await tell(store, done, copied("result/0", "a" * 64, LINK))
    known = Copy(sha256="a" * 64, content_type="image/png", bytes=7)
    assert await store.archived.copy(done.id, "a" * 64) == known
    assert await store.archived.hashes(done.id) == {"a" * 64}
    after = await store.submission(done.id)
    assert (after.result or {})["outputs"][0]["archive"] == {"sha256": "a" * 64, "bytes": 7}
    assert await store.next_due(["archive"], NOW) is None
    again = await tell(store, done, copied("result/0", "a" * 64, LINK))
    assert not again.changed
    types = [one.type for one in await store.timeline(done.id)]
    assert types.count("archive.copied") == 1


async def test_content_beside_the_submission_goes_with_its_copy_unless_it_was_given(
    store: Store,
) -> None:
    outputs = (Output(content=FILM.content), Output(content=PICTURE.content))
    done = await succeeded(store, *outputs)
    assert (await store.content(done.id, FILM.sha256)).content == FILM.content
    await tell(store, done, copied("result/0", FILM.sha256))
    await tell(store, done, copied("result/1", PICTURE.sha256))
    with pytest.raises(NotFound):
        await store.content(done.id, FILM.sha256)
    assert (await store.content(done.id, PICTURE.sha256)).content == PICTURE.content
    assert await store.archived.hashes(done.id) == {FILM.sha256, PICTURE.sha256}


async def test_outputs_are_to_be_copied_from_the_commit_on_that_brings_them(store: Store) -> None:
    done = await succeeded(store, Output(url=LINK))
    claim = await claim_one(store, lane="archive")
    assert (claim.task.kind, claim.task.key) == (TaskKind.ARCHIVE, "result/0")
    assert claim.task.submission_id == done.id
    again = await claim_one(store, NOW + LEASE, lane="archive")
    assert again.holder != claim.holder


async def test_whose_copy_is_under_way_is_known_while_somebody_is_at_it(store: Store) -> None:
    done = await succeeded(store, Output(url=LINK))
    assert await store.archived.under_way(done.id, NOW) == set()
    await claim_one(store, lane="archive")
    assert await store.archived.under_way(done.id, NOW) == {"result/0"}
    assert await store.archived.under_way(done.id, NOW + LEASE) == set()
