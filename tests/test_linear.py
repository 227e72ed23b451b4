"""The straight line beside a network: scikit-learn's own, on the same rows, and what is said about the two."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, r2_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import Dataset, Experiment, GlassnetError, Run, Training, load, record
from glassnet import run as begin
from glassnet.cli import main
from glassnet.data import Rows
from glassnet.experiment import linear, why_no_line
from glassnet.pages import diagnose, page_of


def theirs(training: Training) -> Pipeline:
    """scikit-learn's model with its own defaults, but solved more exactly, fitted on the training rows."""
    rows, task = training.data.train, training.data.targets.task
    exact = LogisticRegression(max_iter=5000, tol=1e-9)
    model = Ridge() if task == "regression" else OneVsRestClassifier(exact) if task == "multilabel" else exact
    return make_pipeline(StandardScaler(), model).fit(rows.X, rows.target)


def answered(training: Training, rows: Rows) -> np.ndarray:
    """What our line says of rows: numbers in the target's own units, or shares of the classes."""
    y = training.line.outputs(rows)
    if training.data.targets.task == "regression":
        return training.line.scorer.targets.numbers(y)
    return np.hstack([1 - y, y]) if y.shape[1] == 1 and training.data.targets.task == "binary" else y


def labels() -> Dataset:
    """Three labels of which a row has any number."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(150, 5))
    return Dataset(X, (X @ rng.normal(size=(5, 3)) + rng.normal(size=(150, 3)) > 0).astype(int))


def rows_of_numbers() -> Dataset:
    """Two targets in units of a million, of more columns than rows."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(60, 90))
    return Dataset(X, 1e6 * X[:, :2] + rng.normal(size=(60, 2)))


CASES = {
    "binary": {"dataset": "breast_cancer"},
    "multiclass": {"dataset": "iris"},
    "numbers": {"dataset": "diabetes"},
    "labels": {"dataset": labels},
    "wide": {"dataset": rows_of_numbers},
    "another loss": {"dataset": "iris", "loss": "hinge"},
    "units as they are": {"dataset": "diabetes", "scale": "none", "loss": "absolute_error"},
    "float32": {"dataset": "breast_cancer", "dtype": "float32"},
}


@pytest.mark.parametrize("case", CASES)
def test_the_line_is_that_of_scikit_learn(case: str) -> None:
    training = begin(Experiment(epochs=0, **CASES[case]))  # type: ignore[arg-type]
    model, rows = theirs(training), training.data.test
    assert rows is not None
    if training.data.targets.task == "regression":
        wanted = model.predict(rows.X).reshape(len(rows), -1)
        np.testing.assert_allclose(answered(training, rows), wanted, rtol=1e-6)
    else:
        np.testing.assert_allclose(answered(training, rows), model.predict_proba(rows.X), atol=3e-3)


def test_the_scores_are_those_of_scikit_learn_on_each_split() -> None:
    for dataset, name, score in (("breast_cancer", "accuracy", accuracy_score), ("diabetes", "r2", r2_score)):
        training = begin(Experiment(dataset=dataset, epochs=1)).finish()
        found, model = training.beside(), theirs(training)
        assert found is not None and found.rows == len(training.data.train)
        for split, rows in training.splits().items():
            said = model.predict(rows.X).reshape(rows.target.shape)
            assert found.metrics[split][name] == pytest.approx(score(rows.target, said))
        low, high = found.intervals["test"][name]
        assert low <= found.metrics["test"][name] <= high
        difference = found.differences[name][0]
        assert difference == pytest.approx(training.scores()["test"][name] - found.metrics["test"][name])


def test_rows_that_weigh_more_weigh_more_in_the_line() -> None:
    balanced = begin(Experiment(dataset="breast_cancer", epochs=0, class_weight="balanced"))
    rows = balanced.data.train
    exact = LogisticRegression(max_iter=5000, tol=1e-9, class_weight="balanced")
    model = make_pipeline(StandardScaler(), exact).fit(rows.X, rows.target)
    np.testing.assert_allclose(answered(balanced, rows), model.predict_proba(rows.X), atol=3e-3)
    assert np.abs(model.predict_proba(rows.X) - theirs(balanced).predict_proba(rows.X)).max() > 0.01


def test_the_line_does_not_depend_on_what_is_chosen_for_the_network() -> None:
    lines = [
        begin(Experiment(dataset="diabetes", epochs=0, **words)).beside()  # type: ignore[arg-type]
        for words in (
            {},
            {"hidden": (3,), "seed": 5, "l2": 10.0},
            {"loss": "huber", "optimizer": "sgd"},
            {"scale": "minmax"},
        )
    ]
    assert all(one is not None for one in lines)
    r2 = [one.metrics["test"]["r2"] for one in lines if one is not None]
    np.testing.assert_allclose(r2, r2[0], rtol=1e-6)


def test_fitting_a_line_changes_no_number_of_the_training() -> None:
    plain, looked = (begin(Experiment(dataset="iris", epochs=3)) for _ in range(2))
    for _ in looked:
        looked.beside()
    np.testing.assert_array_equal(plain.finish().network.w, looked.network.w)


def test_large_sets_are_fitted_on_some_of_their_rows_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "MOST_ROWS", 200)
    training = begin(Experiment(dataset="breast_cancer", epochs=0))
    found = training.beside()
    assert found is not None and 100 <= found.rows <= 200
    pictures = begin(Experiment(dataset="digits8x8", epochs=0))
    assert pictures.beside() is None and why_no_line(pictures.data) == "1,293 pictures are too many"
    with pytest.raises(GlassnetError, match="1,293 pictures are too many"):
        _ = pictures.line
    monkeypatch.setattr(linear, "MOST_NUMBERS", 1000)
    assert "30 prepared columns are too many" in why_no_line(training.data)


# --- said -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Runs on rows that a line can't part, on rows that it parts best, one hardly trained, and a line itself."""
    home = tmp_path_factory.mktemp("lines")
    rng = np.random.default_rng(2)
    a, b = rng.uniform(-1, 1, (2, 400))
    noise = rng.normal(0, 0.1, 400)
    pd.DataFrame({"a": a, "b": b, "y": a * b + noise}).to_csv(home / "bent.csv", index=False)
    pd.DataFrame({"a": a, "b": b, "y": a - 2 * b + 3 * noise}).to_csv(home / "flat.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        rate = {"optimizer": "adam:lr=0.02"}
        for words in (
            {"dataset": "bent.csv", "hidden": (16,), **rate},
            {"dataset": "flat.csv", "hidden": (4,), "epochs": 100, **rate},
            {"dataset": "flat.csv", "epochs": 1, "optimizer": "sgd:lr=0.0001"},
            {"dataset": "flat.csv", "hidden": (), "epochs": 2},
        ):
            record(begin(Experiment(target="y", **{"epochs": 50, **words}))).finish()  # type: ignore[arg-type]
        yield home


def said(*words: str) -> str:
    done = CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")
    assert done.exit_code == 0, done.output
    return done.output


def test_who_is_ahead_is_said_beyond_luck_alone(home: Path) -> None:
    for number, words in ((1, "the network is ahead by"), (2, "not told apart from the network"),
                          (3, "the line is ahead by")):  # fmt: skip
        (line,) = [line for line in said("evaluate", str(number)).splitlines() if line.startswith("straight line")]
        assert line.startswith("straight line (ridge regression): test r2 ") and words in line


def test_a_network_that_is_not_better_is_a_finding(home: Path) -> None:
    found = {
        number: {sign.name: sign.severity for one in diagnose(load(number)) for sign in (one, *one.shows_as)}
        for number in (1, 2, 3, 4)
    }
    assert not [name for name in (*found[1], *found[4]) if "straight line" in name]
    assert found[2]["no better than a straight line"] == "remark"
    assert found[3]["worse than a straight line"] == "warning"


def test_the_page_and_the_notebook_show_it(home: Path) -> None:
    run = load(1)
    assert run.linear is not None
    value = f"{run.linear.metrics['test']['r2']:.4f}"
    for page in (page_of(run), run._repr_html_()):
        assert "straight line" in page and value in page


def test_train_prints_it_as_json_and_keeps_it(home: Path) -> None:
    printed = json.loads(said("train", "iris", "--epochs", "2", "--json"))
    kept = json.loads((load("last").folder / "metrics.json").read_text())
    assert printed["linear"] == kept["linear"]
    assert list(kept["linear"]) == ["model", "rows", "metrics", "intervals", "differences"]
    assert set(kept["linear"]["metrics"]) == {"train", "validation", "test"}
    assert json.loads(said("evaluate", "last", "--json"))["linear"] == kept["linear"]


def test_a_run_that_was_kept_before_there_were_lines_is_read(home: Path) -> None:
    kept = record(begin(Experiment(dataset="iris", epochs=2))).finish()
    path = kept.folder / "metrics.json"
    result = json.loads(path.read_text())
    del result["linear"]
    path.write_text(json.dumps(result))
    run = load(kept.folder)
    assert run.linear is None and "<dt>a straight line" not in page_of(run)
    assert "straight line" not in run._repr_html_()
    assert "straight line" in said("evaluate", str(kept.folder))  # that looks at the rows again
    path.write_text(json.dumps(result | {"linear": {"model": 3}}))
    with pytest.raises(GlassnetError, match=r"metrics\.json"):
        _ = load(kept.folder).result


def test_whoever_breaks_off_does_not_wait_for_a_line(home: Path) -> None:
    recording = record(begin(Experiment(dataset="iris", epochs=5)))
    epochs = iter(recording)
    next(epochs)
    with pytest.raises(KeyboardInterrupt):
        epochs.throw(KeyboardInterrupt())
    assert recording.result["linear"] is None
    assert "straight line" in said("train", "--resume", str(recording.folder))
    assert isinstance(load(recording.folder), Run) and load(recording.folder).linear is not None


def test_no_library_is_loaded_for_a_line() -> None:
    code = (
        "import sys, glassnet; t = glassnet.run(glassnet.Experiment(dataset='moons', epochs=1)).finish(); "
        "assert t.beside() is not None; print([m for m in ('sklearn', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
