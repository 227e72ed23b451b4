"""A fit as a run: what pictures, summary, trace, page and diagnosis look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..catalog import Phrase
from ..errors import GlassnetError
from ..experiment import DEFAULT_OPTIMIZER, choose_parts
from ..kinds import Dataset
from ..runs import Run
from .words import CALLED, LARGEST_AUTO_BATCH, experiment_of, known_parts, said_in_parameters, with_given


def run_of_fit(estimator: Any, names: Sequence[str] | None = None) -> Run:
    """What the last fit did, with the rows that it was given; `names` is what its columns are called, where it knows
    of none itself.

    The rows are those that were handed over and are not copied; a pickled estimator leaves them behind. Scores are
    those of the training rows, and of validation rows where the fit had some.
    """
    if not estimator.__sklearn_is_fitted__():
        raise GlassnetError(f"this {type(estimator).__name__} is not fitted yet: call fit(X, y) first")
    fitted = estimator._fitted
    if fitted.given is None:
        return _without_rows(estimator, fitted)
    catalog = with_given(known_parts(), estimator)
    source, features = fitted.given.dataset, fitted.model.features
    if source.feature_names is None and names is not None and len(names) == len(features.columns):
        source = replace(source, feature_names=list(names))
        fitted = replace(fitted, model=replace(fitted.model, features=features.renamed(names)))
    with said_in_parameters():
        training = estimator._training(replace(fitted.given, dataset=source), fitted, fitted.seed, 0)
    training.catalog = catalog
    training.experiment = training.experiment.replace(dataset=_rows_of(estimator, source))
    training.progress.stopped = fitted.progress.stopped or "between parts"
    return Run.of(training, said_by=in_parameters_of(estimator))


def _without_rows(estimator: Any, fitted: Any) -> Run:
    """A fit from a file or a copy: its network, its choices and its epochs, and in words what it lacks."""
    gone = (
        f"the rows that this {type(estimator).__name__} was fitted to are kept neither in files nor in copies: "
        "fit it again in this process to look into it"
    )
    catalog, targets = with_given(known_parts(), estimator), fitted.model.targets
    epochs = fitted.progress.epochs
    rows = fitted.seen // len(epochs) if fitted.seen and epochs else LARGEST_AUTO_BATCH
    with said_in_parameters():
        words = experiment_of(
            estimator, catalog, task=targets.task, rows=rows, dtype=fitted.model.network.dtype.name,
            epochs=len(epochs), seed=fitted.seed,
        )  # fmt: skip
        chosen = choose_parts(words, None, targets.task, catalog, targets.columns)
    run = Run(Path("in-memory"), catalog, said_by=in_parameters_of(estimator), rows_gone=gone)
    run.__dict__.update(
        experiment=words.replace(**chosen.words(), dataset=_rows_of(estimator, None)),
        epochs=epochs,
        model=fitted.model,
        provenance={"rows": {"train": rows}} if fitted.seen else {},
        result={},
        watched=None,
    )
    return run


def _rows_of(estimator: Any, source: Dataset | None) -> Callable[..., Dataset | None]:
    """The rows under a name that a title can say."""

    def rows() -> Dataset | None:
        return source

    rows.__name__ = rows.__qualname__ = type(estimator).__name__
    return rows


#: Settings of an experiment that are no parameters here: what does the same.
_ELSEWHERE = {
    "scale": "make_pipeline(StandardScaler(), ...)",
    "test": "score(X_test, y_test) on rows that train_test_split(X, y) kept back",
    "split_seed": "several random_state of train_test_split",
    "metrics": "",
}


def in_parameters_of(estimator: Any) -> Callable[[Mapping[str, str]], list[str]]:
    """How changes of settings are said to this estimator: `optimizer='adam:lr=0.03'`."""

    def said(changes: Mapping[str, str]) -> list[str]:
        return [text for name, value in changes.items() if (text := _parameter(estimator, name, value))]

    return said


def _parameter(estimator: Any, name: str, value: str) -> str:
    field, _, option = name.partition(".")
    if field in _ELSEWHERE:
        return _ELSEWHERE[field]
    if option:
        given = getattr(estimator, CALLED[field]) or DEFAULT_OPTIMIZER
        return f"{CALLED[field]}={str(Phrase.parse(str(given)).with_option(option, value))!r}"
    if field == "patience":
        return f"early_stopping=True, n_iter_no_change={value}"
    if field == "hidden":
        return f"hidden_layer_sizes=({'' if value == 'none' else value + ','})"
    plain_value = {"true": "True", "false": "False", "none": "None", "full": "len(X)"}.get(value, value)
    is_word = plain_value == value and not value.replace(".", "").replace("e-", "").isdigit()
    return f"{CALLED[field]}={value!r}" if is_word else f"{CALLED[field]}={plain_value}"
