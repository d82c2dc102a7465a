"""Any net of submissions, ended in any order: each ends once, and begins only on solid ground."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.event import CancelAsked, Completed, Event, Failed, Output
from domain.submission import Stage, Status, Submission
from store.store import Store, open_store
from tests.domain.given import NO
from tests.store.chains import add, story_news, waits
from tests.store.given import add_job, add_key, claim_all

PICTURE = (Output(url="https://cdn.example/1.jpg", content_type="image/jpeg"),)
FILM = (Output(url="https://cdn.example/1.mp4", content_type="video/mp4"),)
CONTENT = (Output(content=b"\xff\xd8\xff\xe0 a face"),)
ENDS: dict[str, Event] = {
    "picture": Completed(outputs=PICTURE),
    "content": Completed(outputs=CONTENT),
    "film": Completed(outputs=FILM),
    "nothing": Completed(),
    "failed": Failed(error=NO),
    "canceled": CancelAsked(),
}
MOST = 7
NEEDS = st.tuples(*(st.sets(st.integers(0, max(one - 1, 0)), max_size=3) for one in range(MOST)))
STEP = st.tuples(st.integers(0, MOST - 1), st.sampled_from(["accept", "accept", *ENDS, "picture"]))
PLAN = st.lists(st.lists(STEP, min_size=1, max_size=3), max_size=14)


@dataclass
class Net:
    """Nodes by number, as far as they are accepted; and who has been seen to begin or to end."""

    store: Store
    needs: tuple[set[int], ...]
    nodes: dict[int, Submission] = field(default_factory=dict)
    ended: dict[int, object] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)

    async def step(self, number: int, what: str) -> None:
        """Accept the node when its turn has come; or have it end, when it is there."""
        if number not in self.nodes:
            wanted = self.needs[number] if number else set()
            if what == "accept" and wanted <= set(self.nodes):
                await self._accept(number, wanted)
        elif what != "accept":
            await self.store.advance(story_news(self.nodes[number], ENDS[what]))

    async def _accept(self, number: int, wanted: set[int]) -> None:
        if not wanted:
            self.nodes[number] = await add_job(self.store)
            return
        self.nodes[number] = await add(self.store, *(self.nodes[one] for one in wanted))

    async def batch(self, steps: list[tuple[int, str]]) -> None:
        """Steps that meet, and perhaps share a commit."""
        async with asyncio.TaskGroup() as group:
            for number, what in dict(steps).items():
                group.create_task(self.step(number, what))
        await self.look()

    async def look(self) -> None:
        for number in self.nodes:
            self.nodes[number] = await self.store.submission(self.nodes[number].id)
        claims = await claim_all(self.store)
        self.begun += [claim.task.submission_id for claim in claims]
        for number in self.nodes:
            self._judge(number)
        waiting = {one.id for one in self.nodes.values() if one.stage is Stage.WAITING}
        left = {name for name, _ in await waits(self.store, *self.nodes.values())}
        assert left == waiting

    def _judge(self, number: int) -> None:
        node, wanted = self.nodes[number], self.needs[number] if number else set()
        ends = [self.nodes[one] for one in wanted]
        broken = any(one.final and not solid(one) for one in ends)
        fell = (node.error or {}).get("code") == "dependency_failed"
        if node.stage is Stage.WAITING:
            assert not broken
            assert not all(one.final for one in ends)
            assert node.id not in self.begun
        elif fell:
            assert broken
            assert node.id not in self.begun
        elif node.status is not Status.CANCELED:
            assert all(solid(one) for one in ends)
        if node.final:
            end = (node.status, node.completed_at, node.error, node.result)
            assert self.ended.setdefault(number, end) == end

    async def finish(self) -> None:
        """Everyone who is left has a chance, in the order in which they were accepted."""
        for number in range(MOST):
            await self.step(number, "accept")
            await self.step(number, "picture")
            await self.look()
        assert all(node.final for node in self.nodes.values())
        assert len(self.begun) == len(set(self.begun))


def solid(one: Submission) -> bool:
    """Whether a picture can be taken from it."""
    outputs = (one.result or {}).get("outputs", [])
    return (
        one.status is Status.SUCCEEDED
        and bool(outputs)
        and outputs[0]["content_type"] == "image/jpeg"
    )


async def live(
    store_url: str, needs: tuple[set[int], ...], plan: list[list[tuple[int, str]]]
) -> None:
    async with open_store(store_url) as store:
        await add_key(store)
        net = Net(store, needs)
        for steps in plan:
            await net.batch(steps)
        await net.finish()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(needs=NEEDS, plan=PLAN)
def test_every_net_ends(
    store_url: str, needs: tuple[set[int], ...], plan: list[list[tuple[int, str]]]
) -> None:
    asyncio.run(live(store_url, needs, plan))


@pytest.mark.parametrize("what", ENDS)
def test_a_long_chain_ends_whatever_becomes_of_its_first(store_url: str, what: str) -> None:
    needs = ({0}, {0}, {1}, {2}, {3}, {4}, {5})
    plan = [[(number, "accept")] for number in range(MOST)]
    asyncio.run(live(store_url, needs, [*plan, [(0, what)]]))
