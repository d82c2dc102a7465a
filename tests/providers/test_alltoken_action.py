"""The table of the portrait Actions, and how a provider's answer is handed on."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.resource import ResourceType
from domain.task import LANES
from providers.alltoken_action import ACTIONS, Action, known
from providers.alltoken_action_answer import (
    GATEWAY_ERRORS,
    ActionAnswer,
    metadata,
    read_answer,
    unanswered,
)
from providers.alltoken_action_fields import ActionRefused, read_fields
from providers.base import Reply
from tests.providers.garbage import alltoken_answers, replies

SECRET = "at-secret-5ca1ab1e"
ABOUT = metadata("GetAsset", "req_1")
FIELDS = {"Id": "asset-1", "GroupId": "group-1", "BytedToken": "t"}


def read(action: str, status: int, body: Any, **headers: str) -> ActionAnswer:
    reply = Reply(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )
    return read_answer(reply, ACTIONS[action], FIELDS, ABOUT, SECRET)


def wrapped(result: Any, **more: Any) -> dict[str, Any]:
    return {"ResponseMetadata": {"RequestId": "theirs", **more}, "Result": result}


def test_there_are_twelve_and_each_has_a_lane_and_says_what_it_does() -> None:
    assert len(ACTIONS) == 12
    for action in ACTIONS.values():
        assert LANES[action.lane].per_second
        assert "ProjectName" in action.fields
        assert action.of is None or action.fields[action.of.field].required
        roles = (action.makes is not None, action.lists is not None, action.shows, action.removes)
        assert sum(roles) == (0 if action.name.startswith("Update") else 1)
        assert action.of or action.lists or action.name in ("CreateAssetGroup", SESSION)


SESSION = "CreateVisualValidateSession"


def test_the_face_actions_keep_to_the_lanes_of_the_scans() -> None:
    assert ACTIONS[SESSION].lane == "alltoken.session"
    assert ACTIONS["GetVisualValidateResult"].lane == "alltoken.exchange"
    assert ACTIONS["GetVisualValidateResult"].of == ACTIONS[SESSION].makes


def test_an_empty_body_is_an_empty_object() -> None:
    rules = {"ProjectName": ACTIONS["GetAsset"].fields["ProjectName"]}
    assert read_fields(rules, b"") == read_fields(rules, b"{}") == {}


def test_a_backslash_before_a_zero_is_no_nul() -> None:
    rules = {"ProjectName": ACTIONS["GetAsset"].fields["ProjectName"]}
    assert read_fields(rules, rb'{"x":"\\u0000"}') == {"x": r"\u0000"}
    with pytest.raises(ActionRefused, match="NUL"):
        read_fields(rules, rb'{"x":"\\\u0000"}')


def test_a_name_has_fifty_characters_of_any_script() -> None:
    rules = ACTIONS["UpdateAsset"].fields
    body = json.dumps({"Id": "x", "Name": "\U0001f600" * 50}).encode()
    assert len(read_fields(rules, body)["Name"]) == 50


@pytest.mark.parametrize("secret", ["20260331TOKEN", "https://h5.example/?bytedToken=x"])
def test_no_message_repeats_what_was_sent(secret: str) -> None:
    bodies = [
        {"BytedToken": [secret]},
        {"BytedToken": "x", "ProjectName": {"x": secret}},
        {"bytedToken": secret},
        {secret: "x"},
        secret,
    ]
    for body in bodies:
        with pytest.raises(ActionRefused) as caught:
            read_fields(ACTIONS["GetVisualValidateResult"].fields, json.dumps(body).encode())
        assert secret not in caught.value.message
    with pytest.raises(ActionRefused) as caught:
        known(secret, None)
    assert secret not in caught.value.message


def test_the_providers_metadata_is_kept_where_it_has_any() -> None:
    answer = read("DeleteAsset", 200, wrapped(None, Region="cn-north", Odd={"x": 1}))
    assert answer.result == {}
    told = answer.body["ResponseMetadata"]
    assert (told["RequestId"], told["Region"], told["Service"]) == ("theirs", "cn-north", "ark")
    assert "Odd" not in told


@pytest.mark.parametrize("body", [wrapped({"GroupId": ""}), {"GroupId": None}])
def test_a_scan_without_a_group_is_pending(body: Any) -> None:
    assert read("GetVisualValidateResult", 200, body).code == "ValidatePending"


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("GetAsset", wrapped({"Id": "asset-2"})),
        ("GetAsset", wrapped(None)),
        ("GetAssetGroup", {"Result": []}),
        ("CreateAsset", wrapped({})),
        ("CreateAsset", wrapped({"Id": "a b"})),
        ("CreateAsset", {"Id": 5}),
        ("GetVisualValidateResult", wrapped({})),
        ("ListAssets", wrapped({"TotalCount": 0})),
        ("ListAssets", wrapped({"Items": "none"})),
        ("DeleteAsset", {"error": "no"}),
        ("DeleteAsset", wrapped({}, Error={"Message": "no code"})),
        ("DeleteAsset", b"<html>"),
        ("DeleteAsset", b""),
        ("DeleteAsset", [1]),
    ],
)
def test_what_cannot_be_read_is_upstream_unavailable(action: str, body: Any) -> None:
    answer = read(action, 200, body)
    assert (answer.code, answer.trouble) == ("UpstreamUnavailable", "unreadable")


def test_a_business_error_counts_at_any_status() -> None:
    body = {"ResponseMetadata": {"Error": {"Code": "QuotaExceeded", "Message": "full"}}}
    for status in (200, 400, 403, 429, 500):
        answer = read("CreateAsset", status, body)
        assert (answer.status, answer.code) == (200, "QuotaExceeded")


@pytest.mark.parametrize("status", [400, 404, 409, 410, 413])
def test_the_gateways_other_errors_keep_their_form(status: int) -> None:
    error = {"code": "odd", "message": "because", "type": "x"}
    answer = read("GetAsset", status, {"error": error})
    told = answer.body["error"]
    assert (answer.status, told["code"], told["message"]) == (status, "odd", "because")
    assert read("GetAsset", status, b"gone").code == "UpstreamUnavailable"


def test_a_number_is_no_code_and_the_wait_is_handed_on() -> None:
    error = {"code": 429, "message": "slow"}
    answer = read("GetAsset", 429, {"error": error}, retry_after="7")
    assert (answer.status, answer.retry_after) == (429, 7)
    assert answer.body["error"]["code"] == "rate_limit_exceeded"
    busy = read("GetAsset", 503, b"", retry_after="9")
    assert (busy.status, busy.retry_after, busy.body["error"]["code"]) == (500, 9, "internal_error")


@pytest.mark.parametrize("status", [401, 402, 403])
def test_our_own_key_is_our_own_trouble(status: int) -> None:
    error = {"code": "invalid_api_key", "message": f"{SECRET} is bad"}
    answer = read("GetAsset", status, {"error": error})
    assert (answer.status, answer.code) == (200, "UpstreamUnavailable")
    assert "key" not in str(answer.body)
    assert answer.trouble == f"our key was refused: HTTP {status}"


def test_our_own_key_may_be_refused_in_an_envelope_too() -> None:
    error = {"Code": "Unauthorized", "Message": f"{SECRET} is bad"}
    answer = read("GetAsset", 200, {"ResponseMetadata": {"Error": error}})
    assert answer.code == "UpstreamUnavailable"
    assert answer.trouble == "our key was refused: Unauthorized"


def test_a_lost_answer_says_whether_it_may_have_been_done() -> None:
    for name, doubt in (("CreateAsset", True), ("GetAsset", False), ("ListAssets", False)):
        for left in (True, False):
            answer = unanswered(ABOUT, ACTIONS[name], left, "cut")
            told = answer.body["ResponseMetadata"]["Error"]["Message"]
            assert ("not known" in told) == (doubt and left)


def test_an_answer_too_deep_is_cut() -> None:
    deep = b'{"Result":{"Id":"asset-1","x":' + b"[" * 500 + b"]" * 500 + b"}}"
    assert read("GetAsset", 200, deep).result is not None


def holds_secret(reply: Reply) -> Reply:
    body = reply.body.replace(b"Active", SECRET.encode()).replace(b"Message", b"message")
    return Reply(status=reply.status, headers=reply.headers, body=body)


@settings(deadline=None, max_examples=300)
@given(
    reply=replies(alltoken_answers) | replies(alltoken_answers).map(holds_secret),
    action=st.sampled_from(sorted(ACTIONS.values(), key=lambda action: action.name)),
)
def test_any_answer_can_be_handed_on(reply: Reply, action: Action) -> None:
    answer = read_answer(reply, action, FIELDS, ABOUT, SECRET)
    text = json.dumps(dict(answer.body), ensure_ascii=False, allow_nan=False)
    text.encode()
    assert SECRET not in text
    if answer.status != 200:
        assert answer.status in GATEWAY_ERRORS
        assert answer.body["error"]["message"]
        return
    told = answer.body["ResponseMetadata"]
    assert told["RequestId"]
    assert ("Error" in told) != ("Result" in answer.body)
    if answer.code:
        assert told["Error"]["Message"]
    elif action.makes is not None:
        assert isinstance(answer.body["Result"][action.makes.field], str)
    if action.of is not None and action.of.type is ResourceType.SESSION and not answer.code:
        assert reply.status < 300
