"""What early stopping looks at may be undefined: that is said at once, and an epoch without it is never the best."""

import math

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.exceptions import ConvergenceWarning

from glassnet import Catalog, Dataset, Experiment, GlassClassifier, GlassnetWarning, GlassRegressor, Metric, run
from glassnet.catalog import GIVEN, read_part
from glassnet.cli import main
from glassnet.experiment import Training
from glassnet.training.epochs import Progress
from glassnet.training.history import Figures

ALIKE = "monitor roc_auc is undefined on the 8 validation rows, which are all 'no', whatever the network answers"


def table(path, positives: int = 1) -> str:
    """A hundred rows of two classes, of which one is so rare that the 8 validation rows have none of it."""
    rng = np.random.default_rng(0)
    rows = [f"{x:.3f},{y:.3f},{'yes' if i < positives else 'no'}" for i, (x, y) in enumerate(rng.normal(size=(100, 2)))]
    path.write_text("\n".join(["x,y,c", *rows]), encoding="utf-8")
    return str(path)


# --- rows that have none of it, whatever the network answers -------------------------------------------------------


def test_patience_for_what_the_rows_have_none_of_is_refused_before_anything_is_kept(tmp_path) -> None:
    given = ["train", table(tmp_path / "t.csv"), "--target", "c", "--monitor", "roc_auc", "--runs", str(tmp_path / "r")]
    answer = CliRunner().invoke(main, [*given, "--patience", "3"])
    assert answer.exit_code == 2 and ALIKE in answer.output and len(answer.output.strip().splitlines()) == 1
    assert not (tmp_path / "r").exists()


def test_without_patience_it_is_said_in_the_first_epoch(tmp_path) -> None:
    given = ["train", table(tmp_path / "t.csv"), "--target", "c", "--monitor", "roc_auc", "--runs", str(tmp_path / "r")]
    answer = CliRunner().invoke(main, [*given, "--epochs", "3"])
    lines = answer.output.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("epoch 1/3"))
    assert answer.exit_code == 0
    assert lines[first - 1].startswith("warning    roc_auc of the validation rows is undefined after the first epoch")
    quiet = CliRunner().invoke(main, [*given, "--epochs", "3", "--quiet"])
    assert "warning: roc_auc of the validation rows is undefined" in quiet.stderr and quiet.exit_code == 0


def test_python_warns_once_and_no_epoch_is_the_best(tmp_path) -> None:
    experiment = Experiment(dataset=table(tmp_path / "t.csv"), target="c", monitor="roc_auc", epochs=3)
    with pytest.warns(GlassnetWarning, match="no epoch can be the best one while it is") as caught:
        training = run(experiment).finish()
    assert len(caught) == 1 and training.progress.best_epoch == 0 and training.progress.best is None


def test_r2_of_one_row_is_refused_and_of_two_is_not() -> None:
    X = np.random.default_rng(1).normal(size=(60, 2))
    net = GlassRegressor((4,), early_stopping=True, monitor="r2", max_iter=3, n_iter_no_change=None, random_state=0)
    assert net.fit(X, X[:, 0], X_val=X[:2], y_val=X[:2, 0]).history_["monitored"].notna().all()
    with pytest.raises(ValueError, match=r"monitor r2 is undefined on the 1 validation row whatever"):
        net.fit(X, X[:, 0], X_val=X[:1], y_val=X[:1, 0])


@pytest.mark.parametrize("held", [0, 1])
def test_a_classifier_refuses_validation_rows_of_one_class(held: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 4))
    y = (X[:, 0] > 0).astype(int)
    net = GlassClassifier((5,), max_iter=5, early_stopping=True, monitor="roc_auc", random_state=0)
    with pytest.raises(ValueError, match=f"which are all {held}, whatever the network answers"):
        net.fit(X, y, X_val=X[y == held], y_val=y[y == held])


def test_several_labels_none_of_which_varies_are_refused_and_one_that_does_is_enough() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    y = (X[:, :2] > 0).astype(int)
    net = GlassClassifier((5,), max_iter=2, early_stopping=True, monitor="roc_auc", n_iter_no_change=None)
    both = (y == 1).all(axis=1)
    with pytest.raises(ValueError, match="monitor roc_auc is undefined"):
        net.fit(X, y, X_val=X[both], y_val=y[both])
    first = y[:, 0] == 1
    assert net.fit(X, y, X_val=X[first], y_val=y[first]).history_["monitored"].notna().all()


def test_a_part_without_a_positive_is_warned_of_where_more_parts_may_come() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = np.zeros(60, int)
    net = GlassClassifier((4,), early_stopping=True, monitor="roc_auc", random_state=0)
    with pytest.warns(ConvergenceWarning, match="roc_auc of the validation rows is undefined.*another monitor"):
        net.partial_fit(X, y, classes=[0, 1])


# --- a network that has none of it as yet ---------------------------------------------------------------------------


def shy() -> Metric:
    """A metric that only a perfect prediction has.

    1 where prediction = target
    """

    def value(prediction, target, weight):
        return 1.0 if np.array_equal(prediction, target) else float("nan")

    return Metric(value, better="higher", sees="numbers")


def test_what_is_never_defined_ends_after_patience_and_says_so() -> None:
    known = Catalog.discover(guests=False)
    catalog = Catalog([*known.parts(), read_part("metric", shy, GIVEN)], known.guests)
    X = np.random.default_rng(1).normal(size=(60, 2))
    words = Experiment(dataset="xor", monitor="shy", patience=4, epochs=50)
    training = Training(words, catalog, source=Dataset(X, X[:, 0] * 2 + 1))
    with pytest.warns(GlassnetWarning, match="shy of the validation rows is undefined"):
        training.finish()
    assert len(training.progress.epochs) == 4 and training.progress.best_epoch == 0
    assert training.progress.stopped == "no better shy for 4 epochs: it was never defined"


@pytest.mark.parametrize(
    "seen", [[math.nan, 3.0, 2.0, math.nan], [math.nan, math.nan, 2.0, 5.0], [math.inf, math.nan, 2.0]]
)
def test_the_best_epoch_is_the_lowest_that_is_a_number(seen: list[float]) -> None:
    progress = Progress()
    for number, monitored in enumerate(seen, 1):
        progress.note(Figures(number, number, 1.0, None, monitored, 0.1, 0.0), {})
    assert progress.best_epoch == int(np.nanargmin(seen)) + 1
