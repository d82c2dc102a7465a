"""What must hold after any story, and what a death may have cost."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.crash.story import Story
from tests.crash.supervisor import Death

SEVERAL = ("scan.session_opened", "scan.person_returned", "scan.over")
"""Events that may truly happen more than once."""
EXCHANGED = ("after call GetVisualValidateResult", "before commit alltoken/liveness scan.verified")
CALLS = {
    "alltoken/video": "/v1/videos/generations",
    "302ai/portrait": "/doubao/drawing/portrait",
    "wavespeed/portrait": "/api/v3/bytedance/portrait",
    "wavespeed/avatar-omni-human": "/api/v3/bytedance/avatar-omni-human",
}
"""The paid calls."""


def steps(boundaries: Iterable[str]) -> set[str]:
    """One for each thing in a commit: which of them share one is chance."""
    found = set()
    for boundary in boundaries:
        name = boundary.rpartition(" #")[0]
        when, commit, things = name.partition(" commit ")
        found |= {f"{when} commit {thing}" for thing in things.split("+")} if commit else {name}
    return found


async def check_timeline(story: Story, submission_id: str, calls: int = 1) -> None:
    """No piece of news stands there twice; but each of several calls was about to be sent."""
    shown = await story.get(f"/v1/submissions/{submission_id}/events")
    assert len({item["id"] for item in shown["items"]}) == len(shown["items"])
    types = Counter(item["type"] for item in shown["items"] if item["type"] not in SEVERAL)
    assert types["submit.sending"] <= calls, types
    assert all(number == 1 for kind, number in types.items() if kind != "submit.sending"), types


def lost_groups(story: Story) -> bool:
    """Whether the answer of an exchange was lost, and with it whose group it is."""
    return any(_lost_at(death) for death in story.deaths)


def _lost_at(death: Death) -> bool:
    """Whether the provider had made a group by then that we had not stored."""
    stored = sum("group_id" in kept["state"] for kept in death.kept)
    lost = death.groups > stored
    # Boundaries of a callback, a lease or another submission may lie between these two by chance.
    assert lost or not death.groups or not death.boundary.startswith(EXCHANGED)
    return lost


def cut_off(story: Story, row: dict[str, Any]) -> bool:
    """Whether the answer of the submission's paid call was cut off by a death.

    A death costs it exactly at these four boundaries: after the commit of `Sending`, before the
    call, after the call, before the commit of its answer. Boundaries of other submissions lie
    between them where several are under way.
    """
    call, kind = f"call {CALLS[row['kind']]}", row["kind"]
    sent = (
        f"after commit {kind} submit.sending",
        f"before {call}",
        f"after {call}",
        f"before commit {kind} submit.accepted",
    )
    cut, begun = False, 0
    for death in story.deaths:
        sending = [one["id"] for one in death.kept if _is_sending(one, kind)]
        assert bool(sending) or not steps([death.boundary]) & set(sent), death
        if row["id"] in sending and not cut:
            crossed = steps(story.boundaries()[begun : death.crossed])
            assert crossed & {*sent, f"before commit {kind} submit.sending"}, death
            cut = True
        begun = death.crossed
    return cut


def _is_sending(row: dict[str, Any], kind: str) -> bool:
    return bool(row["kind"] == kind and row["stage"] == "sending")


def code_of(row: dict[str, Any]) -> str | None:
    code: str | None = json.loads(row["error"] or "{}").get("code")
    return code
