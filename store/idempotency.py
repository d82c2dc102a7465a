"""Requests that are made once: their names are kept in the commit of what they have made."""

import json
from collections.abc import Iterable, Sequence

from domain.errors import Repeated
from domain.idempotency import FirstAnswer, IdempotencyKey
from domain.submission import Submission
from store import acceptance
from store.acceptance import Acceptance
from store.database import Database, Row, Transaction

Name = tuple[str, str]
"""An API key's id, and what its client calls the request: no two clients share their names."""


class FirstAnswers:
    """What was answered to requests that have a name; part of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refuse(self, key_id: str, key: IdempotencyKey) -> None:
        """Repeated, if this client has made a request of that name before."""
        rows = await self._database.read("first_answers", names=_as_json([(key_id, key.name)]))
        if rows:
            raise Repeated(key, _from_row(rows[0]))


async def accept(
    transaction: Transaction, items: Sequence[Acceptance]
) -> list[Submission | Repeated]:
    """Keep new submissions; a request that was made before is Repeated instead."""
    named = {_name(item): item.submission.id for item in reversed(items) if item.once is not None}
    if not named:
        return [*await acceptance.accept(transaction, items)]
    known = await _known(transaction, named)
    # Of those with the same name in one batch, only the first is made.
    fresh = [
        item
        for item in items
        if item.once is None
        or (_name(item) not in known and named[_name(item)] == item.submission.id)
    ]
    kept = {one.id: one for one in await acceptance.accept(transaction, fresh)}
    known |= await _keep_answers(transaction, fresh, kept)
    return [kept.get(item.submission.id) or _repeated(item, known) for item in items]


def _repeated(item: Acceptance, known: dict[Name, FirstAnswer]) -> Repeated:
    assert item.once is not None  # noqa: S101 - all others are kept
    return Repeated(item.once.key, known[_name(item)])


async def _known(transaction: Transaction, names: Iterable[Name]) -> dict[Name, FirstAnswer]:
    rows = await transaction.all("first_answers", names=_as_json(names))
    return {(row["key_id"], row["name"]): _from_row(row) for row in rows}


async def _keep_answers(
    transaction: Transaction, items: Sequence[Acceptance], kept: dict[str, Submission]
) -> dict[Name, FirstAnswer]:
    answers = {}
    rows = []
    for item in items:
        if item.once is None:
            continue
        text = item.once.answer(kept[item.submission.id])
        key = item.once.key
        answers[_name(item)] = FirstAnswer(fingerprint=key.fingerprint, text=text)
        rows.append(
            {
                "key_id": item.submission.key_id,
                "name": key.name,
                "fingerprint": key.fingerprint,
                "submission_id": item.submission.id,
                "answer": text,
                "created_at": item.submission.created_at,
            }
        )
    await transaction.run("add_idempotency_key", rows)
    return answers


def _name(item: Acceptance) -> Name:
    return (item.submission.key_id, item.once.key.name if item.once is not None else "")


def _as_json(names: Iterable[Name]) -> str:
    return json.dumps([{"key_id": key_id, "name": name} for key_id, name in names])


def _from_row(row: Row) -> FirstAnswer:
    return FirstAnswer(fingerprint=row["fingerprint"], text=row["answer"])
