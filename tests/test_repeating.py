"""`train --folds K --repeats N`: one setting trained again and again, beside scikit-learn's own cross-validation."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import Sweep
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.experiment import Experiment
from glassnet.sweeps import repeated
from glassnet.sweeps.division import divide

pytestmark = pytest.mark.usefixtures("empty_folder")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def trained(*words: str) -> dict:  # type: ignore[type-arg]
    done = run("train", *words, "--jobs", "1", "--json")
    assert done.exit_code == 0, done.output
    found: dict = json.loads(done.stdout)  # type: ignore[type-arg]
    return found


def error(*words: str) -> str:
    done = run("train", *words)
    assert done.exit_code == 2, done.output
    return done.stderr.splitlines()[-1]


# --- the figures ------------------------------------------------------------------------------------------------


def test_seeds_alone_have_the_interval_of_students_t() -> None:
    values = [0.8, 0.7, 0.9, 0.85]
    found = repeated({(seed, 0): value for seed, value in enumerate(values)}, folds=0)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.mean, found.spread) == pytest.approx((np.mean(values), np.std(values, ddof=1)))


def test_folds_have_the_interval_of_nadeau_and_bengio() -> None:
    """Their formula, s^2 (1/n + n_test/n_train), worked out for five folds: n_test/n_train is 1/4."""
    values = np.array([0.8, 0.7, 0.9, 0.85, 0.75])
    found = repeated({(0, fold): value for fold, value in enumerate(values)}, folds=5)
    half = stats.t.ppf(0.975, 4) * np.sqrt(values.var(ddof=1) * (1 / 5 + 1 / 4))
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half))


def test_more_seeds_on_the_same_folds_do_not_pretend_to_be_more_rows() -> None:
    values = np.array([0.8, 0.7, 0.9, 0.85, 0.75])
    once = repeated({(0, fold): value for fold, value in enumerate(values)}, folds=5)
    often = repeated({(seed, fold): value for fold, value in enumerate(values) for seed in range(50)}, folds=5)
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_an_interval_ends_where_a_score_does_and_one_value_has_none() -> None:
    found = repeated({(0, 0): 1.0, (0, 1): 0.9}, folds=2, bounds=(0, 1))
    assert found.high == 1.0 and found.low >= 0.0
    assert np.isnan(repeated({(0, 0): 1.0}, folds=0).low) and np.isnan(repeated({}, folds=0).mean)


def test_the_interval_covers_what_it_promises() -> None:
    """Of the mean of 6 seeds drawn from a known spread: 95 % of the intervals hold the middle, within luck."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        found = repeated(dict(zip([(s, 0) for s in range(6)], rng.normal(0.7, 0.1, 6), strict=True)), folds=0)
        held += found.low <= 0.7 <= found.high
    assert 400 * 0.95 - 3 * np.sqrt(400 * 0.05 * 0.95) < held < 400 * 0.95 + 3 * np.sqrt(400 * 0.05 * 0.95)


# --- the command ------------------------------------------------------------------------------------------------


def test_folds_score_each_row_but_the_test_rows_once_beside_scikit_learns_line() -> None:
    found = trained("iris", "--folds", "4", "--epochs", "3")
    assert (found["folds"], found["repeats"], found["trainings"], found["metric"]) == (4, 1, 4, "accuracy")
    division = divide(Experiment(dataset="iris"), Catalog.discover(guests=False), 4)
    X, y = division.source.X, division.source.y
    wanted = []
    for split in division.splits:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000, tol=1e-8))
        wanted.append(model.fit(X[split.train], y[split.train]).score(X[split.validation], y[split.validation]))
    assert found["linear"]["accuracy"]["values"] == pytest.approx(wanted)
    scored = np.sort(np.concatenate([split.validation for split in division.splits]))
    assert len(scored) == len(set(scored)) == 120 and not set(scored) & set(division.test)


@pytest.mark.parametrize(
    ("words", "count"),
    [(("--repeats", "3"), 3), (("--folds", "2", "--repeats", "2"), 4), (("--folds", "3"), 3)],
)
def test_differences_are_taken_on_the_same_rows(words: tuple[str, ...], count: int) -> None:
    found = trained("diabetes", "--epochs", "2", *words)
    for name, one in found["scores"].items():
        pairs = zip(one["values"], found["linear"][name]["values"], strict=True)
        assert found["differences"][name]["values"] == pytest.approx([ours - theirs for ours, theirs in pairs])
        assert len(one["values"]) == count and one["mean"] == pytest.approx(np.mean(one["values"]))
    assert found["failed"] == 0


def test_a_repeat_is_the_training_of_that_seed() -> None:
    found = trained("iris", "--repeats", "2", "--seed", "4", "--epochs", "3")
    for seed, value in zip(("4", "5"), found["scores"]["accuracy"]["values"], strict=True):
        alone = json.loads(run("train", "iris", "--seed", seed, "--epochs", "3", "--json").stdout)
        assert alone["metrics"]["validation"]["accuracy"] == value


def test_a_person_sees_how_many_trainings_and_which_luck_is_meant() -> None:
    done = run("train", "iris", "--folds", "2", "--repeats", "2", "--epochs", "2", "--jobs", "1")
    for words in ("2 folds x 2 seeds: 4 trainings", "test rows take no part", "straight line", "network less line",
                  "cell 4/4", "luck of rows and seeds", "kept in sweeps/0001-iris"):  # fmt: skip
        assert words in done.stdout, words
    assert "luck of seeds alone" in run("train", "iris", "--repeats", "2", "--epochs", "1", "--jobs", "1").stdout
    short = run("train", "iris", "--repeats", "2", "--epochs", "1", "--jobs", "1", "--quiet").stdout.splitlines()
    assert len(short) == 1 and ", straight line 0." in short[0] and not Path("runs").exists()


def test_what_is_done_is_kept_and_gone_on_with() -> None:
    whole = trained("iris", "--folds", "3", "--epochs", "2")
    folder = Path(whole["sweep"])
    cells = (folder / "cells.jsonl").read_text().splitlines(keepends=True)
    (folder / "cells.jsonl").write_text("".join(cells[:1]) + cells[1][:20])  # a kill in the second
    assert len(Sweep.load(folder).outcomes) == 1
    again = json.loads(run("sweep", "--resume", "last", "--jobs", "1", "--json").stdout)
    assert again["scores"] == whole["scores"] and again["linear"] == whole["linear"]
    drawn = run("plot", str(folder))
    assert drawn.exit_code == 0 and "failed" not in drawn.output, drawn.output
    assert Experiment.from_toml(folder / "best.toml").dataset.endswith("iris")


def test_what_does_not_go_together_is_said() -> None:
    assert "--folds must be at least 2" in error("iris", "--folds", "1")
    assert "--repeats must be at least 2" in error("iris", "--repeats", "1")
    assert "leave --watch away" in error("iris", "--folds", "2", "--watch", "all")
    assert "leave --resume away" in error("--folds", "2", "--resume", "last")
    assert "--folds 500 is more than" in error("iris", "--folds", "500")
    assert "goes with --folds or --repeats" in error("iris", "--jobs", "2")
    assert "say what is varied" in run("sweep", "iris").stderr
