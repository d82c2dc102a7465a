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
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
WRITTEN = [path for path in MODULES if path.stat().st_size]
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
LONGEST = 300
TABLES = {"app/settings.py": 350}
"""Longer because of a table with one entry for each of something."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_a_file_has_at_most_three_hundred_lines(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= TABLES.get(name(path), LONGEST)


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_a_module_says_in_a_sentence_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in VAGUE
