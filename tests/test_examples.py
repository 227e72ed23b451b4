"""Every example runs as a student would start it, and says what it is meant to say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from guests import environment, glassnet
from waiting import PATIENCE

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = sorted(EXAMPLES.glob("*.py"))
SAYS = {
    "bent": [r"xor after 50 epochs: 100% of its rows are right"],
    "epochs": [
        r"epoch 10: loss 0\.\d{3}, validation accuracy 0\.\d{3}",
        r"epoch  step   loss  validation_loss  train_accuracy",
        r"49 +50 +450 ",
        r"449 +450 +50 ",
        r"test rows: \{'accuracy': 0\.9\d*\}",
    ],
    "keep_and_predict": [
        r"good enough after \d+ epochs",
        r"words: glassnet/adam:lr=0\.01,beta1=0\.9,",
        r"history: \d+ epochs; test accuracy 0\.9",
        r"predicted: setosa versicolor virginica",
    ],
    "logistic_from_scratch": [r"step   1: loss 0\.693147", r"accuracy 0\.98\d\d, first weight -0\.5"],
    "logistic_on_glassnet": [r"step   1: loss 0\.693147", r"accuracy 0\.98\d\d, first weight -0\.5"],
    "own_data": [
        r"ball given as functions: this run can't be rebuilt from words alone",
        r"\{'r2': (0\.99|1\.0)\d*, .* in metres on test rows",
        r"by physics 22\.9 m",
    ],
}


def run(path: Path, folder: Path) -> str:
    env = {key: value for key, value in environment().items() if key != "GLASSNET_RUNS"}
    done = subprocess.run(
        [sys.executable, str(path)], env=env, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_each_example_is_expected_here() -> None:
    assert sorted(SAYS) == [path.stem for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_runs_and_says_what_it_should(path: Path, tmp_path: Path) -> None:
    said = run(path, tmp_path)
    for words in SAYS[path.stem]:
        assert re.search(words, said), f"{words!r} is not in:\n{said}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_is_under_thirty_lines_with_a_word_on_what_it_shows(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.startswith('"""') and source.count("\n") < 30


def test_from_scratch_and_on_glassnet_the_numbers_are_equal(tmp_path: Path) -> None:
    by_hand, on_glassnet = (run(EXAMPLES / f"logistic_{how}.py", tmp_path) for how in ("from_scratch", "on_glassnet"))
    assert by_hand == on_glassnet and len(by_hand.splitlines()) == 4


def test_the_answers_of_physics_and_network_are_near(tmp_path: Path) -> None:
    predicted, physics = re.findall(r"([\d.]+) m\b(?!/)", run(EXAMPLES / "own_data.py", tmp_path))
    assert float(predicted) == pytest.approx(float(physics), rel=0.05)


def test_a_kept_run_is_a_folder(tmp_path: Path) -> None:
    run(EXAMPLES / "keep_and_predict.py", tmp_path)
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name == "0001-iris"
    assert {"experiment.json", "history.csv", "model.npz", "metrics.json"} <= {path.name for path in folder.iterdir()}


def test_the_one_file_plugin_is_listed_shown_and_trained_from_the_command_line(tmp_path: Path) -> None:
    plugin = ("--plugin", str(EXAMPLES / "bent.py"))
    for kind in ("activation", "activations"):
        listed = glassnet(*plugin, "list", kind)
        assert re.search(r"\* bent_identity +local ", listed.stdout), listed.stdout
    shown = glassnet(*plugin, "show", "bent_identity")
    assert f"Source  {EXAMPLES / 'bent.py'}:" in shown.stdout and "never quite" in shown.stdout
    words = ("train", "digits8x8", "--activation", "bent_identity", "--epochs", "10", "--quiet")
    trained = glassnet(*plugin, *words, "--runs", str(tmp_path))
    assert trained.returncode == 0, trained.stderr
    (accuracy,) = map(float, re.findall(r"test accuracy (\S+)", trained.stdout))
    assert accuracy > 0.93
