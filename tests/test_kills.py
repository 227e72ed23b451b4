"""Real kills, Ctrl-C, full disks and folders that may not be written: nothing is lost, nothing is half-written."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from folders import history, same
from guests import environment
from samples import SOAK
from waiting import PATIENCE, Gate, any_moment, wait_until

from glassnet import load
from glassnet.cli import main
from glassnet.files import read_arrays

pytestmark = pytest.mark.slow

if sys.platform == "win32":
    pytest.skip("signals, limits and owners are those of POSIX", allow_module_level=True)

ENDLESS = "1000000"


def here(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def whole(runs: Path, *words: str, options: tuple[str, ...] = ()) -> Path:
    """The same training, never disturbed."""
    done = here(*options, "train", *words, "--runs", str(runs), "--quiet")
    assert done.exit_code == 0, done.output
    return load("last", runs).folder


def begin(
    cwd: Path, *words: str, options: tuple[str, ...] = (), stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "glassnet", "--no-plugins", *options, "train", *words]
    return subprocess.Popen(
        command, cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=stderr, stdin=subprocess.DEVNULL, text=True
    )


def epochs_done(folder: Path) -> int:
    """What the checkpoint holds at this moment: it is whole at every moment."""
    path = folder / "checkpoint.npz"
    return int(read_arrays(path)["counts"][0]) if path.exists() else 0


def wait_for(folder: Path, epochs: int, process: subprocess.Popen[str]) -> None:
    wait_until(lambda: epochs_done(folder) >= epochs, process)
    assert process.poll() is None, "the training ended before it was disturbed"


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL


def hidden_files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


# --- SIGKILL ------------------------------------------------------------------------------------------------


KILLS = 20 if SOAK else 10


def test_kills_in_a_row_lose_nothing(tmp_path: Path) -> None:
    """A wide network on four rows spends most of its time writing: kills hit half-written files, too."""
    choices = ["xor", "--hidden", "200,100", "--activation", "tanh", "--optimizer", "adam:lr=0.0001"]
    dice, folder, done = random.Random(20), tmp_path / "runs" / "0001-xor", 0
    process = begin(tmp_path, *choices, "--epochs", ENDLESS)
    for number in range(KILLS):
        if number % 5 != 4:  # most die in the middle of the work, some while they start
            wait_for(folder, done + 1, process)
        else:
            any_moment(dice, 0.5)
        any_moment(dice, 0.03)
        before = epochs_done(folder)
        kill(process)
        done = epochs_done(folder)
        assert done >= before
        assert len(history(folder)) - done in (0, 1)
        if number < KILLS - 1:
            process = begin(tmp_path, "--resume", "1", "--epochs", ENDLESS)
    assert done >= KILLS * 4 // 5
    last = here("train", "--resume", str(folder), "--epochs", str(done + 3), "--quiet")
    assert last.exit_code == 0, last.output
    same(folder, whole(tmp_path / "calm", *choices, "--epochs", str(done + 3)))
    assert hidden_files(folder) == []
    assert {path.name for path in folder.iterdir()} == {path.name for path in (tmp_path / "calm/0001-xor").iterdir()}


@pytest.mark.parametrize(
    "choices",
    [
        ["iris", "--optimizer", "adam", "--dropout", "0.3", "--batch-norm"],
        ["diabetes", "--optimizer", "momentum", "--schedule", "adaptive", "--dtype", "float32", "--l1", "0.001"],
        ["breast_cancer", "--hidden", "30", "--optimizer", "lbfgs:tolerance=0"],
    ],
    ids=["dropout and batch norm", "adaptive", "lbfgs"],
)
def test_a_killed_run_ends_bit_for_bit_as_one_that_was_not(tmp_path: Path, choices: list[str]) -> None:
    dice, folder = random.Random(str(choices)), tmp_path / "runs" / f"0001-{choices[0]}"
    process = begin(tmp_path, *choices, "--epochs", ENDLESS)
    wait_for(folder, dice.randint(2, 12), process)
    any_moment(dice, 0.02)
    kill(process)
    assert not (folder / "model.npz").exists()
    total = str(epochs_done(folder) + 5)
    resumed = here("train", "--resume", str(folder), "--epochs", total, "--quiet")
    assert resumed.exit_code == 0, resumed.output
    same(folder, whole(tmp_path / "calm", *choices, "--epochs", total))


def test_a_killed_run_stops_early_where_it_would_have(tmp_path: Path) -> None:
    """It stands still before it could have stopped by itself: 500 calls of an activation are less than 12 epochs."""
    gate = Gate(tmp_path)
    options = ("--plugin", str(gate.plugin))
    how = "--optimizer adam:lr=0.01 --patience 12 --epochs 400 --monitor accuracy --activation gated:calls=500"
    choices = ["digits8x8", *how.split()]
    folder = tmp_path / "runs" / "0001-digits8x8"
    process = begin(tmp_path, *choices, options=options)
    wait_for(folder, 3, process)
    kill(process)
    gate.open()
    resumed = here(*options, "train", "--resume", str(folder), "--json")
    assert resumed.exit_code == 0, resumed.output
    calm = whole(tmp_path / "calm", *choices, options=options)
    same(folder, calm)
    assert load(folder).result["metrics"] == load(calm).result["metrics"]
    assert json.loads(resumed.stdout)["stopped"] == load(calm).result["stopped"]
    assert load(calm).result["stopped"].startswith("no better accuracy for 12 epochs: best weights of epoch ")


def test_a_kill_before_the_first_epoch_is_a_run_to_begin_with(tmp_path: Path) -> None:
    process = begin(tmp_path, "xor", "--epochs", ENDLESS)
    folder = tmp_path / "runs" / "0001-xor"
    wait_until((folder / "experiment.json").exists, process)
    kill(process)
    (folder / "checkpoint.npz").unlink(missing_ok=True)
    assert "unfinished" in here("runs", "--runs", str(tmp_path / "runs")).stdout
    assert here("train", "--resume", str(folder), "--epochs", "4", "--quiet").exit_code == 0
    same(folder, whole(tmp_path / "calm", "xor", "--epochs", "4"))


# --- Ctrl-C -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["for people", "json"])
def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(tmp_path: Path, how: list[str]) -> None:
    folder = tmp_path / "runs" / "0001-digits8x8"
    process = begin(tmp_path, "digits8x8", "--epochs", ENDLESS, *how, stderr=subprocess.PIPE)
    wait_for(folder, 3, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    (line,) = err.splitlines()
    assert line.startswith("Interrupted after epoch ")
    assert line.endswith("; the run is kept. Go on with: glassnet train --resume runs/0001-digits8x8")
    result = load(folder).result
    assert result["stopped"] == "interrupted"
    if how:
        assert json.loads(out)["stopped"] == "interrupted"
    else:
        assert "stopped: interrupted\n" in out
        assert "  glassnet train --resume runs/0001-digits8x8\n" in out
    assert hidden_files(folder) == []
    scored = json.loads(here("evaluate", str(folder), "--json").stdout)
    assert scored["metrics"] == result["metrics"]

    total = str(epochs_done(folder) + 2)
    assert here("train", "--resume", str(folder), "--epochs", total, "--quiet").exit_code == 0
    same(folder, whole(tmp_path / "calm", "digits8x8", "--epochs", total))


# --- full disk ----------------------------------------------------------------------------------------------

LIMITED = """
import resource, sys
from glassnet.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)  # no file may grow larger, as on a full disk
main(["--no-plugins", *sys.argv[2:]], prog_name="glassnet")
"""


def on_a_full_disk(cwd: Path, room: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITED, str(room), *words]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=PATIENCE)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("quiet", [[], ["--json"]], ids=["for people", "json"])
def test_a_full_disk_while_training_is_one_line_and_leaves_no_half_file(tmp_path: Path, quiet: list[str]) -> None:
    done = on_a_full_disk(tmp_path, 20_000, "train", "digits8x8", "--epochs", "5", *quiet)
    folder = tmp_path / "runs" / "0001-digits8x8"
    assert one_line(done) == "Error: can't write to runs/0001-digits8x8: there is no space left; make room"
    assert sorted(path.name for path in folder.iterdir()) == ["experiment.json", "history.csv", "provenance.json"]
    assert load(folder).experiment.epochs == 5
    assert here("train", "--resume", str(folder), "--quiet").exit_code == 0  # now there is room again
    same(folder, whole(tmp_path / "calm", "digits8x8", "--epochs", "5"))


def test_a_disk_that_fills_up_later_keeps_what_was_there(tmp_path: Path) -> None:
    done = on_a_full_disk(tmp_path, 9_000, "train", "xor", "--hidden", "2", "--epochs", "500")
    folder = tmp_path / "runs" / "0001-xor"
    assert one_line(done) == "Error: can't write to runs/0001-xor: there is no space left; make room"
    epochs = epochs_done(folder)
    assert 20 < epochs < 500
    assert len(load(folder).history) - epochs in (0, 1)  # a torn line is left out
    assert hidden_files(tmp_path) == []
    total = str(epochs + 3)
    assert here("train", "--resume", str(folder), "--epochs", total, "--quiet").exit_code == 0
    same(folder, whole(tmp_path / "calm", "xor", "--hidden", "2", "--epochs", total))


def test_a_full_disk_at_the_start_leaves_no_run(tmp_path: Path) -> None:
    done = on_a_full_disk(tmp_path, 100, "train", "xor")
    assert one_line(done) == "Error: can't write to runs/0001-xor: there is no space left; make room"
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_full_disk_under_predictions_and_exports(tmp_path: Path) -> None:
    whole(tmp_path / "runs", "diabetes", "--epochs", "1")
    rows = tmp_path / "rows.csv"
    np.savetxt(rows, load(1, tmp_path / "runs").training().source.X, delimiter=",")
    done = on_a_full_disk(tmp_path, 1000, "predict", "1", "rows.csv", "--output", "answers.csv")
    assert one_line(done) == "Error: can't write to .: there is no space left; make room"
    done = on_a_full_disk(tmp_path, 1000, "data", "export", "diabetes", "--to", "splits")
    assert one_line(done) == "Error: can't write to splits: there is no space left; make room"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "runs"]


def test_what_a_killed_export_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f".splits.{gone.pid}", ".splits.notes", f".other.{gone.pid}"):
        (tmp_path / name).mkdir()
    (tmp_path / "splits").mkdir()
    assert here("data", "export", "xor", "--to", str(tmp_path / "splits")).exit_code == 0
    assert [path.name for path in (tmp_path / "splits").iterdir()] == ["all.csv"]
    assert sorted(hidden_files(tmp_path)) == [f".other.{gone.pid}", ".splits.notes"]


def test_the_cache_is_told_and_cleared_but_for_what_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path))
    assert here("data", "cache").output == f"Nothing is kept in {tmp_path}.\n"
    for name in ("iris", "index"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"x" * 2000)
    assert here("data", "cache", "--clear").output.splitlines() == [
        f"{tmp_path / 'index'}: 1 file, 2.0 KiB",
        f"{tmp_path / 'iris'}: 1 file, 2.0 KiB, removed",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


# --- folders that may not be written ------------------------------------------------------------------------


# For root no folder is read-only, until it gives up its right to override permissions (Linux: PR_CAPBSET_DROP,
# CAP_DAC_OVERRIDE), which takes effect with the next program.
ORDINARY = """
import ctypes, os, sys
if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0):
    sys.exit(77)
os.execv(sys.executable, [sys.executable, "-m", "glassnet", "--no-plugins", *sys.argv[1:]])
"""


def as_a_reader(cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run as somebody for whom a folder can be read-only."""
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("for root no folder is read-only here")
    command = [sys.executable, "-c", ORDINARY, *words]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode == 77:
        pytest.skip("root may not give up its right to write everywhere here")
    return done


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """A folder that becomes writable again at the end."""
    yield tmp_path
    for path in (tmp_path, *tmp_path.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def test_a_folder_that_may_not_be_written_is_one_line(shelf: Path) -> None:
    shelf.chmod(0o555)
    done = as_a_reader(shelf, "train", "xor", "--epochs", "1")
    elsewhere = "choose another folder with --runs DIR or GLASSNET_RUNS"
    assert one_line(done) == f"Error: can't write to runs: Permission denied; {elsewhere}"
    done = as_a_reader(shelf, "data", "export", "xor")
    assert one_line(done) == ("Error: can't write to xor-splits: Permission denied; give another folder with --to")
    assert list(shelf.iterdir()) == []


def test_a_run_that_may_not_be_written_can_be_read_but_not_gone_on_with(shelf: Path) -> None:
    folder = whole(shelf / "runs", "iris", "--epochs", "2")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    folder.chmod(0o555)
    done = as_a_reader(shelf, "train", "--resume", "1", "--epochs", "4")
    assert one_line(done).startswith("Error: can't write to runs/0001-iris: Permission denied; ")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    scored = as_a_reader(shelf, "evaluate", "1", "--json")
    assert json.loads(scored.stdout)["metrics"] == load(folder).result["metrics"]


# --- two processes at one run -------------------------------------------------------------------------------

RIVALS = 200 if SOAK else 4


def test_a_second_process_is_told_who_trains_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "0001-iris"
    process = begin(tmp_path, "iris", "--epochs", ENDLESS, "--quiet")  # a pipe that nobody reads would hold it up
    wait_for(folder, 2, process)
    (folder / f".model.npz.{process.pid}").write_text("being written")
    for _ in range(3):
        second = here("train", "--resume", str(folder), "--epochs", "5")
        assert second.exit_code == 2
        (line,) = second.stderr.splitlines()
        assert line.startswith(f"Error: process {process.pid} is training {folder} since 2")
        assert line.endswith("; wait, or stop it")
    assert (folder / f".model.npz.{process.pid}").exists()
    assert load(folder).experiment.epochs == int(ENDLESS)
    assert len(load(folder).history) >= 2  # reading needs no lock
    before = epochs_done(folder)
    wait_for(folder, before + 2, process)  # the healthy training goes on
    kill(process)
    total = str(epochs_done(folder) + 2)
    assert here("train", "--resume", str(folder), "--epochs", total, "--quiet").exit_code == 0
    same(folder, whole(tmp_path / "calm", "iris", "--epochs", total))
    assert hidden_files(folder) == []


RIVAL = """
import sys
from pathlib import Path
from glassnet import GlassnetError, Run
from glassnet.catalog import Catalog
catalog = Catalog.discover(guests=False)
print("ready", flush=True)
sys.stdin.readline()
while True:  # until it is killed: at the run whenever the other one is gone
    try:
        for epoch in Run(Path(sys.argv[1]), catalog).resume():
            pass
    except GlassnetError:
        pass
"""


def test_kills_with_a_second_process_at_the_same_run_lose_nothing(tmp_path: Path) -> None:
    """Two processes want the run all the time; one of them is killed, again and again, and another one comes."""
    choices = ["xor", "--hidden", "60,60", "--optimizer", "adam:lr=0.0001"]
    done = here("train", *choices, "--epochs", "1", "--runs", str(tmp_path / "runs"), "--quiet")
    assert done.exit_code == 0
    folder, dice = tmp_path / "runs" / "0001-xor", random.Random(4)
    words = json.loads((folder / "experiment.json").read_text()) | {"epochs": int(ENDLESS)}
    (folder / "experiment.json").write_text(json.dumps(words))
    (folder / "metrics.json").unlink()
    rivals = [rival(tmp_path, folder) for _ in range(2)]
    for _ in range(RIVALS):
        before = epochs_done(folder)
        wait_for(folder, before + 1, rivals[0])
        any_moment(dice, 0.05)
        kill(rivals.pop(dice.randrange(2)))
        assert epochs_done(folder) >= before
        assert len(load(folder).epochs) >= before  # whole, as the numbers of its epochs are looked at
        rivals.append(rival(tmp_path, folder))
    for process in rivals:
        kill(process)
    total = str(epochs_done(folder) + 1)
    last = here("train", "--resume", str(folder), "--epochs", total, "--quiet")
    assert last.exit_code == 0, last.output
    same(folder, whole(tmp_path / "calm", *choices, "--epochs", total))
    assert hidden_files(folder) == []


def rival(cwd: Path, folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", RIVAL, str(folder)], cwd=cwd, env=environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process
