"""Figures: medians, ratios round by round, aims, and the way to JSON and back."""

import json

import pytest

from bench.figures import TIMES, Result, Series, from_json, ratios


def series(*values: float, least: float | None = None, most: float | None = None) -> Series:
    return Series(what="intake", under="64", unit=TIMES, values=values, least=least, most=most)


def test_the_median_is_not_moved_by_one_bad_round() -> None:
    assert series(0.4, 0.01, 0.5).median == 0.4


def test_a_ratio_compares_what_ran_in_the_same_round() -> None:
    assert ratios([10, 90], [20, 90]) == [0.5, 1]


def test_rounds_of_which_one_is_missing_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


@pytest.mark.parametrize(
    ("figure", "reached", "aim"),
    [
        (series(0.5, least=0.5), True, "≥ 0.5"),
        (series(0.49, least=0.5), False, "≥ 0.5"),
        (series(8, most=8), True, "≤ 8"),
        (series(8.1, most=8), False, "≤ 8"),
        (series(8), None, ""),
    ],
)
def test_an_aim_is_reached_by_the_median(figure: Series, reached: bool | None, aim: str) -> None:
    assert (figure.reached, figure.aim) == (reached, aim)


def test_a_result_is_the_same_after_it_was_kept() -> None:
    result = Result(
        table="intake",
        database="sqlite",
        quick=False,
        seconds=1.5,
        machine={"kernel": "Linux 6.1"},
        series=[series(1.0, 2.0, least=1.0)],
    )
    kept = from_json(json.loads(json.dumps(result.as_json())))
    assert kept.as_json() == json.loads(json.dumps(result.as_json()))
    assert kept.series[0].median == 1.5
