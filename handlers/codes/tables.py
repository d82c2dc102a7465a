"""All tables of codes, in the order in which people read them, and as Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.codes.actions import GATEWAY, REFUSALS
from handlers.codes.attempts import ATTEMPTS
from handlers.codes.code import Code
from handlers.codes.endings import ENDINGS
from handlers.codes.problems import PROBLEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`anchor` begins the anchors of its codes; a problem document's `type` leads to `error-…`."""

    anchor: str
    title: str
    words: str
    codes: Mapping[str, Code]


TABLES = (
    Table(
        anchor="error",
        title="Answers of the API",
        words="Every error of the API is a problem document (RFC 9457, `application/problem+json`). Its `code` is "
        "stable, its `detail` is for people, and its `type` leads here.",
        codes=PROBLEMS,
    ),
    Table(
        anchor="ending",
        title="How a submission ends",
        words="The `error.code` of a submission that failed, expired or was canceled. `error.retryable` says whether "
        "the same input may go well in a new submission; `error.provider_code` is the provider's own word.",
        codes=ENDINGS,
    ),
    Table(
        anchor="attempt",
        title="Attempts of a delivery",
        words="The `error` of an attempt to tell your app. All but the last are tried again by the schedule.",
        codes=ATTEMPTS,
    ),
    Table(
        anchor="refusal",
        title="Portrait Actions: refusals",
        words="`ResponseMetadata.Error.Code` of an answer to `POST /v1/portrait/`, which is an HTTP 200. Codes of the "
        "provider that are not in this table are handed on as they are.",
        codes=REFUSALS,
    ),
    Table(
        anchor="gateway",
        title="Portrait Actions: HTTP errors",
        words="`error.code` of an answer to `POST /v1/portrait/` in the words of AllToken's gateway.",
        codes=GATEWAY,
    ),
)

HEAD = """\
# Every error code

Made from the code by `python -m handlers.codes > docs/errors.md`; a test compares. The same tables stand in `/docs`.
"""


def again(code: Code) -> str:
    """Whether it is worth to send the very same once more, in a word."""
    return "see `retryable`" if code.again is None else "yes" if code.again else "no"


def markdown() -> str:
    """The page docs/errors.md."""
    return "\n".join([HEAD, *map(_table, TABLES)])


def _table(table: Table) -> str:
    with_status = any(code.status for code in table.codes.values())
    head = ["Code", *(["HTTP"] if with_status else []), "Meaning", "What to do", "Again?"]
    rows = [head, ["---"] * len(head)]
    for code in table.codes.values():
        status = [str(code.status)] if with_status else []
        rows.append([f"`{code.name}`", *status, code.meaning, code.mend, again(code)])
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## {table.title}\n\n{table.words}\n\n{lines}\n"
