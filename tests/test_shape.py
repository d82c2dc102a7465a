"""The shape of the code: files that fit in the head, each with a sentence that says what it is for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "app",
    "bench",
    "delivery",
    "domain",
    "engine",
    "handlers",
    "providers",
    "sandbox",
    "store",
    "tests",
)
VERBS = {"delete", "get", "head", "options", "patch", "post", "put", "request", "stream"}
CALLS = VERBS | {"AsyncClient", "Client"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
LONGEST = 300
TABLES = {"app/settings.py": 370}
"""Longer because of a table with one entry for each of something."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found
    return found


def written(folder: str) -> list[Path]:
    return [path for path in modules(folder) if path.stat().st_size]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_file_has_at_most_three_hundred_lines(folder: str) -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in written(folder)}
    longer = {file: count for file, count in lines.items() if count > TABLES.get(file, LONGEST)}
    assert not longer


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_module_says_in_a_sentence_what_it_is_for(folder: str) -> None:
    trees = {name(path): ast.parse(path.read_text("utf-8")) for path in written(folder)}
    assert not [file for file, tree in trees.items() if not ast.get_docstring(tree)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_module_has_a_name_that_says_nothing(folder: str) -> None:
    assert not [name(path) for path in modules(folder) if path.stem in VAGUE]


def test_every_client_of_a_test_says_how_long_it_waits() -> None:
    """httpx gives up after five seconds, which a busy machine may need for anything."""
    hasty = [
        f"{name(path)}:{call.lineno}"
        for path in written("tests")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _is_of_httpx(call.func)
        # Over a transport of our own nobody waits.
        if not {"**PATIENT", "timeout", "transport"} & {_name_of(one) for one in call.keywords}
    ]
    assert not hasty


def _is_of_httpx(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "httpx"
        and called.attr in CALLS
    )


def _name_of(given: ast.keyword) -> str:
    return given.arg or f"**{ast.unparse(given.value)}"
