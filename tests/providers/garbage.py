"""What a provider could send on its worst day, as hypothesis strategies."""

import json
from typing import Any

from hypothesis import strategies as st

from domain.event import Event
from providers.base import Reply

WORDS = (
    *("id", "p0001", "status", "outputs", "code", "data", "error", "message", "items", "secret"),
    *("created", "processing", "completed", "failed", "cancelled", "timeout", "deleted"),
    *("success", "whsec_x", "url", "b64_json"),
    *("https://cdn.example/1.png", "data:image/png;base64,iVBORw0KGgo="),
    *("ResponseMetadata", "Result", "Error", "Code", "Message", "Id", "GroupId", "Items"),
    *("BytedToken", "H5Link", "TotalCount", "PageNumber", "PageSize", "Status", "UpstreamStatus"),
    *("active", "Failed", "FailedReason", "FaceMismatch", "NotFound"),
    *("ValidatePending", "InvalidToken", "TokenExpired"),
    *("task_id", "image_urls", "binary_data_base64", "err_code", "type", "done", "in_queue"),
    *("not_found", "expired", "succeeded", "video_url", "last_frame_url", "content", "canceled"),
    *("50411", "50500", "10000", "upstream_error", "2026-01-03T03:04:05Z"),
)
RESULTS = (
    *("Id", "GroupId", "BytedToken", "H5Link", "Items", "TotalCount", "PageNumber", "PageSize"),
    *("Status", "UpstreamStatus", "FailedReason", "Error", "Name", "AssetType"),
)

texts = st.sampled_from(WORDS) | st.text(max_size=12) | st.just("\ud800\0")
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 200, 404, 429, 500, 503, 1402, 5004, 10**30])
    | st.floats()
    | texts
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
predictions = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["p0001", "", " ", "..", "x" * 300]) | values,
        "status": texts | values,
        "outputs": st.lists(texts | values, max_size=4) | values,
        "code": leaves,
        "error": texts | values,
    },
)
wavespeed_answers = predictions | st.fixed_dictionaries(
    {}, optional={"code": leaves, "message": texts | values, "data": predictions | values}
)
results = st.fixed_dictionaries({}, optional=dict.fromkeys(RESULTS, texts | values))
errors = st.fixed_dictionaries(
    {}, optional={"Code": texts | values, "Message": values, "code": leaves, "message": values}
)
alltoken_answers = results | st.fixed_dictionaries(
    {},
    optional={
        "ResponseMetadata": st.fixed_dictionaries({}, optional={"Error": errors | values}),
        "Result": results | values,
        "error": errors | values,
    },
)
portraits = st.fixed_dictionaries(
    {},
    optional={
        "task_id": st.sampled_from(["p0001", "", "1" * 300, 7]) | values,
        "status": texts | values,
        "image_urls": st.lists(texts | values, max_size=3) | values,
        "binary_data_base64": st.lists(texts | values, max_size=3) | values,
    },
)
ai302_answers = st.fixed_dictionaries(
    {"code": st.sampled_from([10000, "10000", 50411, 50429, 50500, 50207]) | leaves},
    optional={"data": portraits | values, "message": texts | values},
) | st.fixed_dictionaries({"error": st.dictionaries(st.sampled_from(WORDS), leaves)})
tasks = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["p0001", "", "..", "x" * 300]) | values,
        "status": texts | values,
        "video_url": texts | values,
        "last_frame_url": texts | values,
        "content": st.dictionaries(st.sampled_from(["video_url", "last_frame_url"]), texts),
        "video_url_expires_at": texts | leaves,
        "video_url_ttl": leaves,
        "error": errors | texts | values,
    },
)
video_answers = tasks | st.fixed_dictionaries({}, optional={"data": tasks, "error": errors})


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


deep = st.sampled_from([b"[" * 100_000, b'{"data":' * 50_000, b"\xff\xfe{", b"1" * 5000, b""])
statuses = st.sampled_from([200, 201, 202, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503, 599])
headers = st.dictionaries(st.just("retry-after"), st.text(max_size=5) | st.just("7"))
bodies = st.binary(max_size=80) | deep | values.map(_encoded)


def replies(answers: st.SearchStrategy[Any]) -> st.SearchStrategy[Reply]:
    """Answers of one provider's shape, and of none."""
    anything = bodies | answers.map(_encoded)
    return st.builds(Reply, status=statuses, headers=headers, body=anything)


GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "null": b"null",
    "true": b"true",
    "number": b"-1.5e300",
    "nan": b"NaN",
    "text": b'"completed"',
    "list": b"[]",
    "object": b"{}",
    "cut off": b'{"code":10000,"id":"p0001","data":{"task_id":"1","status":"done"',
    "not utf-8": b"\xff\xfe{\x00}\x00",
    "a huge number": b"1" * 5000,
    "a huge code": b'{"code":' + b"1" * 5000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"data":' * 50_000,
    "deep and whole": b'{"data":' * 500 + b"1" + b"}" * 500,
    "lone surrogates": b'{"id":"\\ud800","status":"\\udfff","data":{"id":"\\ud800"},"Result":"\\ud800"}',
    "NUL": b'{"id":"\\u0000","data":{"id":"\\u0000","task_id":"\\u0000","status":"\\u0000"}}',
    "wrong types": b'{"code":[],"id":{},"status":7,"message":{},"error":[],"data":"x","Result":[],'
    b'"ResponseMetadata":5,"outputs":{"url":7},"image_urls":{},"video_url":[]}',
    "wrong types inside": b'{"data":{"id":7,"task_id":{},"status":[],"outputs":{"url":[]},'
    b'"image_urls":7},"error":{"code":{},"message":7,"err_code":[]},"Result":{"Id":7,"Status":{}},'
    b'"ResponseMetadata":{"Error":{"Code":[],"Message":{}}}}',
    "not numbers": b'{"code":NaN,"id":Infinity,"status":-Infinity,"data":{"id":NaN,"status":NaN}}',
}
"""Bodies that are nothing, for every provider."""

wrong_values: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([None, True, False, 0, -1, 10**30, -1.5, "", " ", "\0", "\ud800", "é" * 5000])
    | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
"""Values that no field means: no word, no id, no link."""


def is_sound(event: Event) -> bool:
    """Its facts can be stored, and are short."""
    text = repr(event.facts())
    assert text.isprintable()
    repr(event.facts()).encode()
    return len(text) < 1500 and len(event.key or "") < 400
