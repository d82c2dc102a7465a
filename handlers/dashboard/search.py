"""What an operator may remember of a submission: its id, its provider's, or what its client said of it."""

import json
from dataclasses import dataclass
from typing import Any

from store.browse import METADATA, Listed
from store.store import Store

MOST_FOUND = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search has found; `looked` is in how many of the newest, if not in all."""

    lines: list[Listed]
    looked: int | None = None


async def search(store: Store, text: str) -> Found:
    """By the beginning of an id, by a provider's id, or by metadata: `name=value`, or a value alone."""
    browse = store.browse
    if text.lower().startswith("sub_"):
        ids = await browse.ids_that_begin("sub_" + text[4:].upper(), MOST_FOUND)
        return Found(lines=await browse.listed(ids))
    ids = await browse.ids_at_provider(text)
    if ids:
        return Found(lines=await browse.listed(ids))
    name, equals, value = (part.strip() for part in text.partition("="))
    if equals:
        ids = await browse.ids_by_metadata(
            lambda metadata: _says(metadata, name, value), MOST_FOUND, _written(value)
        )
    else:
        ids = await browse.ids_by_metadata(
            lambda metadata: _holds(metadata, text), MOST_FOUND, _written(text)
        )
    return Found(lines=await browse.listed(ids), looked=METADATA)


def _says(metadata: dict[str, Any], name: str, value: str) -> bool:
    return name in metadata and text_of(metadata[name]) == value


def _holds(metadata: dict[str, Any], value: str) -> bool:
    return any(text_of(one) == value for one in metadata.values())


def _written(value: str) -> str:
    """What of it stands in the database as it is: an object's or a list's blanks do not."""
    return "" if value[:1] in ("{", "[") else value


def text_of(value: Any) -> str:
    """A value of metadata as it is written: a text as it is, all else in JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
