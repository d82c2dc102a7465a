"""An SQLite installation with rows in every table, among them what is hard to carry."""

import os
from pathlib import Path
from typing import Any

from store.opening import open_database
from tests.store.rows import opened_rows

Row = dict[str, Any]

LARGEST = 2**63 - 1
PICTURE = b"\x00\x89PNG\r\n\x1a\n\xff" + os.urandom(3_000_000)
ODD = 'quote " back\\slash tab\t newline\r\n \\N \\. \u2028 脸 \U0001f600 %s $1 {}'
INPUT = '{"prompt":"\\u0000 \\\\u0000 \\ud83d\\ude00","n":1.0,"n2":1e2}'
"""As it was written: a database that reads JSON would write it anew."""

ROWS: dict[str, list[Row]] = {
    "api_keys": [
        {"id": "key_1", "name": "shop", "hash": "h1", "admin": 1, "webhook_secret": "whsec_1"}
        | {"notify_url": ODD, "previous_secret": "whsec_0", "previous_until": LARGEST}
        | {"created_at": 1, "revoked_at": 2},
        {"id": "key_2", "name": ODD, "hash": "h2", "admin": 0, "webhook_secret": "whsec_2"}
        | {"created_at": 0},
    ],
    "submissions": [
        {"id": "sub_1", "key_id": "key_1", "kind": "wavespeed/portrait", "status": "succeeded"}
        | {"stage": "done", "upstream_id": "up_1", "input": INPUT, "state": '{"found":{}}'}
        | {"result": ODD, "late_result": "{}", "metadata": '{"a": [1, 2]}', "notify": "null"}
        | {"version": LARGEST, "created_at": 1, "updated_at": 2, "completed_at": 3},
        {"id": "sub_2", "key_id": "key_2", "kind": "alltoken/liveness", "status": "action_required"}
        | {"stage": "scanning", "waiting_for": "person", "input": "{}", "state": "{}"}
        | {"action": "{}", "metadata": "{}", "version": 1, "created_at": -1, "updated_at": 2}
        | {"deadline_at": 5, "time_left": 6},
    ],
    "events": [
        {
            "submission_id": "sub_1",
            "key": key,
            "type": "t",
            "source": "webhook",
            "status": "pending",
        }
        | {"at": 1, "version": 1, "facts": INPUT, "number": number}
        for number, key in enumerate(("", ODD, "Z", "a", "é"), start=1)
    ],
    "tasks": [
        {"submission_id": "sub_2", "kind": "poll", "key": "", "lane": "alltoken.poll", "due_at": 1}
        | {"urgency": -1, "attempt": 2, "holder": "worker/1"},
    ],
    "media": [
        {"submission_id": "sub_1", "sha256": "a", "content_type": "image/png", "content": PICTURE},
        {"submission_id": "sub_1", "sha256": "b", "content_type": "image/png", "content": b""},
    ],
    "quarantine": [
        {"id": "qrt_1", "provider": "wavespeed", "submission_id": "sub_1", "reason": ODD}
        | {"body": bytes(range(256)), "received_at": 1},
    ],
    "rates": [{"lane": "alltoken.action", "next_at": 1}],
    "dependencies": [{"submission_id": "sub_2", "needs_id": "sub_erased"}],
    "resources": [
        {"id": "group-1", "type": "group", "key_id": "key_1", "group_type": "AIGC"}
        | {"created_at": 1, "deleted_at": 2, "listed": 1},
    ],
    "uploads": [
        {"id": "upl_1", "key_id": "key_1", "content_type": "image/png", "bytes": 1, "sha256": "a"}
        | {"created_at": 1, "expires_at": 2},
    ],
    "deliveries": [
        {"id": "dlv_1", "submission_id": "sub_1", "key_id": "key_1", "url": "https://a.example/"}
        | {"endpoint": "e", "type": "submission.succeeded", "sequence": 1, "snapshot": INPUT}
        | {"state": "pending", "tries": 1, "created_at": 1},
    ],
    "attempts": [
        {"delivery_id": "dlv_1", "number": 1, "at": 1, "status": 500, "answer": ODD},
        {"delivery_id": "dlv_1", "number": 2, "at": 2, "answer": "", "error": "timeout"},
    ],
    "gone_endpoints": [{"endpoint": "e", "gone_at": 1}, {"endpoint": "f", "opened_at": 2}],
    "idempotency_keys": [
        {"key_id": "key_1", "name": ODD, "fingerprint": "f", "submission_id": "sub_1"}
        | {"answer": INPUT, "created_at": 1},
    ],
    "archived": [
        {"submission_id": "sub_1", "sha256": "a", "content_type": "image/png", "bytes": 0}
        | {"archive": "file", "created_at": 1},
    ],
    "upload_uses": [{"submission_id": "sub_1", "upload_id": "upl_1"}],
    "leftovers": [
        {"kind": "log", "name": "", "since": 1, "due_at": 2, "attempt": 0},
        {"kind": "asset", "name": "asset-1", "provider": "alltoken"}
        | {"since": 1, "due_at": 2, "attempt": 3},
    ],
}


async def install(path: Path, **more: list[Row]) -> None:
    """A new installation at `path` with these rows, and `more` of some tables."""
    url = f"sqlite:///{path}"
    async with open_database(url), opened_rows(url) as opened:
        for table, rows in ROWS.items():
            for row in [*rows, *more.get(table, [])]:
                await opened.insert(table, row)


async def content(url: str) -> dict[str, list[str]]:
    """Every row of every table."""
    async with opened_rows(url) as opened:
        names = [name for name in await opened.tables() if name != "migrations"]
        return {
            name: sorted([repr(tuple(row)) for row in await opened.ask(f"SELECT * FROM {name}")])  # noqa: S608 - names of our own
            for name in names
        }
