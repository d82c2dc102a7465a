"""Clients' own Actions on the bench: their turn, their lists, and a store that is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typing_extensions import override

from domain.errors import Refused, StoreUnavailable
from domain.resource import Resource, asset, group
from engine.actions import PATIENCE, Asked, perform
from engine.context import Context
from providers.alltoken_action_answer import ActionAnswer
from store.keys import ApiKey
from store.store import Store
from tests.engine.bench import Answer, Bench, answered, never, says
from tests.house import turn
from tests.journeys.test_secrets import listening
from tests.store.given import a_key

pytestmark = pytest.mark.asyncio

KEY = a_key(id="key_1")
OTHER = a_key("other", id="key_2", hash="other")
LISTED: dict[str, Any] = {"Filter": {"GroupType": "AIGC"}}


class ForgetfulStore(Store):
    """A store that is away when something is to be recorded, a number of times."""

    def __init__(self, store: Store, away: int) -> None:
        super().__init__(store._database, store._writer)
        self.away = away

    @override
    async def record(self, resource: Resource) -> None:
        self._try()
        await super().record(resource)

    @override
    async def forget(self, resource_id: str, now: int) -> None:
        self._try()
        await super().forget(resource_id, now)

    def _try(self) -> None:
        self.away -= 1
        if self.away >= 0:
            raise StoreUnavailable("SQLITE_BUSY")


async def done(
    bench: Bench, context: Context, action: str, key: ApiKey = KEY, **fields: Any
) -> ActionAnswer:
    """The answer; time passes until it is there."""
    asked = Asked(action=action, version=None, body=json.dumps(fields).encode())
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(perform(context, key, asked))
        while not task.done():
            await turn()
            bench.clock.advance(0.25)
    return task.result()


@pytest_asyncio.fixture
async def held(bench: Bench) -> AsyncIterator[Bench]:
    """Two groups of a key, one of another, and an asset in each."""
    store = bench.context.store
    await store.add_key(OTHER)
    for name, owner in (("g1", "key_1"), ("g2", "key_1"), ("h1", "key_2")):
        await store.record(group(name, owner, "AIGC", 0))
        await store.record(asset(f"a-{name}", owner, name, 0))
    yield bench


def page(*items: Any, total: Any = None) -> Answer:
    total = len(items) if total is None else total
    return says(200, {"Result": {"TotalCount": total, "Items": list(items), "PageNumber": 1}})


async def test_a_provider_that_filters_nothing_shows_nobody_anothers(held: Bench) -> None:
    items = [
        {"Id": "g1"},
        {"Id": "h1"},
        {"Id": "g2"},
        {"Id": "nobodys"},
        {"Id": "a-g1"},
        {"Id": ["g1"]},
        {"Id": None},
        {},
        "g1",
        None,
    ]
    async with answered(held, page(*items, total=30)) as context:
        answer = await done(held, context, "ListAssetGroups", **LISTED)
        assert answer.result is not None
        assert [item["Id"] for item in answer.result["Items"]] == ["g1", "g2"]
        assert answer.result["TotalCount"] == 22
        theirs = await done(held, context, "ListAssetGroups", OTHER, **LISTED)
        assert theirs.result is not None
        assert [item["Id"] for item in theirs.result["Items"]] == ["h1"]


async def test_assets_are_the_keys_by_record_or_by_group(held: Bench) -> None:
    items = [
        {"Id": "a-g1", "GroupId": ""},
        {"Id": "a-h1", "GroupId": ""},
        {"Id": "a-h1", "GroupId": "h1"},
        {"Id": "new", "GroupId": "g2"},
        {"Id": "unknown", "GroupId": ""},
        {"Id": "unknown", "GroupId": {"g": 1}},
        {"Id": {"x": 1}, "GroupId": "h1"},
        {"Id": "g1"},
    ]
    async with answered(held, page(*items)) as context:
        answer = await done(held, context, "ListAssets", **LISTED)
    assert answer.result is not None
    assert [item["Id"] for item in answer.result["Items"]] == ["a-g1", "new"]
    assert answer.result["TotalCount"] == 2
    adopted = (await held.context.store.resources(["new", "unknown"])).values()
    assert [(one.id, one.key_id, one.group_id) for one in adopted] == [("new", "key_1", "g2")]


@pytest.mark.parametrize("items", [None, []])
async def test_an_empty_list_may_be_written_as_null(held: Bench, items: Any) -> None:
    body = {"Result": {"TotalCount": 0, "Items": items}}
    async with answered(held, says(200, body)) as context:
        answer = await done(held, context, "ListAssets", **LISTED)
    assert answer.result == {"TotalCount": 0, "Items": []}


async def test_only_own_groups_are_asked_for(held: Bench) -> None:
    asked: list[Any] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"Result": {"TotalCount": 0, "Items": []}})

    admin = replace(KEY, admin=True)
    async with answered(held, answer) as context:
        for given in (None, [], ["g2", "h1", "?"]):
            which = LISTED["Filter"] | ({} if given is None else {"GroupIds": given})
            await done(held, context, "ListAssets", Filter=which, PageNumber=2)
        await done(held, context, "ListAssets", admin, **LISTED)
    own = [one["Filter"].get("GroupIds") for one in asked]
    assert own == [["g1", "g2"], ["g1", "g2"], ["g2"], None]
    assert asked[0]["PageNumber"] == 2


async def test_what_is_refused_here_takes_no_turn_and_makes_no_call(held: Bench) -> None:
    async with answered(held, never) as context:
        for name in ("a-h1", "?", "x" * 100_000):
            assert (await done(held, context, "GetAsset", Id=name)).code == "Forbidden"
        nobody = a_key("none", id="key_3", hash="none")
        empty = await done(held, context, "ListAssets", nobody, **LISTED)
    assert empty.result == {"TotalCount": 0, "Items": [], "PageNumber": 1, "PageSize": 10}
    now = held.clock.now()
    assert await held.context.store.take_slot("alltoken.poll_asset", now, 0) == now


async def test_waiting_for_a_turn_reserves_none_ahead(held: Bench) -> None:
    """So that a claimed task of a submission has its chance at every slot."""
    lane = "alltoken.create_asset"
    fields = {"GroupId": "g1", "URL": "https://x.example/a.jpg", "AssetType": "Image"}
    asked = Asked(action="CreateAsset", version=None, body=json.dumps(fields).encode())
    made = says(200, {"Result": {"Id": "new"}})
    async with answered(held, made) as context, asyncio.TaskGroup() as tasks:
        for _ in range(9):
            tasks.create_task(perform(context, KEY, asked))
        await held.breathe()
        rates = await context.store._database.read("rates")
        (next_at,) = [row["next_at"] for row in rates if row["lane"] == lane]
        assert next_at - held.clock.now() <= 240
        for _ in range(60):
            held.clock.advance(0.1)
            await held.breathe()


async def test_who_waits_too_long_is_told_so_without_a_call(held: Bench) -> None:
    store = held.context.store
    # Others hold every start of the next minute's half.
    while await store.take_slot("alltoken.action", held.clock.now(), 3 * PATIENCE) is not None:
        pass
    begun = held.clock.now()
    async with answered(held, never) as context:
        answer = await done(held, context, "UpdateAsset", Id="a-g1", Name="x")
    assert answer.code == "RateLimitExceeded"
    assert held.clock.now() - begun <= PATIENCE + 1000


@pytest.mark.parametrize(
    ("action", "fields", "made"),
    [
        ("CreateAssetGroup", {"GroupType": "AIGC"}, "new"),
        (
            "CreateAsset",
            {"GroupId": "g1", "URL": "https://x.example/a.jpg", "AssetType": "Image"},
            "new",
        ),
        ("DeleteAsset", {"Id": "a-g1"}, "a-g1"),
        ("CreateVisualValidateSession", {"CallbackURL": "https://x.example/"}, "a session"),
    ],
)
@pytest.mark.parametrize("away", [3, 1000])
async def test_what_was_done_is_recorded_as_soon_as_the_store_is_back(
    held: Bench, action: str, fields: dict[str, Any], made: str, away: int
) -> None:
    store = ForgetfulStore(held.context.store, away)
    result = {"Id": "new", "BytedToken": "20260331SECRET"}
    with listening() as heard:
        async with answered(held, says(200, {"Result": result})) as plain:
            context = replace(plain, store=store)
            if away == 3:
                assert (await done(held, context, action, **fields)).result == result
            else:
                with pytest.raises(ExceptionGroup) as caught:
                    await done(held, context, action, **fields)
                (refusal,) = caught.value.exceptions
                assert isinstance(refusal, Refused)
                assert (refusal.status, refusal.code) == (503, "store_unavailable")
                assert made in refusal.message
                assert "SECRET" not in refusal.message
    assert ("done but not recorded" in heard.getvalue()) == (away == 1000)
    assert "SECRET" not in heard.getvalue()
    known = await store.resources(["new", "a-g1"])
    if action.startswith("Create") and made == "new":
        assert ("new" in known) == (away == 3)
    if action == "DeleteAsset":
        assert (known["a-g1"].deleted_at is not None) == (away == 3)


async def test_without_the_providers_key_nothing_is_looked_at(held: Bench) -> None:
    context = replace(held.context, accounts={})
    with pytest.raises(Refused) as caught:
        await perform(context, KEY, Asked(action="", version=None, body=b""))
    assert caught.value.code == "provider_not_configured"
