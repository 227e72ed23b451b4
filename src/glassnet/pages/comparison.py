"""The page of several runs side by side: what sets them apart first, then what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..catalog import Catalog
from ..diagnosis import Case, diagnose
from ..errors import GlassnetError
from ..files import write_text
from ..runs import Run
from ..wording import SPLITS, figure, metric
from .page import grouped, render, sentences
from .pictures import Picture, drawn, suited

FILE = "comparison.html"


def write_comparison(runs: Sequence[Run], path: Path | None = None, catalog: Catalog | None = None) -> Path:
    """Write the page of several runs, `comparison.html` beside the first one's folder if no other path is given.

    Raises `GlassnetError` as `comparison_of` does, and where the folder can't be written to.
    """
    text = comparison_of(runs, catalog)
    path = runs[0].folder.parent / FILE if path is None else path
    write_text(path, text, elsewhere="give another --output")
    return path


def comparison_of(runs: Sequence[Run], catalog: Catalog | None = None) -> str:
    """One self-contained HTML page about several runs, with the plots of a catalog (the first run's if none is given).

    Raises `GlassnetError` for fewer than two, and where one is not finished.
    """
    if len(runs) < 2:
        raise GlassnetError("a comparison needs at least two runs")
    cases = [Case(run) for run in runs]
    return render(
        "comparison.html",
        title=f"{len(runs)} runs side by side",
        names=[run.title for run in runs],
        folders=[str(run.folder) for run in runs],
        differences=runs[0].experiment.differences(run.experiment for run in runs[1:]),
        sentences=[list(sentences(case)) for case in cases],
        scores=scores_table(cases),
        findings=[diagnose(case) for case in cases],
        galleries=_pictures(runs, catalog or runs[0].catalog),
    )


def _pictures(runs: Sequence[Run], catalog: Catalog) -> list[tuple[str, list[Picture]]]:
    together = list(runs)
    fitting = [one for one in suited(together, catalog) if not one.costly]
    return grouped(drawn(fitting, together, "runs"))


def scores_table(cases: Sequence[Case]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(metric, (score, what belongs to it) of each run): on the rows to choose by, with interval and baseline."""
    names = list(dict.fromkeys(name for case in cases for name in case.run.metrics))
    runs = [case.run for case in cases]
    return [(metric(name), [_cell(run, name, run.chosen_by(*runs)) for run in runs]) for name in names]


def _cell(run: Run, name: str, split: str) -> tuple[str, str]:
    if name not in run.metrics:
        return "–", ""
    score, learned = run.score(split, name), run.score("train", name)
    about = (
        f"{SPLITS[split]}, 95 %: {figure(score.low)} to {figure(score.high)}; training rows {figure(learned.value)}; "
        f"baseline {figure(score.baseline)}"
    )
    return figure(score.value), about
