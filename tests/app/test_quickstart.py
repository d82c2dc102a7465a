"""docs/quickstart.md can be copied from its first block to its last, and says of each kind what comes."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from providers.kinds import KINDS
from tests.app.program import likeness, until
from tests.app.service import Service
from tests.wire import PATIENT

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text("utf-8")
NOBODY = "http://127.0.0.1:9/hooks"
"""Where no app listens: what it would be told stands in the deliveries all the same."""


class Section(NamedTuple):
    """What the page says of one kind."""

    kind: str
    name: str
    """The shell's variable in which the submission's id is kept."""
    answer: Json
    told: list[str]


def _blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _sections() -> list[Section]:
    found = []
    for text in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        kind = re.match(r"`([^`]+)`\n", text)
        if kind is None:
            continue
        (name,) = re.findall(r"^(\w+)=\$\(submit ", text, re.MULTILINE)
        (answer,) = _blocks("json", text)
        told = re.findall(r"`(submission\.\w+)`", text.partition("**Told:**")[2].partition("\n")[0])
        found.append(Section(kind[1], name, json.loads(answer), told))
    return found


SECTIONS = _sections()


def test_the_page_has_a_section_for_every_kind() -> None:
    assert {section.kind for section in SECTIONS} == set(KINDS)


def test_the_page_can_be_copied_and_its_answers_come(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All blocks in one shell, but for those that say how a terminal is set up."""
    made = likeness("keys", "create", "told", "--notify", NOBODY, "--json").stdout
    told = Service(url=service.url, key=json.loads(made)["api_key"])
    monkeypatch.setenv("LIKENESS_API_KEY", told.key)
    shown = "".join(f'echo "id: {one.kind} ${one.name}"\n' for one in SECTIONS)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join([*_blocks("sh", PAGE), shown])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ids = dict(re.findall(r"^id: (\S+) (sub_\w+)$", done.stdout, re.MULTILINE))
    assert list(ids) == [section.kind for section in SECTIONS]
    for section in SECTIONS:
        submission = told.get(ids[section.kind])
        assert submission["kind"] == section.kind
        assert submission["status"] == section.answer["status"], submission
        assert _form(submission["result"]) == _form(section.answer["result"])
        until(lambda one=section: _told(told, ids[one.kind]) == one.told)  # type: ignore[misc]  # ids is not changed
    (refused,) = [answer for answer in _answers(done.stdout) if "errors" in answer]
    assert refused["errors"] == json.loads(_blocks("json", PAGE)[-1])["errors"]


def _answers(output: str) -> list[Json]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _form(result: Json) -> list[tuple[str, Any]]:
    """Names, and of outputs the names and the type of each."""
    outputs = [(sorted(one), one["content_type"]) for one in result["outputs"]]
    return [(name, outputs if name == "outputs" else None) for name in result]


def _told(service: Service, submission_id: str) -> list[str]:
    """The events of a submission's deliveries, the oldest first."""
    answer = httpx.get(
        f"{service.url}/v1/submissions/{submission_id}/deliveries",
        headers={"authorization": f"Bearer {service.key}"},
        **PATIENT,
    )
    return [one["type"] for one in sorted(answer.json()["items"], key=lambda one: one["id"])]
