"""What somebody wants to look at, as a run: a run, a training, a fitted estimator, or a pipeline that ends in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import GlassnetError
from ..experiment import Training
from ..faces import in_brief
from .reading import Run


def run_of(subject: Any) -> Run | None:
    """The run in a subject; None where there is none in it.

    A fitted `GlassClassifier` or `GlassRegressor` hands its own over; of a pipeline the last step does, and of a
    search the best estimator. Columns are called what the steps before call them. Raises `GlassnetError` for an
    estimator that is not fitted, or whose rows are gone.
    """
    if isinstance(subject, Run):
        return subject
    if isinstance(subject, Training):
        return Run.of(subject)
    return _in_estimator(subject, None)


def need_run(subject: Any, what: str) -> Run:
    """The run in a subject. Raises `GlassnetError`, in words that begin with `what`, where there is none."""
    run = run_of(subject)
    if run is None:
        raise GlassnetError(
            f"{what} wants a run (glassnet.load('last')), a training, or a fitted GlassClassifier or GlassRegressor, "
            f"alone or at the end of a pipeline, not {in_brief(subject)}"
        )
    return run


def _in_estimator(subject: Any, names: Sequence[str] | None) -> Run | None:
    if hasattr(subject, "as_run"):
        run: Run = subject.as_run(names)
        return run
    if hasattr(subject, "estimators_"):  # many networks in one: which of them is meant, nobody can tell
        return None
    if hasattr(subject, "best_estimator_"):  # a search
        return _in_estimator(subject.best_estimator_, names)
    if isinstance(steps := getattr(subject, "steps", None), list) and steps:  # a pipeline
        return _in_estimator(steps[-1][1], _names_after(subject[:-1]) or names)
    if hasattr(subject, "regressor_"):  # TransformedTargetRegressor
        return _in_estimator(subject.regressor_, names)
    if hasattr(subject, "estimator_"):  # a fixed or tuned threshold, and others around one estimator
        return _in_estimator(subject.estimator_, names)
    return None


def inputs_of(subject: Any, X: Any) -> Any:
    """Rows as the network in a subject takes them: the steps of a pipeline before it have done their work on them."""
    if isinstance(subject, Run | Training) or hasattr(subject, "as_run"):
        return X
    if hasattr(subject, "best_estimator_"):
        return inputs_of(subject.best_estimator_, X)
    if isinstance(steps := getattr(subject, "steps", None), list) and steps:
        return inputs_of(steps[-1][1], subject[:-1].transform(X) if len(steps) > 1 else X)
    inside = getattr(subject, "regressor_", None) or getattr(subject, "estimator_", None)
    return X if inside is None else inputs_of(inside, X)


def _names_after(steps: Any) -> list[str] | None:
    """What the steps of a pipeline call the columns that they hand on; None where they don't say."""
    try:
        return [str(name) for name in steps.get_feature_names_out()]
    except Exception:  # each transformer has its own reasons; a picture is there without names, too
        return None
