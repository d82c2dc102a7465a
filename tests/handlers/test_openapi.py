"""The OpenAPI document: complete, valid, and true of what is really answered."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel
from starlette.routing import Mount, Route

from handlers.codes.problems import PROBLEMS
from handlers.input import EVENTS
from handlers.openapi import answers, examples
from handlers.openapi.actions import ActionAnswer, GatewayError
from handlers.openapi.document import describe, document
from handlers.openapi.left_out import LEFT_OUT, is_left_out
from handlers.openapi.webhooks import Notification
from handlers.routes import ROUTES
from providers.alltoken_action import ACTIONS
from providers.kinds import KINDS
from tests.handlers.files import FILES
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = describe("https://likeness.example")
SHAPES = DOCUMENT["components"]["schemas"]


def _routes() -> Iterator[tuple[str, str]]:
    """Path and method of everything that is routed; and the webhooks, whose way is their own."""
    yield "/webhooks/{provider}/{token}", "post"
    for route in ROUTES:
        if isinstance(route, Mount):
            yield route.path, "get"
        else:
            assert isinstance(route, Route)
            path = re.sub(r":\w+}", "}", route.path)
            yield from (
                (path, method.lower()) for method in route.methods or () if method != "HEAD"
            )


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for one in value.values():
            yield from _refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _refs(one)


async def test_every_route_is_described_or_left_out_on_purpose() -> None:
    described = {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}
    routed = set(_routes())
    assert {one for one in routed if not is_left_out(one[0])} == described
    assert not [path for path, _ in described if is_left_out(path)]
    for begin in LEFT_OUT:
        assert [path for path, _ in routed if path.startswith(begin.rstrip("/"))], begin


async def test_it_is_valid_and_nothing_in_it_hangs_loose() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []
    operations = [one for item in DOCUMENT["paths"].values() for one in item.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert {
        link["operationId"]
        for one in operations
        for answer in one["responses"].values()
        for link in answer.get("links", {}).values()
    } <= set(names)
    parts = {name: value for name, value in DOCUMENT.items() if name != "components"}
    wanted = set(_refs(parts))
    while more := {ref for name in wanted for ref in _refs(SHAPES[name])} - wanted:
        wanted |= more
    assert wanted == set(SHAPES)


async def test_it_has_every_code_kind_action_and_event() -> None:
    codes = {
        code
        for item in DOCUMENT["paths"].values()
        for one in item.values()
        for answer in one["responses"].values()
        for code in _codes(answer)
    }
    # Each path answers it to every other method, and OpenAPI has no place for that.
    assert codes == set(PROBLEMS) - {"method_not_allowed"}
    mapping = SHAPES["SubmissionRequest"]["discriminator"]["mapping"]
    assert list(mapping) == list(KINDS)
    for kind, ref in mapping.items():
        request = SHAPES[ref.rpartition("/")[2]]
        assert request["properties"]["kind"]["const"] == kind
        assert request["examples"][0]["kind"] == kind
    body = DOCUMENT["paths"]["/v1/portrait/"]["post"]["requestBody"]["content"]["application/json"]
    assert len(body["schema"]["anyOf"]) == len(ACTIONS) == 12
    assert list(DOCUMENT["webhooks"]) == list(EVENTS)
    for event, item in DOCUMENT["webhooks"].items():
        assert [one["name"] for one in item["post"]["parameters"]] == [
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        ], event


def _codes(answer: dict[str, Any]) -> list[str]:
    problem = answer.get("content", {}).get("application/problem+json")
    if problem is None:
        return []
    codes: list[str] = problem["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return codes


@pytest.mark.parametrize("name", examples.SHAPES)
async def test_an_example_is_of_its_shape(name: str) -> None:
    models: dict[str, type[BaseModel]] = {
        "Notification": Notification,
        "ActionAnswer": ActionAnswer,
    }
    model = models.get(name) or getattr(answers, name)
    model.model_validate_json(json.dumps(examples.SHAPES[name]))


async def test_it_is_served_to_everybody_and_once(shared: House) -> None:
    answer = await shared.client.get("/openapi.json", headers={"authorization": ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "max-age" in answer.headers["cache-control"]
    told = answer.json()
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": shared.url}]
    assert told == json.loads(document(shared.url).text)
    known = {"if-none-match": answer.headers["etag"]}
    again = await shared.client.get("/openapi.json", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    changed = await shared.client.get("/openapi.json", headers={"if-none-match": '"other"'})
    assert changed.status_code == 200


Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def ask(shared: House) -> Ask:
    """Asks, and holds the answer against its model: no field is missing, none is more or of another type."""

    async def asking(
        model: type[BaseModel], method: str, path: str, status: int, **more: Any
    ) -> Any:
        answer = await shared.client.request(method, path, **more)
        assert answer.status_code == status, answer.text
        model.model_validate_json(answer.content)
        return answer.json()

    return asking


async def test_what_is_answered_of_a_submission_has_the_shapes_that_it_tells_of(
    shared: House, ask: Ask
) -> None:
    portrait = await shared.portrait(notify={"url": f"{shared.world.base_url}/nobody"})
    one = f"/v1/submissions/{portrait['id']}"
    answers.Submission.model_validate_json(json.dumps(portrait))

    async def archived() -> bool:
        result = (await shared.get(portrait["id"]))["result"]
        return result is not None and result["outputs"][0]["archive"] is not None

    await shared.until(archived)
    await ask(answers.Submission, "GET", one, 200)
    await ask(answers.Timeline, "GET", f"{one}/events", 200)
    told = await ask(answers.Deliveries, "GET", f"{one}/deliveries", 200)
    await ask(answers.Delivery, "POST", f"/v1/deliveries/{told['items'][0]['id']}/replay", 202)
    await ask(answers.SubmissionPage, "GET", "/v1/submissions", 200)
    await ask(answers.Problem, "GET", one, 401, headers={"authorization": "Bearer lk_x"})


async def test_what_is_answered_of_a_face_scan_has_the_shapes_that_it_tells_of(
    shared: House, ask: Ask
) -> None:
    scan = await shared.submit("alltoken/liveness", {"name": "Ada"})
    answers.Submission.model_validate_json(json.dumps(scan))
    direct = await shared.submit("alltoken/liveness", {"name": "Ada", "mode": "direct"})
    shown = await shared.until_status(direct["id"], "action_required")
    answers.Submission.model_validate_json(json.dumps(shown))
    for status, model in ((200, answers.Submission), (409, answers.Problem)):
        await ask(model, "POST", f"/v1/submissions/{scan['id']}/cancel", status)


async def test_all_other_answers_have_the_shapes_that_it_tells_of(ask: Ask) -> None:
    await ask(answers.Problem, "GET", "/v1/submissions/sub_x", 404)
    await ask(answers.Problem, "POST", "/v1/submissions", 422, json={"kind": 1})
    upload = {"file": ("a", FILES["jpeg"][0])}
    await ask(answers.Upload, "POST", "/v1/uploads", 201, files=upload)
    await ask(answers.Kinds, "GET", "/v1/kinds", 200)
    await ask(answers.Alive, "GET", "/healthz", 200)
    await ask(answers.Ready, "GET", "/readyz", 200)
    group = {"GroupType": "AIGC", "Name": "Nova"}
    for action, fields in (("CreateAssetGroup", group), ("GetAsset", {"Id": "x"}), ("", {})):
        await ask(ActionAnswer, "POST", f"/v1/portrait/?Action={action}", 200, json=fields)
    stranger = {"authorization": "Bearer lk_x"}
    await ask(GatewayError, "POST", "/v1/portrait/?Action=GetAsset", 401, headers=stranger)


async def test_the_type_of_a_problem_leads_to_what_explains_it(shared: House) -> None:
    page = (await shared.client.get("/docs")).text
    for path, code in (
        ("/v1/submissions/sub_x", "not_found"),
        ("/v1/uploads", "method_not_allowed"),
    ):
        problem = (await shared.client.get(path)).json()
        assert (problem["code"], problem["type"]) == (code, f"/docs#error-{code}")
    for code in PROBLEMS:
        assert f'id="error-{code}"' in page
