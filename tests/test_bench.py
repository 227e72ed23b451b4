"""The benchmark measures what it says it measures. No seconds are asserted: machines are busy."""

import importlib.util
import json
import subprocess
import sys
from math import inf
from pathlib import Path
from types import ModuleType

import pytest
from guests import environment, glassnet
from waiting import PATIENCE

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
SMALLEST = "30-100-30-2"
ENGINES = ["glassnet", "sklearn", "matmul"]


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for one in ("bench", "play", "small", "steps", "tables"):
        monkeypatch.delitem(sys.modules, one, raising=False)
    return importlib.import_module(name)


@pytest.mark.parametrize("engine", [*ENGINES, *["torch"] * (importlib.util.find_spec("torch") is not None)])
def test_each_engine_reports_microseconds_a_step(engine: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "steps.py"), engine, SMALLEST],
        env=environment(BENCH_EPOCHS="1"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout) < inf
    assert not list(tmp_path.iterdir())


def test_the_cases_and_the_engines_are_those_that_are_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, bench = module("steps", monkeypatch), module("bench", monkeypatch)
    assert list(steps.CASES) == ["64-100-50-10", "30-100-30-2", "784-128-64-10"] == list(bench.TARGETS)
    assert sorted(steps.ENGINES) == ["glassnet", "matmul", "sklearn", "torch"]
    for name, (widths, batch, rows) in steps.CASES.items():
        assert name == "-".join(map(str, widths)) and rows % batch == 0


def test_the_matrix_products_are_those_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = module("steps", monkeypatch)
    made = []
    original = steps.np.matmul

    def counted(a, b, out=None):
        made.append((a.shape, b.shape))
        return original(a, b, out=out)

    monkeypatch.setattr(steps.np, "matmul", counted)
    monkeypatch.setattr(steps, "perf_counter", lambda: 0.0)
    steps.matmul(SMALLEST)
    layers = 3
    a_step = made[: 3 * layers - 1]  # forward, weights, inputs; nobody asks for the slope of the first inputs
    assert len(made) == 1001 * len(a_step) and made[len(a_step)] == a_step[0]
    assert a_step[0] == ((32, 30), (30, 100)) and a_step[layers] == ((30, 32), (32, 2))


def test_the_guests_of_the_start_up_measurement_are_really_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module("bench", monkeypatch).install_guests(tmp_path, 10)
    listed = glassnet("list", "activations", path=[tmp_path])
    assert listed.returncode == 0 and listed.stdout.count("glassnet-guest-") == 10 and not listed.stderr


def test_the_cost_of_watching_is_a_ratio_of_two_trainings_that_came_to_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "watching.py"), SMALLEST, "all"],
        env=environment(BENCH_EPOCHS="2"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert 0 < json.loads(done.stdout) < inf
    assert not list(tmp_path.iterdir())


def test_the_cost_of_an_estimator_is_a_ratio_of_a_fit_and_its_epochs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "fitting.py"), SMALLEST],
        env=environment(BENCH_EPOCHS="1"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert 0 < json.loads(done.stdout) < inf
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("case", ["predict_proba of a row", "many epochs"])
def test_small_things_are_a_ratio_to_those_who_do_the_same(case: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "small.py"), case],
        env=environment(BENCH_MANY_EPOCHS="50"), cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert 0 < json.loads(done.stdout) < inf
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("engine", "search"), [("glassnet", "heatmap"), ("glassnet", "small"), ("sklearn", "small")])
def test_a_sweep_of_each_engine_reports_seconds(engine: str, search: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "sweeps.py"), engine, "float32", search],
        env=environment(BENCH_SWEEP="2", BENCH_SWEEP_EPOCHS="1", BENCH_SWEEP_PROCESSES="1"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout) < inf
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "case", ["bare", "frames, share of the worker's CPU time", "bytes a frame", "click at full speed"]
)
def test_what_a_page_costs_is_a_number(case: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "play.py"), case],
        env=environment(BENCH_PLAY_SECONDS="0.2", BENCH_TURNS="1"), cwd=tmp_path, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout) < (1 if "share" in case else inf)
    assert not list(tmp_path.iterdir())


def test_networks_side_by_side_report_how_many_alone_they_take() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "stacks.py"), "moons 2-10-1"],
        env=environment(BENCH_ROUNDS="1"), capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 1 < json.loads(done.stdout) < 32  # this machine may be busy, but not that busy


@pytest.mark.parametrize("case", ["numbers", "gaps", "few texts", "quotes", "decimal commas", "unique texts", "wide"])
def test_a_table_is_written_and_read_by_both(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    monkeypatch.setenv("BENCH_TABLE_ROWS", "2000")
    monkeypatch.setenv("BENCH_TABLE_COLUMNS", "300")
    tables = module("tables", monkeypatch)
    for what in ("write", "glassnet", "pandas"):
        tables.main(what, case, path)
        is_numbers(what, capsys.readouterr().out)
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_is_written_and_read_in_fresh_processes(tmp_path: Path) -> None:
    path, small = tmp_path / "table.csv", environment(BENCH_TABLE_ROWS="2000")
    for what in ("write", "glassnet", "pandas"):
        done = subprocess.run(
            [sys.executable, str(BENCHMARKS / "tables.py"), what, "few texts", str(path)],
            env=small, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        is_numbers(what, done.stdout)


def is_numbers(what: str, said: str) -> None:
    """Reading prints its seconds and its memory, writing nothing."""
    if what == "write":
        assert said == ""
        return
    found = json.loads(said)
    assert 0 < found["seconds"] < inf and found["sizes"] >= 0


def test_the_page_has_its_aims_where_the_contract_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    play, bench = module("play", monkeypatch), module("bench", monkeypatch)
    assert set(bench.PLAY_AIMS) < set(play.CASES) and "play" in bench.SECTIONS


def test_the_cases_of_tables_have_their_aims(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = module("tables", monkeypatch)
    assert {case: aims[0] for case, aims in tables.CASES.items()} == {
        "numbers": 3, "gaps": 5, "few texts": 5, "quotes": 5, "decimal commas": 5, "unique texts": 8, "wide": 3.5
    }  # fmt: skip
