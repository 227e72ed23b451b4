"""`train`, `evaluate`, `predict`, `runs` and `data export` as a student types them, and what trainings come to."""

import json
import os
import re
import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from guests import environment, glassnet
from waiting import PATIENCE

from glassnet import Experiment, load
from glassnet import run as begin
from glassnet.cli import main
from glassnet.owners import owning

MIRROR = os.environ.get("GLASSNET_DATA_MIRROR", "")
JSON_KEYS = ["run", "epochs", "seconds", "stopped", "metrics", "intervals", "linear"]
SPLITS = ["train", "validation", "test", "baseline"]


pytestmark = pytest.mark.usefixtures("empty_folder")


def run(*words: str, **more: object) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet", **more)  # type: ignore[arg-type]


def trained(*words: str) -> dict:
    """What `train --json` prints, and nothing else."""
    done = run("train", *words, "--json")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    found: dict = json.loads(line, parse_constant=pytest.fail)
    return found


def accuracy_of(*words: str) -> float:
    accuracy: float = trained(*words)["metrics"]["test"]["accuracy"]
    return accuracy


def error(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    return line


def words_of(run_: str | int = "last") -> dict:
    """The words that a run was trained with."""
    return json.loads((load(run_).folder / "experiment.json").read_text())


# --- what train prints --------------------------------------------------------------------------------------


def test_json_is_one_object_with_the_agreed_keys() -> None:
    found = trained("iris", "--epochs", "2")
    assert list(found) == JSON_KEYS
    assert (found["run"], found["epochs"], found["stopped"]) == (str(Path("runs/0001-iris")), 2, "all 2 epochs")
    assert list(found["metrics"]) == SPLITS
    assert all(list(found["metrics"][split]) == ["accuracy"] for split in SPLITS)
    low, high = found["intervals"]["test"]["accuracy"]
    assert 0 <= low <= found["metrics"]["test"]["accuracy"] <= high <= 1
    assert found["metrics"]["baseline"]["accuracy"] == pytest.approx(1 / 3)


def test_json_has_the_figures_of_numbers_and_of_metrics_asked_for() -> None:
    found = trained("diabetes", "--epochs", "2", "--metric", "mean_squared_error")
    names = ["r2", "root_mean_squared_error", "mean_absolute_error", "mean_squared_error"]
    assert all(list(found["metrics"][split]) == names for split in SPLITS)
    test = found["metrics"]["test"]
    assert test["mean_squared_error"] == pytest.approx(test["root_mean_squared_error"] ** 2)
    assert found["metrics"]["baseline"]["r2"] == pytest.approx(0, abs=0.1)


def test_json_from_a_real_process_has_nothing_beside_it(tmp_path: Path) -> None:
    done = glassnet("--no-plugins", "train", "xor", "--epochs", "2", "--json", "--runs", str(tmp_path / "mine"))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["run"] == str(tmp_path / "mine" / "0001-xor")
    command = load("last", tmp_path / "mine").provenance["command"]
    assert command == f"glassnet --no-plugins train xor --epochs 2 --json --runs {tmp_path / 'mine'}"


def test_splits_that_were_not_made_are_empty_in_json() -> None:
    metrics = trained("iris", "--epochs", "1", "--validation", "0", "--test", "0")["metrics"]
    assert metrics["validation"] == metrics["test"] == {}
    assert set(metrics["train"]) == set(metrics["baseline"]) == {"accuracy"}


def test_quiet_is_one_line() -> None:
    done = run("train", "iris", "--epochs", "2", "--quiet")
    scores = r"validation accuracy \d\.\d{4}, test accuracy \d\.\d{4} \(baseline 0\.3333\)"
    assert re.fullmatch(scores + r", runs/0001-iris\n", done.output)
    done = run("train", "iris", "--epochs", "2", "--quiet", "--test", "0")
    assert re.match(r"validation accuracy [\d.]+, train accuracy ", done.output)
    done = run("train", "iris", "--epochs", "2", "--quiet", "--test", "0", "--validation", "0")
    assert done.output.startswith("train accuracy ")


def test_every_default_is_printed() -> None:
    out = run("train", "digits8x8", "--epochs", "1").stdout
    for line in (
        "data       digits8x8: 64 inputs, multiclass (10 classes)",
        "1,797 rows: 1,293 for training, 144 for validation, 360 for the test, stratified by class.",
        "64 pixels were divided by the largest value of the training rows, 16.",
        "network    64-100-10, 7,510 parameters, float32",
        "activation relu; output softmax",
        "initial    he_uniform, glorot_uniform",
        "loss       cross_entropy; l1 0, l2 0.0001",
        "optimizer  adam:lr=0.001,",
        "schedule constant",
        "training   1 epoch, batch size 32, seed 0",
    ):
        assert line in out
    assert run("train", "xor", "--hidden", "none", "--epochs", "1").stdout.count("adam:lr=0.01,") == 1


def test_choices_that_are_no_defaults_are_printed_too() -> None:
    options = "--dropout 0.2 --input-dropout 0.1 --clip-norm 1 --clip-value 2 --patience 3 --batch-norm --monitor f1"
    out = run("train", "breast_cancer", "--epochs", "1", *options.split()).stdout
    assert (
        "batch size 32, dropout 0.2, input dropout 0.1, clip norm 1, clip value 2, patience 3, "
        "batch normalisation, monitor f1, seed 0"
    ) in out
    note = (
        "note       sigmoid with squared_error learns slowly where outputs saturate; identity is this loss's own output"
    )
    assert note in run("train", "iris", "--epochs", "1", "--loss", "squared_error", "--output", "sigmoid").stdout


def test_elsewhere_than_in_a_terminal_each_epoch_is_a_line_and_nothing_is_coloured() -> None:
    out = run("train", "iris", "--epochs", "12").stdout
    lines = [line for line in out.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 12
    pattern = r"epoch {:>2}/12  loss \d\.\d{{4}}  validation \d\.\d{{4}}  accuracy \d\.\d{{4}}  \d+ ms"
    for number, line in enumerate(lines, 1):
        assert re.fullmatch(pattern.format(number), line)
    assert "\x1b" not in out and "\r" not in out


def test_the_end_shows_scores_beside_the_baseline_the_folder_and_what_to_try() -> None:
    out = run("train", "iris", "--epochs", "2").stdout
    table = out[out.index("2/2") :]
    assert re.search(r"train +valid\. +test +baseline +test, 95 %", table)
    figure = r"\d\.\d{3,4}"
    assert re.search(rf"accuracy  {figure}  {figure}  {figure} +0\.3333  {figure} to {figure} *\n", table)
    assert re.search(
        r"2 epochs in \d+(\.\d)? m?s; stopped: all 2 epochs\nrun: runs/0001-iris\n(What stands out: .*\n)?next:\n",
        table,
    )
    for command in re.findall(r"^  glassnet (.+)$", table, re.MULTILINE):
        if "FILE.csv" not in command:
            assert run(*command.split(), *["--quiet"] * command.startswith("train")).exit_code == 0
    assert load("last").result["epochs"] == 20  # the first of them went on, as far as what stands out tells


def test_rows_too_few_to_split_are_shown_as_one() -> None:
    out = run("train", "xor", "--epochs", "1").stdout
    assert "Only 4 rows, too few to split (fewer than 20): training and scoring use all of them." in out
    assert re.search(r"^ +all rows +baseline +all rows, 95 %", out, re.MULTILINE)


def test_one_epoch_is_one_wherever_it_is_said() -> None:
    assert "; stopped: all 1 epoch\n" in run("train", "xor", "--epochs", "1").stdout
    again = run("train", "--resume", "last", "--epochs", "1").stderr
    assert again == "Error: runs/0001-xor has done its 1 epoch: go on with a larger number, --epochs 2\n"
    results = Path("runs/0001-xor/metrics.json")
    assert "stopped" not in run("runs").stdout  # for that is no news
    results.write_text(results.read_text().replace("all 1 epoch", "all 1 epochs"))  # as was once written
    assert "stopped" not in run("runs").stdout


def test_no_epochs_at_all_offer_some() -> None:
    said = run("train", "iris", "--epochs", "0").stdout
    assert "too few epochs: No epoch was trained: these are the scores of the initial weights." in said
    assert "glassnet train --resume runs/0001-iris --epochs 20\n" in said


# --- a terminal ---------------------------------------------------------------------------------------------


def in_a_terminal(*words: str) -> str:
    """What a real pseudo-terminal receives."""
    pty = pytest.importorskip("pty")
    import select
    import subprocess
    import sys

    outside, inside = pty.openpty()
    env = environment(TERM="xterm", COLUMNS="100", LINES="30")
    command = [sys.executable, "-m", "glassnet", "--no-plugins", *words]
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=env, close_fds=True)
    os.close(inside)
    received = b""
    while select.select([outside], [], [], PATIENCE)[0]:
        try:
            piece = os.read(outside, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not piece:
            break
        received += piece
    else:
        process.kill()
    process.wait(PATIENCE)
    os.close(outside)
    assert process.returncode == 0, received
    return received.decode()


def test_in_a_terminal_a_bar_moves_in_place() -> None:
    screen = in_a_terminal("train", "digits8x8", "--epochs", "60")
    assert "━" in screen and "60/60" in screen
    assert "epoch 1/60" not in screen.replace("\x1b", "")  # no line an epoch
    assert "\x1b[2K" in screen  # the line is wiped and drawn anew
    assert len(set(re.findall(r"(\d+)/60", screen))) > 1
    assert re.search(r"loss \d\.\d{4}  validation \d\.\d{4}", screen)
    assert "run: runs/0001-digits8x8" in screen


# --- where choices come from --------------------------------------------------------------------------------


def test_the_command_line_wins_over_the_file_and_set_over_both() -> None:
    Path("mine.toml").write_text(
        'dataset = "iris"\nepochs = 5\nhidden = [7]\nl2 = 0.5\noptimizer = "sgd:lr=0.3"\nactivation = ["tanh"]\n'
    )
    trained("--config", "mine.toml", "--epochs", "2", "--l2", "0.25", "--set", "l2=0.125", "--set", "optimizer.lr=0.2")
    words = words_of()
    assert (words["dataset"], words["hidden"], words["activation"]) == ("glassnet/iris", [7], ["glassnet/tanh"])
    assert (words["epochs"], words["l2"], words["optimizer"]) == (2, 0.125, "glassnet/sgd:lr=0.2")
    trained("moons", "--config", "mine.toml", "--epochs", "0", "--activation", "relu")
    assert words_of()["dataset"].startswith("glassnet/moons:")
    assert (words_of()["activation"], words_of()["l2"]) == (["glassnet/relu"], 0.5)


def test_every_option_reaches_the_experiment() -> None:
    options = {
        "task": "multiclass",
        "hidden": "6,5",
        "activation": "elu",
        "output": "softmax",
        "loss": "cross_entropy",
        "optimizer": "sgd:lr=0.01",
        "initializer": "he_normal",
        "schedule": "cosine",
        "metric": "f1",
        "epochs": "1",
        "batch-size": "16",
        "l1": "0.01",
        "l2": "0.02",
        "dropout": "0.1",
        "input-dropout": "0.05",
        "clip-norm": "3",
        "clip-value": "4",
        "patience": "5",
        "monitor": "accuracy",
        "validation": "0.2",
        "test": "0.3",
        "scale": "minmax",
        "class-weight": "balanced",
        "seed": "6",
        "split-seed": "7",
        "dtype": "float32",
        "features": "sines,squares",
        "freeze": "W1:2,3",
    }
    trained(
        "iris",
        "--batch-norm",
        "--no-shuffle",
        *(word for name, value in options.items() for word in (f"--{name}", value)),
    )
    words = words_of()
    numbers = {"epochs": 1, "batch_size": 16, "l1": 0.01, "l2": 0.02, "dropout": 0.1, "input_dropout": 0.05}
    numbers |= {"clip_norm": 3, "clip_value": 4, "patience": 5, "validation": 0.2, "test": 0.3, "seed": 6}
    numbers |= {
        "split_seed": 7,
        "batch_norm": True,
        "shuffle": False,
        "hidden": [6, 5],
        "scale": "minmax",
        "dtype": "float32",
    }
    assert {name: words[name] for name in numbers} == numbers
    assert words["class_weight"] == "balanced" and words["monitor"] == "accuracy" and words["task"] == "multiclass"
    assert [phrase.partition(":")[0] for phrase in words["activation"]] == ["glassnet/elu"] * 2
    assert words["initializer"] == ["glassnet/he_normal"] * 3
    assert words["metrics"] == ["glassnet/accuracy", "glassnet/f1"]
    assert words["features"] == ["squares", "sines"] and words["freeze"] == ["W1:2,3"]
    assert words["schedule"].startswith("glassnet/cosine")
    taken = {name.replace("-", "_") for name in options} | {"metrics", "batch_norm", "shuffle"}
    elsewhere = {"dataset", "target", "drop", "category", "keep", "group", "order", "reading", "plugins"}
    assert set(words) <= taken | elsewhere


def test_runs_may_be_kept_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trained("xor", "--epochs", "1", "--runs", "a/b")["run"] == str(Path("a/b/0001-xor"))
    monkeypatch.setenv("GLASSNET_RUNS", "c")
    assert trained("xor", "--epochs", "1")["run"] == str(Path("c/0001-xor"))
    assert "0001-xor" in run("runs").stdout
    assert run("evaluate", "last").stdout.startswith(str(Path("c/0001-xor")))


# --- tables -------------------------------------------------------------------------------------------------


def animals(n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    kind = np.array(["cat", "dog", "eel"])[rng.integers(0, 3, n)]
    weight = rng.normal(4, 1, n) + 3 * (kind == "dog")
    weight[::7] = np.nan
    return pd.DataFrame(
        {
            "weight": weight,
            "colour": np.where(kind == "eel", "silver", rng.choice(["black", "white"], n)),
            "name": [f"{kind[i]} number {i}" for i in range(n)],
            "kind": kind,
        }
    )


def test_a_table_is_trained_on_and_what_was_done_with_its_columns_is_said() -> None:
    animals().to_csv("animals.csv", index=False)
    out = run("train", "animals.csv", "--target", "kind", "--epochs", "40", "--optimizer", "adam:lr=0.01").stdout
    for line in (
        "data       animals.csv: 5 inputs, multiclass (3 classes)",
        "animals.csv: 90 rows, 4 columns, separated by commas, the first line is a header; missing values are written "
        "as an empty cell.",
        "90 rows: 64 for training, 8 for validation, 18 for the test, stratified by class.",
        "1 number column was standardised",
        "Text column 'colour' became 3 columns of 0 and 1: black, silver, white.",
        "Text column 'name' was dropped: it",
        "(--keep name restores it).",
        "Gaps in weight (filled with the mean) are marked by an indicator column each.",
        "run: runs/0001-animals",
    ):
        assert line in out
    kept = run("train", "animals.csv", "--target", "kind", "--epochs", "1", "--keep", "name").stdout
    assert "Text column 'name' became 6" in kept


# --- evaluate, predict, runs, data --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("iris", "--epochs", "20", "--batch-norm", "--dropout", "0.2"),
        ("diabetes", "--epochs", "30", "--patience", "2", "--optimizer", "adam:lr=0.1"),
        ("xor", "--epochs", "10"),
    ],
)
def test_evaluate_gives_the_numbers_that_train_printed(words: tuple[str, ...]) -> None:
    found = trained(*words, "--metric", "mean_absolute_error" if words[0] == "diabetes" else "log_loss")
    done = run("evaluate", "last", "--json")
    again = json.loads(done.stdout)
    assert list(again) == ["run", "metrics", "intervals", "linear"]
    assert {key: found[key] for key in again} == again
    table = run("evaluate", "1").stdout
    assert table.startswith(f"{Path('runs') / ('0001-' + words[0])}: {words[0]}")
    for name, value in found["metrics"]["test"].items():
        assert re.search(rf"{name} .*{re.escape(f'{value:.4g}'[:5])}", table)


def test_predict_writes_csv_and_never_overwrites() -> None:
    animals().to_csv("animals.csv", index=False)
    trained("animals.csv", "--target", "kind", "--epochs", "30", "--optimizer", "adam:lr=0.02")
    new = animals(30).drop(columns="kind")
    new.to_csv("new.csv", index=False)
    out = run("predict", "last", "new.csv").stdout
    answers = pd.read_csv(pd.io.common.StringIO(out))
    assert list(answers) == ["name", "prediction", "output_cat", "output_dog", "output_eel"]
    outputs = answers.drop(columns=["name", "prediction"])
    np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=2e-4)  # four digits
    assert list(outputs.idxmax(axis=1).str.removeprefix("output_")) == list(answers["prediction"])
    np.testing.assert_array_equal(load("last").predict(new), answers["prediction"])

    done = run("predict", "last", "new.csv", "--output", "answers.csv")
    assert done.stdout == "30 predictions in answers.csv\n"
    assert Path("answers.csv").read_text() == out
    Path("answers.csv").write_text("precious")
    assert error("predict", "last", "new.csv", "--output", "answers.csv") == (
        "Error: answers.csv exists already and is left as it is: give another --output"
    )
    assert Path("answers.csv").read_text() == "precious"
    assert error("predict", "last", "new.csv", "--output", "no/where.csv") == (
        "Error: can't write to no: No such file or directory; give another --output"
    )


def test_predict_names_the_columns_that_are_missing() -> None:
    animals().to_csv("animals.csv", index=False)
    trained("animals.csv", "--target", "kind", "--epochs", "1")
    animals(5)[["kind"]].assign(wieght=1).to_csv("new.csv", index=False)
    line = error("predict", "last", "new.csv")
    assert line.startswith("Error: new.csv lacks 2 of the 2 columns that the model needs: weight, colour.")
    assert "Did you mean" in line and "wieght" in line


def test_predict_takes_a_file_without_a_header_by_position() -> None:
    trained("iris", "--epochs", "40", "--optimizer", "adam:lr=0.01")
    Path("new.csv").write_text("5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n")
    lines = run("predict", "1", "new.csv").stdout.splitlines()
    assert [line.partition(",")[0] for line in lines] == ["prediction", "setosa", "virginica"]


def test_predict_numbers_and_yes_or_no() -> None:
    trained("diabetes", "--epochs", "1")
    np.savetxt("new.csv", load(1).training().source.X[:3], delimiter=",")
    lines = run("predict", "1", "new.csv", "--full").stdout.splitlines()
    assert lines[0] == "prediction"
    np.testing.assert_array_equal([float(x) for x in lines[1:]], load(1).predict(load(1).training().source.X[:3]))
    trained("breast_cancer", "--epochs", "1")
    np.savetxt("new.csv", load(2).training().source.X[:3], delimiter=",")
    header, *lines = run("predict", "2", "new.csv").stdout.splitlines()
    assert header == "prediction,output_benign"
    for line in lines:
        answer, output = line.split(",")
        assert answer == ("benign" if float(output) >= 0.5 else "malignant")


def test_predict_pictures() -> None:
    found = trained("digits8x8", "--epochs", "15")
    training = load(1).training()
    rows = training.data.test.index
    pd.DataFrame(training.source.X[rows], columns=training.source.feature_names).to_csv("new.csv", index=False)
    answers = pd.read_csv(pd.io.common.StringIO(run("predict", "1", "new.csv").stdout))
    right = (answers["prediction"] == training.source.y[rows]).mean()
    assert right == pytest.approx(found["metrics"]["test"]["accuracy"])


def test_runs_lists_them_and_a_damaged_one_hides_no_other() -> None:
    assert run("runs").stdout == "No runs in runs yet: glassnet train digits8x8 makes one.\n"
    assert json.loads(run("runs", "--json").stdout) == []
    accuracy = trained("iris", "--epochs", "2")["metrics"]["validation"]["accuracy"]
    r2 = trained("diabetes", "--epochs", "1")["metrics"]["validation"]["r2"]
    trained("xor", "--epochs", "1")
    (Path("runs") / "0003-xor" / "experiment.json").write_text("{")
    shutil.copytree("runs/0001-iris", "runs/0004-iris")
    Path("runs/0004-iris/metrics.json").unlink()
    rows = json.loads(run("runs", "--json").stdout)
    every = ["run", "dataset", "state", "epochs", "score", "metric", "rows", "stopped", "when", "seconds"]
    assert [list(row) for row in rows] == [[*every, "note", "differs"]] * 4
    assert rows[0].pop("when") and rows[0].pop("seconds") >= 0
    assert rows[0] == {
        "note": "",
        "differs": "",
        "run": str(Path("runs/0001-iris")),
        "dataset": "glassnet/iris",
        "state": "finished",
        "epochs": 2,
        "score": accuracy,
        "metric": "accuracy",
        "rows": "validation",
        "stopped": "all 2 epochs",
    }
    assert (rows[1]["metric"], rows[1]["score"]) == ("r2", r2)
    assert "experiment.json is not an experiment" in rows[2]["stopped"]
    assert rows[3]["stopped"] == "unfinished: glassnet train --resume goes on"
    assert [row["state"] for row in rows] == ["finished", "finished", "failed", "stopped"]
    assert "state" not in run("runs", "1", "2").stdout  # there where runs differ in it
    with owning(Path("runs/0004-iris"), "training"):
        assert re.search(r"0004-iris +iris +running +\d", run("runs").stdout)
    lines = run("runs").stdout.splitlines()
    line = next(line for line in lines if "0001-iris" in line)
    assert re.search(
        rf"0001-iris +iris +finished +2 +validation accuracy {accuracy:.4f} +\d{{4}}-\d\d-\d\d .* m?s ",
        line,
    )
    assert any("0003-xor" in line and "is not an experiment" in line for line in lines)
    assert any("0004-iris" in line and "unfinished" in line for line in lines)


def test_runs_are_told_apart_sorted_chosen_noted_and_deleted() -> None:
    for words in ("iris", "iris --dropout 0.2", "xor", "iris --hidden 4,3 --note small"):
        trained(*words.split(), "--epochs", "2")
    lines = {line.split()[0]: line for line in run("runs").stdout.splitlines() if "runs/" in line}
    assert "dropout 0.2" in lines["runs/0002-iris"] and "hidden 4" in lines["runs/0004-iris"]
    assert "dropout" not in lines["runs/0001-iris"] and "small" in lines["runs/0004-iris"]
    trained("--resume", "4", "--epochs", "3", "--note", "a longer one")
    assert "a longer one" in run("runs", "4").stdout

    def shown(*words: str) -> list[str]:
        return [row["run"] for row in json.loads(run("runs", *words, "--json").stdout)]

    assert shown("--where", "dataset=xor") == ["runs/0003-xor"] and shown("--where", "dropout=0.2") == [
        "runs/0002-iris"
    ]
    assert shown("--where", "hidden=4,3") == shown("--where", "hidden=4, 3") == ["runs/0004-iris"]
    assert shown("--last", "2") == ["runs/0003-xor", "runs/0004-iris"]
    scores = [row["score"] for row in json.loads(run("runs", "--sort", "score", "--json").stdout)]
    assert scores == sorted(scores, reverse=True)
    by_metric = [row["score"] for row in json.loads(run("runs", "--sort", "accuracy", "--json").stdout)]
    assert by_metric == scores
    assert "Did you mean 'accuracy'" in run("runs", "--sort", "acuracy").stderr
    with owning(Path("runs/0003-xor"), "training"):
        refused = run("runs", "3", "--delete", "--yes")
    assert refused.exit_code == 2 and "is training runs/0003-xor" in refused.stderr and Path("runs/0003-xor").is_dir()
    assert json.loads(run("runs", "--json").stdout)[1]["differs"] == "dropout 0.2"
    wrong = run("runs", "--where", "dropuot=0.2")
    assert wrong.exit_code == 2 and "Did you mean 'dropout'" in wrong.stderr
    assert "the calm one" in run("runs", "2", "--note", "the calm one").stdout
    assert json.loads(run("runs", "--json").stdout)[1]["note"] == "the calm one"
    assert run("runs", "--note", "x").exit_code == 2
    said = error("train", "iris", "--note", "x" * 501)
    assert said == "Error: a note has at most 500 letters, this one 501: shorten it" and len(shown()) == 4
    assert "leave --note away" in error("train", "iris", "--folds", "2", "--note", "x")
    assert "Nothing was removed." in run("runs", "3", "--delete", input="n\n").stdout and len(shown()) == 4
    assert run("runs", "3", "1", "--delete", "--yes").stdout == "removed runs/0003-xor\nremoved runs/0001-iris\n"
    assert shown() == ["runs/0002-iris", "runs/0004-iris"]
    assert trained("xor", "--epochs", "1")["run"] == str(Path("runs/0005-xor"))


def test_a_table_has_one_name_in_every_place() -> None:
    animals().to_csv("a:b.csv", index=False)
    assert trained("a:b.csv", "--target", "kind", "--epochs", "1")["run"] == str(Path("runs/0001-a-b"))
    assert re.search(r"runs/0001-a-b +a:b +1 +validation accuracy", run("runs").stdout)
    assert run("evaluate", "1").stdout.startswith("runs/0001-a-b: a:b\n")
    assert run("report", "1").exit_code == 0
    assert "<title>a:b, run 1" in Path("runs/0001-a-b/report.html").read_text()
    over = ("a:b.csv", "--target", "kind", "--epochs", "1", "--over", "l2=0,1", "--jobs", "1", "--quiet")
    assert run("sweep", *over).stdout.endswith("sweeps/0001-a-b\n")


def test_data_export_writes_what_a_network_sees() -> None:
    animals().to_csv("animals.csv", index=False)
    done = run("data", "export", "animals.csv", "--target", "kind")
    assert done.stdout.splitlines() == [
        f"{Path('animals-splits') / name}.csv: {rows} rows"
        for name, rows in (("train", 64), ("validation", 8), ("test", 18))
    ]
    trained("animals.csv", "--target", "kind", "--epochs", "1")
    for name, rows in load(1).training().splits().items():
        table = pd.read_csv(f"animals-splits/{name}.csv")
        assert list(table) == ["weight", "colour=black", "colour=silver", "colour=white", "weight missing", "target"]
        np.testing.assert_allclose(table.drop(columns="target"), rows.X, rtol=1e-15)
        np.testing.assert_array_equal(table["target"], animals()["kind"].to_numpy()[rows.index])
    assert error("data", "export", "animals.csv", "--target", "kind") == (
        "Error: animals-splits is not empty and is left as it is: give another folder with --to"
    )


def test_data_export_of_numbers_and_of_few_rows() -> None:
    run("data", "export", "diabetes", "--to", "d", "--scale", "none")
    table = pd.read_csv("d/test.csv")
    assert table["target"].between(25, 346).all()  # its own units
    done = run("data", "export", "xor", "--to", "x")
    assert done.stdout == f"{Path('x/all.csv')}: 4 rows\n"
    assert sorted(pd.read_csv("x/all.csv")["target"]) == [0, 0, 1, 1]


# --- going on -----------------------------------------------------------------------------------------------


def test_resume_with_more_epochs_equals_training_them_at_once() -> None:
    trained("iris", "--epochs", "3")
    found = trained("--resume", "last", "--epochs", "7")
    assert (found["run"], found["epochs"]) == (str(Path("runs/0001-iris")), 7)
    assert found["metrics"] == trained("iris", "--epochs", "7")["metrics"]
    assert words_of(1)["epochs"] == 7


def test_resume_shows_the_epochs_that_are_new() -> None:
    trained("iris", "--epochs", "3")
    out = run("train", "--resume", "1", "--epochs", "5").stdout
    assert [line.partition("  ")[0] for line in out.splitlines() if line.startswith("epoch ")] == [
        "epoch 4/5",
        "epoch 5/5",
    ]


def test_resume_refuses_what_would_make_it_another_run() -> None:
    trained("iris", "--epochs", "2")
    Path("a.toml").write_text("epochs = 9\n")
    before = words_of()
    refused = "Error: --resume goes on with a run as it was: only --epochs may change, not "
    assert error("train", "--resume", "1", "--hidden", "3", "--seed", "1") == refused + "--hidden, --seed"
    assert error("train", "iris", "--resume", "1") == refused + "the dataset"
    assert error("train", "--resume", "1", "--metric", "f1") == refused + "--metric"
    assert error("train", "--resume", "1", "--config", "a.toml") == refused + "--config"
    assert error("train", "--resume", "1", "--set", "epochs=9") == refused + "--set"
    done = "Error: runs/0001-iris has done its 2 epochs: go on with a larger number, --epochs 4"
    for nothing_more in ([], ["--epochs", "1"], ["--epochs", "2"]):
        assert error("train", "--resume", "1", *nothing_more) == done
    assert error("train", "--resume", "1", "--epochs", "many") == "Error: --epochs wants a whole number, not 'many'"
    assert words_of() == before


def test_resume_of_a_run_that_stopped_early() -> None:
    found = trained("iris", "--epochs", "300", "--patience", "2", "--optimizer", "adam:lr=0.3")
    assert found["stopped"].startswith("no better loss for 2 epochs: best weights of epoch ")
    assert error("train", "--resume", "last") == (
        f"Error: runs/0001-iris is finished ({found['stopped']}): nothing is left to do, train a new run"
    )


# --- divergence ---------------------------------------------------------------------------------------------


def test_divergence_is_explained_ends_with_1_and_keeps_the_last_good_weights() -> None:
    done = run("train", "diabetes", "--hidden", "100", "--optimizer", "sgd:lr=10")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: training diverged in epoch 1 at step ")
    assert "grew most, from" in line and "Try a learning rate ten times smaller (it is 10 now)" in line
    assert "0 epochs in 0 ms; stopped: diverged, see below" in done.stdout
    assert "--resume" not in done.stdout
    assert run("evaluate", "last").exit_code == 0
    assert load(1).result["stopped"].startswith("diverged: training diverged in epoch 1")


def test_divergence_later_on_keeps_the_epochs_before_it() -> None:
    Path("late.py").write_text("""
import math
from glassnet import Schedule, hookimpl

def explodes():
    return Schedule(lambda step, total, epochs: 1.0 if len(epochs) < 3 else 1e200)

@hookimpl
def schedules():
    return [explodes]
""")
    words = ["--plugin", "late.py", "train", "diabetes", "--schedule", "explodes", "--json"]
    done = CliRunner().invoke(main, words, prog_name="glassnet")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["epochs"] == 3 and found["stopped"].startswith("diverged: training diverged in epoch 4 ")
    calm = trained("diabetes", "--epochs", "3")
    assert calm["metrics"] == found["metrics"]


# --- one file, one part -------------------------------------------------------------------------------------


def test_a_one_file_plugin_trains_is_listed_shown_and_used_again() -> None:
    Path("bent.py").write_text('''
import numpy as np
from glassnet import Activation, hookimpl

def bent_identity():
    """Bent identity: nearly linear, never flat."""
    return Activation(f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z, df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1)

@hookimpl
def activations():
    return [bent_identity]
''')
    with_it = ["--plugin", "bent.py", "train", "digits8x8", "--activation", "bent_identity"]
    done = run(*with_it, "--epochs", "10", "--json")
    assert json.loads(done.stdout)["metrics"]["test"]["accuracy"] > 0.9
    for word in ("activation", "activations"):
        assert "bent_identity" in run("--plugin", "bent.py", "list", word).stdout
    assert "bent.py:" in run("--plugin", "bent.py", "show", "bent_identity").stdout
    again = ["--plugin", "bent.py"]
    assert run(*again, "evaluate", "last").exit_code == 0
    assert json.loads(run(*again, "train", "--resume", "last", "--epochs", "11", "--json").stdout)["epochs"] == 11
    assert "not loaded unasked: if you trust it, write glassnet --plugin" in error("evaluate", "last")
    Path("bent.py").write_text(Path("bent.py").read_text() + "# one more line\n")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        done = run(*again, "evaluate", "last")
        assert (
            done.exit_code == 0 and done.stderr.count("bent.py has changed since it was used, so numbers may be") == 1
        )
        resume = (*again, "train", "--resume", "last", "--epochs", "12", "--quiet")
        (line,) = run(*resume).stderr.splitlines()
        assert "bent.py, which has changed since it was used" in line and line.endswith("-digits8x8 --anyway")
        assert run(*resume, "--anyway").exit_code == 0 and run(*again, "evaluate", "last").stderr == ""


# --- what trainings come to ---------------------------------------------------------------------------------


def test_the_first_command_of_all_reaches_96_percent() -> None:
    found = trained("digits8x8")
    assert found["metrics"]["test"]["accuracy"] >= 0.96
    assert found["epochs"] == 50


@pytest.mark.slow
def test_xor_is_learned_with_a_hidden_layer_and_never_without() -> None:
    right = 0
    for seed in range(10):
        training = begin(Experiment(dataset="xor", hidden=(4,), activation="tanh", epochs=2000, seed=seed))
        right += list(training)[-1].scores["train"]["accuracy"] == 1.0
        without = begin(Experiment(dataset="xor", hidden=(), epochs=300, seed=seed))
        assert list(without)[-1].scores["train"]["accuracy"] <= 0.75
    assert right >= 9


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["none", "100,30"])
def test_breast_cancer(hidden: str) -> None:
    scores = [accuracy_of("breast_cancer", "--hidden", hidden, "--seed", str(seed)) for seed in range(5)]
    assert np.mean(scores) >= 0.96


@pytest.mark.parametrize(
    "choices",
    [
        ["--loss", "squared_error", "--output", "sigmoid"],
        ["--loss", "squared_error"],
        ["--loss", "binary_cross_entropy"],
        ["--loss", "hinge"],
        ["--optimizer", "lbfgs"],
        ["--activation", "relu", "--activation", "tanh", "--hidden", "64,32"],
        ["--optimizer", "momentum", "--schedule", "cosine", "--batch-norm"],
    ],
    ids=" ".join,
)
def test_digits_are_learned_in_other_ways_too(choices: list[str]) -> None:
    assert accuracy_of("digits8x8", *choices) >= 0.93


@pytest.mark.slow
@pytest.mark.needs_mirror
@pytest.mark.parametrize(("hidden", "least"), [("none", 0.98), ("100,50", 0.99)])
def test_red_and_white_wine(hidden: str, least: float) -> None:
    scores = [accuracy_of("wine_quality", "--hidden", hidden, "--epochs", "20", "--seed", str(s)) for s in range(3)]
    assert np.mean(scores) >= least


@pytest.mark.needs_mirror
def test_penguins() -> None:
    table = str(Path(MIRROR) / "penguins" / "penguins.csv")
    scores = [accuracy_of(table, "--target", "species", "--seed", str(seed)) for seed in range(3)]
    assert np.mean(scores) >= 0.965
    out = run("train", table, "--target", "species", "--epochs", "1").stdout
    frame = pd.read_csv(table)
    assert f"{len(frame)} rows, {frame.shape[1]} columns" in out
    assert "Text column 'island' became 3 columns of 0 and 1: Biscoe, Dream, Torgersen." in out
    assert "Text column 'sex' became 2 columns of 0 and 1: female, male." in out
    assert "missing values are written as NA" in out


@pytest.mark.needs_mirror
def test_housing() -> None:
    table = str(Path(MIRROR) / "california-housing" / "housing.csv")
    found = trained(table, "--target", "median_house_value", "--epochs", "12", "--batch-size", "64")
    assert found["metrics"]["test"]["r2"] >= 0.75
