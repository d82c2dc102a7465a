"""Plots as SVG: throughput by connections, and growth by stored submissions, a panel for each database."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.figures import PER_SECOND, Result, Series
from bench.markdown import TITLES

mpl.rcParams.update(
    {
        "svg.hashsalt": "likeness",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a plot of rates is called."""

    title: str
    across: str
    logarithmic: bool = False


THROUGHPUT = Look(title="Webhooks taken in, a second", across="connections", logarithmic=True)
GROWTH = Look(title="Requests a second with many stored submissions", across="stored submissions")


def draw(results: Sequence[Result], look: Look) -> str:
    """The SVG's text; the same figures give the same text."""
    figure = Figure(figsize=(5 * len(results), 4.2), facecolor="white", layout="constrained")
    panels = figure.subplots(1, len(results), squeeze=False, sharey=True)[0]
    found = [[one for one in result.series if one.unit == PER_SECOND] for result in results]
    colours = _colours(one.what for series in found for one in series)
    for panel, result, series in zip(panels, results, found, strict=True):
        for name, points in _lines(series).items():
            _draw_line(panel, name, points, colours[name])
        panel.set_title(TITLES[result.database])
        panel.set_xlabel(look.across)
        panel.grid(axis="y", color="#dddddd")
    if look.logarithmic:
        panels[0].set_yscale("log")
    else:
        panels[0].set_ylim(bottom=0)
    panels[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    # Of a colour that is in several panels one is enough.
    known = {
        name: handle
        for panel in panels
        for handle, name in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    below = {"loc": "outside lower center", "ncols": 4, "fontsize": "small", "frameon": False}
    figure.legend(known.values(), known.keys(), **below)
    figure.suptitle(look.title)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    # It ends some lines with blanks, which nobody wants in a repository.
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _colours(names: Iterable[str]) -> dict[str, str]:
    """The same name has the same colour in every panel."""
    return {name: f"C{place}" for place, name in enumerate(dict.fromkeys(names))}


def _lines(series: Sequence[Series]) -> dict[str, list[Series]]:
    lines: dict[str, list[Series]] = {}
    for one in series:
        lines.setdefault(one.what, []).append(one)
    return lines


def _draw_line(panel: mpl.axes.Axes, name: str, points: Sequence[Series], colour: str) -> None:
    """Medians, with bars from least to most."""
    medians = [point.median for point in points]
    bars = [
        [point.median - min(point.values) for point in points],
        [max(point.values) - point.median for point in points],
    ]
    places = [point.under for point in points]
    panel.errorbar(
        places, medians, yerr=bars, label=name, color=colour, marker="o", markersize=4, capsize=3
    )
