"""Every code with which something is refused stands in the tables, and the tables in docs/errors.md."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from delivery.failure import Failure
from engine.action_scope import REFUSALS as FOREIGN
from engine.deliveries import CANNOT_SIGN
from handlers.codes.actions import GATEWAY, REFUSALS
from handlers.codes.attempts import ATTEMPTS
from handlers.codes.endings import ENDINGS
from handlers.codes.problems import INTERNAL, PROBLEMS
from handlers.codes.tables import markdown
from providers import (
    ai302_answer,
    alltoken_asset,
    alltoken_envelope,
    alltoken_video_task,
    reading,
    wavespeed_prediction,
)
from providers.alltoken_action_answer import GATEWAY_ERRORS, UPSTREAM

ROOT = Path(__file__).parents[2]
FOLDERS = ("domain", "providers", "delivery", "store", "engine", "handlers", "app")

PLACES: Mapping[str, tuple[int, str]] = {
    "Refused": (1, "problem"),
    "problem": (1, "problem"),
    "_problem": (1, "problem"),
    "NotReady": (0, "ending"),
    "expired": (1, "ending"),
    "ActionRefused": (0, "refusal"),
    "refused": (1, "refusal"),
}
"""Which argument of a call is a code, and of which table."""
PASSED_ON = {
    ("handlers/errors.py", "problem"),  # what was raised, and Starlette's own 404 and 405
    ("engine/actions.py", "refused"),  # what was raised
    ("providers/alltoken_action_answer.py", "refused"),  # the provider's own, handed on
    ("handlers/webhooks.py", "problem"),  # what `_problem` was given
    ("engine/action_scope.py", "ActionRefused"),  # REFUSALS, below
    ("app/client.py", "_problem"),  # a client's, which makes no code
}
"""Calls whose code is no text, and what it is."""


Found = tuple[str, str, str, int | None]
"""File, table, code and, where it stands beside it, the HTTP status."""


@cache
def _written() -> tuple[Found, ...]:
    """Every code that stands as a text in a call."""
    return tuple(
        found
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for found in _in_call(str(path.relative_to(ROOT)), node)
    )


def _in_call(name: str, call: ast.Call) -> Iterator[Found]:
    called = (
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    )
    keyword = next((one.value for one in call.keywords if one.arg == "code"), None)
    table = {"ProviderError": "ending", "gateway_error": "gateway"}.get(called)
    if table is not None and isinstance(keyword, ast.Constant):
        yield name, table, str(keyword.value), None
    if called not in PLACES:
        return
    index, table = PLACES[called]
    code = call.args[index] if len(call.args) > index else keyword
    match code, call.args[:1]:
        case ast.Constant(value=str(text)), [ast.Constant(value=int(status))]:
            yield name, table, text, status
        case ast.Constant(value=str(text)), _:
            yield name, table, text, None
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]), _:
            yield name, table, text.rstrip("."), None
        case ast.Name(id="UPSTREAM"), _:
            yield name, table, UPSTREAM, None
        case _:
            assert (name, called) in PASSED_ON, f"{name}:{call.lineno}: which code is this?"


KNOWN = {"problem": {*PROBLEMS, *INTERNAL}, "ending": {*ENDINGS}, "gateway": {*GATEWAY}}


def test_every_code_that_is_written_in_the_code_is_explained() -> None:
    assert len(_written()) > 50
    for name, table, code, status in _written():
        if table == "refusal":
            assert code.partition(".")[0] in REFUSALS, f"{name}: {code}"
        else:
            assert code in KNOWN[table], f"{name}: {code}"
        if table == "problem" and code in PROBLEMS and status is not None:
            assert status == PROBLEMS[code].status, f"{name}: {code}"


def _values(table: Mapping[Any, Any]) -> set[str]:
    return {value if isinstance(value, str) else value[0] for value in table.values()}


OF_PROVIDERS: tuple[Mapping[Any, Any], ...] = (
    reading.HTTP_CODES,
    ai302_answer.ERROR_CODES,
    alltoken_envelope.ERROR_CODES,
    alltoken_video_task.ERROR_CODES,
    alltoken_video_task.ENDINGS,
    alltoken_asset.REASONS,
    wavespeed_prediction.ERROR_CODES,
    wavespeed_prediction.ENDINGS,
)
OTHERWISE = {"provider_refused", "provider_unavailable", "provider_failed"}
"""What a provider's error is that no table knows."""


def test_how_a_submission_can_end_is_explained_and_nothing_else() -> None:
    values = [value for table in OF_PROVIDERS for value in table.values()]
    given = {value if isinstance(value, str) else value[0] for value in values} | OTHERWISE
    given |= {code for _, table, code, _ in _written() if table == "ending"}
    assert given == {*ENDINGS}


def test_no_provider_has_a_table_that_is_not_looked_through() -> None:
    tables = {
        (path.stem, node.target.id)
        for path in (ROOT / "providers").glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Dict)
        and ast.unparse(node.annotation).startswith("Mapping[")
        and node.target.id.endswith(("CODES", "ENDINGS", "REASONS", "RISKS"))
    }
    assert tables == {
        ("ai302_answer", "RISKS"),
        ("ai302_answer", "ERROR_CODES"),
        ("alltoken_asset", "REASONS"),
        ("alltoken_envelope", "ERROR_CODES"),
        ("alltoken_video_task", "ERROR_CODES"),
        ("alltoken_video_task", "ENDINGS"),
        ("wavespeed_prediction", "ERROR_CODES"),
        ("wavespeed_prediction", "ENDINGS"),
    }


def test_the_other_vocabularies_are_explained_to_the_last_word() -> None:
    assert {*ATTEMPTS} == {*map(str, Failure), CANNOT_SIGN}
    assert {code for code, _ in FOREIGN.values()} <= {*REFUSALS}
    assert {code for code, _ in GATEWAY_ERRORS.values()} <= {*GATEWAY}
    for status, (code, _) in GATEWAY_ERRORS.items():
        assert GATEWAY[code].status == status


def test_every_problem_that_is_explained_is_given_somewhere() -> None:
    given = {code for _, table, code, _ in _written() if table == "problem"}
    # The framework's own two get their codes by their status.
    assert given | {"not_found", "method_not_allowed"} == {*PROBLEMS, *INTERNAL}


def test_the_page_of_codes_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert page == markdown(), "run python -m handlers.codes > docs/errors.md"
