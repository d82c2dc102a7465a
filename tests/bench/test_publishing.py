"""Publishing: tables in Markdown and plots in SVG, written where the marks are."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.figures import PER_SECOND, TIMES, Result, Series
from bench.markdown import below, number, table
from bench.publish import BEGIN, END, publish, with_results

SERIES = [
    Series(what="Likeness", under="1", unit=PER_SECOND, values=[900, 1000, 1100]),
    Series(what="Likeness", under="64", unit=PER_SECOND, values=[6334.4]),
    Series(what="Likeness ÷ empty", under="1", unit=TIMES, values=[0.1, 0.6, 0.7], least=0.5),
    Series(what="Likeness ÷ empty", under="64", unit=TIMES, values=[0.28], least=0.5),
]


def result(*, name: str = "intake", quick: bool = False, database: str = "sqlite") -> Result:
    return Result(
        table=name,
        database=database,
        quick=quick,
        seconds=60,
        machine={"kernel": "Linux 6.1"},
        series=SERIES,
    )


def keep(folder: Path, *results: Result) -> None:
    folder.mkdir()
    for one in results:
        path = folder / f"{one.table}.{one.database}.json"
        path.write_text(json.dumps(one.as_json()))


def test_a_table_has_a_row_for_each_figure_and_says_what_reaches_its_aim() -> None:
    assert table(result()) == (
        "| SQLite | 1 | 64 | aim |\n"
        "| --- | ---: | ---: | --- |\n"
        "| Likeness | 1,000/s (900–1,100) | 6,334/s |  |\n"
        "| Likeness ÷ empty | **0.60** (0.10–0.70) | 0.28 | ≥ 0.5 |\n"
    )


def test_what_is_below_its_aim_is_listed() -> None:
    assert below([result()]) == ["- intake: Likeness ÷ empty, aim ≥ 0.5: 0.28 (SQLite, 64)"]


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (99.94, "99.9"), (0.284, "0.28"), (0, "0.00")]
)
def test_a_number_has_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    before = f"# Speed\n\n{BEGIN}\nold\n{END}\n\n## Why\n"
    after = with_results(before, [result()])
    assert after.startswith("# Speed\n")
    assert after.endswith("## Why\n")
    assert "old" not in after
    assert "| Likeness |" in after
    assert with_results(after, [result()]) == after


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(SystemExit, match="marks"):
        with_results("# Speed\n", [result()])


def test_a_quick_look_is_not_published(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="make bench installs it")
    keep(tmp_path / "results", result(quick=True))
    with pytest.raises(SystemExit, match="intake"):
        publish(tmp_path / "results", tmp_path)


def test_the_page_and_its_plots_are_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="make bench installs it")
    both = (result(), result(database="postgresql"), result(name="growth"))
    keep(tmp_path / "results", *both)
    (tmp_path / "README.md").write_text(f"{BEGIN}\n{END}\n")
    publish(tmp_path / "results", tmp_path)
    page = (tmp_path / "README.md").read_text()
    assert all(f"plots/{name}.svg" in page for name in ("intake", "growth"))
    drawn = {path.name: path.read_text() for path in (tmp_path / "plots").iterdir()}
    assert drawn.keys() == {"intake.svg", "growth.svg"}
    for text in drawn.values():
        whole = ElementTree.fromstring(text)  # noqa: S314 - our own picture
        assert whole.tag == "{http://www.w3.org/2000/svg}svg"
    # The same figures give the same picture, so that a commit shows only what has changed.
    publish(tmp_path / "results", tmp_path)
    assert drawn == {path.name: path.read_text() for path in (tmp_path / "plots").iterdir()}
