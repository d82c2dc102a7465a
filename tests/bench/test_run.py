"""A run: enough rounds for a median, and no more than there is time for."""

import platform
from pathlib import Path

from bench.machine import file_system, machine
from bench.run import FEWEST, Run


def test_all_rounds_are_made_while_there_is_time(tmp_path: Path) -> None:
    run = Run(database="sqlite", folder=tmp_path, rounds=5, budget=600)
    assert list(run.turns(1)) == [0, 1, 2, 3, 4]


def test_when_time_is_up_the_fewest_rounds_are_made_all_the_same(tmp_path: Path) -> None:
    run = Run(database="sqlite", folder=tmp_path, rounds=5, budget=0)
    assert len(list(run.turns(1))) == FEWEST


def test_every_database_is_a_new_one(tmp_path: Path) -> None:
    run = Run(database="sqlite", folder=tmp_path, table="intake")
    assert run.new_database() != run.new_database()


def test_the_machine_is_told_in_general_words(tmp_path: Path) -> None:
    told = machine(tmp_path)
    text = " ".join(told.values())
    assert {"processor", "memory", "kernel", "file system", "Python", "SQLite"} <= told.keys()
    assert all(told.values())
    assert platform.node() not in text
    assert str(tmp_path) not in text


def test_the_file_system_is_that_of_the_folder() -> None:
    assert file_system(Path("/proc/self")) == "proc"
