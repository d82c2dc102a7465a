"""Tables in Markdown: a row for each figure, a column for each condition, medians with least and most."""

from collections.abc import Iterable, Sequence

from bench.figures import TIMES, Result, Series

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table(result: Result) -> str:
    """What one table found on one database."""
    columns = _once(series.under for series in result.series)
    rows = _once(series.what for series in result.series)
    found = {(series.what, series.under): series for series in result.series}
    lines = [
        f"| {TITLES[result.database]} | {' | '.join(columns)} | aim |",
        f"| --- |{' ---: |' * len(columns)} --- |",
    ]
    for what in rows:
        mine = [found.get((what, under)) for under in columns]
        aims = _once(series.aim for series in mine if series is not None and series.aim)
        cells = ["" if series is None else cell(series) for series in mine]
        lines.append(f"| {what} | {' | '.join(cells)} | {', '.join(aims)} |")
    return "\n".join(lines) + "\n"


def cell(series: Series) -> str:
    """The median, in bold where it reaches its aim; least and most beside it, if there were several."""
    text = f"{number(series.median)}{'' if series.unit == TIMES else ' ' + series.unit}"
    text = text.replace(" /s", "/s")
    if series.reached:
        text = f"**{text}**"
    if len(series.values) > 1:
        text += f" ({number(min(series.values))}–{number(max(series.values))})"
    return text


def number(value: float) -> str:
    """Three digits, and no more than are true."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def below(results: Sequence[Result]) -> list[str]:
    """A line for each figure that does not reach its aim somewhere, and where."""
    lines: dict[str, list[str]] = {}
    for result in results:
        for series in result.series:
            if series.reached is False:
                line = lines.setdefault(f"{result.table}: {series.what}, aim {series.aim}", [])
                line.append(f"{number(series.median)} ({TITLES[result.database]}, {series.under})")
    return [f"- {about}: {', '.join(places)}" for about, places in lines.items()]


def _once(names: Iterable[str]) -> list[str]:
    """Each name, where it comes first."""
    return list(dict.fromkeys(names))
