"""Every request has an id: in its answer, and in every line that is logged of it."""

import asyncio
import io
import json
import re

import pytest

from tests.delivery.receiver import says
from tests.handlers.live import running_hall
from tests.house import House, running_house
from tests.journeys.test_secrets import listening
from tests.journeys.told import client, done, until_state
from tests.journeys.wavespeed import running, signature, webhook_url

pytestmark = pytest.mark.asyncio(loop_scope="module")

MADE = re.compile("req_[0-9a-f]{16,}")


def lines(heard: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in heard.getvalue().splitlines()]


@pytest.mark.parametrize("path", ["/healthz", "/v1/uploads", "/webhooks/wavespeed/x"])
async def test_an_answer_names_its_request(shared: House, path: str) -> None:
    given = {"x-request-id": "shop-7.A_1"}
    assert (await shared.client.get(path, headers=given)).headers["x-request-id"] == "shop-7.A_1"
    answers = [await shared.client.get(path) for _ in range(2)]
    made = [answer.headers["x-request-id"] for answer in answers]
    assert all(MADE.fullmatch(one) for one in made)
    # They have nothing in common that could tell what came between them.
    assert len({one[: len("req_") + 10] for one in made}) == 2


@pytest.mark.parametrize("path", ["/nowhere", "/v1/submissions/sub_x", "/webhooks/wavespeed/x"])
async def test_one_404_is_like_every_other_unless_the_client_has_named_it(
    shared: House, path: str
) -> None:
    method = "POST" if "webhooks" in path else "GET"
    for headers in ({}, {"x-request-id": "shop-7"}):
        answer = await shared.client.request(method, path, headers=headers)
        assert answer.status_code == 404
        assert answer.headers.get("x-request-id") == headers.get("x-request-id")


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", '"}', "%0a", "\u00fc"])
async def test_a_name_that_could_do_harm_is_replaced(shared: House, given: str) -> None:
    headers = [(b"x-request-id", given.encode())]
    answer = await shared.client.get("/healthz", headers=headers)
    assert MADE.fullmatch(answer.headers["x-request-id"])


async def test_a_line_of_a_webhook_names_request_and_submission(shared: House) -> None:
    posted = await running(shared)
    url = webhook_url(shared)
    with listening() as heard:
        await shared.client.post(url, content=b"{}", headers={"x-request-id": "one"})
        two = signature(shared, b"{}") | {"x-request-id": "two"}
        await shared.client.post(url, content=b"{}", headers=two)
    told = [line for line in lines(heard) if line["logger"] == "likeness.webhooks"]
    assert [(line["event"], line["request_id"]) for line in told] == [
        ("webhook refused", "one"),
        ("webhook quarantined", "two"),
    ]
    assert {line["submission_id"] for line in told} == {posted["id"]}
    assert url.rpartition("/")[2] not in heard.getvalue()


async def test_an_id_in_a_path_is_logged_only_when_it_could_be_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with running_hall(tmp_path_factory.mktemp("away")) as hall:
        posted = await hall.house.portrait()
        hall.database.away = True
        with listening() as heard:
            for name in (posted["id"], "squirrel-canary"):
                answer = await hall.house.client.get(f"/v1/submissions/{name}")
                assert answer.status_code == 503
        told = [line for line in lines(heard) if line["logger"] == "likeness.http"]
        assert [line.get("submission_id") for line in told] == [posted["id"], None]
        assert all(line["request_id"] for line in told)
        assert "squirrel" not in heard.getvalue()
        hall.database.away = False


async def test_two_requests_at_once_are_not_mixed_up(shared: House) -> None:
    names = [f"request-{number}" for number in range(20)]
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(shared.client.get("/v1/kinds", headers={"x-request-id": name}))
            for name in names
        ]
    assert [one.result().headers["x-request-id"] for one in asked] == names


async def test_a_line_of_a_task_names_its_submission_and_what_it_does(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("dead")
    async with running_house(folder, LIKENESS_DELIVERY_SCHEDULE_S="1") as house, client() as there:
        there.answers = [says(500), says(500)]
        with listening() as heard:
            submission_id = await done(house, there)
            await until_state(house, submission_id, "dead")
        (told,) = [line for line in lines(heard) if line["event"] == "delivery is dead"]
    assert (told["submission_id"], told["task"]) == (submission_id, "deliver")
    assert "request_id" not in told
