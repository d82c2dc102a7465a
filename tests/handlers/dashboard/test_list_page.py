"""The list of submissions: of every key, filtered, searched, and never more than text."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from domain.event import Accepted, Completed, Failed, ProviderError
from domain.ids import new_id
from domain.submission import Stage, Status, Submission, Waiting
from handlers.dashboard.submissions import SHOWN
from store.acceptance import Acceptance
from store.store import Store, open_store
from tests.domain.given import OUTPUTS, a_job
from tests.handlers.dashboard.desk import XSS, Desk, Page, at_the_desk
from tests.house import House, add_key
from tests.store.given import tell

pytestmark = pytest.mark.asyncio

DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)
FILM = "alltoken/video"


@dataclass(frozen=True, kw_only=True)
class Office:
    """A desk, and what it looks at."""

    house: House
    desk: Desk
    store: Store
    keys: dict[str, str]

    async def add(self, at: int, key: str = "test", **changes: Any) -> Submission:
        name = new_id("sub", self.house.clock.now() + at)
        job = a_job(id=name, key_id=self.keys[key], **changes)
        return await self.store.accept(Acceptance(submission=job))

    async def ids(self, query: str = "") -> list[str]:
        return shown(await self.desk.look(f"/submissions{query}"))


def shown(page: Page) -> list[str]:
    assert page.status == 200
    links = [one["href"] or "" for tag, one in page.elements if one.get("class") == "id"]
    return [link.rpartition("/")[2] for link in links]


@pytest_asyncio.fixture
async def office(house: House) -> AsyncIterator[Office]:
    await add_key(house.settings, house.clock, "lk_" + "s" * 43, "shop")
    async with at_the_desk(house) as desk, open_store(house.settings.store_url) as store:
        keys = {key.name: key.id for key in await store.keys()}
        yield Office(house=house, desk=desk, store=store, keys=keys)


async def test_the_newest_of_every_key_come_first(office: Office) -> None:
    jobs = [await office.add(at, ("test", "shop")[at % 2]) for at in range(3)]
    await tell(office.store, jobs[0], DONE)
    page = await office.desk.look("/submissions")
    assert shown(page) == [job.id for job in reversed(jobs)]
    assert "wavespeed/portrait Succeeded test" in page.text
    assert "wavespeed/portrait Pending shop" in page.text


async def test_filters_narrow_the_list_and_stay_chosen(office: Office) -> None:
    running = {"status": Status.PROCESSING, "stage": Stage.RUNNING}
    a = await office.add(0)
    b = await office.add(1, "shop", kind=FILM)
    c = await office.add(2, "shop", waiting_for=Waiting.RETRY, **running)
    d = await office.add(3, kind="gone/kind")
    await tell(office.store, a, DONE)
    assert await office.ids("?status=succeeded") == [a.id]
    assert await office.ids(f"?kind={FILM}") == [b.id]
    assert await office.ids(f"?key={office.keys['shop']}") == [c.id, b.id]
    assert await office.ids("?waiting_for=retry") == [c.id]
    assert await office.ids(f"?status=pending&kind={FILM}&key={office.keys['shop']}") == [b.id]
    assert await office.ids("?kind=gone/kind") == [d.id]
    page = await office.desk.look("/submissions?status=processing&kind=gone/kind")
    assert "Nothing fits these filters." in page.text
    chosen = [one.get("value") for tag, one in page.elements if "selected" in one]
    assert chosen == ["processing", None]
    # What is no filter is none.
    everything = [d.id, c.id, b.id, a.id]
    for odd in ("?status=odd", "?key=key_x", "?waiting_for=x", "?before=x", "?status=", "?q=%20"):
        assert await office.ids(odd) == everything


async def test_pages_follow_each_other_with_their_filters(office: Office) -> None:
    jobs = [await office.add(at) for at in range(SHOWN + 2)]
    newest = [job.id for job in reversed(jobs)]
    page = await office.desk.look("/submissions?status=pending")
    assert shown(page) == newest[:SHOWN]
    older = next(one["href"] for _, one in page.elements if "before=" in (one.get("href") or ""))
    assert older == f"/dashboard/submissions?status=pending&before={newest[SHOWN - 1]}"
    assert await office.ids(older.partition("submissions")[2]) == newest[SHOWN:]
    last = await office.desk.look(f"/submissions?before={newest[-1]}")
    assert "There are no older ones." in last.text


async def test_a_search_finds_by_id_by_the_providers_and_by_metadata(office: Office) -> None:
    a = await office.add(0, metadata={"order": "1234", "paid": True, "n": 7})
    b = await office.add(1, "shop", metadata={"order": "1235", "note": "a=b"})
    await tell(office.store, a, Accepted(source="submit", upstream_id="pred-1"))
    for text in (
        a.id,
        a.id.lower(),
        "pred-1",
        "order=1234",
        " order = 1234 ",
        "1234",
        "paid=true",
        "n=7",
    ):
        page = await office.desk.look(f"/submissions?q={text}")
        assert shown(page) == [a.id], text
    assert await office.ids("?q=note%3Da%3Db") == [b.id]
    assert await office.ids("?q=sub_") == [b.id, a.id]
    assert await office.ids(f"?q=sub_&key={office.keys['shop']}") == [b.id]
    assert (
        "1 found for “1234”, among the newest 5,000."
        in (await office.desk.look("/submissions?q=1234")).text
    )
    for text in ("order=123", "paid=True", "order", "%25", "sub_zzz", "x" * 999):
        page = await office.desk.look(f"/submissions?q={text}")
        assert "Nothing found for" in page.text
        assert shown(page) == []


async def test_what_clients_and_providers_say_is_only_text(office: Office) -> None:
    await add_key(office.house.settings, office.house.clock, "lk_" + "e" * 43, f"evil {XSS}")
    job = await office.add(0, kind=f"odd/{XSS}", metadata={XSS: XSS, "long": "x" * 5000})
    error = ProviderError(code=XSS, message=XSS)
    await tell(office.store, job, Failed(source="poll", error=error))
    # Its kind and its name are in the filters, too.
    for query in ("", f"?q={job.id}", f"?kind=odd/{XSS.replace('&', '%26')}"):
        page = await office.desk.look(f"/submissions{query}")
        assert shown(page) == [job.id]
        assert page.values("img", "src") == ["/static/face.svg"]
        assert page.values("script", "src") == ["/static/dashboard.js"]
        assert f"{XSS}=<script>" in page.text
        assert "x" * 200 not in page.html
        assert f"odd/{XSS}" in page.text
    found = await office.desk.look(f"/submissions?q={XSS}")
    assert found.values("script", "src") == ["/static/dashboard.js"]


async def test_an_empty_house_says_so(office: Office) -> None:
    page = await office.desk.look("/submissions")
    assert "Nothing was submitted yet." in page.text
