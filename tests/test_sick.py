"""Trainings that are sick in one way each: the cause is named first, and what is said to help does help."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

from glassnet import Diverged, Experiment
from glassnet import run as begin
from glassnet.diagnosis import diagnose
from glassnet.diagnosis.remedies import changed, direction
from glassnet.findings import Finding, Remedy, stands_out
from glassnet.runs import Run

DIGITS = {"dataset": "digits8x8", "epochs": 15}
#: What is wrong, the choices that make it so, and the finding that names them.
SICK = {
    "zeros": (DIGITS | {"initializer": "zeros"}, "units alike"),
    "zeros and tanh": ({"dataset": "iris", "initializer": "zeros", "activation": "tanh"}, "units alike"),
    "zeros, two layers": ({"dataset": "diabetes", "initializer": "zeros", "hidden": (20, 20)}, "units alike"),
    "as good as zeros": ({"dataset": "moons", "initializer": "zeros", "activation": "sigmoid"}, "units alike"),
    "l2": (DIGITS | {"l2": 100}, "penalty too strong"),
    "l2 of 3": ({"dataset": "breast_cancer", "l2": 3, "optimizer": "adam:lr=0.01"}, "penalty too strong"),
    "l2 and numbers": ({"dataset": "diabetes", "l2": 10}, "penalty too strong"),
    "l2 that leaves something": ({"dataset": "sine", "l2": 5}, "penalty too strong"),
    "l1": (DIGITS | {"l1": 0.5}, "penalty too strong"),
    "rate of 10": (DIGITS | {"optimizer": "adam:lr=10"}, "rate too large"),
    "rate of 100": ({"dataset": "moons", "optimizer": "sgd:lr=100"}, "rate too large"),
    "rate of 1": ({"dataset": "diabetes", "optimizer": "adam:lr=3", "epochs": 30}, "rate too large"),
    "diverged": ({"dataset": "diabetes", "optimizer": "sgd:lr=1"}, "diverged"),
    "jumps": (DIGITS | {"optimizer": "adam:lr=0.1", "epochs": 20}, "rate too large"),
    "crawls": (DIGITS | {"optimizer": "sgd:lr=1e-5"}, "rate too small"),
    "crawls with adam": ({"dataset": "spirals", "hidden": (16, 16), "optimizer": "adam:lr=1e-5"}, "rate too small"),
    "crawls to numbers": ({"dataset": "diabetes", "optimizer": "adam:lr=1e-5"}, "rate too small"),
    "dropout": (DIGITS | {"dropout": 0.95}, "dropout too strong"),
    "dropout and numbers": ({"dataset": "diabetes", "dropout": 0.97, "hidden": 20}, "dropout too strong"),
    "input dropout": (DIGITS | {"input_dropout": 0.9}, "dropout too strong"),
    "loud": (
        DIGITS | {"initializer": "standard_normal", "hidden": (100, 100), "activation": "tanh"},
        "initial weights too large",
    ),
    "loud relu": (DIGITS | {"initializer": "standard_normal", "hidden": (64, 64, 64)}, "initial weights too large"),
    "loud numbers": ({"dataset": "diabetes", "initializer": "normal:std=3", "epochs": 20}, "initial weights too large"),
    "step": ({"dataset": "moons", "activation": "step", "epochs": 100}, "flat activation"),
    "step of digits": (DIGITS | {"activation": "step"}, "flat activation"),
    "too deep": (DIGITS | {"hidden": (30,) * 8, "activation": "sigmoid"}, "vanishing gradient"),
    "a class is lost": (DIGITS | {"hidden": (50, 50, 50), "activation": "sigmoid", "epochs": 10}, "too few epochs"),
    "three epochs": (DIGITS | {"epochs": 2, "hidden": (20, 20)}, "too few epochs"),
    "clipped": (DIGITS | {"clip_norm": 1e-4, "optimizer": "sgd"}, "always clipped"),
    "clipped one by one": (DIGITS | {"clip_value": 1e-7, "optimizer": "sgd"}, "always clipped"),
    "all rows a step": (DIGITS | {"batch_size": "full", "optimizer": "sgd"}, "too few updates"),
    "no hidden layer": ({"dataset": "spirals", "hidden": "none"}, "no hidden layer"),
    "no hidden layer round circles": ({"dataset": "circles", "hidden": "none", "epochs": 5}, "no hidden layer"),
    "no bend": ({"dataset": "circles", "activation": "identity"}, "no bend"),
    "two layers that do not bend": (
        {"dataset": "moons", "activation": "identity", "hidden": (16, 16), "optimizer": "adam:lr=0.01"}, "no bend"
    ),
    "bottleneck": (DIGITS | {"hidden": 1}, "bottleneck"),
    "not scaled": ({"dataset": "wine_cultivars", "scale": "none"}, "inputs not scaled"),
    "rate at rest": (DIGITS | {"schedule": "exponential_decay:rate=0.01"}, "rate at rest too early"),
    "hasty": ({"dataset": "diabetes", "patience": 1, "optimizer": "sgd:lr=0.02", "batch_size": 4}, "stopped too soon"),
    "hasty with digits": (
        {"dataset": "digits8x8", "optimizer": "sgd:lr=1", "batch_size": 16, "patience": 1, "epochs": 60},
        "stopped too soon",
    ),
    "momentum": (DIGITS | {"optimizer": "momentum:lr=0.1,momentum=0.999"}, "momentum too large"),
    "another output": (
        DIGITS | {"loss": "squared_error", "output": "sigmoid", "hidden": (20, 20), "epochs": 3}, "output unsuited"
    ),
}  # fmt: skip


def trained(experiment: Experiment) -> Run:
    training = begin(experiment)
    try:
        for _ in training:
            pass
    except Diverged:
        pass
    return Run.of(training)


def judged(run: Run) -> float:
    """The score on all rows that it did not learn from, or its worst where it broke down."""
    splits = [split for split in ("validation", "test") if split in run.scored]
    return float(np.nan_to_num(np.mean([max(run.score(split).value, -1.0) for split in splits]), nan=-1.0))


@pytest.mark.parametrize("name", SICK)
def test_the_cause_is_named_first_and_its_first_remedy_helps(name: str) -> None:
    choices, cause = SICK[name]
    sick = trained(Experiment(**choices))
    found = diagnose(sick)
    assert found and found[0].name == cause, [str(one) for one in found]
    assert stands_out(found), "a green page"
    remedies_agree(sick, found)
    remedy = found[0].remedies[0]
    mended = trained(changed(sick.experiment, remedy))
    before, after = (sick.result["metrics"]["test"] for sick in (sick, mended))
    assert judged(mended) > judged(sick) + 0.01, (remedy, before, after)


def remedies_agree(run: Run, found: list[Finding]) -> None:
    """Nothing is wanted larger by one finding and smaller by another; the first may offer one or the other."""
    first, *later = found
    open_ways: dict[str, set[object]] = {}
    for remedy in first.remedies:
        for setting, value in remedy.changes.items():
            open_ways.setdefault(setting, set()).add(direction(run.experiment, setting, value))
    ways: dict[str, object] = {}
    for remedy in (remedy for finding in later for remedy in finding.remedies):
        for setting, value in remedy.changes.items():
            way = direction(run.experiment, setting, value)
            assert way in open_ways.get(setting, {way}), (setting, found)
            assert ways.setdefault(setting, way) == way, (setting, found)


# --- sick because of their rows -------------------------------------------------------------------------------


def table(path: Path, rows: list[tuple[object, ...]], heading: str) -> str:
    path.write_text("\n".join([heading, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return str(path)


@pytest.mark.parametrize(("share", "size", "seed"), [(0.02, 60, 0), (0.04, 150, 1), (0.03, -200, 2)])
def test_outliers_are_named_with_a_loss_that_bears_them(share: float, size: float, seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (800, 2))
    truth = np.sin(x[:, 0]) + x[:, 1]
    y = truth + 0.05 * rng.standard_normal(800)
    y[rng.random(800) < share] += size
    path = table(tmp_path / "far.csv", [(*a, b) for a, b in zip(x, y, strict=True)], "a,b,y")
    sick = trained(Experiment(dataset=path, target="y", epochs=40))
    found = {finding.name: finding for finding in diagnose(sick)}
    assert next(iter(found)) == "outliers", list(found)
    assert "--loss huber" in found["outliers"].what_to_try
    mended = trained(changed(sick.experiment, found["outliers"].remedies[0]))

    def error(run: Run) -> float:  # of a usual row: the far ones can't be foretold
        rows = run.rows("test")
        return float(np.median(np.abs(run.trained.network.predict(rows.X) - rows.t)))

    assert error(mended) < 0.7 * error(sick)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_rare_class_that_is_lost_comes_back_with_balanced_weights(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    y = rng.random(1500) < 0.06
    x = rng.standard_normal((1500, 3)) + 1.0 * y[:, None]
    path = table(tmp_path / "rare.csv", [(*a, "ill" if b else "well") for a, b in zip(x, y, strict=True)], "a,b,c,y")
    sick = trained(Experiment(dataset=path, target="y", epochs=20))
    finding = diagnose(sick)[0]
    assert finding.name == "classes out of balance"
    mended = trained(changed(sick.experiment, finding.remedies[0]))

    def recall(run: Run) -> float:
        rows, names = run.rows("test"), list(run.trained.data.targets.classes or ())
        said = run.trained.network.predict(rows.X)[:, 0] >= 0.5
        ill = rows.target == names.index("ill")
        return float(np.mean(said[ill] == names.index("ill")))

    assert recall(mended) > recall(sick) + 0.2


@pytest.mark.parametrize("hidden", [(300,), (200, 200)])
def test_a_network_that_learned_noise_by_heart_does_better_with_its_remedy(
    hidden: tuple[int, ...], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1500, 20))
    y = x[:, 0] + 0.8 * rng.standard_normal(1500)
    rows = [(*a, "up" if b > 0 else "down") for a, b in zip(x, y, strict=True)]
    path = table(tmp_path / "noise.csv", rows, ",".join([*(f"x{n}" for n in range(20)), "y"]))
    words = {"dataset": path, "target": "y", "hidden": hidden, "epochs": 150, "optimizer": "adam:lr=0.003"}
    sick = trained(Experiment(**words, validation=0.2, test=0.5))
    found = diagnose(sick)
    assert "overfit" in [one.name for one in found], [str(one) for one in found]
    overfit = next(one for one in found if one.name == "overfit")
    assert judged(trained(changed(sick.experiment, overfit.remedies[0]))) > judged(sick) + 0.01


@pytest.mark.parametrize("hidden", ["none", "8", "16,16,16"])
def test_a_remedy_with_another_number_of_layers_can_be_trained(hidden: str) -> None:
    sick = trained(Experiment(dataset="moons", hidden=(8, 8), activation=("tanh", "relu"), epochs=2))
    assert changed(sick.experiment, Remedy("", {"hidden": hidden})).hidden == Experiment(hidden=hidden).hidden
    assert judged(trained(changed(sick.experiment, Remedy("", {"hidden": hidden})))) > 0


@pytest.mark.parametrize(
    "choices",
    [
        {"dataset": "wine_cultivars", "dropout": 0.95},
        {"dataset": "moons", "dropout": 0.98},
        {"dataset": "wine_cultivars", "input_dropout": 0.9},
    ],
)
def test_a_dropout_that_is_far_out_is_a_remark_where_a_line_does_as_well(choices: dict) -> None:
    found = {one.name: one for one in diagnose(trained(Experiment(**choices)))}
    assert "dropout too strong" in found and found["dropout too strong"].severity in ("remark", "warning")


def test_the_line_that_is_told_is_fitted_as_the_one_beside_it() -> None:
    sick = trained(Experiment(dataset="moons"))
    told = next(one for one in diagnose(sick) if one.name == "no better than a straight line")
    line = trained(changed(sick.experiment, told.remedies[0]))
    assert sick.linear is not None
    assert judged(line) > 0.95 * np.mean([sick.linear.metrics[split]["accuracy"] for split in ("validation", "test")])


# --- what is pasted -------------------------------------------------------------------------------------------


def test_the_command_that_is_told_is_the_one_typed_with_the_change(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from glassnet.cli import main

    typed = "train digits8x8 --dropout=0.95 --hidden 40 --epochs 8 --set optimizer.lr=0.002 --no-report"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setattr("sys.argv", ["glassnet", *shlex.split(typed)])
        CliRunner().invoke(main, shlex.split(typed))
        finding = diagnose(Run(tmp_path / "runs" / "0001-digits8x8"))[0]
        command = finding.what_to_try.rpartition(": ")[2]
        assert command == (
            "glassnet train digits8x8 --hidden 40 --epochs 8 --set optimizer.lr=0.002 --no-report --dropout 0.2"
        )
        assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code == 0
    assert judged(Run(tmp_path / "runs" / "0002-digits8x8")) > judged(Run(tmp_path / "runs" / "0001-digits8x8"))


# --- sound ones -----------------------------------------------------------------------------------------------

SOUND = {
    "digits8x8": {"epochs": 20}, "moons": {"epochs": 100}, "circles": {}, "diabetes": {}, "sine": {}, "iris": {},
    "wine_cultivars": {}, "breast_cancer": {}, "blobs": {}, "skranke": {"epochs": 20},
    "spirals": {"hidden": (16, 16)}, "xor": {"hidden": 4, "activation": "tanh", "epochs": 300},
    "toy6": {}, "and_gate": {"epochs": 200},
}  # fmt: skip


@pytest.mark.parametrize("dataset", SOUND)
def test_a_sound_training_raises_no_alarm(dataset: str) -> None:
    assert stands_out(diagnose(trained(Experiment(dataset=dataset, **SOUND[dataset])))) == []


@pytest.mark.parametrize(
    "choices", [{"dropout": 0.5, "hidden": (200,)}, {"l2": 0.01}, {"optimizer": "momentum:lr=0.05"}]
)
def test_strong_choices_under_which_a_network_learns_need_no_word(choices: dict) -> None:
    assert stands_out(diagnose(trained(Experiment(dataset="digits8x8", epochs=40, **choices)))) == []
