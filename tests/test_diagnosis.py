"""What stands out about a run: each trouble is named with its number, and sound runs are left in peace."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, load_wine
from sklearn.metrics import r2_score

from glassnet import Catalog, Dataset, Diverged, Experiment, GlassnetError, Run, Training, record
from glassnet import run as begin
from glassnet.diagnosis import Case, explain, fit, inside, settings_of
from glassnet.diagnosis.course import still_falling
from glassnet.pages import Finding, diagnose, stands_out
from glassnet.training import Epoch

CATALOG = Catalog.discover(guests=False)
DEEP = (30,) * 10
HEALTHY = {
    "iris": {},
    "wine_cultivars": {},
    "breast_cancer": {},
    "digits8x8": {"epochs": 20},
    "moons": {},
    "circles": {},
    "diabetes": {},
    "sine": {},
    "skranke": {"epochs": 20},
    "spirals": {"hidden": (16, 16)},
    "xor": {"hidden": 4, "activation": "tanh", "epochs": 300},
}


def trained(folder: Path, watch: str | None = None, **choices: object) -> Run:
    training = begin(Experiment.from_mapping(choices), CATALOG)
    recording = record(training, folder, watch=watch)
    try:
        for _ in recording:
            pass
    except Diverged:
        pass
    return Run(recording.folder, CATALOG)


def named(findings: list[Finding]) -> dict[str, Finding]:
    """The findings by name, and what each shows as."""
    return {one.name: one for finding in findings for one in (finding, *finding.shows_as)}


def only(run: Run, name: str) -> Finding:
    """The finding of that name; it is said in words with its number and what to do."""
    found = named(diagnose(run))
    assert name in found, list(found)
    finding = found[name]
    assert finding.words.endswith(".") and not finding.what_to_try.endswith(".") and finding.what_to_try
    assert str(finding).startswith(f"{name}: {finding.words} Try ")
    return finding


# --- sound runs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", HEALTHY)
def test_a_sound_run_gets_no_warning(dataset: str, tmp_path: Path) -> None:
    assert stands_out(diagnose(trained(tmp_path, dataset=dataset, **HEALTHY[dataset]))) == []


@pytest.mark.needs_mirror
@pytest.mark.parametrize(
    ("choices", "known"),
    [
        ({"dataset": "pima"}, []),
        ({"dataset": "wine_quality", "epochs": 10}, ["repeated rows"]),  # 1,177 of its 6,497 rows are copies
        ({"dataset": "california_housing", "epochs": 8}, []),
    ],
)
def test_a_sound_run_on_published_data_gets_no_warning_but_what_is_known(
    choices: dict, known: list[str], tmp_path: Path
) -> None:
    assert [finding.name for finding in stands_out(diagnose(trained(tmp_path, **choices)))] == known


def test_sound_runs_are_warned_of_where_thresholds_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(tmp_path, dataset="digits8x8", epochs=12, hidden=(30, 30))
    assert stands_out(diagnose(run)) == []
    monkeypatch.setattr(fit, "LITTLE_GAINED", 1.1)
    monkeypatch.setattr(inside, "VANISHING", 1e3)
    monkeypatch.setattr(inside, "MANY_DEAD", -1.0)
    found = diagnose(Run(run.folder, CATALOG))
    assert found[0].name == "vanishing gradient"
    assert {"dead units", "underfit"} <= {sign.name for sign in found[0].shows_as}


# --- course -------------------------------------------------------------------------------------------------


def test_a_breakdown_is_named_with_its_step_and_nothing_else_is_said(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="diabetes", optimizer="sgd:lr=1")
    finding = only(run, "diverged")
    assert finding.severity == "problem"
    assert f"at step {finding.number:.0f}: " in run.result["stopped"]
    assert "grew most" in finding.words and "a trial of all rates" in finding.words
    assert float(finding.remedies[0].changes["optimizer.lr"]) < 0.1
    assert list(named(diagnose(run))) == ["diverged"]


def test_inputs_that_are_not_scaled_are_named_beside_the_breakdown(tmp_path: Path) -> None:
    run = trained(
        tmp_path, dataset="wine_cultivars", optimizer="sgd:lr=1", scale="none", hidden=10, activation="identity"
    )
    assert [finding.name for finding in diagnose(run)] == ["diverged", "inputs not scaled"]


def test_a_rate_that_is_too_high_is_named_with_how_far_the_loss_jumps(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="digits8x8", optimizer="adam:lr=0.1", epochs=20)
    finding = only(run, "rate too high")
    loss = pd.read_csv(run.folder / "history.csv")["loss"]
    assert loss.min() > 0.02 * loss[0]
    assert finding.number == pytest.approx(loss.pct_change().dropna().clip(lower=0).mean())
    assert f"by {100 * finding.number:.0f} % of itself" in finding.words
    assert "--set optimizer.lr=0.01" in finding.what_to_try
    choices = {"optimizer": "adam:lr=0.2", "schedule": "warmup_cosine:warmup=0.9", "epochs": 20}
    warmed = trained(tmp_path, dataset="digits8x8", **choices)
    assert pd.read_csv(warmed.folder / "history.csv")["rate"][0] < 0.02
    assert "--set optimizer.lr=0.02" in only(warmed, "rate too high").what_to_try


def test_a_loss_that_still_falls_is_a_remark_with_the_command_that_goes_on(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="iris", epochs=30)
    finding = only(run, "still falling")
    loss = pd.read_csv(run.folder / "history.csv")["loss"]
    assert finding.severity == "remark"
    assert finding.number == pytest.approx(1 - (loss[28] / loss[25]) ** (1 / 3), rel=1e-6)  # middles of the last threes
    assert finding.what_to_try.endswith(f"glassnet train --resume {run.folder} --epochs 60")
    blank = only(trained(tmp_path / "my runs", dataset="iris", epochs=30), "still falling").what_to_try
    assert shlex.split(blank.partition(": ")[2])[3] == str(tmp_path / "my runs" / "0001-iris")
    assert "still falling" not in named(diagnose(trained(tmp_path, dataset="iris", epochs=300)))


def test_more_epochs_without_a_folder_are_said_as_a_line_of_python_and_not_as_a_run_to_resume() -> None:
    kept_in_memory = Run.of(begin(Experiment(dataset="iris", epochs=30)).finish())
    said = only(kept_in_memory, "still falling").what_to_try
    assert "run(experiment.with_settings(['epochs=60']))" in said and "resume" not in said


def test_many_epochs_of_one_step_each_still_fall_where_all_of_them_again_would_bring_much() -> None:
    def losses(epochs: int, fall: float) -> Case:
        given = [
            Epoch(number, number, 0.7 * (1 - fall) ** number, None, {}, 0.0, 0.001, 1.0) for number in range(epochs)
        ]
        found = Run(Path("nowhere"))
        found.__dict__.update(experiment=Experiment(), result={"stopped": f"all {epochs} epochs"}, epochs=given)
        found.__dict__.update(provenance={})
        return Case(found)

    assert still_falling(losses(200, 0.002)) is not None
    assert still_falling(losses(200, 0.001)) is None and still_falling(losses(30, 0.008)) is None


def test_a_calm_loss_is_not_called_underfit_for_a_score_that_goes_by_the_outliers_it_leaves_alone() -> None:
    rng = np.random.default_rng(11)
    X = rng.normal(size=(400, 4))
    y = 3 * X[:, 0] - 2 * X[:, 1] + rng.normal(0, 0.2, 400)
    y[:10] += rng.choice([-1, 1], 10) * rng.uniform(150, 400, 10)
    table = pd.DataFrame(X, columns=list("abcd")).assign(y=y)
    said = {
        loss: named(diagnose(Run.of(begin(Experiment(dataset=table, target="y", loss=loss, epochs=20)).finish())))
        for loss in ("squared_error", "huber", "absolute_error")
    }
    assert "outliers" in said["squared_error"] and "score of outliers" not in said["squared_error"]
    for loss in ("huber", "absolute_error"):
        assert "underfit" not in said[loss] and said[loss]["score of outliers"].severity == "remark"


# --- fit ----------------------------------------------------------------------------------------------------


def test_overfitting_is_named_by_what_is_lost_on_new_rows_and_by_the_validation_loss(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="diabetes", hidden=(150, 150), epochs=60, optimizer="adam:lr=0.003")
    finding = only(run, "overfit")
    metrics = json.loads((run.folder / "metrics.json").read_text())["metrics"]
    r2 = {split: metrics[split]["r2"] for split in metrics}
    assert r2_score([1.0, 2.0, 6.0], [3.0] * 3) == 0  # what the mean of the training rows has on these very rows
    lost = 1 - (r2["test"] - r2["baseline"]) / (1 - r2["baseline"]) / r2["train"]
    assert finding.number == pytest.approx(lost) and lost > 0.4
    assert f"{100 * lost:.0f} %" in finding.words and f"{r2['test']:.3f}" in finding.words


def test_a_validation_loss_that_rose_is_said_with_its_best_epoch_unless_patience_restored_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(600, 6)), columns=list("abcdef"))
    table["answer"] = np.where((table.a > 0) ^ (rng.random(600) < 0.25), "yes", "no")  # a quarter are wrong
    table.to_csv(tmp_path / "flipped.csv", index=False)
    choices = {"dataset": str(tmp_path / "flipped.csv"), "target": "answer", "epochs": 60, "validation": 0.4}
    choices |= {"optimizer": "adam:lr=0.003", "hidden": (150, 150)}
    run = trained(tmp_path, **choices)
    history = pd.read_csv(run.folder / "history.csv")["validation_loss"]
    times, best = history[-6:].median() / history.min(), history.idxmin() + 1
    assert times > 1.5
    finding = only(run, "overfit")
    assert f"risen to {times:.1f} times its best, that of epoch {best}" in finding.words
    assert "--patience 5" in finding.what_to_try
    patient = named(diagnose(trained(tmp_path, **choices, patience=60)))
    assert "overfit" not in patient or "risen" not in patient["overfit"].words


def test_a_network_that_learned_nothing_is_underfit_and_not_overfit(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="circles", hidden="none")
    finding = only(run, "underfit")
    metrics = run.result["metrics"]
    assert finding.number == pytest.approx((metrics["train"]["accuracy"] - 0.5) / 0.5, abs=1e-9)
    assert "straight lines" in finding.what_to_try
    assert "overfit" not in named(diagnose(run))


def test_a_guess_is_scored_on_the_rows_that_it_is_held_against(tmp_path: Path) -> None:
    """Test rows that are far off make guessing look bad there; a network that is worse than guessing in training is."""
    rng = np.random.default_rng(0)
    folder = trained(tmp_path, dataset="diabetes", hidden="none", epochs=2).folder
    figures = json.loads((folder / "metrics.json").read_text())
    for split, value in (("train", -1.59), ("test", -20.5), ("baseline", -24.0)):
        figures["metrics"][split]["r2"] = value
    (folder / "metrics.json").write_text(json.dumps(figures))
    finding = only(Run(folder, CATALOG), "underfit")
    assert finding.number == pytest.approx(-1.59)
    assert "R² -1.590, where guessing has 0.0000 on the same rows" in finding.words

    y = np.r_[np.zeros(90, int), np.ones(30, int)]
    source = Dataset(rng.standard_normal((120, 2)), y, "binary")
    training = Training(Experiment(dataset="chance", hidden=(), epochs=1), CATALOG, source=source)
    list(training)
    case = Case(Run.of(training))
    share = np.mean(training.data.train.target == 0)
    assert case.guess("train") == pytest.approx(share) and case.guess("test") == case.score("baseline")
    assert case.gain("train") == pytest.approx((case.score("train") - share) / (1 - share))


def test_where_guessing_is_perfect_whoever_is_worse_is_told(tmp_path: Path) -> None:
    folder = trained(tmp_path, dataset="xor", epochs=2).folder
    figures = json.loads((folder / "metrics.json").read_text())
    figures["metrics"]["baseline"]["accuracy"] = 1.0
    for score, gain in ((1.0, 1.0), (0.5, 0.0)):
        figures["metrics"]["train"]["accuracy"] = score
        (folder / "metrics.json").write_text(json.dumps(figures))
        assert Case(Run(folder, CATALOG)).gain("train") == gain


def rare(path: Path) -> Path:
    """A table in which 6 % of the rows are of a class that lies inside the other."""
    rng = np.random.default_rng(0)
    y = np.where(rng.random(900) < 0.06, "ill", "well")
    frame = pd.DataFrame({"a": rng.normal(size=900) + 0.6 * (y == "ill"), "b": rng.normal(size=900), "state": y})
    frame.to_csv(path, index=False)
    return path


def test_a_rare_class_that_is_lost_is_named_with_its_recall_until_classes_are_balanced(tmp_path: Path) -> None:
    choices = {"dataset": str(rare(tmp_path / "rare.csv")), "target": "state", "epochs": 10}
    run = trained(tmp_path, **choices)
    finding = only(run, "classes out of balance")
    answer, target = run.answers()
    ill = list(run.trained.data.targets.classes).index("ill")
    assert finding.number == np.mean(answer[target == ill] == ill)
    assert "'ill'" in finding.words and "--class-weight balanced" in finding.what_to_try
    assert "classes out of balance" not in named(diagnose(trained(tmp_path, **choices, class_weight="balanced")))


def test_too_few_test_rows_and_none_at_all_are_remarks(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="iris", epochs=20)
    low, high = run.result["intervals"]["test"]["accuracy"]
    finding = only(run, "few test rows")
    assert (finding.severity, finding.number) == ("remark", pytest.approx(high - low))
    assert only(trained(tmp_path, dataset="iris", epochs=20, test=0, validation=0), "not split").number == 150
    assert only(trained(tmp_path, dataset="xor", epochs=5), "not split").number == 4


# --- inside -------------------------------------------------------------------------------------------------


def test_dead_units_are_counted_as_they_are(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="digits8x8", optimizer="sgd:lr=2", epochs=2)
    finding = only(run, "dead units")
    arrays = np.load(run.folder / "model.npz")
    X = run.rows("train").X[::2]  # as many as are looked at, evenly spaced; all of them are the digits as published
    assert len(X) == 647 and {*map(tuple, X * 16)} <= {*map(tuple, load_digits().data.astype(np.float32))}
    scores = X @ arrays["w"][: 64 * 100].reshape(64, 100) + arrays["w"][64 * 100 + 1000 :][:100]
    assert finding.number == np.mean((scores <= 0).all(axis=0)) > 0.2
    assert f"{100 * finding.number:.0f} %" in finding.words


def test_inputs_on_different_scales_are_named_with_the_columns(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="wine_cultivars", scale="none", epochs=3)
    finding = only(run, "inputs not scaled")
    wine = load_wine()
    sizes = np.sqrt((wine.data**2).mean(axis=0))
    assert finding.number == pytest.approx(sizes.max() / sizes.min(), rel=0.1)  # over the training rows alone there
    assert repr(wine.feature_names[sizes.argmax()]) in finding.words
    assert repr(wine.feature_names[sizes.argmin()]) in finding.words
    assert finding.what_to_try.startswith("--scale standard: ")
    assert "inputs not scaled" not in named(
        diagnose(trained(tmp_path, dataset="wine_cultivars", scale="minmax", epochs=3))
    )


def test_columns_that_are_large_alike_are_not_said_to_be_on_different_scales(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": 20 + rng.normal(size=90), "b": 19.9 + rng.normal(size=90), "c": np.arange(90) % 2})
    table.to_csv(tmp_path / "large.csv", index=False)
    run = trained(tmp_path, dataset=str(tmp_path / "large.csv"), target="c", scale="none", epochs=2)
    words = only(run, "inputs not scaled").words
    assert re.match(r"The input '[ab]' is about 20\.\d+ \(root mean square\); weights begin .* near 1\.", words)


@pytest.mark.parametrize(
    "choices",
    [
        {"dataset": "circles", "hidden": 8, "optimizer": "adam:lr=0.01", "epochs": 200},
        {"dataset": "xor", "hidden": 4, "optimizer": "adam:lr=0.05", "epochs": 400},
    ],
)
def test_a_perfect_network_on_the_flat_ends_is_no_cause_for_alarm(choices: dict, tmp_path: Path) -> None:
    run = trained(tmp_path, **choices, activation="tanh")
    finding = only(run, "saturation")
    assert run.result["metrics"]["train"]["accuracy"] == 1.0
    assert finding.severity == "remark" and "learned its rows all the same" in finding.words
    assert [list(remedy.changes) for remedy in finding.remedies] == [["batch_norm"], ["activation"]]
    assert stands_out(diagnose(run)) == []


@pytest.mark.parametrize(
    ("activation", "initializer", "expected", "absent"),
    [
        ("sigmoid", "glorot_uniform", {"vanishing gradient", "underfit"}, {"exploding gradient"}),
        ("tanh", "standard_normal", {"saturation", "exploding gradient"}, {"vanishing gradient"}),
        ("relu", "he_normal", set(), {"vanishing gradient", "exploding gradient", "saturation", "dead units"}),
    ],
)
def test_ten_layers_are_told_apart(
    activation: str, initializer: str, expected: set, absent: set, tmp_path: Path
) -> None:
    run = trained(
        tmp_path,
        "norms,units",
        dataset="digits8x8",
        hidden=DEEP,
        activation=activation,
        initializer=initializer,
        epochs=12,
    )
    found = named(diagnose(run))
    assert expected <= set(found) and not absent & set(found)
    if activation == "relu":
        assert {one.name for one in stands_out(list(found.values()))} <= {
            "too few epochs",
            "worse than a straight line",
        }
    seen = run.measured
    sizes = seen.gradients[-1] / np.sqrt([i * o for i, o in zip([64, *DEEP], [*DEEP, 10], strict=True)])
    for name in expected & {"vanishing gradient", "exploding gradient"}:
        assert found[name].number == pytest.approx(sizes[0] / sizes[-1])
        assert f"{found[name].number:.2g} times" in found[name].words


# --- what can't be asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize("choices", [{"validation": 0}, {"test": 0}, {"epochs": 0}, {"epochs": 1}, {"hidden": "none"}])
def test_runs_of_every_shape_can_be_asked(choices: dict, tmp_path: Path) -> None:
    run = trained(tmp_path, **({"dataset": "iris", "epochs": 12} | choices))
    assert all(np.isfinite(finding.number) for finding in diagnose(run))


def test_without_its_rows_a_run_is_asked_what_was_written_down(tmp_path: Path) -> None:
    table = rare(tmp_path / "rare.csv")
    run = trained(tmp_path, dataset=str(table), target="state", epochs=12, scale="none")
    assert "classes out of balance" in named(diagnose(run))
    table.unlink()
    assert "classes out of balance" not in named(diagnose(Run(run.folder, CATALOG)))


def test_an_unfinished_run_is_refused_with_the_command_that_finishes_it(tmp_path: Path) -> None:
    run = trained(tmp_path, dataset="iris", epochs=2)
    (run.folder / "metrics.json").unlink()
    with pytest.raises(
        GlassnetError, match=r"0001-iris is not finished: go on with glassnet train --resume .*0001-iris$"
    ):
        diagnose(Run(run.folder, CATALOG))


def test_a_training_that_was_never_written_down_can_be_asked() -> None:
    training = begin(Experiment(dataset="circles", hidden=(), epochs=12), CATALOG)
    list(training)
    assert "underfit" in named(diagnose(Run.of(training)))


def test_a_training_that_goes_on_is_explained_where_it_stands_and_left_as_it_is() -> None:
    """Also inside an epoch; what to try is there as settings, which make another training of it."""
    experiment = Experiment("spirals", hidden=(8, 8), optimizer="adam:lr=1e-5", epochs=6)
    training = begin(experiment, CATALOG).until(2)
    steps = training.steps()
    next(steps)
    before = training.network.w.copy()
    (first, *_) = explain(training)
    assert first.name == "rate too small" and training.network.w.tobytes() == before.tobytes()
    for _ in steps:
        pass
    assert training.network.w.tobytes() == begin(experiment, CATALOG).finish().network.w.tobytes()
    settings = settings_of(training.experiment, first.remedies[0].changes)
    assert settings == [f"optimizer.lr={first.remedies[0].changes['optimizer.lr']}"]
    assert training.changed("epochs=9", *settings).finish().progress.epochs[-1].rate > 1e-3
