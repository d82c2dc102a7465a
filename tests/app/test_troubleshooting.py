"""docs/troubleshooting.md speaks of codes, checks and words that the code has."""

import re
from pathlib import Path

from app.doctor import (
    archive,
    clock,
    data_folder,
    database,
    environment,
    groups,
    notify,
    outbound,
    public_url,
    webhook_secret,
)
from domain.sentences import SENTENCES
from domain.submission import Waiting
from handlers.codes.attempts import ATTEMPTS
from handlers.codes.endings import ENDINGS
from handlers.codes.problems import PROBLEMS

PAGE = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text("utf-8")
CHECKS = {
    *(one.CHECK for one in (archive, clock, data_folder, database, environment, groups, notify)),
    *(one.CHECK for one in (outbound, public_url, webhook_secret)),
    *("worker", "deliveries", "quarantine"),
}


def test_every_code_in_a_heading_is_one() -> None:
    told = set(
        re.findall(r"`([a-z]+_[a-z_]+)`", " ".join(re.findall(r"^#+ .+$", PAGE, re.MULTILINE)))
    )
    told -= {"waiting_for"}
    assert len(told) > 8
    assert told <= {*PROBLEMS, *ENDINGS, *ATTEMPTS}


def test_it_has_a_word_for_everything_that_can_be_waited_for() -> None:
    assert set(re.findall(r"^### `waiting_for: (\w+)`$", PAGE, re.MULTILINE)) == {*Waiting}


def test_checks_of_the_doctor_are_called_by_their_names() -> None:
    told = re.findall(r"`likeness doctor`(?: says)?,? at `([^`]+)`(?: and `([^`]+)`)?", PAGE)
    told += re.findall(r"^\| `([^`]+)`()[: ]", PAGE, re.MULTILINE)
    assert len(told) > 8
    assert {name for pair in told for name in pair if name} <= CHECKS


def test_what_it_quotes_of_the_timeline_stands_there() -> None:
    sentences = " ".join(say({"reason": "so"}) for say in SENTENCES.values())
    quoted = re.findall(r"timeline says \"([^\"]+)\"", PAGE)
    assert len(quoted) == 2
    assert all(words in sentences for words in quoted)
