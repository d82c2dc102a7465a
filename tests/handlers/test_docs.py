"""The page /docs has everything that the document has, and every link in it leads somewhere."""

import json
import re
from html import unescape

import pytest

from handlers.codes.tables import TABLES
from handlers.docs.example import curl, value
from handlers.docs.page import page
from handlers.openapi.document import describe
from providers.alltoken_action import ACTIONS
from providers.kinds import KINDS
from tests.house import KEY, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL = "https://likeness.example"
DOCUMENT = describe(URL)
SHAPES = DOCUMENT["components"]["schemas"]
TEXT, _ = page(URL)


async def test_every_anchor_is_there_once_and_every_link_leads_to_one() -> None:
    anchors = re.findall(r'\bid="([^"]+)"', TEXT)
    assert len(set(anchors)) == len(anchors)
    links = {unescape(one) for one in re.findall(r'href="#([^"]+)"', TEXT)}
    assert links <= set(anchors)
    assert set(re.findall(r'(?:href|src)="(/[^"]+)"', TEXT)) == {
        *(
            "/static/face.svg",
            "/static/style.css",
            "/static/docs.js",
            "/static/copy.js",
            "/openapi.json",
        )
    }


async def test_every_operation_kind_action_event_and_code_is_shown() -> None:
    anchors = set(re.findall(r'\bid="([^"]+)"', TEXT))
    for path, item in DOCUMENT["paths"].items():
        for one in item.values():
            assert one["operationId"] in anchors
            assert f"</b> {path}</code>" in TEXT
            for parameter in one.get("parameters", ()):
                assert f"<code>{parameter['name']}</code>" in TEXT
    assert {f"kind-{name.replace('/', '-')}" for name in KINDS} <= anchors
    assert {f"action-{name}" for name in ACTIONS} <= anchors
    assert {f"event-{event}" for event in DOCUMENT["webhooks"]} <= anchors
    assert {f"{table.anchor}-{code}" for table in TABLES for code in table.codes} <= anchors
    for kind in KINDS.values():
        section = TEXT.partition(f'id="kind-{kind.name.replace("/", "-")}"')[2]
        for name in kind.input.model_fields:
            assert f"<code>{name}</code>" in section.partition("</details>")[0]


async def test_nothing_of_it_is_inline_or_from_elsewhere(shared: House) -> None:
    answer = await shared.client.get("/docs", headers={"authorization": ""})
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script>|<style|\bstyle=|\bon\w+=", answer.text)
    known = {"if-none-match": answer.headers["etag"]}
    assert (await shared.client.get("/docs", headers=known)).status_code == 304


async def test_the_call_that_is_shown_is_the_call_that_works(shared: House) -> None:
    operation = DOCUMENT["paths"]["/v1/submissions"]["post"]
    call = curl(shared.url, "post", "/v1/submissions", operation, SHAPES)
    body = json.loads(call.partition("-d '")[2].rstrip("'"))
    headers = {"authorization": f"Bearer {KEY}"}
    answer = await shared.client.post("/v1/submissions", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    lookup = DOCUMENT["paths"]["/v1/submissions/{submission_id}"]["get"]
    shown = curl(URL, "get", "/v1/submissions/{submission_id}", lookup, SHAPES)
    assert shown.splitlines()[0].startswith(f'curl "{URL}/v1/submissions/sub_')


async def test_an_example_is_made_of_what_a_schema_says() -> None:
    schema = {
        "properties": {
            "a": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "b": {"allOf": [{"properties": {"c": {"const": 5}}, "required": ["c"]}]},
            "d": {"type": "array", "items": {"enum": ["x", "y"]}},
            "e": {"type": ["integer", "null"], "default": 3},
            "f": {"type": "string", "format": "uri"},
        },
        "required": ["b"],
    }
    whole = value(schema, {})
    assert whole == {"a": "…", "b": {"c": 5}, "d": ["x"], "e": 3, "f": "https://likeness.example/…"}
    assert value(schema, {}, all_fields=False) == {"b": {"c": 5}}
