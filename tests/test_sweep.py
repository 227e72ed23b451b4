"""Sweeps: rows that choose and rows that never may, cells that fail, ties, folders that survive a kill, pictures."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from threading import Event

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from guests import environment, glassnet, write_good
from samples import SOAK
from sklearn.model_selection import StratifiedKFold
from waiting import PATIENCE, Gate, any_moment, wait_until

from glassnet import Experiment, GlassnetError, plot
from glassnet import run as begin_training
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.owners import owning
from glassnet.sweeps import Cell, Guests, Job, Outcome, Plan, Score, Sweep
from glassnet.sweeps.cells import catalog_of, division_of, looks_at_scores, train_cells, training_of
from glassnet.sweeps.division import divide, fold_of_each
from glassnet.sweeps.ranking import ALL_ROWS, Row, rank, tied

NO_GUESTS = Guests(installed=False)
CATALOG = Catalog.discover(guests=False)
QUICK = Experiment(dataset="iris", hidden="4", epochs=2)
OVER = ("--over", "optimizer.lr=0.001..0.1:log:3", "--over", "l2=0,0.01")

BLOWN = """
    import numpy as np
    from glassnet import Activation, hookimpl

    def blown(at: float = 1.0):
        '''A part that fails while it is at work.'''
        def f(z):
            raise ArithmeticError("no such power")
        return Activation(f=f, df=lambda z, a: z)

    @hookimpl
    def activations():
        return [blown]
"""


pytestmark = pytest.mark.usefixtures("empty_folder")


def call(*words: str, before: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *before, *words], prog_name="glassnet")


def sweep(*words: str, jobs: str = "1", before: tuple[str, ...] = ()) -> Result:
    done = call("sweep", *words, "--jobs", jobs, before=before)
    assert done.exit_code == 0, done.output
    return done


def train_cell(job: Job) -> Outcome:
    """What one cell comes to by itself."""
    (outcome,) = train_cells([job])
    return outcome


def error(*words: str, before: tuple[str, ...] = ()) -> str:
    done = call("sweep", *words, before=before)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    return line


def cells(folder: str = "sweeps/0001-iris") -> dict[str, dict]:
    """What each cell came to, without the clock."""
    lines = [json.loads(line) for line in (Path(folder) / "cells.jsonl").read_text().splitlines()]
    found = {json.dumps(line["cell"]): {"scores": line["scores"], "failed": line["failed"]} for line in lines}
    assert len(found) == len(lines), "a cell was trained twice"
    return found


FAILS = "f of activation local/blown failed: ArithmeticError: no such power"


def plugin(source: str = BLOWN, name: str = "part.py") -> str:
    Path(name).write_text(dedent(source))
    return name


# --- rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", ["iris", "diabetes", "digits8x8"])
@pytest.mark.parametrize("folds", [0, 2, 5])
@pytest.mark.parametrize("split_seed", [0, 7])
def test_no_split_of_a_sweep_holds_a_test_row(dataset: str, folds: int, split_seed: int) -> None:
    experiment = Experiment(dataset=dataset, split_seed=split_seed)
    training = begin_training(experiment, CATALOG)
    assert training.data.test is not None and training.data.validation is not None
    test = set(training.data.test.index.tolist())
    division = divide(experiment, CATALOG, folds)
    assert set(division.test.tolist()) == test and len(test) > 20
    for split in division.splits:
        assert not test & {*split.train.tolist(), *split.validation.tolist(), *split.test.tolist()}
        assert not set(split.train.tolist()) & set(split.validation.tolist())
        assert len(split.test) == 0
    if folds:
        rest = sorted(row for split in division.splits for row in split.validation.tolist())
        assert rest == sorted({*range(len(division.source.X))} - test)  # each of the others exactly once
    else:
        assert division.splits[0].validation.tolist() == training.data.validation.index.tolist()
        assert division.splits[0].train.tolist() == training.data.train.index.tolist()


def test_a_cell_is_given_no_test_rows_at_all_not_even_the_publishers() -> None:
    job = Job(QUICK, Cell((), 1, 0), 3, NO_GUESTS)
    for fold in range(3):
        training = training_of(Job(QUICK, Cell((), 1, 0, fold), 3, NO_GUESTS))
        assert training.data.test is None
        seen = {*training.data.train.index.tolist(), *training.data.validation.index.tolist()}
        assert not seen & set(division_of(job).test.tolist())


@pytest.mark.parametrize("folds", [2, 3, 10])
def test_folds_are_as_even_as_those_of_scikit_learn(folds: int) -> None:
    codes = np.repeat([0, 1, 2], [11, 40, 53])
    mine = fold_of_each(codes, folds, np.random.default_rng(1))
    theirs = [codes[test] for _, test in StratifiedKFold(folds).split(codes, codes)]
    sizes = np.bincount(mine, minlength=folds)
    assert sizes.max() - sizes.min() <= 1
    for code in (0, 1, 2):
        counts = [int((codes[mine == fold] == code).sum()) for fold in range(folds)]
        reference = [int((part == code).sum()) for part in theirs]
        assert sorted(counts) == sorted(reference)
    assert (mine != fold_of_each(codes, folds, np.random.default_rng(2))).any()


# --- one cell -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"schedule": "adaptive"},
        {"patience": 1, "epochs": 30, "optimizer": "adam:lr=0.1"},
        {"dropout": 0.3, "batch_norm": True},
        {"optimizer": "lbfgs", "epochs": 5},
    ],
    ids=["plain", "a schedule that looks", "patience", "dropout", "solver"],
)
def test_a_cell_is_the_training_that_train_would_do(choices: dict) -> None:
    """Scores that nobody looks at are left out, and that must not move a single bit of the others."""
    experiment = QUICK.replace(**choices)
    training = begin_training(experiment.replace(seed=5, l2=0.01), CATALOG)
    for _ in training:
        pass
    outcome = train_cell(Job(experiment, Cell(("l2=0.01",), experiment.epochs, 5), 0, NO_GUESTS))
    assert outcome.failed == ""
    assert outcome.scores["accuracy"] == training.scores()["validation"]["accuracy"]
    last = training.progress.epochs[training.progress.best_epoch - 1 if experiment.patience else -1]
    assert outcome.scores["loss"] == last.validation_loss
    assert outcome.epochs == len(training.progress.epochs)


def test_scores_of_epochs_are_left_out_only_where_nothing_looks_at_them() -> None:
    def looks(**choices: object) -> bool:
        return looks_at_scores(training_of(Job(QUICK.replace(**choices), Cell((), 1, 0), 0, NO_GUESTS)))

    assert not looks()
    assert looks(patience=3) and looks(schedule="adaptive") and looks(schedule="cosine")


def test_what_goes_wrong_in_a_cell_is_its_outcome() -> None:
    files = ((str(Path(plugin()).resolve()), Catalog.discover([Path("part.py")], guests=False).guests[-1].sha256),)

    def failed(*settings: str, guests: Guests = NO_GUESTS, **choices: object) -> str:
        return train_cell(Job(QUICK.replace(**choices), Cell(settings, 5, 0), 0, guests)).failed

    assert failed() == ""
    assert failed("optimizer.lr=1e300", optimizer="sgd").startswith("training diverged in epoch 1")
    assert "loss hinge is unknown" in failed("loss=hinge is unknown") or failed("loss=no_such").startswith(
        "there is no"
    )
    assert FAILS in failed("activation=blown", guests=Guests(files, installed=False))


def test_a_plugin_file_that_changed_is_not_run() -> None:
    path = Path(plugin()).resolve()
    guests = Guests.of(Catalog.discover([path], guests=False))
    assert catalog_of(guests).find("activation", "blown")
    catalog_of.cache_clear()
    marker = Path("ran")
    path.write_text(f"open({str(marker.resolve())!r}, 'w')")
    with pytest.raises(GlassnetError, match="is not the one that the sweep began with"):
        catalog_of(guests)
    assert not marker.exists()


# --- ranking ------------------------------------------------------------------------------------------------


def row(scores: list[float], name: str = "l2=1") -> Row:
    values = np.array(scores)
    spread = float(values.std(ddof=1)) if len(values) > 1 else None
    found = {(seed, 0): value for seed, value in enumerate(scores)}
    return Row((name,), 0, 1, float(values.mean()), spread, None, found, 0, "", 0.0)


def outcomes(table: dict[str, list[float]], metric: str = "r2") -> list[Outcome]:
    return [
        Outcome(Cell((name,), 1, seed), {metric: value}, 1, 0.5)
        for name, values in table.items()
        for seed, value in enumerate(values)
    ]


def test_mean_spread_and_error_are_those_of_pandas() -> None:
    table = {"a=1": [0.5, 0.7, 0.9], "a=2": [0.8, 0.85, 0.81], "a=3": [0.1, 0.2, 0.1]}
    found = rank(outcomes(table), [(name,) for name in table], Score("r2", "higher", 30))
    assert [one.point[0] for one in found] == ["a=2", "a=1", "a=3"]
    for one in found:
        series = pd.Series(table[one.point[0]])
        assert (one.mean, one.spread, one.error) == pytest.approx((series.mean(), series.std(), series.sem()))
    upside_down = rank(outcomes(table), [(name,) for name in table], Score("r2", "lower", 30))
    assert [one.point[0] for one in upside_down] == ["a=3", "a=1", "a=2"]


def test_a_tie_is_a_difference_within_two_standard_errors_of_it() -> None:
    score = Score("r2", "higher", 30)
    best = row([0.90, 0.80, 0.95, 0.85])
    steady = row([0.89, 0.79, 0.94, 0.84])  # every time 0.01 below: small, but no luck
    shaky = row([0.95, 0.70, 0.90, 0.90])
    assert not tied(best, steady, score)
    d = np.array([0.90, 0.80, 0.95, 0.85]) - [0.95, 0.70, 0.90, 0.90]
    assert tied(best, shaky, score) and d.mean() <= 2 * pd.Series(d).sem()
    assert not tied(best, row([0.5, 0.6, 0.4, 0.55]), score)


def test_without_repeats_accuracy_has_the_luck_of_its_rows_and_others_none() -> None:
    shares = Score("accuracy", "higher", 100)
    error_of_both = (0.9 * 0.1 / 100 + 0.84 * 0.16 / 100) ** 0.5
    assert 2 * error_of_both > 0.06 and tied(row([0.9]), row([0.84]), shares)
    assert not tied(row([0.9]), row([0.79]), shares)
    assert not tied(row([0.9]), row([0.84]), Score("accuracy", "higher", 10_000))
    assert not tied(row([0.9]), row([0.8999]), Score("r2", "higher", 100))
    assert tied(row([0.9]), row([0.9]), Score("r2", "higher", 100))
    assert not tied(row([1.0]), row([0.75]), Score("accuracy", "higher", 4, ALL_ROWS))  # these are all rows there are


def test_a_point_with_a_failed_cell_is_never_the_best() -> None:
    found = outcomes({"a=1": [0.9], "a=2": [0.5, 0.5]})
    found.append(Outcome(Cell(("a=1",), 1, 1), {}, 0, 0.1, "training diverged"))
    ranked = rank(found, [("a=1",), ("a=2",)], Score("r2", "higher", 30))
    assert [(one.point[0], one.failed, one.reason) for one in ranked] == [
        ("a=2", 0, ""),
        ("a=1", 1, "training diverged"),
    ]


# --- the command --------------------------------------------------------------------------------------------


def test_a_sweep_leaves_table_best_and_pictures() -> None:
    done = sweep("iris", *OVER, "--epochs", "3", "--hidden", "4", "--seeds", "2")
    folder = Path("sweeps/0001-iris")
    assert {path.name for path in folder.iterdir()} == {
        "sweep.json", "cells.jsonl", "table.csv", "best.toml", "heatmap.png", "heatmap.svg"
    }  # fmt: skip
    assert "6 points, 2 seeds: 12 cells" in done.output and "test rows take no part" in done.output
    assert "cell 12/12" in done.output and "train --config sweeps/0001-iris/best.toml" in done.output
    table = pd.read_csv(folder / "table.csv")
    assert table["accuracy"].is_monotonic_decreasing and table["mark"][0] == "best"
    for _, line in table.iterrows():
        found = [
            one["scores"]["accuracy"]
            for key, one in cells().items()
            if json.loads(key)["settings"] == [f"optimizer.lr={line['optimizer.lr']:g}", f"l2={line['l2']:g}"]
        ]
        assert len(found) == 2 and line["accuracy"] == pytest.approx(np.mean(found))
        assert line["standard_deviation"] == pytest.approx(np.std(found, ddof=1))
    assert (folder / "heatmap.png").read_bytes().startswith(b"\x89PNG") and "<svg" in (
        folder / "heatmap.svg"
    ).read_text()


def test_the_best_toml_trains_to_the_score_in_the_table() -> None:
    found = json.loads(sweep("iris", *OVER, "--epochs", "4", "--hidden", "5", "--seeds", "1", "--json").stdout)
    assert list(found) == ["sweep", "metric", "better", "seeds", "cells", "seconds", "best", "points"]
    assert (found["metric"], found["better"], found["cells"], len(found["points"])) == ("accuracy", "higher", 6, 6)
    config = Path(found["sweep"]) / "best.toml"
    assert tomllib.loads(config.read_text())["optimizer"] == f"adam:lr={found['best']['optimizer.lr']}"
    trained = json.loads(call("train", "--config", str(config), "--json").stdout)
    assert trained["metrics"]["validation"]["accuracy"] == found["points"][0]["mean"]


@pytest.mark.parametrize("turned", [False, True])
def test_an_option_holds_in_whichever_order_it_and_its_part_are_varied(turned: bool) -> None:
    over = [("--over", "optimizer.lr=0.1,0.0001"), ("--over", "optimizer=sgd,adam")]
    option, part = over[::-1] if turned else over
    few = ("--epochs", "2", "--hidden", "4", "--seeds", "1")
    found = json.loads(sweep("iris", *option, *part, *few, "--json").stdout)
    losses = {key: one["scores"]["loss"] for key, one in cells().items()}
    assert len(set(losses.values())) == 4
    for key, loss in losses.items():
        settings = dict(one.split("=") for one in json.loads(key)["settings"])
        phrase = f"{settings['optimizer']}:lr={settings['optimizer.lr']}"
        job = Job(QUICK.replace(optimizer=phrase, hidden="4"), Cell((), 2, 0), 0, NO_GUESTS)
        assert train_cell(job).scores["loss"] == loss
    best, toml = found["best"], tomllib.loads(Path("sweeps/0001-iris/best.toml").read_text())
    assert toml["optimizer"] == f"{best['optimizer']}:lr={best['optimizer.lr']}"
    columns = pd.read_csv("sweeps/0001-iris/table.csv").columns.tolist()
    assert columns[1:3] == [["optimizer", "optimizer.lr"], ["optimizer.lr", "optimizer"]][not turned]


def test_points_are_compared_by_the_first_metric_or_the_monitor() -> None:
    def metric(*words: str) -> str:
        return str(
            json.loads(sweep("diabetes", "--over", "l2=0,1", "--epochs", "1", "--json", *words).stdout)["metric"]
        )

    assert metric() == "r2"
    assert metric("--metric", "mean_squared_error", "--metric", "r2") == "mean_squared_error"
    assert metric("--monitor", "mean_absolute_error") == "mean_absolute_error"


PLACES = """
import os
from pathlib import Path

import numpy as np
from glassnet import Activation, hookimpl

def placed():
    '''A part that leaves a file for each process in which it works.'''
    def f(z):
        Path(f"process-{os.getpid()}").touch()
        return np.tanh(z)
    return Activation(f=f, df=lambda z, a: 1 - a**2)

@hookimpl
def activations():
    return [placed]
"""


def test_many_processes_come_to_the_same_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("part.py").write_text(PLACES)
    words = ["iris", *OVER, "--epochs", "3", "--hidden", "6", "--folds", "2", "--dropout", "0.2", "--quiet"]
    words += ["--activation", "placed", "--sweeps"]
    before, enough = ("--plugin", "part.py"), Event()
    sweep(*words, "one", before=before)
    with ThreadPoolExecutor() as others:  # where there is another thread, no process is forked
        others.submit(enough.wait)
        sweep(*words, "here", jobs="2", before=before)  # and this is too little for those that load everything anew
        assert len(list(Path().glob("process-*"))) == 1
        monkeypatch.setattr("glassnet.sweeps.local.WORTH_PROCESSES", 0)
        sweep(*words, "two", jobs="2", before=before)
        assert len(list(Path().glob("process-*"))) > 1
        enough.set()
    assert len(cells("one/0001-iris")) == 12
    assert cells("one/0001-iris") == cells("two/0001-iris") == cells("here/0001-iris")


FOUR_FORKS = """
import multiprocessing, os, signal
from glassnet.cli import main

begun, fork = [], os.fork

def counted():
    if len(begun) == 4:
        raise BlockingIOError(11, "Resource temporarily unavailable")
    begun.append(1)
    return fork()

os.fork = counted
words = "--no-plugins sweep iris --seeds 1 --epochs 1 --quiet --over".split()
main([*words, "l2=0,1", "--jobs", "100000"], standalone_mode=False)
print(len(begun))
try:
    main([*words, "l2=0,1,2", "--jobs", "3"], standalone_mode=False)
except Exception as error:
    print(error)
print(multiprocessing.active_children(), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_no_more_processes_begin_than_there_are_cells_and_too_many_are_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FOUR_FORKS], env=environment(), capture_output=True, text=True, timeout=PATIENCE
    )
    _, begun, said, left = done.stdout.splitlines()
    assert begun == "2" and left == "[] False", done.stdout + done.stderr
    assert said == "3 processes can't be started (Resource temporarily unavailable): give fewer --jobs"


def at_work(process: str) -> bool:
    """Whether a process is more than an entry that nobody has asked for yet."""
    try:
        return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_forks_come_to_the_same_as_one_process_and_end_with_the_one_that_forked_them(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    over = ["--over", "optimizer.lr=0.1,0.2,0.3,0.4", "--epochs", "200", "--hidden", "4"]
    sweep("iris", *over, "--sweeps", "one")
    command = [sys.executable, "-m", "glassnet", "--no-plugins"]
    waiting = ["--plugin", str(gate.plugin), "sweep", "iris", *over, "--activation", "gated:calls=300", "--jobs", "2"]
    process = subprocess.Popen([*command, *waiting], stdout=subprocess.DEVNULL, env=environment())
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wait_until(lambda: len(children.read_text().split()) == 2, process)
    forks = children.read_text().split()
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(at_work, forks)))
    gate.open()
    subprocess.run([*command, "sweep", "iris", *over, "--sweeps", "two", "--jobs", "2"], check=True, env=environment())
    assert cells("one/0001-iris") == cells("two/0001-iris")


def test_halving_keeps_the_best_and_the_last_round_has_all_epochs() -> None:
    done = sweep("iris", "--over", "optimizer.lr=1e-6..1:log", "--random", "9", "--halving", "3", "--epochs", "6")
    assert "9 for 2 epochs -> 3 for 6 epochs, each from the start" in done.output
    lines = [(json.loads(key), one["scores"]) for key, one in cells().items()]
    first = {tuple(cell["settings"]): scores["accuracy"] for cell, scores in lines if cell["round"] == 0}
    second = {tuple(cell["settings"]) for cell, _ in lines if cell["round"] == 1}
    assert len(first) == 9 and len(second) == 3
    assert min(first[one] for one in second) >= max(score for one, score in first.items() if one not in second)
    assert {cell["epochs"] for cell, _ in lines if cell["round"] == 1} == {6}


def test_a_varied_number_of_epochs_is_each_points_own() -> None:
    sweep("iris", "--over", "epochs=1,3", "--seeds", "1", "--quiet")
    assert sorted(json.loads(key)["epochs"] for key in cells()) == [1, 3]
    assert "\n1," in (Path("sweeps/0001-iris") / "table.csv").read_text()


def test_sets_too_small_to_split_say_so() -> None:
    done = sweep("xor", "--over", "hidden=2;4", "--epochs", "1")
    assert "accuracy (higher is better) of all 4 rows, too few to split" in done.output
    tied = sweep("xor", "--over", "l2=0,1e-9,1e-8", "--epochs", "1", "--seeds", "2").output
    assert "(2 trainings each, all 4 rows): tied." in tied and "--seeds 5." in tied and "--folds" not in tied
    assert "4 rows are too few for --folds" in error("xor", "--over", "hidden=2;4", "--folds", "2")


def test_failed_cells_are_recorded_with_their_reason_and_the_sweep_goes_on() -> None:
    over = ("--over", "activation=relu,blown,elu:alpha=-3", "--epochs", "2", "--seeds", "1")
    done = sweep("iris", *over, before=("--plugin", plugin()))
    reasons = {json.loads(key)["settings"][0]: one["failed"] for key, one in cells().items()}
    assert reasons["activation=relu"] == "" and FAILS in reasons["activation=blown"]
    assert FAILS in done.output and "1 failed" in done.output
    table = pd.read_csv("sweeps/0001-iris/table.csv")
    assert table["mark"][0] == "best" and table["reason"].str.contains(FAILS).any()
    ((file, _),) = tomllib.loads(Path("sweeps/0001-iris/best.toml").read_text())["plugins"]
    assert file == str(Path("part.py").resolve())


def test_where_every_cell_fails_the_exit_code_is_1() -> None:
    done = call("sweep", "iris", "--over", "optimizer.lr=1e290,1e300", "--optimizer", "sgd", "--jobs", "1")
    assert done.exit_code == 1
    assert "every cell failed; the first: training diverged in epoch 1" in done.stderr
    assert not Path("sweeps/0001-iris/best.toml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["iris"], "say what is varied: --over optimizer.lr=1e-4..1:log:5"),
        (["--over", "l2=0,1"], "name a dataset or a table: glassnet sweep digits8x8"),
        (["iris", "--over", "l2=0,1", "--over", "l2=2,3"], "--over l2 is given twice"),
        (["iris", "--over", "l2=-1,1"], "--l2 must be at least 0, not -1"),
        (["iris", "--over", "optimizer.lrr=1,2"], "has no option 'lrr'. Did you mean 'lr'?"),
        (["iris", "--over", "activation=rellu,tahn"], "there is no activation 'rellu'. Did you mean"),
        (["iris", "--over", "l2=0,1", "--validation", "0"], "--validation 0 leaves no rows to choose by"),
        (["iris", "--over", "l2=0,1", "--folds", "1"], "--folds must be at least 2, not 1"),
        (["iris", "--over", "l2=0,1", "--folds", "500"], "--folds 500 is more than the 120 rows"),
        (["iris", "--over", "l2=0,1", "--seeds", "0"], "--seeds must be at least 1, not 0"),
        (["iris", "--over", "l2=0,1", "--halving", "1"], "--halving must be at least 2, not 1"),
        (["iris", "--over", "epochs=1,2", "--halving", "2"], "--halving gives out epochs itself"),
        (["iris", "--over", "l2=0,1", "--random", "5"], "only 2 different points"),
        (["iris", "--over", "l2=0,1", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler is for --engine dask"),
        (["iris", "--over", "l2=0,1", "--engine", "dask"], "--engine dask needs the address of a scheduler"),
        (["--resume", "3"], "no sweep '3': name its folder, its number, or last; the latest in sweeps are: none"),
        (["--resume", "1", "--epochs", "3", "--over", "l2=0,1"], "leave away --over, --epochs"),
    ],
)
def test_what_can_not_be_is_said_in_one_line_and_leaves_nothing(words: list[str], said: str) -> None:
    assert said in error(*words)
    assert not Path("sweeps").exists() or not list(Path("sweeps").iterdir())


# --- resuming -----------------------------------------------------------------------------------------------


def test_a_resumed_sweep_trains_only_what_is_missing() -> None:
    words = ["iris", *OVER, "--epochs", "3", "--hidden", "4", "--seeds", "1", "--quiet"]
    sweep(*words)
    path = Path("sweeps/0001-iris/cells.jsonl")
    whole, lines = cells(), path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:4]) + lines[4][:37])  # a kill tore the fifth line
    done = sweep("--resume", "last")
    assert "4 of 6 cells are finished already" in done.output and "\n2 cells in " in done.output
    assert path.read_text().startswith("".join(lines[:4]))  # to the letter, their seconds included
    assert cells() == whole
    assert "0 cells in" in sweep("--resume", "1").output


def test_a_sweep_is_not_resumed_on_other_rows_or_with_another_plugin_file() -> None:
    table = pd.DataFrame({"x": np.arange(60.0), "y": np.tile(["a", "b"], 30)})
    table.to_csv("table.csv", index=False)
    sweep("table.csv", "--target", "y", "--over", "l2=0,1", "--epochs", "1", "--quiet")
    table.assign(x=table["x"] / 2).to_csv("table.csv", index=False)
    division_of.__globals__["_division"].cache_clear()  # a resumed sweep is another process
    assert "are no longer those it began with" in error("--resume", "last")
    sweep("iris", "--over", "activation=relu,blown", "--epochs", "1", "--quiet", before=("--plugin", plugin()))
    line = error("--resume", "2")
    assert "was begun with the plugin file" in line and "sweep --resume sweeps/0002-iris" in line
    sweep("--resume", "2", "--quiet", before=("--plugin", "part.py"))


@pytest.mark.slow
def test_a_sweep_is_not_resumed_without_its_guests_or_with_other_versions(tmp_path: Path) -> None:
    write_good(tmp_path / "old", "glassnet-dearest", "dearest")
    write_good(tmp_path / "new", "glassnet-dearest", "dearest", version="2.0")
    words = ("sweep", "--jobs", "1", "--quiet")
    over = ("iris", "--over", "activation=relu,dearest", "--epochs", "1", "--seeds", "1")
    assert glassnet(*words, *over, path=[tmp_path / "old"]).returncode == 0
    path = Path("sweeps/0001-iris/cells.jsonl")
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    for folders, said in ([], "missing here"), ([tmp_path / "new"], "here 2.0"):
        done = glassnet(*words, "--resume", "1", path=folders)
        assert done.returncode == 2 and path.read_text().count("\n") == 1
        assert f"sweeps/0001-iris was begun with glassnet-dearest 1.0 ({said}): install just that" in done.stderr
    done = glassnet(*words, "--resume", "1", path=[tmp_path / "old"])
    assert done.returncode == 0, done.stderr
    assert len(cells()) == 2 and not any(one["failed"] for one in cells().values())


@pytest.mark.parametrize("damage", ["{}", "[", '{"over": 3}'])
def test_a_damaged_folder_is_one_clear_line(damage: str) -> None:
    sweep("iris", "--over", "l2=0,1", "--epochs", "1", "--quiet")
    Path("sweeps/0001-iris/sweep.json").write_text(damage)
    assert "sweep.json is damaged" in error("--resume", "1")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize(("end", "jobs"), [("SIGKILL", "1"), ("SIGINT", "1"), ("SIGINT", "2")])
def test_a_sweep_that_is_ended_from_outside_loses_no_finished_cell(end: str, jobs: str, tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    words = ["iris", "--over", "hidden=1..12:+1", "--epochs", "20", "--activation", "gated:calls=500", "--seeds", "1"]
    plugin = ["--no-plugins", "--plugin", str(gate.plugin)]
    command = [sys.executable, "-m", "glassnet", *plugin, "sweep", *words, "--jobs", jobs]
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    path = tmp_path / "sweeps/0001-iris/cells.jsonl"
    wait_until(lambda: path.exists() and path.read_text().count("\n") >= 3, process)
    os.kill(process.pid, getattr(signal, end))
    _, said = process.communicate(timeout=PATIENCE)
    done = path.read_text().count("\n")
    assert 3 <= done < 12
    gate.open()
    if end == "SIGINT":
        assert process.returncode == 130
        assert f"Interrupted; {done} of 12 cells are finished and kept" in said
        assert f"Go on with: glassnet --plugin {gate.plugin} sweep --resume sweeps/0001-iris" in said
    assert f"{done} of 12 cells are finished already" in sweep("--resume", "last", before=tuple(plugin[1:])).output
    assert len(cells()) == 12


def test_stacks_that_are_killed_again_and_again_come_to_the_numbers_of_networks_alone(tmp_path: Path) -> None:
    over = ["--over", "hidden=4;5", "--over", "optimizer.lr=0.001..0.1:log:4", "--seeds", "6", "--epochs", "40"]
    rounds, dice = 100 if SOAK else 4, random.Random(3)
    words, ends, most = ["sweep", "iris", *over], [], 1.6
    while (len(ends) < rounds or not any(ends)) and len(ends) < 200:
        process = subprocess.Popen(
            [sys.executable, "-m", "glassnet", "--no-plugins", *words, "--jobs", dice.choice("12")], env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(Path("sweeps/0001-iris/sweep.json").exists, process)
        any_moment(dice, most)
        process.send_signal(dice.choice([signal.SIGKILL, signal.SIGINT]))
        ends.append(process.wait(PATIENCE))
        if process.returncode == 0:  # it was too quick: begin again, and end it earlier
            most *= 0.7
            shutil.rmtree("sweeps")
            words = ["sweep", "iris", *over]
        else:
            words = ["sweep", "--resume", "last"]
    assert any(ends), "no sweep was ended"
    call(*words)
    found = cells()
    assert len(found) == 48 and not any(one["failed"] for one in found.values())
    for name in list(found)[:: 1 if SOAK else 7]:
        cell = json.loads(name)
        lone = Cell(tuple(cell["settings"]), cell["epochs"], cell["seed"])
        assert dict(train_cell(Job(Experiment(dataset="iris"), lone, 0, NO_GUESTS)).scores) == found[name]["scores"]


def test_a_sweep_has_one_owner_and_a_damaged_line_costs_one_cell(tmp_path: Path) -> None:
    sweep("iris", "--over", "l2=0,1,2", "--epochs", "1", "--seeds", "1", "--quiet")
    folder, path = Path("sweeps/0001-iris"), Path("sweeps/0001-iris/cells.jsonl")
    with owning(folder, "sweeping"):
        assert error("--resume", "1").startswith("Error: this process is sweeping sweeps/0001-iris since 2")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + '{"cell": 3}\n' + lines[2] + lines[2].replace("l2=2", "l2=7"))
    assert "2 of 3 cells are finished already" in sweep("--resume", "1").output
    assert {one["cell"]["settings"][0] for one in map(json.loads, path.read_text().splitlines())} >= {
        "l2=0",
        "l2=1",
        "l2=2",
    }
    assert sorted(one.name for one in folder.glob(".*")) == []


@pytest.mark.parametrize("words", ["--random 1000000000", "--seeds 1000000000", "--folds 1000000000"])
def test_a_sweep_without_end_is_refused(words: str) -> None:
    assert " must be at most " in error("iris", "--over", "l2=0..1", *words.split())
    assert not Path("sweeps").exists()


# --- pictures -----------------------------------------------------------------------------------------------


def drawn(*over: str, scores: list[float], failed: int = 0, on_grid: bool = True) -> tuple[str, list[str]]:
    """(kind of picture, every text in it) of points with these scores; the last `failed` of them have none."""
    plan = Plan(QUICK, over, random=None if on_grid else 4)
    points = plan.points()
    found = [
        Outcome(Cell(point, 1, 0), {"accuracy": value}, 1, 0.1) for point, value in zip(points, scores, strict=False)
    ]
    found += [Outcome(Cell(point, 1, 0), {}, 0, 0.1, "diverged") for point in points[len(points) - failed :]]
    sweep = Sweep(plan, Guests(), Score("accuracy", "higher", 100), Path("0007-moons"), found)
    name = sweep.picture
    figure = plot(sweep, f"{name}_sweep")
    texts = [text.get_text() for panel in figure.axes for text in panel.texts]
    for panel in figure.axes:
        texts += [tick.get_text() for tick in (*panel.get_xticklabels(), *panel.get_yticklabels())]
        texts += [panel.get_xlabel(), panel.get_ylabel()]
    texts += [" ".join(text.get_text().split()) for legend in figure.legends for text in legend.get_texts()]
    return name, texts


def test_two_settings_are_a_heat_map_with_numbers_marks_and_values() -> None:
    name, texts = drawn("l2=1e-2..1:log:3", "activation=relu,tanh", scores=[0.11, 0.9, 0.88, 0.3, 0.41], failed=1)
    assert name == "heatmap"
    assert {"0.1100", "0.9000", "0.8800", "0.3000", "0.4100"} <= set(texts)
    assert {"0.01", "0.1", "1", "relu", "tanh", "l2", "activation"} <= set(texts)
    assert {"best", "can't be told from the best", "failed"} <= set(texts)


def test_numbers_in_a_heat_map_can_be_read_on_their_colour() -> None:
    plan, score = Plan(QUICK, ("l2=0,1,2,3", "l1=0,1,2")), Score("r2", "higher", 9)
    found = [Outcome(Cell(point, 1, 0), {"r2": k / 11}, 1, 0.1) for k, point in enumerate(plan.points())]
    panel = plot(Sweep(plan, Guests(), score, Path("0007-moons"), found), "heatmap_sweep").axes[0]
    image = panel.images[0]
    assert len(panel.texts) == 12
    for text in panel.texts:
        red, green, blue, _ = image.cmap(image.norm(float(text.get_text())))
        luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        other = 1.0 if text.get_color() == "white" else 0.0
        contrast = (max(luminance, other) + 0.05) / (min(luminance, other) + 0.05)
        assert contrast >= 3, text.get_text()  # what WCAG asks of large text and of graphics


def test_one_setting_is_a_line_and_more_are_bars_side_by_side() -> None:
    name, texts = drawn("l2=1e-4..1:log:3", scores=[0.5, 0.7], failed=1)
    assert name == "line" and {"0.0001", "0.01", "1", "best", "failed"} <= set(texts)
    name, texts = drawn("l2=0,1", "l1=0,1", "activation=relu,tanh", scores=[0.1 * k for k in range(8)])
    assert name == "bars" and {"l2", "l1", "activation", "relu", "tanh", "best"} <= set(texts)
    assert drawn("l2=0,1", "l1=0,1", scores=[0.1] * 4, on_grid=False)[0] == "points"


# --- TOML ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        Experiment(hidden="none", activation=("relu",), batch_size="full", l2=1e-5, patience=3, task="binary"),
        Experiment(
            dataset='a "quoted" \\ tåble\x7f\t.csv', target="línea\n2", keep=("a", "b"), hidden=(100, 50),
            batch_norm=True, activation=("tanh", "elu:alpha=0.5"), initializer=("he_uniform",), metrics=("f1",),
            dtype="float32", optimizer="local/x:note=a\\,b", clip_norm=1e-300,
            plugins=(("/a b/ç.py", "00ff"),), monitor="accuracy",
        ),
    ],
)  # fmt: skip
def test_toml_reads_back_as_the_very_same_experiment(experiment: Experiment, tmp_path: Path) -> None:
    text = experiment.to_toml()
    assert Experiment.from_mapping(tomllib.loads(text)) == experiment
    (tmp_path / "one.toml").write_text(text, encoding="utf-8")
    assert Experiment.from_toml(tmp_path / "one.toml") == experiment


def test_a_function_has_no_toml() -> None:
    with pytest.raises(GlassnetError, match="<function relu> is a function, which TOML can't hold: give a phrase"):

        def relu() -> None: ...

        Experiment(activation=(relu,)).to_toml()
