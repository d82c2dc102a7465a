"""What a provider could send on its worst day, as hypothesis strategies."""

import json
from typing import Any

from hypothesis import strategies as st

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
