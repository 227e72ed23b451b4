"""`glassnet plot`: which files it writes, what it says of plots that don't fit or fail, and its exit codes."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glassnet import Experiment, record, run
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.plotting import fitting_plots
from glassnet.runs import load

CATALOG = Catalog.discover(guests=False)
PLUGIN = '''
from glassnet import Plot, hookimpl

def rows_by_class():
    """How many rows of each class there are.

    y = count
    """
    def draw(run):
        from matplotlib.figure import Figure

        figure = Figure(layout="constrained")
        axes = figure.add_subplot(title="Rows by class", xlabel="class", ylabel="rows")
        axes.bar([0, 1], [(run.rows("train").target == code).sum() for code in (0, 1)])
        return figure

    return Plot(draw)

def broken():
    """Never drawn.

    y = 1 / 0
    """
    return Plot(lambda run: 1 / 0)

def unsure():
    """Nobody knows whether it fits.

    y = ?
    """
    return Plot(lambda run: None, unsuited=lambda run: run.no_such_thing)

def late():
    """Its axis can't be written.

    y = 1
    """
    def draw(run):
        from matplotlib.figure import Figure

        figure = Figure(layout="constrained")
        axes = figure.add_subplot(title="Late", xlabel="x", ylabel="y")
        axes.plot([1, 2])
        axes.xaxis.set_major_formatter(lambda x, place: 1 / 0)
        return figure

    return Plot(draw)

@hookimpl
def plots():
    return [rows_by_class, broken, unsure, late]
'''


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two kept runs on the moons, and one of numbers."""
    folder = tmp_path_factory.mktemp("kept") / "runs"
    for changes in ({}, {"seed": 1}, {"dataset": "diabetes"}):
        for _ in record(run(Experiment(dataset="moons", hidden=(4,), epochs=3).replace(**changes), CATALOG), folder):
            pass
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plot(runs: Path, *words: str, plugin: Path | None = None) -> Result:
    guests = ["--no-plugins"] if plugin is None else ["--no-plugins", "--plugin", str(plugin)]
    return CliRunner().invoke(main, [*guests, "plot", *words, "--runs", str(runs)], prog_name="glassnet")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_without_names_the_quick_ones_that_fit_are_drawn_into_the_run(runs: Path, here: Path) -> None:
    done = plot(runs, "1", "--output", "drawn")
    assert done.exit_code == 0, done.output
    fitting = [one for one in fitting_plots(load(1, runs, CATALOG), CATALOG) if not one.unsuited]
    quick = [one.choice.part.name for one in fitting if not one.costly]
    *paths, last = done.stdout.splitlines()
    assert paths == [f"drawn/{name}.png" for name in quick] and {"loss", "decision_boundary"} <= set(quick)
    assert files(here / "drawn") == {f"{name}.png" for name in quick}
    assert all((here / path).read_bytes().startswith(b"\x89PNG") for path in paths)
    costly = [one.choice.part.name for one in fitting if one.costly]
    assert last == f"left out, because they take longer: {', '.join(costly)} (--all draws them, too)"
    assert "permutation_importance" in costly


def test_named_ones_go_to_the_run_s_own_folder_with_their_options_in_the_name(runs: Path) -> None:
    done = plot(runs, "3", "residuals", "residuals:split=train,bins=4", "permutation_importance", "--format", "svg")
    folder = load(3, runs).folder / "plots"
    names = ["residuals.svg", "residuals-split-train-bins-4.svg", "permutation_importance.svg"]
    assert done.stdout.splitlines() == [str(folder / name) for name in names]
    text = (folder / names[1]).read_text(encoding="utf-8")
    assert ">Residuals: diabetes, run 3</text>" in text


@pytest.mark.slow
def test_all_draws_the_costly_ones_and_says_what_does_not_fit(runs: Path, here: Path) -> None:
    done = plot(runs, "1", "--all", "--output", "drawn")
    assert done.exit_code == 0 and "drawn/permutation_importance.png" in done.stdout
    assert "not drawn: residuals: its target is classes (binary), not numbers" in done.stdout.splitlines()
    assert "left out" not in done.stdout


def test_several_runs_are_compared_and_named_plots_are_drawn_of_each(runs: Path, here: Path) -> None:
    done = plot(runs, "1", "2")
    assert done.exit_code == 0 and {str(runs / "plots" / "loss_runs.png")} <= set(done.stdout.splitlines())
    assert {"loss_runs.png", "scores_runs.png"} <= files(runs / "plots")
    assert plot(runs, "1", "2", "loss", "scores_runs", "--output", "both").exit_code == 0
    assert files(here / "both") == {"loss-0001-moons.png", "loss-0002-moons.png", "scores_runs.png"}
    done = plot(runs, "1", "3", "--all", "--output", "odd")
    assert "not drawn: loss_runs: the runs lower different losses: binary cross entropy, squared error" in done.stdout


def test_a_part_is_drawn_without_a_run(runs: Path, here: Path) -> None:
    done = plot(runs, "--part", "leaky_relu:slope=0.2")
    assert done.stdout.splitlines() == ["plots/activation_slope-leaky_relu-slope-0.2.png"] and done.exit_code == 0
    done = plot(runs, "--part", "accuracy")
    assert done.exit_code == 2 and "no plot fits: accuracy is a metric, and no plot is of metrics;" in done.stderr
    assert plot(runs, "iris").stdout.splitlines() == ["plots/all_inputs-iris.png"]
    (here / "points.csv").write_text("x,kind\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(30)), encoding="utf-8")
    assert plot(runs, "points.csv").stdout.splitlines() == ["plots/all_inputs-points.png"]
    assert plot(runs, "points.csv", "all_inputs", "--target", "kind", "--format", "svg").exit_code == 0
    assert "the columns of softmax mix" in plot(runs, "--part", "softmax").stderr


def test_parts_of_a_kind_share_a_picture(runs: Path, here: Path) -> None:
    both = plot(runs, "--part", "relu", "--part", "gelu").stdout.splitlines()
    assert both == ["plots/activation_slope-relu-gelu.png"]
    kinds = plot(runs, "--part", "relu", "--part", "cosine", "--part", "relu", "--format", "svg").stdout.splitlines()
    assert kinds == ["plots/activation_slope-relu.svg", "plots/schedule_rates-cosine.svg"]
    each = plot(runs, "--part", "xor", "--part", "toy6").stdout.splitlines()
    assert each == ["plots/all_inputs-xor.png", "plots/all_inputs-toy6.png"]
    done = plot(runs, "--part", "huber", "--part", "hinge")
    assert done.exit_code == 2 and "huber is a curve over errors, hinge one over scores: draw them apart" in done.stderr
    done = plot(runs, "--part", "relu", "--part", "softmax", "activation_slope")
    assert done.exit_code == 2 and "does not fit activation relu and activation softmax: the columns" in done.stderr
    listed = plot(runs, "--part", "sgd", "--part", "adam", "--list").stdout
    assert "optimizer_paths" in listed and "all_inputs" not in listed


def test_the_list_says_what_fits_and_why_others_do_not(runs: Path, here: Path) -> None:
    lines = plot(runs, "1", "--list").stdout.splitlines()
    found = {line.split()[0]: line for line in lines}
    assert re.fullmatch(r"loss +yes +The loss of each epoch, .*", found["loss"])
    assert re.fullmatch(r"residuals +no +its target is classes \(binary\), not numbers", found["residuals"])
    assert re.fullmatch(r"permutation_importance +yes, costly .*", found["permutation_importance"])
    as_json = {one["plot"]: one for one in json.loads(plot(runs, "1", "--list", "--json").stdout)}
    assert as_json["glassnet/loss"] == {"plot": "glassnet/loss", "fits": True, "reason": "", "costly": False}
    assert as_json["glassnet/gallery"]["reason"] == "its rows are no pictures"
    assert list(here.iterdir()) == []


def test_json_is_one_list_of_files_and_reasons(runs: Path, here: Path) -> None:
    found = json.loads(plot(runs, "1", "--json", "--output", "drawn").stdout)
    assert {"plot": "glassnet/loss", "file": "drawn/loss.png"} in found
    assert {"plot": "glassnet/gallery", "unsuited": "its rows are no pictures"} in found
    assert {"plot": "glassnet/permutation_importance", "left_out": "costly"} in found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["1", "residuals"], "plot residuals does not fit {runs}/0001-moons: its target is classes (binary), not"),
        (["1", "loss", "residuls"], "there is no plot 'residuls'. Did you mean 'residuals'?"),
        (["1", "residuls"], "'residuls' is neither a run nor a plot. Did you mean 'residuals'? Plots: loss, metrics"),
        (["1", "loss:scale=lin"], "scale=lin is not among its choices. Did you mean 'linear'? Choices: log, linear"),
        (["9"], "no run '9': name its folder, its number, or last"),
        ([], "name a run: glassnet plot last (`glassnet runs` lists all), or a part: --part relu"),
        (["1", "loss_runs"], "plot loss_runs does not fit {runs}/0001-moons: it is a picture of several runs"),
        (["--part", "relo"], "there is no part 'relo'. Did you mean 'relu'?"),
        (["1", "--kind", "activation"], "--kind activation says which part is meant by --part: give --part NAME"),
        (["1", "loss", "--list"], "--list lists all plots and draws none: leave loss away, or --list"),
        (
            ["iris", "--target", "species"],
            "--target is for a table (.csv, .xlsx, .parquet or .npy), and 'iris' is none: glassnet plot",
        ),
        (["1", "--decimal", ","], "--decimal is for a table (.csv, .xlsx, .parquet or .npy), and '1' is none"),
        (["none.csv"], "there is no file 'none.csv'"),
        (["--part", "relu", "loss"], "plot loss does not fit activation relu: it is a picture of one run"),
    ],
)
def test_what_can_not_be_drawn_is_one_line_and_exit_code_2(words: list[str], said: str, runs: Path, here: Path) -> None:
    done = plot(runs, *words, "--output", "drawn")
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("Error: ") and said.format(runs=runs) in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (here / "drawn").exists()


def test_a_guest_s_plot_is_drawn_with_ours_and_one_that_fails_costs_a_line(runs: Path, here: Path) -> None:
    plugin = here / "own.py"
    plugin.write_text(PLUGIN, encoding="utf-8")
    done = plot(runs, "1", "--output", "drawn", plugin=plugin)
    assert done.exit_code == 0, done.output
    assert {"loss.png", "rows_by_class.png"} <= files(here / "drawn") and "broken.png" not in files(here / "drawn")
    broken, unsure, late = done.stderr.splitlines()
    assert broken.startswith("plot local/broken failed: ZeroDivisionError: division by zero") and "own.py:24" in broken
    assert unsure.startswith("plot local/unsure failed: AttributeError: ") and "own.py:31" in unsure
    assert late.startswith("plot local/late failed: ZeroDivisionError: division by zero")
    alone = plot(runs, "1", "broken", "late", "loss", "--output", "named", plugin=plugin)
    assert alone.exit_code == 1 and files(here / "named") == {"loss.png"}


def test_a_folder_that_can_not_be_written_to_is_one_line(runs: Path, here: Path) -> None:
    (here / "taken").write_text("a file")
    done = plot(runs, "1", "loss", "--output", "taken")
    assert done.exit_code == 2 and "can't write to taken" in done.stderr
    assert "choose another folder with --output" in done.stderr
