"""`glassnet export`: the folder that is written runs on its own and answers as the run does."""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from guests import environment
from waiting import PATIENCE

from glassnet import Catalog, Experiment, GlassnetError, Optimizer, Run, load, record, run
from glassnet.cli import main
from glassnet.data import read_features
from glassnet.exporting import export

# Data that the catalog lacks: several labels, several numbers; an activation that no other library knows.
GUEST = '''
import numpy as np
from glassnet import Activation, Dataset, hookimpl

def winding():
    """A line that winds."""
    return Activation(f=lambda z: z + np.sin(z), df=lambda z, a: 1 + np.cos(z))

def labels(*, rng):
    """Three labels of four numbers."""
    X = rng.normal(size=(160, 4))
    return Dataset(X, (X @ rng.normal(size=(4, 3)) > 0).astype(int), task="multilabel", feature_names=list("abcd"))

def pair(*, rng):
    """Two numbers of very different size."""
    X = rng.normal(size=(160, 3)) * [1, 1000, 1e-3]
    y = np.column_stack([2e5 + 1e4 * X[:, 0], X[:, 2] * 1e-2])
    return Dataset(X, y, task="regression", feature_names=["height, in cm", "weight", "age"])

@hookimpl
def activations():
    return [winding]

@hookimpl
def datasets():
    return [labels, pair]
'''

CASES: dict[str, dict[str, object]] = {
    "digits": {"dataset": "digits8x8", "epochs": 4},
    "cells": {"dataset": "breast_cancer", "hidden": (12, 6), "activation": ("elu", "tanh"), "epochs": 3},
    "frozen": {
        "dataset": "diabetes",
        "hidden": (5,),
        "features": "squares,products",
        "freeze": ("1", "b2"),
        "epochs": 3,
    },
    "normal": {"dataset": "breast_cancer", "hidden": (12, 6), "batch_norm": True, "dropout": 0.1, "epochs": 3},
    "progress": {"dataset": "diabetes", "activation": ("tanh",), "scale": "minmax", "epochs": 5},
    "labels": {"dataset": "labels", "hidden": (8,), "epochs": 4},
    "pair": {"dataset": "pair", "hidden": (8,), "epochs": 4, "loss": "huber", "optimizer": "rmsprop"},
    "margin": {"dataset": "moons", "hidden": (8,), "loss": "hinge", "epochs": 3, "schedule": "cosine"},
    "signs": {"dataset": "labels", "hidden": (8,), "loss": "hinge", "epochs": 3},
    "line": {"dataset": "iris", "hidden": "none", "epochs": 3, "optimizer": "sgd:lr=0.1"},
    "animals": {"target": "kind", "hidden": (9,), "epochs": 6, "l2": 0.01},
}
LOCAL = {"labels", "pair", "signs"}
SKLEARN_REFUSES = {"cells", "normal", "pair", "margin", "signs"}


def animals(n: int = 90) -> pd.DataFrame:
    """A table with text, truths, gaps, dates, and a column name with spaces."""
    rng = np.random.default_rng(3)
    kind = np.array(["cat", "dog", "eel"])[rng.integers(0, 3, n)]
    weight = rng.normal(4, 1, n) + 3 * (kind == "dog")
    weight[::7] = np.nan
    colour = np.where(kind == "eel", "silver", rng.choice(["black", 'it\'s "white"'], n)).astype(object)
    colour[3::11] = None
    born = pd.date_range("2021-02-03", periods=n, freq="5D").astype(str).to_series().where(rng.random(n) < 0.9)
    return pd.DataFrame(
        {"weight in kg": weight, "colour": colour, "born": born.to_list(), "tame": kind != "eel", "kind": kind}
    )


@dataclass(frozen=True)
class Kept:
    """A run, the rows it is asked about as a file, and what it answers."""

    run: Run
    rows: Path
    outputs: np.ndarray
    answers: np.ndarray


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    path = tmp_path_factory.mktemp("guest") / "odd.py"
    path.write_text(GUEST)
    return Catalog.discover([path])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> dict[str, Kept]:
    folder = tmp_path_factory.mktemp("kept")
    table = folder / "animals.csv"
    animals().to_csv(table, index=False, sep=";")
    found = {}
    for name, words in CASES.items():
        opened = trained(
            folder / "runs", catalog if name in LOCAL else Catalog.discover(), **{"dataset": str(table), **words}
        )
        rows = folder / f"{name}.csv"
        _asked(opened, name).to_csv(rows, index=False, sep=";" if name == "animals" else ",")
        read = read_features(rows, opened.model.features)
        y = opened.model.outputs(read)
        found[name] = Kept(opened, rows, y, np.asarray(opened.model.said(y)))
    return found


def trained(runs: Path, catalog: Catalog, **words: object) -> Run:
    recording = record(run(Experiment(**words), catalog), runs)  # type: ignore[arg-type]
    for _ in recording:
        pass
    return load(recording.folder, catalog=catalog)


def _asked(opened: Run, name: str) -> pd.DataFrame:
    if name == "animals":  # among them a colour that no row had, and gaps in every column
        more = pd.DataFrame(
            {
                "weight in kg": [5.0, np.nan],
                "colour": ["green", None],
                "born": ["1999-12-31", None],
                "tame": [True, None],
            }
        )
        return pd.concat([animals(60), more], ignore_index=True)
    X = opened.trained.source.X[:60]
    return X if isinstance(X, pd.DataFrame) else pd.DataFrame(X, columns=list(opened.model.features.names))


# Each program is run as `python model.py rows.csv` runs it, one process for each library, and without glassnet.
RUNNER = """
import contextlib, io, json, runpy, sys
import numpy as np

sys.modules["glassnet"] = None
for folder, rows in json.loads(sys.argv[1]):
    sys.argv = [f"{folder}/model.py", rows]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        names = runpy.run_path(sys.argv[0], run_name="__main__")
    X = names["prepare"](names["read"](rows))
    y = names["outputs"](X)
    np.savez(f"{folder}/said.npz", X=X, y=y, lines=np.array(said.getvalue().splitlines()))
"""


def told(folders: list[tuple[Path, Path]], **settings: str) -> list[dict[str, np.ndarray]]:
    """What each program prints, and the inputs and outputs inside of it."""
    words = json.dumps([(str(folder), str(rows)) for folder, rows in folders])
    done = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", RUNNER, words],
        env=environment(**settings), capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0 and "Warning" not in done.stderr, done.stderr
    return [dict(np.load(folder / "said.npz")) for folder, _ in folders]


@pytest.mark.slow
@pytest.mark.parametrize("to", ["torch", "keras", "sklearn", "onnx"])
def test_the_program_answers_as_the_run_does(to: str, kept: dict[str, Kept], catalog: Catalog, tmp_path: Path) -> None:
    _require(to, catalog)
    names = [name for name in CASES if to != "sklearn" or name not in SKLEARN_REFUSES]
    assert len(names) >= 5
    for name in names:
        _follow(kept[name].run, to)
    folders = [(tmp_path / name, kept[name].rows) for name in names]
    for (folder, _), name in zip(folders, names, strict=True):
        export(kept[name].run, to, folder)
    for name, said in zip(names, told(folders), strict=True):
        _compare(kept[name], said, in_units=to == "onnx")


def _require(to: str, catalog: Catalog) -> None:
    needed = {"onnx": "onnxruntime"}.get(to, to)
    if not find_spec(needed):  # not importing it: Keras would settle its backend in this process
        pytest.skip(f"{needed} is not installed")
    if to != "onnx" and not catalog.matches("engine", to):
        pytest.skip(f"the plugin glassnet-{to} is not installed")


def _follow(opened: Run, to: str) -> None:
    """Keras has another rmsprop: the rule of training has nothing to do with predictions."""
    if to == "keras" and opened.experiment.optimizer.startswith("glassnet/rmsprop"):
        phrase = opened.experiment.optimizer.replace("outside", "inside")
        opened.__dict__["experiment"] = opened.experiment.replace(optimizer=phrase)


def _compare(ours: Kept, said: dict[str, np.ndarray], in_units: bool) -> None:
    targets, lines = ours.run.model.targets, said["lines"]
    if in_units and targets.task == "regression":
        np.testing.assert_allclose(said["y"], targets.numbers(ours.outputs), rtol=1e-5)
    else:  # probabilities, scores, or numbers in units of the target's spread
        np.testing.assert_allclose(said["y"], ours.outputs, rtol=0, atol=1e-6)
    assert len(lines) == len(ours.answers) >= 60
    if targets.task == "regression":
        numbers = np.array([[float(cell) for cell in line.split(",")] for line in lines])
        np.testing.assert_allclose(numbers, ours.answers.reshape(len(lines), -1), rtol=1e-5)
    else:
        rows = ours.answers.reshape(len(lines), -1)
        assert list(lines) == [",".join(str(cell) for cell in row) for row in rows]


@pytest.mark.slow
def test_it_can_go_on_training_where_it_stopped(kept: dict[str, Kept], tmp_path: Path) -> None:
    """The scripts train as well: on the run's own rows the loss that scikit-learn prints falls."""
    digits = kept["digits"].run
    export(digits, "sklearn", tmp_path / "sk")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path / "sk")!r})
import numpy as np, model
X, t = np.load({str(tmp_path / "rows.npz")!r}).values()
model.train(X, t, 6)
"""
    rows = digits.trained.data.train
    np.savez(tmp_path / "rows.npz", X=rows.X, t=rows.t)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=PATIENCE
    )
    losses = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(losses) == 6, done.stderr
    before = digits.history["loss"].iloc[-1]
    assert losses[-1] < losses[0] < 1.2 * before


# --- the command --------------------------------------------------------------------------------------------


def command(*words: object, exit_code: int = 0) -> str:
    done = CliRunner().invoke(main, ["--no-plugins", *map(str, words)], prog_name="glassnet")
    assert done.exit_code == exit_code, done.output
    return done.output


def test_the_command_writes_into_the_run_and_prints_how_to_use_it(kept: dict[str, Kept], tmp_path: Path) -> None:
    case = kept["line"]
    said = command("export", case.run.folder, "--to", "sklearn")
    folder = case.run.folder / "export-sklearn"
    assert sorted(path.name for path in folder.iterdir()) == ["model.py", "weights.npz"]
    first, second, third = said.splitlines()
    assert first == f"{folder}: model.py, weights.npz" and second.startswith("A prediction for each row")
    assert third == f"  python {folder / 'model.py'} rows.csv"
    done = subprocess.run(
        [sys.executable, folder / "model.py", case.rows], capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE
    )
    predicted = command("predict", case.run.folder, case.rows, "--full").splitlines()[1:]
    assert done.stdout.splitlines() == [line.split(",")[0] for line in predicted]
    assert (
        f"{folder} exists already and is left as it is: remove it, or give another --output"
        in command("export", case.run.folder, "--to", "sklearn", exit_code=2)
    )  # fmt: skip


def test_json_names_the_files(kept: dict[str, Kept], tmp_path: Path) -> None:
    folder = tmp_path / "there"
    said = json.loads(command("export", kept["line"].run.folder, "--to", "sklearn", "--output", folder, "--json"))
    assert said["to"] == "sklearn"
    assert said["files"] == [str(folder / "model.py"), str(folder / "weights.npz")]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("torhc", "there is no engine 'torhc' to export to. Did you mean 'torch'? Possible are sklearn, onnx."),
        ("sklear", "Did you mean 'sklearn'?"),
        ("onnx:x=1", "--to onnx:x=1: onnx takes no options; write --to onnx"),
        ("torch", "there is no engine 'torch' to export to. It comes with a plugin: pip install glassnet-torch."),
    ],
)
def test_an_unknown_library_is_told_what_there_is(to: str, words: str, kept: dict[str, Kept], tmp_path: Path) -> None:
    said = command("export", kept["line"].run.folder, "--to", to, "--output", tmp_path / "x", exit_code=2)
    assert words in said
    assert list(tmp_path.iterdir()) == []


# --- what can't be written ----------------------------------------------------------------------------------


def refusal(opened: Run, to: str, folder: Path) -> str:
    with pytest.raises(GlassnetError) as caught:
        export(opened, to, folder / "export")
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == [], "nothing half-written"
    return str(caught.value)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("cells", "scikit-learn has no activation elu: write --activation with one of identity, sigmoid, tanh, relu"),
        ("normal", "scikit-learn's networks have nothing like --batch-norm"),
        ("margin", "scikit-learn has no loss hinge"),
    ],
)
def test_a_part_that_scikit_learn_lacks_is_named(case: str, words: str, kept: dict[str, Kept], tmp_path: Path) -> None:
    assert words in refusal(kept[case].run, "sklearn", tmp_path)


@pytest.mark.parametrize("to", ["torch", "keras", "onnx"])
def test_an_activation_that_nobody_else_has_is_named(to: str, catalog: Catalog, tmp_path: Path) -> None:
    _require(to, catalog)
    opened = trained(tmp_path / "runs", catalog, dataset="iris", activation=("winding",), epochs=1)
    (tmp_path / "out").mkdir()
    said = refusal(opened, to, tmp_path / "out")
    assert "local/winding" in said and "leaky_relu" in said, said


def test_a_function_in_place_of_a_phrase_is_no_word_for_another_library(catalog: Catalog, tmp_path: Path) -> None:
    def sluggish() -> Optimizer:
        """Hardly moves."""
        return Optimizer(init=lambda w: {}, update=lambda w, g, state, step: (1e-6 * g, state))

    opened = trained(tmp_path / "runs", catalog, dataset="iris", optimizer=sluggish, epochs=1)
    (tmp_path / "out").mkdir()
    assert "sluggish" in refusal(opened, "sklearn", tmp_path / "out")


def test_an_unfinished_run_is_to_be_finished_first(catalog: Catalog, tmp_path: Path) -> None:
    opened = trained(tmp_path / "runs", catalog, dataset="iris", epochs=1)
    (opened.folder / "model.npz").unlink()
    (tmp_path / "out").mkdir()
    assert "finish the run first" in refusal(opened, "sklearn", tmp_path / "out")


def test_the_data_need_not_be_there_any_more(tmp_path: Path, catalog: Catalog) -> None:
    """A model is exported from what its run folder holds."""
    table = tmp_path / "gone.csv"
    animals().to_csv(table, index=False)
    opened = trained(tmp_path / "runs", catalog, dataset=str(table), target="kind", epochs=1)
    table.unlink()
    assert export(opened, "sklearn")[0].is_file()


def test_a_full_batch_keeps_the_number_of_its_rows(tmp_path: Path, catalog: Catalog) -> None:
    opened = trained(tmp_path / "runs", catalog, dataset="iris", batch_size="full", epochs=1)
    program = export(opened, "sklearn")[0].read_text()
    assert "batch_size=108," in program and "alpha=0.0108," in program


def test_class_weights_that_train_does_not_know_are_said(tmp_path: Path, catalog: Catalog) -> None:
    said = "The run was trained with class weights: rare classes counted more there. `train` here counts every row"
    for weight in ("balanced", None):
        opened = trained(tmp_path / "runs", catalog, dataset="iris", class_weight=weight, epochs=1)
        program = export(opened, "sklearn")[0].read_text()
        assert (said in program.partition("import sys")[0]) == (weight is not None)


def test_what_is_frozen_and_train_does_not_know_is_said(tmp_path: Path, catalog: Catalog) -> None:
    opened = trained(tmp_path / "runs", catalog, dataset="iris", freeze=("1", "b2"), epochs=1)
    said = "\nThe run was trained with --freeze 1 --freeze b2. `train` here moves those weights like all others.\n"
    assert said in export(opened, "sklearn")[0].read_text().partition("import sys")[0]


@pytest.mark.slow
def test_what_is_asked_of_a_date_is_named(catalog: Catalog, tmp_path: Path) -> None:
    animals().to_csv(tmp_path / "t.csv", index=False)
    words = {"dataset": str(tmp_path / "t.csv"), "target": "kind", "category": ("born:weekday",), "epochs": 1}
    (tmp_path / "out").mkdir()
    assert "born:weekday" in refusal(trained(tmp_path / "runs", catalog, **words), "sklearn", tmp_path / "out")


def test_names_from_a_strangers_run_stay_names(tmp_path: Path, catalog: Catalog) -> None:
    """Nothing that is loaded can run code: quotes in the name of a table, a column or a class end no text."""
    evil = '""" + exit(3) + """\\'
    table = tmp_path / f"{evil}.csv"
    frame = animals().rename(columns={"colour": evil, "weight in kg": 'it\'s "heavy"'})
    frame["kind"] = frame["kind"].replace({"cat": evil})
    frame.to_csv(table, index=False)
    opened = trained(tmp_path / "runs", catalog, dataset=str(table), target="kind", epochs=1)
    program = export(opened, "sklearn", tmp_path / "out")[0]
    (said,) = told([(program.parent, table)])
    assert len(said["X"]) == len(frame)
