"""Any text that may come is kept, in every field: beyond the basic plane, and with what a database cannot hold."""

import asyncio

import pytest

from domain.delivery import State, Tried
from domain.errors import Repeated
from domain.event import CallRefused, CancelAsked, Completed, Output, Progress, ProviderError
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.leftover import LeftoverKind, new
from domain.media import media
from domain.resource import group
from store.acceptance import Acceptance, Once
from store.leftovers import LeftoverAsk
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import NOW, a_job
from tests.store.delivering import attempt, claim_deliveries, ended, told
from tests.store.erasing import erase
from tests.store.given import a_key, a_task, add_job, claim_one, tell

pytestmark = pytest.mark.asyncio

TEXTS = {
    "astral": "𝒜 portrait 🧑🏽‍🎨 of 𠮷",
    "nul": "before\0after",
    "nul escaped": "before\\u0000after \\\\u0000",
    "quotes": "'\"\\ $1 :rows %s {} --",
    "combining": "e\u0301 é ﬁ \u202e\ufeff",
}


@pytest.fixture(params=TEXTS.values(), ids=list(TEXTS))
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kept(text: str) -> str:
    """What is read again where it is a column of its own; a document keeps the character 0, too."""
    return text.replace("\0", "\ufffd")


@pytest.fixture
def name(text: str) -> str:
    """What is looked up again; no header, URL or id that we take holds the character 0."""
    return text.replace("\0", "")


async def test_in_what_a_client_says(store: Store, text: str, kept: str, name: str) -> None:
    key = IdempotencyKey(name=name, fingerprint=text)
    once = Once(key=key, answer=lambda _: text)
    asked = a_job(
        id=new_id("sub", NOW),
        input={text: [text, {"deep": text}]},
        metadata={text: text},
        notify={"url": f"https://client.example/{text}"},
        state={text: text},
    )
    content = media(text.encode(), text)
    made = await store.accept(Acceptance(submission=asked, media=(content,), once=once))
    found = await store.submission(made.id)
    assert found.input == {text: [text, {"deep": text}]}
    assert found.metadata == found.state == {text: text}
    assert found.notify == {"url": f"https://client.example/{text}"}
    found_content = await store.content(made.id, content.sha256)
    assert (found_content.content_type, found_content.content) == (kept, text.encode())
    with pytest.raises(Repeated) as repeated:
        await store.accept(Acceptance(submission=a_job(id="sub_2"), once=once))
    first = repeated.value.first
    assert (first.text, first.fingerprint) == (kept, kept)
    with pytest.raises(Repeated):
        await store.first_answers.refuse("key_1", key)
    await erase(store, made)


async def test_in_what_a_provider_says(store: Store, text: str, name: str) -> None:
    job = await add_job(store)
    news = Progress(source="webhook", key=text, word=text, upstream_id=name)
    async with asyncio.TaskGroup() as group_:
        for _ in range(2):
            group_.create_task(tell(store, job, news))
    done = Completed(source="poll", key="end", upstream_id=name, outputs=(Output(url=text),))
    await tell(store, job, done)
    found = await store.submission(job.id)
    assert found.upstream_id == name
    assert (found.result or {})["outputs"][0]["url"] == text
    first, second = await store.timeline(job.id)
    assert (first.type, second.type) == ("provider.progress", "provider.completed")


async def test_in_what_a_provider_refuses(store: Store, text: str, kept: str) -> None:
    job = await add_job(store)
    await tell(store, job, CallRefused(error=ProviderError(code=text, message=text)))
    assert ((await store.submission(job.id)).error or {})["message"] == text


async def test_in_what_a_client_answers(store: Store, text: str, kept: str, name: str) -> None:
    submission = await ended(store, f"https://client.example/{name}")
    (claim,) = await claim_deliveries(store)
    tried = Tried(at=NOW, status=410, answer=text, error=text)
    await attempt(store, claim, State.DEAD, gone=True, tried=tried)
    delivered = await told(store, submission)
    assert [(one.answer, one.error) for one in delivered.attempts] == [(kept, kept)]
    assert delivered.delivery.url == f"https://client.example/{name}"
    await ended(store, f"https://client.example/{name}")
    assert await claim_deliveries(store) == []


async def test_in_names(store: Store, name: str) -> None:
    await store.add_key(a_key(name, hash=name, notify_url=name))
    found = await store.key(name)
    assert found is not None
    assert (found.name, found.notify_url) == (name, name)
    assert await store.revoke_key(name, NOW)
    await store.record(group(name, "key_1", "AIGC", NOW))
    assert set(await store.resources([name])) == {name}
    job = await add_job(store, begun=False)
    task = a_task(job, key=name)
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=(task,)))
    assert (await claim_one(store)).task.key == name
    await store.erasures.leave(new(LeftoverKind.UPLOAD, f"{name}.", NOW))
    ask = LeftoverAsk(now=NOW, room=1, kinds=[LeftoverKind.UPLOAD])
    (left,) = await store.erasures.leftovers.claim(ask)
    assert left.name == f"{name}."
    await store.erasures.leftovers.done(left)


async def test_in_what_could_not_be_read(store: Store, text: str, kept: str) -> None:
    job = await add_job(store)
    body = Quarantined(
        id="evt_1",
        provider="wavespeed",
        submission_id=job.id,
        reason=text,
        body=text.encode(),
        received_at=NOW,
    )
    await store.quarantine.keep(body)
    (found,) = await store.quarantine.newest()
    assert (found["reason"], found["bytes"]) == (kept, len(text.encode()))


async def test_in_what_is_taken_from_another(store: Store, text: str) -> None:
    """Erasing rewrites the documents of those that were built on it."""
    job = await add_job(store, state={"found": {"sub_x": text}, text: text})
    await tell(store, job, CancelAsked(source="client"))
    await erase(store, job)
