"""A possible row of every table, in plain values."""

Row = dict[str, object]

JOB: Row = {
    "id": "sub_1",
    "key_id": "key_1",
    "kind": "wavespeed/portrait",
    "status": "pending",
    "stage": "queued",
    "input": "{}",
    "state": "{}",
    "metadata": "{}",
    "version": 1,
    "created_at": 1,
    "updated_at": 1,
}
ENDED = JOB | {"stage": "done", "completed_at": 2}
ERROR: Row = {"error": "{}"}
KEY: Row = {
    "id": "key_2",
    "name": "second",
    "hash": "other",
    "admin": 0,
    "webhook_secret": "whsec_1",
    "created_at": 1,
}
TASK: Row = {
    "submission_id": "sub_0",
    "kind": "submit",
    "key": "",
    "lane": "wavespeed.submit",
    "due_at": 1,
    "urgency": 1,
    "attempt": 0,
}
EVENT: Row = {
    "submission_id": "sub_0",
    "key": "k",
    "type": "t",
    "source": "s",
    "status": "pending",
    "at": 1,
    "version": 1,
    "facts": "{}",
    "number": 1,
}
MEDIA: Row = {
    "submission_id": "sub_0",
    "sha256": "x",
    "content_type": "image/png",
    "content": b"x",
}
DEPENDENCY: Row = {"submission_id": "sub_0", "needs_id": "sub_erased"}
LEFTOVER: Row = {
    "kind": "archive",
    "name": "sub_erased",
    "since": 1,
    "due_at": 1,
    "attempt": 0,
}
RESOURCE: Row = {
    "id": "group-1",
    "type": "group",
    "key_id": "key_1",
    "group_type": "AIGC",
    "created_at": 1,
}
UPLOAD: Row = {
    "id": "upl_1",
    "key_id": "key_1",
    "content_type": "image/png",
    "bytes": 1,
    "sha256": "x",
    "created_at": 1,
    "expires_at": 2,
}

QUARANTINE: Row = {
    "id": "evt_1",
    "provider": "wavespeed",
    "submission_id": "sub_erased",
    "reason": "unreadable",
    "body": b"x",
    "received_at": 1,
}
RATE: Row = {"lane": "alltoken.session", "next_at": 1}
DELIVERY: Row = {
    "id": "dlv_1",
    "submission_id": "sub_0",
    "key_id": "key_1",
    "url": "https://client.example/",
    "endpoint": "key_1 https://client.example/",
    "type": "submission.failed",
    "sequence": 1,
    "snapshot": "{}",
    "state": "pending",
    "tries": 0,
    "created_at": 1,
}
ATTEMPT: Row = {"delivery_id": "dlv_0", "number": 1, "at": 1, "answer": ""}
GONE: Row = {"endpoint": "key_1 https://client.example/"}
ANSWER: Row = {
    "key_id": "key_1",
    "name": "mine",
    "fingerprint": "x",
    "submission_id": "sub_0",
    "created_at": 1,
}
ARCHIVED: Row = {
    "submission_id": "sub_0",
    "sha256": "x",
    "content_type": "image/png",
    "bytes": 0,
    "archive": "file",
    "created_at": 1,
}
USE: Row = {"submission_id": "sub_0", "upload_id": "upl_1"}

EACH: dict[str, Row] = {
    "api_keys": KEY,
    "archived": ARCHIVED,
    "attempts": ATTEMPT,
    "deliveries": DELIVERY,
    "dependencies": DEPENDENCY,
    "events": EVENT,
    "gone_endpoints": GONE,
    "idempotency_keys": ANSWER,
    "leftovers": LEFTOVER,
    "media": MEDIA,
    "quarantine": QUARANTINE,
    "rates": RATE,
    "resources": RESOURCE,
    "submissions": JOB,
    "tasks": TASK,
    "upload_uses": USE,
    "uploads": UPLOAD,
}
"""One possible row of every table, with the least that it must say."""
