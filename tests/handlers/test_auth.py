"""Who may ask: the holder of a living key, and nobody else."""

import pytest

from domain.ids import new_id
from store.store import open_store
from tests.house import KEY, House, add_key

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS = [
    ("POST", "/v1/submissions"),
    ("GET", "/v1/submissions/sub_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("GET", "/v1/submissions/sub_01ARZ3NDEKTSV4RRFFQ69G5FAV/events"),
    ("POST", "/v1/submissions/sub_01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel"),
    ("GET", "/v1/kinds"),
]
REVOKED = "lk_" + "r" * 43


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Bearer",
        b"Bearer lk_wrong",
        b"Bearer " + KEY.encode() + b"x",
        b"Bearer " + KEY[3:].encode(),
        b"Basic " + KEY.encode(),
        KEY.encode(),
        b"Bearer lk_\xff\xe9",
        b"Bearer lk_" + b"a" * 5000,
    ],
)
async def test_without_a_good_key_there_is_no_answer(
    shared: House, method: str, path: str, header: bytes
) -> None:
    answer = await shared.client.request(
        method, path, headers={b"authorization": header}, content=b"{}"
    )
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthorized"


async def test_the_scheme_is_read_in_any_case(shared: House) -> None:
    answer = await shared.client.get("/v1/kinds", headers={"authorization": f"bearer {KEY}"})
    assert answer.status_code == 200


async def test_a_revoked_key_opens_nothing(shared: House) -> None:
    await add_key(shared.settings, shared.clock, REVOKED, "revoked")
    headers = {"authorization": f"Bearer {REVOKED}"}
    assert (await shared.client.get("/v1/kinds", headers=headers)).status_code == 200
    wish = {"kind": "alltoken/liveness", "input": {"name": "Ada"}}
    own = (await shared.client.post("/v1/submissions", headers=headers, json=wish)).headers[
        "location"
    ]
    assert (await shared.client.get(own, headers=headers)).status_code == 200
    async with open_store(shared.settings.store_url) as store:
        assert await store.revoke_key("revoked", shared.clock.now())
    for path in ("/v1/kinds", own):
        assert (await shared.client.get(path, headers=headers)).status_code == 401


@pytest.mark.parametrize("rest", ["", "/events"])
async def test_a_foreign_submission_looks_like_none(shared: House, rest: str) -> None:
    other = f"lk_{rest:o<43}".replace("/", "o")
    await add_key(shared.settings, shared.clock, other, f"other{rest}")
    posted = await shared.submit("alltoken/liveness", {"name": "Ada"})
    nobodys = new_id("sub", shared.clock.now())
    headers = {"authorization": f"Bearer {other}"}
    answers = []
    for wanted in (posted["id"], nobodys):
        answer = await shared.client.get(f"/v1/submissions/{wanted}{rest}", headers=headers)
        assert answer.status_code == 404
        answer.headers.pop("date")
        answers.append((answer.text.replace(wanted, "ID"), answer.headers))
    assert answers[0] == answers[1]
    cancel = [
        await shared.client.post(f"/v1/submissions/{wanted}/cancel", headers=headers)
        for wanted in (posted["id"], nobodys)
    ]
    assert [answer.status_code for answer in cancel] == [404, 404]
    assert (await shared.get(posted["id"]))["status"] == "action_required"
