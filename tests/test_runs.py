"""The run folder: what is in it, that it reads back to the last bit, and what is said when it doesn't."""

import contextlib
import hashlib
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import pytest
from folders import same
from guests import environment, python, write_good
from waiting import PATIENCE

from glassnet import (
    Activation,
    Experiment,
    GlassnetError,
    GlassnetWarning,
    Metric,
    Optimizer,
    Run,
    Schedule,
    load,
    plot,
    record,
    run,
)
from glassnet.catalog import Catalog
from glassnet.files import read_arrays, write_arrays
from glassnet.pages import page_of
from glassnet.runs import FOLDERS, Recording
from glassnet.runs.histories import KEPT, read_history

CATALOG = Catalog.discover(guests=False)
FILES = {
    "experiment.json",
    "provenance.json",
    "history.csv",
    "checkpoint.npz",
    "model.npz",
    "metrics.json",
}


def quick(**changes: object) -> Experiment:
    return Experiment(dataset="iris", hidden=(8,), epochs=3).replace(**changes)


def keep(runs: Path, **changes: object) -> Recording:
    recording = record(run(quick(**changes), CATALOG), runs, command="glassnet train iris")
    for _ in recording:
        pass
    return recording


def opened(folder: Path) -> Run:
    return load(folder, catalog=CATALOG)


def refusal(function: object, *arguments: object, **more: object) -> str:
    with pytest.raises(GlassnetError) as caught:
        function(*arguments, **more)  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def animals(n: int = 90) -> pd.DataFrame:
    """A table with text, truths and gaps."""
    rng = np.random.default_rng(3)
    kind = np.array(["cat", "dog", "eel"])[rng.integers(0, 3, n)]
    weight = rng.normal(4, 1, n) + 3 * (kind == "dog")
    weight[::7] = np.nan
    colour = np.where(kind == "eel", "silver", rng.choice(["black", "white"], n)).astype(object)
    colour[3::11] = None
    return pd.DataFrame({"weight": weight, "colour": colour, "tame": kind != "eel", "kind": kind})


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "animals.csv"
    animals().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def kept(table: Path) -> Recording:
    """A run on the table, not to be written into."""
    return keep(table.parent / "runs", dataset=str(table), target="kind", epochs=5, batch_norm=True)


@pytest.fixture
def copied(kept: Recording, tmp_path: Path) -> Path:
    """A copy of that run, to be spoilt."""
    return shutil.copytree(kept.folder, tmp_path / "runs" / kept.folder.name)


# --- the files ----------------------------------------------------------------------------------------------


def test_a_run_is_a_numbered_folder_with_these_files(kept: Recording) -> None:
    assert kept.folder.name == "0001-animals"
    assert {path.name for path in kept.folder.iterdir()} == FILES


def test_experiment_json_is_the_experiment_with_every_default_spelled_out(kept: Recording) -> None:
    words = json.loads((kept.folder / "experiment.json").read_text())
    assert words["activation"] == ["glassnet/relu"]
    assert words["optimizer"].startswith("glassnet/adam:lr=0.001")
    assert (words["batch_size"], words["task"], words["dtype"]) == (32, "multiclass", "float64")
    assert opened(kept.folder).experiment == kept.training.experiment


def test_metrics_json_holds_the_final_figures(kept: Recording) -> None:
    result = json.loads((kept.folder / "metrics.json").read_text())
    assert result["metrics"] == kept.training.scores()
    assert set(result["metrics"]) == {"train", "validation", "test", "baseline"}
    low, high = result["intervals"]["test"]["accuracy"]
    assert low < result["metrics"]["test"]["accuracy"] < high
    assert (result["epochs"], result["stopped"]) == (5, "all 5 epochs")
    assert result["seconds"] == pytest.approx(sum(e.seconds for e in kept.training.progress.epochs), abs=0.001)
    assert opened(kept.folder).result == result


def test_provenance_says_where_the_numbers_come_from(kept: Recording) -> None:
    found = opened(kept.folder).provenance
    assert found["versions"]["numpy"] == np.__version__
    assert found["versions"]["python"] == sys.version.partition(" ")[0]
    assert {"glassnet", "python", "numpy"} == set(found["versions"])
    assert (found["seed"], found["split_seed"], found["command"]) == (0, 0, "glassnet train iris")
    assert found["data_sha256"] == kept.training.data.checksum
    assert found["source"] == "animals.csv"
    assert found["rows"] == {name: len(rows) for name, rows in kept.training.splits().items()}
    assert all(isinstance(library["num_threads"], int) for library in found["blas"])
    assert (found["guests"], found["plugins"]) == ({}, [])


def test_provenance_names_the_guests_that_took_part_and_no_others(tmp_path: Path) -> None:
    write_good(tmp_path / "site", "helpful-guest", "bent", version="2.3")
    write_good(tmp_path / "site", "idle-guest", "idle")
    code = """
        from glassnet import Experiment, record, run
        for _ in record(run(Experiment(dataset="xor", activation="bent", epochs=1))): pass
    """
    subprocess.run(
        [sys.executable, "-c", dedent(code)],
        env=environment(tmp_path / "site"),
        cwd=tmp_path,
        check=True,
        timeout=PATIENCE,
    )
    assert load("last", tmp_path / "runs").provenance["guests"] == {"helpful-guest": "2.3"}


def test_history_reads_back_bit_for_bit(kept: Recording) -> None:
    pd.testing.assert_frame_equal(
        opened(kept.folder).history, kept.training.history, check_exact=True, check_dtype=True
    )
    assert read_history(kept.folder / "history.csv") == kept.training.progress.epochs
    header = (kept.folder / "history.csv").read_text().splitlines()[0]
    assert header == "epoch,step,loss,validation_loss,monitored,rate,seconds,train_accuracy,validation_accuracy"


def test_history_reads_back_whatever_numbers_a_guest_leaves(tmp_path: Path) -> None:
    def sinking() -> Schedule:
        return Schedule(lambda step, total, epochs: np.float64(1 / 3) ** np.float32(len(epochs)))

    def undefined() -> Metric:
        return Metric(lambda prediction, target, weight: np.float32("nan"), better="higher")

    recording = keep(tmp_path, schedule=sinking, metrics=undefined)
    assert [epoch.rate for epoch in read_history(recording.folder / "history.csv")] == [
        float(epoch.rate) for epoch in recording.training.progress.epochs
    ]
    assert opened(recording.folder).history["train_undefined"].isna().all()
    figures = json.loads((recording.folder / "metrics.json").read_text(), parse_constant=pytest.fail)
    assert figures["metrics"]["test"]["undefined"] is None
    assert figures["intervals"]["test"]["undefined"] == [None, None]


def test_without_validation_rows_the_column_is_empty(tmp_path: Path) -> None:
    recording = keep(tmp_path, validation=0)
    assert opened(recording.folder).history["validation_loss"].isna().all()
    assert "validation_accuracy" not in opened(recording.folder).history
    assert read_history(recording.folder / "history.csv")[0].validation_loss is None


def test_a_data_set_too_small_to_split_is_kept_as_a_whole(tmp_path: Path) -> None:
    recording = keep(tmp_path, dataset="xor", epochs=40)
    result = opened(recording.folder).result
    assert result["metrics"]["train"] == result["metrics"]["test"] == result["metrics"]["validation"]
    assert opened(recording.folder).provenance["rows"] == {"train": 4, "validation": 4, "test": 4}
    again = opened(recording.folder).trained
    assert again.scores() == recording.training.scores()


def test_no_epochs_leave_a_run_without_a_curve(tmp_path: Path) -> None:
    recording = keep(tmp_path, epochs=0)
    assert {path.name for path in recording.folder.iterdir()} == FILES - {"checkpoint.npz"}
    assert opened(recording.folder).history.empty
    assert opened(recording.folder).result["stopped"] == "all 0 epochs"


# --- finding a run ------------------------------------------------------------------------------------------


def test_a_run_is_found_by_folder_name_number_and_last(tmp_path: Path) -> None:
    first, second = keep(tmp_path, epochs=1), keep(tmp_path, dataset="xor", epochs=1)
    assert (first.folder.name, second.folder.name) == ("0001-iris", "0002-xor")
    for given in (second.folder, str(second.folder), "0002-xor", "2", "0002", 2, "last"):
        assert load(given, tmp_path).folder == second.folder
    assert load(1, tmp_path).experiment.dataset == "glassnet/iris"
    assert FOLDERS.all(tmp_path) == [first.folder, second.folder]


def test_an_unknown_run_is_told_which_there_are(tmp_path: Path) -> None:
    keep(tmp_path, epochs=1)
    (tmp_path / "0007-half").mkdir()  # a folder without an experiment is no run
    (tmp_path / "²-notes").mkdir()
    words = (
        f"no run '7': name its folder, its number, or last; the latest in {tmp_path} are: 0001-iris (`glassnet runs`"
    )
    assert refusal(load, 7, tmp_path).startswith(words)
    assert refusal(load, "²", tmp_path).startswith("no run '²'")
    assert refusal(load, "last", tmp_path / "none").startswith("no run 'last': name its folder, its number, or last; ")
    assert "are: none (" in refusal(load, "last", tmp_path / "none")


def test_a_number_that_two_runs_have_is_an_error_naming_both(kept: Recording, tmp_path: Path) -> None:
    for name in ("0001-a", "0001-b"):
        shutil.copytree(kept.folder, tmp_path / name)
    assert refusal(load, 1, tmp_path) == (
        f"run 1 may be any of {tmp_path / '0001-a'}, {tmp_path / '0001-b'}: name its folder"
    )
    assert load("0001-b", tmp_path).folder.name == "0001-b"


def test_numbers_go_on_after_the_largest_and_names_are_made_safe(tmp_path: Path) -> None:
    (tmp_path / "0041-old").mkdir()
    (tmp_path / ".0042").mkdir()  # claimed by a process that was killed before it could use it
    file = tmp_path / "my rows (new)!.csv"
    animals(60).to_csv(file, index=False)
    assert keep(tmp_path, dataset=str(file), target="kind", epochs=1).folder.name == "0043-my-rows--new--"


def test_several_processes_at_once_get_different_numbers(tmp_path: Path) -> None:
    code = """
        import os, sys
        from pathlib import Path
        from glassnet import Experiment, record, run
        from glassnet.catalog import Catalog
        from glassnet.runs import FOLDERS
        catalog = Catalog.discover(guests=False)
        names = "xor", "and_gate", "or_gate"
        trainings = [run(Experiment(dataset=names[i % 3], hidden=(), epochs=0), catalog) for i in range(12)]
        sys.stdin.readline()
        for training in trainings:
            record(training, sys.argv[1])
            for _ in range(12):  # with nothing written between two of them, the race is tighter
                FOLDERS.new(Path(sys.argv[1]), f"racer-{os.getpid()}")
    """
    command = [sys.executable, "-c", dedent(code), str(tmp_path)]
    racers = [subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        racer.communicate(timeout=PATIENCE)
        assert racer.returncode == 0
    folders = sorted(path.name for path in tmp_path.iterdir())
    assert [int(name[:4]) for name in folders] == list(range(1, 3 * 12 * 13 + 1))
    assert sum((tmp_path / name / "experiment.json").is_file() for name in folders) == 36


# --- the model ----------------------------------------------------------------------------------------------


def test_a_loaded_run_predicts_what_its_training_did(kept: Recording) -> None:
    rows = animals(40)
    before = kept.training.model
    for given in (rows, rows.drop(columns="kind"), rows[["tame", "colour", "weight"]]):
        np.testing.assert_array_equal(opened(kept.folder).predict(given), before.predict(given))
        np.testing.assert_array_equal(opened(kept.folder).model.outputs(given), before.outputs(given))
    assert set(opened(kept.folder).predict(rows)) <= {"cat", "dog", "eel"}


def test_a_loaded_run_predicts_arrays(tmp_path: Path) -> None:
    recording = keep(tmp_path, dataset="diabetes")
    X = np.asarray(recording.training.source.X)[:20]
    answer = opened(recording.folder).predict(X)
    assert answer.shape == (20,)
    np.testing.assert_array_equal(answer, recording.training.model.predict(X))
    assert 20 < answer.mean() < 350  # in the target's own units


def test_a_fresh_process_predicts_the_same_from_a_table_with_text_and_gaps(kept: Recording, tmp_path: Path) -> None:
    animals(40).to_pickle(tmp_path / "rows.pkl")
    code = f"""
        import numpy as np, pandas as pd
        from glassnet import load
        model = load({str(kept.folder)!r}).model
        np.save({str(tmp_path / "y.npy")!r}, model.outputs(pd.read_pickle({str(tmp_path / "rows.pkl")!r})))
    """
    done = python(code)
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), kept.training.model.outputs(animals(40)))


def test_nothing_that_is_loaded_runs_code(copied: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self) -> tuple:
            return Path.touch, (trap,)

    pickle.loads(pickle.dumps(Trap()))
    assert trap.exists()  # the trap works
    for name in ("model.npz", "checkpoint.npz"):
        arrays = read_arrays(copied / name) | {"w": np.array([Trap()], dtype=object)}
        np.savez(copied / name, **arrays)
        (copied / name).with_suffix(".pkl").write_bytes(pickle.dumps(Trap()))
    trap.unlink()
    assert "model.npz is damaged and can't be read: Object arrays cannot be loaded" in refusal(
        opened(copied).predict, animals(3)
    )
    shutil.rmtree(copied / "metrics.json", ignore_errors=True)
    assert "checkpoint.npz is damaged and can't be read: Object arrays" in refusal(opened(copied).resume)
    for name in ("model.npz", "checkpoint.npz"):  # a bare pickle under the file's name
        shutil.copy((copied / name).with_suffix(".pkl"), copied / name)
    assert "model.npz is damaged and can't be read: File is not a zip file" in refusal(
        opened(copied).predict, animals(3)
    )
    assert "checkpoint.npz is damaged" in refusal(opened(copied).resume)
    assert not trap.exists()


# --- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.npz", "checkpoint.npz"])
@pytest.mark.parametrize("damage", ["cut", "byte", "empty", "text", "npy"])
def test_damaged_arrays_are_one_clear_line(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    content = bytearray(path.read_bytes())
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    if damage == "byte":
        content[len(content) // 2] ^= 0x10
    spoilt = {"cut": content[: len(content) // 2], "byte": content, "empty": b"", "text": b"w = 1\n"}
    path.write_bytes(spoilt.get(damage, buffer.getvalue()))
    message = refusal(opened(copied).predict, animals(3)) if name == "model.npz" else refusal(opened(copied).resume)
    assert message.startswith(f"{path} is damaged and can't be read: ")


def test_any_changed_byte_of_arrays_is_noticed_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    arrays = {"w": np.arange(4.0), "words": np.array("{}")}
    write_arrays(path, arrays)
    whole = path.read_bytes()
    noticed = 0
    for position in range(0, len(whole), 3):
        content = bytearray(whole)
        content[position] ^= 0xFF
        path.write_bytes(content)
        try:
            found = read_arrays(path)
        except GlassnetError as error:
            noticed += "damaged" in str(error) and "\n" not in str(error)
        else:  # dates and the like; a name that changed is looked for in vain by whoever reads it
            assert all(np.array_equal(found[name], arrays[name]) for name in found if name in arrays)
    assert noticed > len(whole) / 3 / 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays: arrays.pop("w"), "FILE is damaged: 'w' is missing"),
        (lambda arrays: arrays.update(w=arrays["w"] * 1j), "FILE is damaged: w holds complex128, not real numbers"),
        (lambda arrays: arrays.update(w=np.zeros((3, 3))), "FILE is damaged: w has the shape (3, 3), not (P)"),
        (lambda arrays: arrays.update(w=np.zeros(3)), "not a model that this glassnet can read (ValueError: "),
        (
            lambda arrays: arrays.update(words=np.array("{}")),
            "not a model that this glassnet can read (ValueError: 'inputs'",
        ),
        (lambda arrays: arrays.update(words=np.array("{")), "not a model that this glassnet can read (JSONDecode"),
        (
            lambda arrays: arrays.update(words=np.array("[]")),
            "not a model that this glassnet can read (ValueError: it is a list",
        ),
    ],
)
def test_a_model_of_other_arrays_is_one_clear_line(copied: Path, change: object, words: str) -> None:
    arrays = read_arrays(copied / "model.npz")
    change(arrays)  # type: ignore[operator]
    write_arrays(copied / "model.npz", arrays)
    assert refusal(opened(copied).predict, animals(3)).startswith(words.replace("FILE", str(copied / "model.npz")))


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("counts"),
        lambda arrays: arrays.update(counts=np.zeros(7)),
        lambda arrays: arrays.update(w=np.zeros(3)),
        lambda arrays: arrays.update(best_w=np.zeros(3)),
        lambda arrays: arrays.pop("pieces"),
        lambda arrays: arrays.update({"state/0/odd/m": np.zeros(3)}),
        lambda arrays: arrays.update({"state/nought": np.zeros(3)}),
    ],
)
def test_a_checkpoint_of_other_arrays_is_one_clear_line(copied: Path, change: object) -> None:
    arrays = read_arrays(copied / "checkpoint.npz")
    change(arrays)  # type: ignore[operator]
    write_arrays(copied / "checkpoint.npz", arrays)
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    message = refusal(opened(copied).resume, epochs=9)
    assert message.startswith(f"{copied / 'checkpoint.npz'} does not fit its experiment.json: ")
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before


@pytest.mark.parametrize("name", ["experiment.json", "provenance.json", "metrics.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe"])
def test_damaged_words_are_one_clear_line(copied: Path, name: str, content: bytes) -> None:
    (copied / name).write_bytes(content)
    message = refusal(opened(copied).resume)
    assert str(copied / name) in message
    assert " is damaged: " in message or " is not an experiment: " in message


FIGURES = {
    "metrics": {"train": {"r2": 1}, "validation": {}, "test": {}, "baseline": {"r2": 0}},
    "intervals": {"train": {"r2": [0, 1]}}, "epochs": 5, "seconds": 0.1, "stopped": "all 5 epochs",
}  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "missing"),
    [
        ({"epochs": 3}, "'metrics' is missing"), (FIGURES | {"intervals": {}}, "intervals holds no split"),
        (FIGURES | {"metrics": {"train": {"r2": 1}}}, "'metrics.validation' is missing"),
        (FIGURES | {"intervals": {"test": {"r2": [0, 1]}}}, "'metrics.test.r2' is missing"),
        (FIGURES | {"intervals": {"train": {"r2": [0, 1, 2]}}}, "intervals.train.r2 is a list, not a list of 2"),
        (FIGURES | {"metrics": 3}, "metrics is 3, not an object"),
        (FIGURES | {"epochs": -1}, "epochs is -1, not a whole"),
        (FIGURES | {"seconds": float("nan")}, "NaN is no number of JSON"),
        (FIGURES | {"stopped": []}, "stopped is a list"),
    ],
)  # fmt: skip
def test_final_figures_that_lack_something_are_one_clear_line(copied: Path, figures: dict, missing: str) -> None:
    path = copied / "metrics.json"
    path.write_text(json.dumps(figures))
    for ask in (lambda: opened(copied).result, lambda: page_of(opened(copied)), lambda: plot(opened(copied), "loss")):
        message = refusal(ask)
        assert f"{path} is damaged: " in message and missing in message
        assert f"delete it, and glassnet train --resume {copied} writes it anew" in message
    path.unlink()
    for _ in opened(copied).resume():
        pass
    assert opened(copied).result["metrics"]["train"]


def test_rows_that_there_are_not_are_one_line_with_those_that_there_are(copied: Path) -> None:
    said = "the run has no 'tests' rows. Did you mean 'test'? It has: train, validation, test"
    assert refusal(opened(copied).answers, "tests") == refusal(opened(copied).rows, "tests") == said
    assert "has no 'vali' rows. " in refusal(opened(copied).outputs, "vali")


def test_a_missing_file_is_one_clear_line(copied: Path) -> None:
    path = copied / "provenance.json"
    path.unlink()
    assert refusal(opened(copied).resume, epochs=9) == f"can't read {path}: No such file or directory"


def test_a_missing_model_says_how_to_make_it(copied: Path) -> None:
    (copied / "model.npz").unlink()
    assert refusal(opened(copied).predict, animals(3)) == (
        f"{copied / 'model.npz'} is missing: finish the run first: glassnet train --resume {copied}"
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(), lambda path: path.write_text(""), lambda path: path.write_text("epoch,step\n1,2\n"),
        lambda path: path.write_text("nonsense\n\0\n"), lambda path: path.write_bytes(path.read_bytes()[:150]),
        lambda path: path.write_text("".join(path.read_text().splitlines(keepends=True)[::2])),
        lambda path: path.write_text(path.read_text().replace("0.", "9.")),
        lambda path: path.write_text("".join(path.read_text().splitlines(keepends=True)[1:])),
        lambda path: path.write_text(path.read_text() + "9,9,9\n" * 3),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)  # fmt: skip
def test_a_damaged_history_is_mended_from_the_checkpoint(copied: Path, kept: Recording, damage: object) -> None:
    path = copied / "history.csv"
    before = path.read_text()
    damage(path)  # type: ignore[operator]
    recording = opened(copied).resume(epochs=6)
    assert recording.training.progress.epochs == kept.training.progress.epochs
    assert len(recording.training.remarks) == 1 + len(kept.training.remarks)
    assert recording.training.remarks[-1].startswith(f"{path} was damaged: ")
    assert recording.training.remarks[-1].endswith(" written anew from the checkpoint")
    if path.is_dir():
        path.rmdir()
    assert [epoch.number for epoch in recording] == [6]
    assert path.read_text().startswith(before)
    assert [epoch.number for epoch in opened(copied).epochs] == [1, 2, 3, 4, 5, 6]


def test_reading_a_damaged_history_takes_the_rows_of_the_checkpoint(copied: Path, kept: Recording) -> None:
    (copied / "history.csv").write_text("epoch\n1\n")
    assert opened(copied).epochs == kept.training.progress.epochs
    (copied / "checkpoint.npz").unlink()
    assert "history.csv is damaged" in refusal(lambda: opened(copied).history)


def test_rows_that_are_in_neither_place_are_named(tmp_path: Path) -> None:
    folder = keep(tmp_path, dataset="xor", hidden=(2,), epochs=KEPT + 20).folder
    path = folder / "history.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:19], *lines[22:]]))  # without 19 and 20, and with 21 in the checkpoint
    said = refusal(opened(folder).resume, KEPT + 30)
    assert said.startswith(f"{path} is damaged: it lacks 2 epochs between 19 and 20 of {KEPT + 20}, and the checkpoint")
    path.write_text("".join([*lines[:21], *lines[300:]]))
    assert "was damaged: 279 of its" in opened(folder).resume(KEPT + 30).training.remarks[-1]


def test_a_checkpoint_of_before_has_no_rows_and_is_read(copied: Path) -> None:
    arrays = read_arrays(copied / "checkpoint.npz")
    assert bytes(arrays.pop("history")).decode().splitlines() == (copied / "history.csv").read_text().splitlines()
    write_arrays(copied / "checkpoint.npz", arrays)
    assert len(list(opened(copied).resume(6))) == 1
    write_arrays(copied / "checkpoint.npz", arrays)
    (copied / "history.csv").write_text("")
    assert "it lacks 5 epochs between 1 and 5 of 5" in refusal(opened(copied).resume, 7)


def test_a_torn_last_line_and_an_epoch_too_many_are_cut_off(copied: Path, kept: Recording) -> None:
    path = copied / "history.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines) + lines[-1].replace("5,", "6,", 1) + "7,15,0.3")
    assert len(opened(copied).history) == 6
    recording = opened(copied).resume(epochs=6)
    assert len(recording.training.progress.epochs) == 5
    (epoch,) = recording
    assert epoch.number == 6
    assert list(opened(copied).history["epoch"]) == [1, 2, 3, 4, 5, 6]


def test_very_many_epochs_are_written_together_and_a_kill_between_them_costs_no_bit(tmp_path: Path) -> None:
    recording = record(run(quick(dataset="xor", epochs=240), CATALOG), tmp_path / "runs")
    killed = tmp_path / "killed" / recording.folder.name
    for epoch in recording:
        assert (
            epoch.number > 200 or len((recording.folder / "history.csv").read_text().splitlines()) == epoch.number + 1
        )
        if epoch.number == 230:
            shutil.copytree(recording.folder, killed)
    again = opened(killed).resume()
    assert 200 <= len(again.training.progress.epochs) <= 230
    list(again)
    whole, resumed = opened(recording.folder), opened(killed)
    assert len(whole.history) == len(resumed.history) == 240
    assert whole.history["loss"].tolist() == resumed.history["loss"].tolist()
    assert (whole.model.network.w == resumed.model.network.w).all()


def test_rows_that_wait_are_written_when_somebody_breaks_off(tmp_path: Path) -> None:
    recording = record(run(quick(dataset="xor", epochs=240), CATALOG), tmp_path)
    for epoch in recording:
        if epoch.number == 231:
            break
    assert len(opened(recording.folder).history) == 231
    assert [epoch.number for epoch in opened(recording.folder).resume()] == list(range(232, 241))


def test_rows_beyond_the_checkpoint_are_cut_off_if_they_are_the_next_epochs(copied: Path) -> None:
    path = copied / "history.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines) + "".join(lines[-1].replace("5,", f"{number},", 1) for number in (6, 7, 8)))
    assert [epoch.number for epoch in opened(copied).resume(epochs=7)] == [6, 7]
    assert list(opened(copied).history["epoch"]) == [1, 2, 3, 4, 5, 6, 7]


# --- one owner ----------------------------------------------------------------------------------------------


def test_a_run_has_one_owner_and_the_second_is_told_who(tmp_path: Path) -> None:
    recording = record(run(quick(epochs=9), CATALOG), tmp_path)
    epochs = iter(recording)
    next(epochs)
    assert refusal(opened(recording.folder).resume).startswith(f"this process is training {recording.folder} since 20")
    assert refusal(list, Recording(recording.training, recording.folder)).endswith("; wait, or stop it")
    assert len(opened(recording.folder).history) == 1  # reading needs no lock
    next(epochs)
    epochs.close()
    assert {path.name for path in recording.folder.iterdir()} == FILES
    assert len(list(opened(recording.folder).resume())) == 7


def test_what_a_killed_owner_left_is_taken_over(copied: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (copied / ".lock").touch()
    owner = {"pid": gone.pid, "host": "here", "since": "then", "doing": "training"}
    (copied / ".owner").write_text(json.dumps(owner))
    assert len(list(opened(copied).resume(6))) == 1
    assert {path.name for path in copied.iterdir()} == FILES


def test_a_lock_that_leads_elsewhere_is_not_followed(copied: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    for name in (".lock", ".owner"):
        (copied / name).symlink_to(letter)
        with contextlib.suppress(GlassnetError):
            list(opened(copied).resume(20 + len(name)))
        assert letter.read_text() == "dear"
        (copied / name).unlink(missing_ok=True)


def test_a_run_that_went_on_meanwhile_is_opened_again(copied: Path) -> None:
    early = opened(copied).resume(7)
    assert len(list(opened(copied).resume(8))) == 3
    assert refusal(list, early) == f"{copied} was trained by another process meanwhile: open it again"
    assert len(opened(copied).history) == 8


# --- going on -----------------------------------------------------------------------------------------------


def broken_off(runs: Path, after: int, **changes: object) -> Path:
    recording = record(run(quick(**changes), CATALOG), runs)
    for epoch in recording:
        if epoch.number == after:
            break
    return recording.folder


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "sgd:lr=0.1", "schedule": "cosine"},
        {"optimizer": "momentum", "dropout": 0.3, "batch_norm": True, "dtype": "float32"},
        {"optimizer": "lbfgs"},
        {"optimizer": "adam:lr=0.3", "patience": 2},
    ],
)
def test_a_run_that_its_consumer_broke_off_goes_on_exactly(tmp_path: Path, changes: dict) -> None:
    whole = keep(tmp_path, epochs=8, **changes).folder
    folder = broken_off(tmp_path, 3, epochs=8, **changes)
    assert opened(folder).result["stopped"] == "stopped by its caller"
    assert len(opened(folder).history) == 3
    assert opened(folder).predict(np.ones((1, 4))).shape == (1,)  # it can be used as it is
    for _ in opened(folder).resume():
        pass
    same(whole, folder)
    assert opened(folder).result["stopped"] == opened(whole).result["stopped"]


def test_best_weights_survive_being_broken_off_after_their_epoch(tmp_path: Path) -> None:
    changes = {"optimizer": "adam:lr=0.3", "patience": 4, "epochs": 200}
    whole = keep(tmp_path, **changes).folder
    best = opened(whole).result["best_epoch"]
    folder = broken_off(tmp_path, best + 2, **changes)
    assert len(list(opened(folder).resume())) == 2
    same(whole, folder)


def test_numpy_numbers_in_an_optimizers_state_stay_what_they_were(tmp_path: Path) -> None:
    """A NumPy float64 widens a float32 sum where a Python number doesn't: after a resume it must do so again."""

    def keeps_numbers() -> Optimizer:
        def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
            seen.append({name: type(value) for name, value in state.items()})
            return 0.1 * g, {"a": np.float64(0.1), "b": 0.1, "c": np.float32(2), "d": 3, "e": g[0], "f": g[:2].copy()}

        return Optimizer(init=lambda w: {}, update=update)

    seen: list[dict] = []
    training = run(quick(optimizer=keeps_numbers, batch_size="full"), CATALOG)
    recording = record(training, tmp_path)
    epochs = iter(recording)
    next(epochs), next(epochs)
    from glassnet.runs import read_states

    (state,) = read_states(read_arrays(recording.folder / "checkpoint.npz"))
    assert {name: type(value) for name, value in state.items()} == seen[1]
    assert seen[1]["a"] is np.float64 and seen[1]["b"] is float and seen[1]["d"] is int


def test_a_state_that_needs_a_pickle_is_refused_when_it_is_written(tmp_path: Path) -> None:
    def keeps_anything() -> Optimizer:
        return Optimizer(init=lambda w: {"memory": {"a": 1}}, update=lambda w, g, state, step: (0.1 * g, state))

    recording = record(run(quick(optimizer=keeps_anything), CATALOG), tmp_path)
    assert refusal(list, recording) == (
        "the optimizer keeps 'memory' as dict, which can't be saved: a state holds arrays and Python numbers"
    )
    assert opened(recording.folder).result["stopped"].startswith("failed: the optimizer keeps 'memory'")


def test_more_epochs_go_on_and_fewer_or_none_are_refused(tmp_path: Path) -> None:
    folder = keep(tmp_path).folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for epochs in (None, 1, 3):
        assert refusal(opened(folder).resume, epochs) == (
            f"{folder} has done its 3 epochs: go on with a larger number, --epochs 6"
        )
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    for _ in opened(folder).resume(6):
        pass
    same(folder, keep(tmp_path, epochs=6).folder)
    assert opened(folder).experiment.epochs == 6
    assert opened(folder).result["stopped"] == "all 6 epochs"


def test_a_run_that_stopped_early_has_nothing_left_to_do(tmp_path: Path) -> None:
    folder = keep(tmp_path, optimizer="adam:lr=0.5", patience=2, epochs=500).folder
    assert refusal(opened(folder).resume).startswith(f"{folder} is finished (no better loss for 2 epochs: best weights")
    assert refusal(opened(folder).resume, 900).endswith("): nothing is left to do, train a new run")
    assert opened(folder).experiment.epochs == 500


@pytest.mark.parametrize("lost", [("metrics.json",), ("metrics.json", "model.npz")])
def test_a_kill_after_the_last_epoch_leaves_the_end_to_be_written(copied: Path, kept: Recording, lost: tuple) -> None:
    for name in lost:
        (copied / name).unlink()
    assert list(opened(copied).resume()) == []
    assert {path.name for path in copied.iterdir()} == FILES
    same(copied, kept.folder)
    assert opened(copied).result["metrics"] == opened(kept.folder).result["metrics"]


def test_going_on_removes_what_a_killed_process_left_behind(copied: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f".checkpoint.npz.{gone.pid}", f".history.csv.{gone.pid}", f".old.{os.getpid()}"):
        (copied / name).write_text("half")
    os.utime(copied / f".old.{os.getpid()}", (0, 0))  # a number that was given again
    (copied / f".mine.{os.getpid()}").write_text("half")
    (copied / ".notes").write_text("a person's own")
    for _ in opened(copied).resume(6):
        pass
    assert {path.name for path in copied.iterdir()} == FILES | {".notes", f".mine.{os.getpid()}"}


def test_changed_data_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "animals.csv"
    animals().to_csv(file, index=False)
    folder = broken_off(tmp_path / "runs", 1, dataset=str(file), target="kind")
    opened(folder).training()
    text = file.read_text()
    file.write_text(text.replace("black", "white", 1))
    for function in (opened(folder).resume, lambda: opened(folder).trained):
        assert refusal(function) == (
            f"the data of {folder} ({file}) are no longer those it was trained on: "
            "their checksum differs; bring the old file back, say with --data FILE where it is now, or train a new run"
        )
    file.unlink()
    assert "no file" in refusal(opened(folder).resume)
    file.write_text(text)
    assert len(list(opened(folder).resume())) == 2


@pytest.mark.parametrize("name", ["moved/animals.csv", "moved/beasts.tsv", "beside.txt"])
def test_a_table_that_has_moved_is_taken_from_where_it_is_now(name: str, tmp_path: Path) -> None:
    file, now = tmp_path / "animals.csv", tmp_path / name
    animals().to_csv(file, index=False, sep="\t" if name.endswith("tsv") else ",")
    folder = broken_off(tmp_path / "runs", 1, dataset=str(file), target="kind")
    before = opened(folder).rows("test").X
    now.parent.mkdir(exist_ok=True)
    file.rename(now)
    assert "say where it is with --data FILE" in refusal(opened(folder).training)
    moved = load(folder, data=now)
    np.testing.assert_array_equal(moved.rows("test").X, before)
    assert len(list(moved.resume(3))) == 2
    assert opened(folder).experiment.dataset == str(now)  # from now on it is found there
    assert len(opened(folder).rows("train")) > 0


def test_another_table_is_not_taken_for_the_one_that_has_moved(tmp_path: Path) -> None:
    file, other = tmp_path / "animals.csv", tmp_path / "other.csv"
    animals().to_csv(file, index=False)
    folder = broken_off(tmp_path / "runs", 1, dataset=str(file), target="kind")
    other.write_text(file.read_text().replace("black", "white", 1))
    file.unlink()
    said = refusal(lambda: load(folder, data=other).trained)
    assert said == (
        f"'{other}' does not hold the rows that {folder} was trained on: their checksum differs; "
        "give --data the very table, or train a new run"
    )
    assert "there is no file" in refusal(lambda: load(folder, data=str(file)).resume())
    iris = broken_off(tmp_path / "runs", 1, dataset="iris")
    assert "no table that can move" in refusal(lambda: load(iris, data=other).training())


# --- parts that are not ours --------------------------------------------------------------------------------

BENT = '''
import numpy as np
from glassnet import Activation, hookimpl

def bent_identity():
    """Bent identity: nearly linear, never flat."""
    return Activation(f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z, df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1)

@hookimpl
def activations():
    return [bent_identity]
'''


def test_a_one_file_plugin_is_kept_by_path_and_hash(tmp_path: Path) -> None:
    file = tmp_path / "bent.py"
    file.write_text(BENT)
    catalog = Catalog.discover(files=[file], guests=False)
    recording = record(run(quick(activation="bent_identity"), catalog), tmp_path)
    next(iter(recording))
    words = json.loads((recording.folder / "experiment.json").read_text())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert words["plugins"] == [[str(file), digest]]
    assert words["activation"] == ["local/bent_identity"]
    assert load(recording.folder).provenance["guests"] == {"local": ""}
    assert load(recording.folder).provenance["plugins"] == [[str(file), digest]]

    assert len(list(load(recording.folder, catalog=catalog).resume())) == 2
    assert load(recording.folder, catalog=catalog).predict(np.ones((2, 4))).shape == (2,)
    file.write_text(BENT + "\n# a remark\n")
    changed = Catalog.discover(files=[file], guests=False)
    words = f"the plugin file {file} has changed since it was used, so numbers may be others: bring the old one back"
    with pytest.warns(GlassnetWarning, match=re.escape(words)):
        assert load(recording.folder, catalog=changed).model
    refused = refusal(lambda: load(recording.folder, catalog=changed).resume(9))  # once, and not in a warning as well
    assert "which has changed since" in refused and "or go on with what is here: glassnet --plugin" in refused


def test_a_run_folder_never_loads_a_file_of_its_own_accord(tmp_path: Path) -> None:
    file = tmp_path / "bent.py"
    file.write_text(BENT)
    recording = record(run(quick(activation="bent_identity"), Catalog.discover(files=[file], guests=False)), tmp_path)
    list(recording)
    file.write_text(BENT + f"\nopen({str(tmp_path / 'ran')!r}, 'w').close()\n")
    words = json.loads((recording.folder / "experiment.json").read_text())
    words["plugins"] = [[str(file), hashlib.sha256(file.read_bytes()).hexdigest()]]  # as a stranger could write it
    (recording.folder / "experiment.json").write_text(json.dumps(words))
    for function in (lambda: load(recording.folder).model, lambda: load(recording.folder).resume(9)):
        words_of = refusal(function)
        assert "files are code that is not loaded unasked" in words_of
        assert f"glassnet --plugin {file} ..." in words_of
    with pytest.raises(GlassnetError, match="not loaded unasked"):
        run(load(recording.folder).experiment)
    assert not (tmp_path / "ran").exists()


def test_a_quarantined_file_is_no_part_of_the_run(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("import nothing_of_that_name")
    catalog = Catalog.discover(files=[file], guests=False)
    assert run(quick(), catalog).experiment.plugins == ()


def test_a_function_given_directly_can_be_used_but_not_rebuilt(tmp_path: Path) -> None:
    def line() -> Activation:
        return Activation(f=lambda z: z, df=lambda z, a: z * 0 + 1)

    folder = keep(tmp_path, activation=line).folder
    assert refusal(opened(folder).resume, 9) == (
        f"{folder} was trained with <function line> given as a function: words alone can't rebuild it"
    )
    assert "It was a function given directly, which words can't find again" in refusal(lambda: opened(folder).model)


# --- writing ------------------------------------------------------------------------------------------------


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, {"w": np.ones(3)})

    class Unwritable:
        def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
            raise RuntimeError("no array after all")

    with pytest.raises(RuntimeError):
        write_arrays(path, {"w": np.zeros(3), "x": Unwritable()})  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == [path]
    np.testing.assert_array_equal(read_arrays(path)["w"], np.ones(3))
    assert zipfile.ZipFile(path).testzip() is None
    write_arrays(path, {"w": np.zeros(3)})
    np.testing.assert_array_equal(read_arrays(path)["w"], np.zeros(3))


def test_a_failure_that_is_nobodys_wish_is_written_down(tmp_path: Path) -> None:
    def fails_late() -> Optimizer:
        def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
            if step > 5:
                raise ZeroDivisionError("no way\nout")
            return 0.1 * g, state

        return Optimizer(update=update)

    recording = record(run(quick(optimizer=fails_late), CATALOG), tmp_path)
    with pytest.raises(GlassnetError, match="no way out"):
        list(recording)
    result = opened(recording.folder).result
    assert result["epochs"] == 1
    assert result["stopped"].startswith(
        "failed: update of optimizer given/fails_late failed: ZeroDivisionError: no way"
    )


# --- what it is called, what it came to ---------------------------------------------------------------------


def test_a_run_is_called_by_its_data_and_number_whatever_the_file_is_called(tmp_path: Path) -> None:
    file = tmp_path / "a:b.csv"
    animals(60).to_csv(file, index=False)
    folder = keep(tmp_path / "runs", dataset=str(file), target="kind", epochs=1).folder
    assert folder.name == "0001-a-b" and opened(folder).title == "a:b, run 1" and opened(folder).number == 1
    kept = folder.rename(folder.with_name("the best"))
    assert opened(kept).title == "the best" and opened(kept).number == 0
    training = run(quick(epochs=0), CATALOG)
    assert Run.of(training).title == "iris" and Run.of(training, "0002-anything").title == "iris, run 2"


def test_a_score_comes_with_its_baseline_and_interval(kept: Recording) -> None:
    subject, written = opened(kept.folder), json.loads((kept.folder / "metrics.json").read_text())
    score = subject.score()
    assert (score.split, score.metric, score.better) == ("test", "accuracy", "higher") and subject.judged == "test"
    assert score.value == written["metrics"]["test"]["accuracy"] == kept.training.scores()["test"]["accuracy"]
    assert score.baseline == written["metrics"]["baseline"]["accuracy"]
    assert [score.low, score.high] == written["intervals"]["test"]["accuracy"]
    learned = subject.score("train")
    assert learned.value == written["metrics"]["train"]["accuracy"] and learned.low is learned.high is None
    assert learned.baseline == score.baseline
    assert subject.scored == ("train", "validation", "test") and subject.metrics == ("accuracy",)
    assert refusal(subject.score, "tst").endswith(
        "has no rows 'tst'. Did you mean 'test'? It has: train, validation, test"
    )
    assert "has no metric 'acuracy'. Did you mean 'accuracy'?" in refusal(subject.score, None, "acuracy")


def test_scores_need_neither_the_rows_nor_the_parts(copied: Path) -> None:
    """A page of many runs reads what was written down: no catalog is made, no table is read."""
    words = json.loads((copied / "experiment.json").read_text())
    (copied / "experiment.json").write_text(json.dumps(words | {"dataset": "gone.csv"}))
    subject = load(copied)
    assert subject.score().value <= 1 and subject.judged == "test" and subject.title.startswith("gone, run ")
    assert not {"catalog", "trained"} & set(subject.__dict__)


def test_a_run_without_test_rows_is_judged_by_its_training_rows(tmp_path: Path) -> None:
    subject = opened(keep(tmp_path, test=0, epochs=1, metrics=("log_loss",)).folder)
    assert subject.judged == "train" == subject.score().split and subject.scored == ("train", "validation")
    assert subject.score(metric="log_loss").better == "lower" and subject.metrics == ("accuracy", "log_loss")


def test_an_unfinished_run_has_no_score_and_says_how_to_go_on(copied: Path) -> None:
    (copied / "metrics.json").unlink()
    subject = opened(copied)
    assert (subject.judged, subject.metrics, subject.scored) == ("test", (), ())
    assert refusal(subject.score) == f"{copied} is not finished: go on with glassnet train --resume {copied}"


def test_an_undefined_score_is_no_number(copied: Path) -> None:
    written = json.loads((copied / "metrics.json").read_text())
    written["metrics"]["test"]["accuracy"] = None
    written["intervals"]["test"]["accuracy"] = [None, None]
    (copied / "metrics.json").write_text(json.dumps(written))
    score = opened(copied).score()
    assert np.isnan(score.value) and score.low is score.high is None


def test_a_mistyped_run_gets_the_nearest_guess(kept: Recording) -> None:
    name = kept.folder.name
    words = f"no run '{name[:-1]}'. Did you mean '{name}'? Name its folder, its number, or last; the latest in "
    assert refusal(load, name[:-1], kept.folder.parent).startswith(words)


def test_the_way_that_is_better_is_known_of_a_metric_given_as_a_function() -> None:
    def misses() -> Metric:
        """Share of wrong answers."""
        return Metric(lambda said, true, weight: float(np.mean(said != true)), better="lower")

    training = run(quick(metrics=(misses,), epochs=1), CATALOG)
    list(training)
    assert Run.of(training).score(metric="misses").better == "lower"


@pytest.mark.parametrize("letter", ["n", "ü", "統"])
def test_a_file_with_the_longest_name_gets_a_run_all_the_same(letter: str, tmp_path: Path) -> None:
    name = letter * (251 // len(letter.encode()))
    file = tmp_path / f"{name}.csv"
    animals(60).to_csv(file, index=False)
    folder = keep(tmp_path / "runs", dataset=str(file), target="kind", epochs=1).folder
    assert folder.name.startswith(f"0001-{letter * 60}") and opened(folder).title == f"{name}, run 1"
