"""What an input refers to is looked up with measure, and its faults are told in their order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from domain.resource import Resource
from domain.submission import Submission
from domain.upload import Upload
from handlers.references import MOST_REFERENCES, check_references
from providers.alltoken_video_content import MOST_ITEMS
from providers.kinds import KINDS
from store.store import Store
from tests.engine.bench import running_bench
from tests.house import House, running_house
from tests.journeys.callers import another_caller, faults, post
from tests.journeys.files import PICTURE, upload
from tests.store.given import a_key

pytestmark = pytest.mark.asyncio(loop_scope="module")

KIND = "alltoken/video"
NOBODYS = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
NAMES = {
    "asset": "asset://asset-{}",
    "upload": f"upload://upl_{NOBODYS[:-5]}{{:05}}",
    "submission": f"submission://sub_{NOBODYS[:-5]}{{:05}}",
}


class CountingStore(Store):
    """The bench's own store, but it counts what is looked up."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._database, store._writer)
        self.reads: Counter[str] = Counter()

    @override
    async def resources(self, ids: Sequence[str]) -> dict[str, Resource]:
        self.reads["asset"] += 1
        return await super().resources(ids)

    @override
    async def upload(self, upload_id: str, key_id: str | None = None) -> Upload:
        self.reads["upload"] += 1
        return await super().upload(upload_id, key_id)

    @override
    async def submission(self, submission_id: str, key_id: str | None = None) -> Submission:
        self.reads["submission"] += 1
        return await super().submission(submission_id, key_id)


def film(*urls: str, **fields: Any) -> dict[str, Any]:
    content = [{"type": "image", "url": url} for url in urls]
    return {"model": "seedance-2.0", "prompt": "x", "content": content} | fields


@pytest.mark.parametrize("scheme", NAMES)
@pytest.mark.parametrize(("number", "looked_up"), [(99, 99), (100, 100), (20_000, 100)])
async def test_so_many_references_are_looked_up_and_no_more(
    tmp_path: Path, scheme: str, number: int, looked_up: int
) -> None:
    urls = [NAMES[scheme].format(one) for one in range(number)]
    async with running_bench(tmp_path) as bench:
        store = CountingStore(bench.context.store)
        context = replace(bench.context, store=store)
        errors = await check_references(context, a_key(id="key_1"), KINDS[KIND], film(*urls))
    assert store.reads == {scheme: looked_up}
    # An asset that Likeness has never seen is the provider's to judge.
    assert len(errors) == (0 if scheme == "asset" else looked_up)


async def test_an_input_that_could_hide_one_behind_the_last_is_refused_itself(
    shared: House,
) -> None:
    assert MOST_ITEMS <= MOST_REFERENCES
    for number in (MOST_ITEMS + 1, 20_000):
        answer = await post(shared.client, KIND, film(*["asset://asset-1"] * number))
        assert list(faults(answer)) == ["/input/content"]


async def test_a_foreign_upload_in_the_last_place_is_found(shared: House) -> None:
    theirs = await upload(shared, PICTURE)
    urls = ["asset://asset-1"] * (MOST_ITEMS - 1)
    async with another_caller(shared) as other:
        found = faults(await post(other, KIND, film(*urls, theirs)))
    assert list(found) == [f"/input/content/{MOST_ITEMS - 1}/url"]


async def test_a_public_url_is_missed_only_when_nothing_else_is_wrong(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="") as house:
        own = await upload(house, PICTURE)
        unknown = NAMES["upload"].format(1)
        wrong: list[tuple[dict[str, Any], str]] = [
            (film(own, duration=99), "/input/duration"),
            (film(own, unknown), "/input/content/1/url"),
            (film(unknown), "/input/content/0/url"),
            (film(own) | {"content": [{"type": "audio", "url": own}]}, "/input/content/0/url"),
        ]
        for fields, pointer in wrong:
            assert list(faults(await post(house.client, KIND, fields))) == [pointer]
        body = {"kind": KIND, "input": film(own), "metadata": 7}
        bad = await house.client.post("/v1/submissions", json=body)
        assert bad.status_code == 422
        refused = await post(house.client, KIND, film(own))
        assert (refused.status_code, refused.json()["code"]) == (503, "public_url_missing")
        fine = await post(house.client, KIND, film("asset://asset-1", "https://x.example/a.jpg"))
        assert fine.status_code == 202
