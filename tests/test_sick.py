"""Trainings that are sick in one way each: the cause is named first, and what is said to help does help."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from samples import some

from glassnet import Diverged, Experiment
from glassnet import run as begin
from glassnet.cli import main
from glassnet.diagnosis import diagnose
from glassnet.diagnosis.remedies import changed, direction
from glassnet.findings import Finding, Remedy, stands_out
from glassnet.runs import Run

DIGITS = {"dataset": "digits8x8", "epochs": 15}
#: What is wrong, the choices that make it so, and the finding that names them.
SICK = {
    "zeros": (DIGITS | {"initializer": "zeros"}, "units alike"),
    "zeros, two layers": ({"dataset": "diabetes", "initializer": "zeros", "hidden": (20, 20)}, "units alike"),
    "as good as zeros": ({"dataset": "moons", "initializer": "zeros", "activation": "sigmoid"}, "units alike"),
    "l2": (DIGITS | {"l2": 100}, "penalty too strong"),
    "l2 of 3": ({"dataset": "breast_cancer", "l2": 3, "optimizer": "adam:lr=0.01"}, "penalty too strong"),
    "l2 and numbers": ({"dataset": "diabetes", "l2": 10}, "penalty too strong"),
    "l2 that leaves something": ({"dataset": "sine", "l2": 5}, "penalty too strong"),
    "l1 and numbers": ({"dataset": "bends", "l1": 1, "epochs": 40}, "penalty too strong"),
    "rate of 10": (DIGITS | {"optimizer": "adam:lr=10"}, "rate too large"),
    "rate of 100": ({"dataset": "moons", "optimizer": "sgd:lr=100"}, "rate too large"),
    "rate of 1": ({"dataset": "diabetes", "optimizer": "adam:lr=3", "epochs": 30}, "rate too large"),
    "diverged": ({"dataset": "diabetes", "optimizer": "sgd:lr=1"}, "diverged"),
    "jumps": (DIGITS | {"optimizer": "adam:lr=0.1", "epochs": 20}, "rate too large"),
    "crawls with adam": ({"dataset": "spirals", "hidden": (16, 16), "optimizer": "adam:lr=1e-5"}, "rate too small"),
    "crawls to numbers": ({"dataset": "diabetes", "optimizer": "adam:lr=1e-5"}, "rate too small"),
    "dropout where a line does well": ({"dataset": "wine_cultivars", "dropout": 0.95}, "dropout too strong"),
    "dropout and numbers": ({"dataset": "diabetes", "dropout": 0.97, "hidden": 20}, "dropout too strong"),
    "input dropout": (DIGITS | {"input_dropout": 0.9}, "dropout too strong"),
    "loud": (
        DIGITS | {"initializer": "standard_normal", "hidden": (100, 100), "activation": "tanh"},
        "initial weights too large",
    ),
    "loud where a line does well": (
        {"dataset": "breast_cancer", "initializer": "standard_normal", "hidden": (100, 100)},
        "initial weights too large",
    ),
    "loud numbers": ({"dataset": "diabetes", "initializer": "normal:std=3", "epochs": 20}, "initial weights too large"),
    "step": ({"dataset": "moons", "activation": "step", "epochs": 100}, "flat activation"),
    "step and numbers": ({"dataset": "bends", "activation": "step", "epochs": 40}, "flat activation"),
    "too deep": (DIGITS | {"hidden": (30,) * 8, "activation": "sigmoid"}, "vanishing gradient"),
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
    "hasty where a trial hardly learns": (
        {"dataset": "checks", "optimizer": "sgd:lr=0.5", "batch_size": 8, "patience": 1, "epochs": 200},
        "stopped too soon",
    ),
    "momentum": (DIGITS | {"optimizer": "momentum:lr=0.1,momentum=0.999"}, "momentum too large"),
    "another output": (
        DIGITS | {"loss": "squared_error", "output": "sigmoid", "hidden": (20, 20), "epochs": 3}, "output unsuited"
    ),
    "output that cuts": ({"dataset": "bends", "output": "relu", "epochs": 30}, "output unsuited"),
    "far from 0": ({"dataset": "far", "scale": "none", "epochs": 30}, "inputs not scaled"),
    "a row a step": ({"dataset": "bends", "batch_size": 1, "optimizer": "sgd:lr=0.2", "epochs": 15}, "diverged"),
    "noise in the labels": (
        {"dataset": "mislabelled", "hidden": (100, 100), "epochs": 60, "test": 0.4, "optimizer": "adam:lr=0.005"},
        "labels contradict",
    ),
    "inputs that say nothing of numbers": (
        {"dataset": "noise beside numbers", "epochs": 20, "test": 0.4}, "many inputs say nothing"
    ),
    "too wide": (
        {"dataset": "noisy bends", "hidden": (200, 200), "epochs": 60, "test": 0.85}, "too wide for its rows"
    ),
}  # fmt: skip


def drawn(name: str) -> pd.DataFrame:
    """A table that is no data set of ours; its target is y."""
    rng = np.random.default_rng(list(TABLES).index(name) + 100)
    X, y = TABLES[name](rng)
    return pd.DataFrame(X, columns=[f"x{n}" for n in range(X.shape[1])]).assign(y=y)


Made = tuple[np.ndarray, np.ndarray]


def bends(rng: np.random.Generator, noise: float = 0.5) -> Made:
    """Five inputs, the sum of what they do to a number (Friedman 1991)."""
    X = rng.uniform(0, 1, (500, 5))
    sure = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    return X, sure + noise * rng.standard_normal(500)


def checks(rng: np.random.Generator) -> Made:
    X = rng.uniform(-2, 2, (600, 2))
    return X, np.where(np.floor(X).sum(axis=1) % 2 > 0, "white", "black")


def far(rng: np.random.Generator) -> Made:
    X = rng.standard_normal((500, 2))
    return X + 40, np.where((X**2).sum(axis=1) > 1.4, "out", "in")


def mislabelled(rng: np.random.Generator, share: float = 0.3) -> Made:
    """A line between two classes; a share of the rows bears the other label."""
    X = rng.standard_normal((800, 5))
    return X, np.where((X[:, 0] + X[:, 1] > 0) ^ (rng.random(800) < share), "up", "down")


def noise_beside(rng: np.random.Generator) -> Made:
    X = rng.standard_normal((400, 120))
    return X, np.where(X[:, 0] + X[:, 1] - X[:, 2] + 0.5 * rng.standard_normal(400) > 0, "up", "down")


def noise_beside_numbers(rng: np.random.Generator) -> Made:
    X = rng.standard_normal((320, 100))
    return X, 2 * X[:, 0] - X[:, 1] + 0.5 * rng.standard_normal(320)


def weak(rng: np.random.Generator) -> Made:
    X = rng.standard_normal((800, 4))
    return X, X[:, 0] + 1.2 * rng.standard_normal(800)


def few(rng: np.random.Generator) -> Made:
    cloud = rng.integers(0, 2, 60)
    return rng.standard_normal((60, 3)) + 3 * cloud[:, None], np.array(["ash", "beech"])[cloud]


def half_used(rng: np.random.Generator) -> Made:
    X = rng.standard_normal((800, 30))
    return X, np.where(X[:, :15].sum(axis=1) + rng.standard_normal(800) > 0, "up", "down")


TABLES: dict[str, Callable[[np.random.Generator], Made]] = {
    "bends": bends, "noisy bends": lambda rng: bends(rng, 2.5), "checks": checks, "far": far,
    "mislabelled": mislabelled, "noise beside": noise_beside, "noise beside numbers": noise_beside_numbers,
    "weak": weak, "few": few, "half used": half_used, "some mislabelled": lambda rng: mislabelled(rng, 0.1),
}  # fmt: skip


def of(choices: dict) -> Experiment:
    """The experiment, with the table where one is drawn."""
    name = choices["dataset"]
    return Experiment(**choices | ({"dataset": drawn(name), "target": "y"} if name in TABLES else {}))


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
    scores = [max(run.score(split).value, -1.0) for split in splits]
    return float(np.nan_to_num(np.average(scores, weights=[len(run.rows(split)) for split in splits]), nan=-1.0))


@pytest.mark.parametrize("name", some(SICK, 2))
def test_the_cause_is_named_first_and_its_first_remedy_helps(name: str) -> None:
    choices, cause = SICK[name]
    sick = trained(of(choices))
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


def test_a_network_that_learned_noise_by_heart_does_better_with_its_remedy(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1000, 20))
    y = x[:, 0] + 0.8 * rng.standard_normal(1000)
    rows = [(*a, "up" if b > 0 else "down") for a, b in zip(x, y, strict=True)]
    path = table(tmp_path / "noise.csv", rows, ",".join([*(f"x{n}" for n in range(20)), "y"]))
    words = {"dataset": path, "target": "y", "hidden": 300, "epochs": 80, "optimizer": "adam:lr=0.003"}
    sick = trained(Experiment(**words, validation=0.2, test=0.5))
    found = diagnose(sick)
    assert found[0].name == "labels contradict", [str(one) for one in found]
    assert "overfit" in [one.name for one in found[0].shows_as]
    assert judged(trained(changed(sick.experiment, found[0].remedies[0]))) > judged(sick) + 0.01


@pytest.mark.parametrize("hidden", ["none", "8", "16,16,16"])
def test_a_remedy_with_another_number_of_layers_can_be_trained(hidden: str) -> None:
    sick = trained(Experiment(dataset="moons", hidden=(8, 8), activation=("tanh", "relu"), epochs=2))
    assert changed(sick.experiment, Remedy("", {"hidden": hidden})).hidden == Experiment(hidden=hidden).hidden
    assert judged(trained(changed(sick.experiment, Remedy("", {"hidden": hidden})))) > 0


def test_a_dropout_that_is_far_out_is_a_remark_where_all_the_same_much_is_learned() -> None:
    sick = trained(Experiment(dataset=drawn("some mislabelled"), target="y", dropout=0.9, epochs=40))
    found = {one.name: one.severity for one in diagnose(sick)}
    assert found["dropout too strong"] == "remark", found


def test_the_line_that_is_told_is_fitted_as_the_one_beside_it() -> None:
    sick = trained(Experiment(dataset="moons"))
    told = next(one for one in diagnose(sick) if one.name == "no better than a straight line")
    line = trained(changed(sick.experiment, told.remedies[0]))
    assert sick.linear is not None
    assert judged(line) > 0.95 * np.mean([sick.linear.metrics[split]["accuracy"] for split in ("validation", "test")])


# --- what is pasted -------------------------------------------------------------------------------------------


def typed(line: str) -> tuple[Run, str]:
    """The run of a command line, and all that it prints."""
    words = shlex.split(line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", words)
        done = CliRunner().invoke(main, words[1:])
    assert done.exit_code == 0, done.output
    return Run(max(Path("runs").iterdir())), done.output


def pasted(printed: str) -> tuple[str, str]:
    """(the finding, the command) of the first line of what stands out, as it is copied: to the line's end."""
    line = re.search(r"^What stands out: (.+?): .*: (glassnet train .*)$", printed, re.MULTILINE)
    assert line, printed
    return line[1], line[2]


def test_the_command_that_is_told_is_the_one_typed_with_the_change(in_a_room: Path) -> None:
    sick, printed = typed(
        "glassnet train digits8x8 --dropout=0.95 --hidden 40 --epochs 8 --set optimizer.lr=0.002 --no-report"
    )
    cause, command = pasted(printed)
    assert cause == "dropout too strong" and command == (
        "glassnet train digits8x8 --hidden 40 --epochs 8 --set optimizer.lr=0.002 --no-report --dropout 0.2"
    )
    assert "--resume" not in printed
    assert judged(typed(command)[0]) > judged(sick)


def test_more_epochs_are_told_once(in_a_room: Path) -> None:
    sick, printed = typed("glassnet train digits8x8 --hidden 50,50,50 --activation sigmoid --epochs 10 --no-report")
    cause, command = pasted(printed)
    assert cause == "too few epochs" and "class lost" in printed and command.endswith(" --epochs 40")
    assert re.findall(r"train --resume \S+ --epochs (\d+)", printed) == ["40"]
    assert judged(typed(command)[0]) > judged(sick) + 0.1


def test_an_input_that_knows_the_answer_is_left_out_by_the_command(in_a_room: Path) -> None:
    table = drawn("bends")
    table.assign(bill=table.y + 0.02 * np.random.default_rng(0).standard_normal(len(table))).to_csv(
        "t.csv", index=False
    )
    sick, printed = typed("glassnet train t.csv --target y --epochs 15 --no-report")
    cause, command = pasted(printed)
    assert cause == "tells the answer" and command.endswith(" --drop bill")
    honest, printed = typed(command)
    assert "tells the answer" not in printed
    assert honest.trained.network.inputs == 5 and judged(honest) < judged(sick)


def test_copies_of_training_rows_among_the_test_rows_are_kept_together_by_the_command(in_a_room: Path) -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.standard_normal((250, 6)), columns=list("abcdef"))
    table["y"] = np.where(table.a + 1.5 * rng.standard_normal(250) > 0, "up", "down")
    pd.concat([table, table[:200], table[:150]]).to_csv("t.csv", index=False)
    sick, printed = typed("glassnet train t.csv --target y --epochs 60 --no-report")
    cause, command = pasted(printed)
    assert cause == "repeated rows" and command.endswith(" --group copies")
    honest, printed = typed(command)
    assert pasted(printed)[0] != "repeated rows" and judged(honest) < judged(sick)


def test_inputs_that_say_nothing_lose_their_weights_by_the_command(in_a_room: Path) -> None:
    drawn("noise beside").to_csv("t.csv", index=False)
    sick, printed = typed("glassnet train t.csv --target y --epochs 30 --test 0.4 --no-report")
    cause, command = pasted(printed)
    assert cause == "many inputs say nothing" and command.endswith(" --l1 0.01")
    assert judged(typed(command)[0]) > judged(sick) + 0.02


@pytest.fixture
def in_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- sound ones -----------------------------------------------------------------------------------------------

SOUND = {
    "digits8x8": {"epochs": 20}, "moons": {"epochs": 100}, "circles": {}, "diabetes": {}, "sine": {}, "iris": {},
    "wine_cultivars": {}, "breast_cancer": {}, "blobs": {}, "skranke": {"epochs": 20},
    "spirals": {"hidden": (16, 16)}, "xor": {"hidden": 4, "activation": "tanh", "epochs": 300},
    "toy6": {}, "and_gate": {"epochs": 200}, "few": {}, "half used": {},
    "weak": {"hidden": 10, "epochs": 80}, "some mislabelled": {"hidden": 20, "epochs": 20},
}  # fmt: skip


@pytest.mark.parametrize("dataset", SOUND)
def test_a_sound_training_raises_no_alarm(dataset: str) -> None:
    assert stands_out(diagnose(trained(of({"dataset": dataset, **SOUND[dataset]})))) == []


@pytest.mark.parametrize(
    "choices", [{"dropout": 0.5, "hidden": (200,)}, {"l2": 0.01}, {"optimizer": "momentum:lr=0.05"}]
)
def test_strong_choices_under_which_a_network_learns_need_no_word(choices: dict) -> None:
    assert stands_out(diagnose(trained(Experiment(dataset="digits8x8", epochs=40, **choices)))) == []
