"""The timeline as server-sent events: in order, nothing twice, nothing lost, and an end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from domain.event import CancelAsked, Completed, NotAccepted, Output
from domain.portrait_event import PersonReturned
from store.store import open_store
from tests.handlers.live import STREAM, Hall, Reader, asking, forgotten, reading, running_hall
from tests.house import House
from tests.store.chains import story_news

pytestmark = pytest.mark.asyncio

OUTPUTS = (Output(url="https://cdn.example/1.jpg"),)


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as opened:
        yield opened


async def endless(house: House) -> str:
    """A job that the provider works on for ever."""
    house.world.switches.set(webhook="never", duration=10_000)
    posted = await house.portrait()
    await house.until_status(posted["id"], "processing")
    return str(posted["id"])


async def cancel(house: House, name: str) -> None:
    assert (await house.client.post(f"/v1/submissions/{name}/cancel")).is_success


async def until_over(house: House, reader: Reader) -> None:
    for _ in range(500):
        if reader.over:
            return
        await house.breathe(1)
    raise AssertionError(f"the stream goes on after {reader.types}")


def plain(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the sentences: what is waited for is said of the last one at the time."""
    return [{name: item[name] for name in item if name != "message"} for item in items]


async def test_it_tells_the_whole_story_and_ends(house: House) -> None:
    house.world.switches.set(duration=2)
    posted = await house.portrait()
    async with reading(house.client, posted["id"]) as reader:
        await house.until(lambda: reader.over)
    assert reader.headers["content-type"].startswith("text/event-stream")
    assert reader.headers["cache-control"] == "no-store"
    assert reader.types[0] == "submission.created"
    assert reader.events[-1]["status"] == "succeeded"
    told, kept = plain(reader.events), plain(await house.events(posted["id"]))
    assert told == kept[: len(told)]
    # The copy of what was made comes after the end.
    assert {event["type"] for event in kept[len(told) :]} <= {"archive.copied"}


async def test_each_event_comes_when_it_happens(hall: Hall) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        assert reader.types == ["submission.created", "submit.sending", "submit.accepted"]
        assert reader.events[-1]["message"].endswith("; it now waits for the provider.")
        await cancel(hall.house, name)
        await until_over(hall.house, reader)
        assert reader.types[-1] == "cancel.asked"
    assert hall.services.watch.waiting == 0


@pytest.mark.parametrize("had", range(5))
async def test_it_goes_on_after_what_the_client_has_had(house: House, had: int) -> None:
    name = await endless(house)
    before = [item["id"] for item in await house.events(name)]
    last_seen = [None, *before, "evt_00000000000000000000000000"][had]
    async with reading(house.client, name, last_seen) as reader:
        await cancel(house, name)
        await until_over(house, reader)
    after = [item["id"] for item in await house.events(name)]
    begin = {None: 0, "evt_00000000000000000000000000": 0}.get(last_seen, had)
    assert reader.ids == after[begin:]


async def status_after(house: House, name: str, last_seen: str) -> int:
    headers = {"accept": "text/event-stream", "last-event-id": last_seen}
    answer = await house.client.get(f"/v1/submissions/{name}/events", headers=headers)
    assert answer.content == b""
    return answer.status_code


async def test_who_has_had_the_last_event_is_told_not_to_come_again(house: House) -> None:
    name = await endless(house)
    await cancel(house, name)
    last = (await house.events(name))[-1]["id"]
    assert await status_after(house, name, last) == 204


@pytest.mark.parametrize("had", range(4))
async def test_after_the_end_it_sends_what_is_missing_and_ends(house: House, had: int) -> None:
    name = await endless(house)
    await cancel(house, name)
    ids = [item["id"] for item in await house.events(name)]
    async with reading(house.client, name, ids[had - 1] if had else None) as reader:
        await until_over(house, reader)
    assert reader.ids == ids[had:]


async def test_it_ends_with_the_final_event_whatever_comes_later(house: House) -> None:
    name = await endless(house)
    await cancel(house, name)
    final = (await house.events(name))[-1]["id"]
    async with open_store(house.settings.store_url) as other:
        found = await other.submission(name)
        late = Completed(source="poll", key="late", outputs=OUTPUTS)
        await other.advance(story_news(found, late, house.clock.now()))
    late_id = (await house.events(name))[-1]["id"]
    assert late_id != final
    async with reading(house.client, name) as reader:
        await until_over(house, reader)
    assert reader.ids[-1] == final
    for last_seen in (final, late_id):
        assert await status_after(house, name, last_seen) == 204


async def test_silence_is_broken_every_fifteen_seconds_and_asks_the_store_nothing(
    hall: Hall,
) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        asked = hall.database.reads["events_of_submission"]
        for beats in (1, 2, 3):
            hall.house.clock.advance(14.5)
            await hall.house.breathe()
            assert reader.comments == beats - 1
            hall.house.clock.advance(0.5)
            await hall.house.breathe()
            assert reader.comments == beats
        # The worker asks for the submission as well, each time it polls.
        assert hall.database.reads["events_of_submission"] == asked


async def test_a_client_that_is_slow_to_come_back_misses_nothing(hall: Hall) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
    await hall.until_waiting(0)
    await cancel(hall.house, name)
    async with reading(hall.house.client, name, reader.ids[-1]) as again:
        await until_over(hall.house, again)
    ids = [item["id"] for item in await hall.house.events(name)]
    assert reader.ids + again.ids == ids


async def test_what_comes_later_is_never_placed_before_what_was_sent(hall: Hall) -> None:
    """Not by an earlier time on another machine's clock, nor by its name."""
    name = await endless(hall.house)
    async with (
        open_store(hall.house.settings.store_url) as other,
        reading(hall.house.client, name) as reader,
    ):
        await hall.until_waiting(1)
        found = await other.submission(name)
        now = hall.house.clock.now()
        for key, at in (("z", now), ("a", now), ("m", now - 5000)):
            # None of them changes the submission, so they are told with the next that does.
            event = NotAccepted(key=key, reason="HTTP 429", call="an old one")
            await other.advance(story_news(found, event, at))
        await hall.services.context.tell(name, PersonReturned(key="b"))
        await cancel(hall.house, name)
        await until_over(hall.house, reader)
    assert reader.ids == [item["id"] for item in await hall.house.events(name)]
    assert len(set(reader.ids)) == len(reader.ids) == 8


async def test_another_process_is_heard_within_a_second(hall: Hall) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        async with open_store(hall.house.settings.store_url) as other:
            found = await other.submission(name)
            await other.advance(
                story_news(found, CancelAsked(source="client"), hall.house.clock.now())
            )
        await hall.house.breathe()
        assert not reader.over
        hall.house.clock.advance(1)
        await until_over(hall.house, reader)
    assert reader.events[-1]["status"] == "canceled"


async def test_a_stream_of_what_is_erased_ends(hall: Hall) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        forgotten(hall.house.settings, name)
        hall.house.clock.advance(1)
        await until_over(hall.house, reader)
    assert reader.events[-1]["status"] == "processing"


async def test_a_store_that_is_away_cuts_no_stream(hall: Hall) -> None:
    name = await endless(hall.house)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        await cancel_unseen(hall, name)
        for _ in range(5):
            hall.house.clock.advance(1)
            await hall.house.breathe(5)
        assert not reader.over
        hall.database.away = False
        hall.house.clock.advance(1)
        await until_over(hall.house, reader)
    assert reader.ids == [item["id"] for item in await hall.house.events(name)]


async def cancel_unseen(hall: Hall, name: str) -> None:
    """It is cancelled, and then nobody can look."""
    async with open_store(hall.house.settings.store_url) as other:
        found = await other.submission(name)
        hall.database.away = True
        await other.advance(story_news(found, CancelAsked(), hall.house.clock.now()))
    hall.services.watch.tell(name, found.version + 1)


async def test_who_hangs_up_is_waited_for_no_longer(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    name = await endless(hall.house)
    async with asking(hall.house.url, f"/v1/submissions/{name}/events", **STREAM):
        await hall.until_waiting(1)
    await hall.until_waiting(0)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_head_of_a_stream_ends_at_once(house: House) -> None:
    name = await endless(house)
    async with asyncio.timeout(10):
        answer = await house.client.head(f"/v1/submissions/{name}/events", headers=STREAM)
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        ("text/event-stream", True),
        ("TEXT/Event-Stream; charset=utf-8", True),
        ("application/json, text/event-stream", True),
        ("text/event-stream;q=0, application/json", False),
        ("application/json", False),
        ("*/*", False),
        ("text/*", False),
        ("", False),
    ],
)
async def test_who_asks_for_a_stream_gets_one(house: House, accept: str, streams: bool) -> None:
    name = await endless(house)
    await cancel(house, name)
    answer = await house.client.get(f"/v1/submissions/{name}/events", headers={"accept": accept})
    assert answer.headers["content-type"].startswith("text/event-stream") is streams
    assert answer.headers["vary"] == "Accept"


async def test_nobody_reads_what_is_not_theirs(house: House) -> None:
    path = "/v1/submissions/sub_01ARZ3NDEKTSV4RRFFQ69G5FAV/events"
    answer = await house.client.get(path, headers=STREAM)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_it_ends_also_when_the_timeline_does_not_say_so(hall: Hall) -> None:
    """What would say that it has ended has a name that was taken before, so it is kept only once."""
    hall.house.world.switches.set(submit="429")
    posted = await hall.house.portrait()
    name = posted["id"]
    await hall.house.until_status(name, "pending")
    again = NotAccepted(key="ended", reason="HTTP 429", call="an old one")
    await hall.services.context.tell(name, again)
    async with reading(hall.house.client, name) as reader:
        await hall.until_waiting(1)
        found = await hall.services.context.store.submission(name)
        assert found.deadline_at is not None
        await hall.services.context.store.advance(story_news(found, again, found.deadline_at))
        await until_over(hall.house, reader)
    assert (await hall.house.get(name))["status"] == "expired"
    assert all(event["status"] == "pending" for event in reader.events)
