"""`list`: a table for a person, lines for a program, and as many as were asked for."""

import json
import re
from typing import Any

import httpx
import pytest

from app.client import Client
from app.listing import PAGE, Asked, pages
from tests.app.program import id_of, likeness
from tests.app.service import Service

COLOR = re.compile(r"\x1b\[[\d;]*m")


def _submit(prompt: str) -> str:
    fields = json.dumps({"prompt": prompt, "image": "https://images.example/portrait.jpg"})
    accepted = likeness("submit", "wavespeed/portrait", "-", given=fields)
    return id_of(accepted)


def _ids(*arguments: str) -> list[str]:
    result = likeness("list", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


def test_submissions_are_listed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    assert likeness("list").stdout == ""
    good = [_submit(f"soft light {number}") for number in range(2)]
    bad = _submit("[sandbox error_code=1200]")
    for submission_id in (*good, bad):
        service.final(submission_id)
    newest_first = [bad, *reversed(good)]
    assert _ids() == _ids("--all") == _ids("--limit", "101", "--json") == newest_first
    assert _ids("--status", "failed") == [bad]
    assert _ids("--kind", "wavespeed/portrait", "--status", "succeeded") == newest_first[1:]
    assert _ids("--kind", "alltoken/video") == []

    some = likeness("list", "--limit", "2")
    assert [json.loads(line)["id"] for line in some.stdout.splitlines()] == newest_first[:2]
    assert "--all shows all" in some.stderr
    assert "--all" not in likeness("list", "--limit", "3").stderr

    wrong = likeness("list", "--status", "done")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "/status: must be one of pending, processing" in wrong.stderr

    monkeypatch.setenv("FORCE_COLOR", "1")
    # Also where there is little room, each has a line.
    monkeypatch.setenv("COLUMNS", "100")
    table = COLOR.sub("", likeness("list").stdout).splitlines()
    assert table[0].split() == ["Id", "Kind", "Status", "Created", "(UTC)"]
    assert [line.split()[:3] for line in table[1:]] == [
        [bad, "wavespeed/portrait", "failed"],
        *([one, "wavespeed/portrait", "succeeded"] for one in reversed(good)),
    ]
    assert all(re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", line.rstrip()) for line in table[1:])
    nothing = likeness("list", "--kind", "alltoken/video")
    assert (nothing.stdout, COLOR.sub("", nothing.stderr)) == ("", "There is none.\n")


def _many(number: int) -> Client:
    """A service that has so many submissions, the newest of which is 0."""

    def answer(request: httpx.Request) -> httpx.Response:
        first = int(request.url.params.get("cursor", "0"))
        last = min(first + int(request.url.params["limit"]), number)
        items: list[dict[str, Any]] = [{"id": str(place)} for place in range(first, last)]
        return httpx.Response(
            200, json={"items": items, "next_cursor": str(last) if last < number else None}
        )

    wire = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://likeness.test")
    return Client(wire)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("there", "most", "shown", "more"),
    [
        (250, None, 250, False),
        (250, 250, 250, False),
        (250, 249, 249, True),
        (250, 1, 1, True),
        (250, 300, 250, False),
        (PAGE, PAGE, PAGE, False),
        (PAGE + 1, PAGE, PAGE, True),
        (0, None, 0, False),
    ],
)
async def test_pages_are_turned_until_it_is_enough(
    there: int, most: int | None, shown: int, more: bool
) -> None:
    asked = Asked(status=None, kind=None, most=most)
    seen = [page async for page in pages(_many(there), asked)]
    assert [item["id"] for page in seen for item in page.items] == [str(n) for n in range(shown)]
    assert [page.more for page in seen] == [False] * (len(seen) - 1) + [more]
