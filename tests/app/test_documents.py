"""The documents say what the code does: the table of kinds, the chain to copy, the files and excerpts."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from providers.kinds import CANCELERS, KINDS, Flow, Kind
from tests.app.service import Service

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "adding-a-provider.md").read_text("utf-8")
WEBHOOKS = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
]
PROVIDERS = {"wavespeed": "WaveSpeedAI", "302ai": "302.AI", "alltoken": "AllToken"}
PLACEHOLDER = "acme"
"""What the page calls the provider that is to be added."""


def _rows(head: str) -> list[list[str]]:
    """The cells of the README's table that begins with `head`."""
    table = README[README.index(head) :].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]


ROWS = {row[0].strip("`"): row for row in _rows("| Kind |")}


def test_the_readme_lists_every_kind_in_its_order() -> None:
    assert list(ROWS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_readme_says_of_a_kind_what_the_code_says(kind: Kind) -> None:
    _, title, fields, provider, end = ROWS[kind.name]
    assert (title, provider) == (kind.title, PROVIDERS[kind.provider])
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", fields))))
    schema: Any = kind.input.model_json_schema()
    assert set(schema["required"]) <= named, fields
    assert ("signed webhook" in end) is kind.webhook
    assert ("unsigned callback" in end) is kind.hint
    assert ("face scan" in end) is (kind.flow is Flow.SCAN)


def test_the_readme_names_all_who_can_be_asked_to_stop() -> None:
    assert {PROVIDERS[name] for name in CANCELERS} == {"AllToken"}
    assert "AllToken is asked to stop a video" in README


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    named = set(re.findall(r"[`(]([a-z]\w*/[\w./-]*\.(?:py|sql|md))[`)]", text))
    named |= set(re.findall(r"\]\((?!http)([^)#]+)\)", text))
    wanted = {path for path in named if PLACEHOLDER not in path}
    near = (ROOT, (ROOT / document).parent)
    assert not [path for path in wanted if not any((folder / path).exists() for folder in near)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_headings_that_a_document_leads_to_are_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for name, heading in re.findall(r"\]\((?!http)([^)#]*)#([^)]+)\)", text):
        page = (ROOT / document).parent / name if name else ROOT / document
        assert heading in _headings(page.read_text("utf-8")), f"{name}#{heading}"


def _headings(text: str) -> set[str]:
    """As GitHub names them in links."""
    lines: list[str] = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def _excerpts() -> list[tuple[str, str]]:
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    return [(path, text.rstrip()) for path, text in blocks]


@pytest.mark.parametrize(("path", "excerpt"), _excerpts(), ids=lambda value: value[:40])
def test_an_excerpt_stands_in_its_file_word_for_word(path: str, excerpt: str) -> None:
    assert excerpt in (ROOT / path).read_text("utf-8")


def test_every_excerpt_is_checked() -> None:
    assert len(_excerpts()) == PAGE.count("```python")


def test_checks_that_the_page_names_can_be_run() -> None:
    paths = re.findall(r"tests/[\w./]+", " ".join(re.findall(r"Check: `([^`]+)`", PAGE)))
    assert len(paths) >= 8
    assert all((ROOT / path).exists() for path in paths)


def _commands(mark: str) -> str:
    """The README's block of commands in which `mark` stands."""
    blocks: list[str] = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if mark in block)


def test_the_chain_of_the_readme_can_be_copied(shared_service: Service) -> None:
    commands = _commands("scan=").replace("likeness watch", "echo")
    done = subprocess.run(
        ["bash", "-euc", f'{commands}\nprintf "%s\\n" "$scan" "$portrait" "$avatar"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    video, scan, portrait, avatar = done.stdout.split()
    assert shared_service.get(scan)["waiting_for"] == "person"
    assert shared_service.get(video)["waiting_for"] == "dependency"
    assert shared_service.final(portrait)["status"] == "succeeded"
    assert shared_service.final(avatar)["status"] == "succeeded"


@pytest.mark.usefixtures("shared_service")
def test_the_action_of_the_readme_can_be_copied() -> None:
    done = subprocess.run(
        ["bash", "-euc", _commands("Action=")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r'"Id": ?"group-', done.stdout), done.stdout
