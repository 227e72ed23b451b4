"""The page of whatever somebody has in hand: `report(clf, "clf.html")`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import GlassnetError, need
from ..runs import Run, need_run
from .comparison import write_comparison
from .page import FILE, write_report


def report(subject: Any, path: str | Path | None = None) -> Path:
    """Write one self-contained page about a run, or about several side by side, and return its path.

    `report(clf, "clf.html")`, `report([load(1), load(2)], "both.html")`.
    `subject` is a run (`load("last")`), a training that was finished, a fitted `GlassClassifier` or `GlassRegressor`, a
    scikit-learn pipeline or search that ends in one, or a list of these. Without a `path` the page of a run that was
    kept goes into its folder, any other is `report.html`; what is there already is replaced in a run's folder alone.

    Raises `GlassnetError` for anything else, for what is not finished, and where the page can't be written.
    """
    several = isinstance(subject, Sequence) and not isinstance(subject, str) and not hasattr(subject, "steps")
    runs = [need_run(one, "report") for one in subject] if several else [need_run(subject, "report")]
    need(path, str | Path | None, "report wants a path, such as 'report.html'")
    if not runs:
        raise GlassnetError("report wants at least one run, and this list is empty")
    place = _place(runs, path)
    if len(runs) == 1:
        return write_report(runs[0], place)
    return write_comparison(runs, place, runs[0].catalog)


def _place(runs: list[Run], path: str | Path | None) -> Path | None:
    """Where the page goes; None where a run's own folder says it."""
    if path is None and all(run.folder.is_dir() for run in runs):
        return None
    place = Path(path or FILE)
    if place.exists():
        raise GlassnetError(f"{place} exists already and is left as it is: give another path")
    return place
