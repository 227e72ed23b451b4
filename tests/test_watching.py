"""What is seen inside a network is true, and looking at it changes nothing."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from click.testing import CliRunner
from folders import same
from guests import environment
from waiting import PATIENCE, wait_until

from glassnet import Activation, Dataset, Experiment, GlassnetError, Run, Training, load, plot, record, run
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.files import read_arrays, write_arrays
from glassnet.pages import diagnose
from glassnet.watching import Watch, Watched, measure
from glassnet.watching.measuring import MEASURED_ROWS, _histogram
from glassnet.watching.watch import FEWEST_STEPS, MOST_EPOCHS, PATH_BYTES, spacing

CATALOG = Catalog.discover(guests=False)


def small(**changes: object) -> Experiment:
    return Experiment(dataset="iris", hidden=(6, 5), activation=("tanh",), epochs=3).replace(**changes)


def kept(runs: Path, watch: str | None, experiment: Experiment) -> Run:
    recording = record(run(experiment, CATALOG), runs, watch=watch)
    for _ in recording:
        pass
    return load(recording.folder, catalog=CATALOG)


def same_arrays(a: Path, b: Path) -> None:
    first, second = read_arrays(a / "watch.npz"), read_arrays(b / "watch.npz")
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


# --- it changes nothing -------------------------------------------------------------------------------------

KINDS = {
    "plain": {},
    "dropout": {"dropout": 0.3, "input_dropout": 0.1},
    "batch norm": {"batch_norm": True, "activation": ("relu",)},
    "both, weighted": {"dropout": 0.2, "batch_norm": True, "class_weight": "balanced", "optimizer": "momentum"},
    "solver": {"optimizer": "lbfgs"},
    "patience": {"patience": 1, "epochs": 30, "optimizer": "adam:lr=0.3"},
    "images": {"dataset": "digits8x8", "epochs": 2},
}


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_watching_changes_no_bit(changes: dict[str, object], tmp_path: Path) -> None:
    watched, alone = kept(tmp_path / "a", "all", small(**changes)), kept(tmp_path / "b", None, small(**changes))
    same(watched.folder, alone.folder)
    assert watched.watched is not None and alone.watched is None
    assert watched.watched.epochs[-1] == len(watched.history)


def test_looking_leaves_the_network_its_gradient_and_its_statistics_as_they_are() -> None:
    training = run(small(batch_norm=True, dropout=0.5), CATALOG)
    next(iter(training))
    network = training.network
    before = [array.copy() for array in (network.w, network.g, network.running)]
    measure(training.objective, training.data.train)
    for array, old in zip((network.w, network.g, network.running), before, strict=True):
        np.testing.assert_array_equal(array, old)
    network.g[:] = 1  # a gradient that a look had written would not be this
    measure(training.objective, training.data.train)
    assert (network.g == 1).all()


@pytest.mark.parametrize("changes", [{}, {"dropout": 0.3, "batch_norm": True}, {"optimizer": "lbfgs"}])
def test_a_resumed_run_has_seen_what_an_undisturbed_one_has(changes: dict[str, object], tmp_path: Path) -> None:
    whole = kept(tmp_path / "whole", "all", small(epochs=7, **changes))
    broken = record(run(small(epochs=7, **changes), CATALOG), tmp_path / "broken", watch="all")
    for epoch in broken:
        if epoch.number == 4:
            checkpoint = (broken.folder / "checkpoint.npz").read_bytes()
        if epoch.number == 6:
            break
    (broken.folder / "checkpoint.npz").write_bytes(checkpoint)  # as if the kill had come before two checkpoints
    for name in ("model.npz", "metrics.json"):
        (broken.folder / name).unlink()
    resumed = load(broken.folder, catalog=CATALOG).resume()
    assert resumed.watch is not None and resumed.watch.watched.epochs.tolist() == [0, 1, 2, 3, 4]
    for _ in resumed:
        pass
    same(whole.folder, resumed.folder)
    same_arrays(whole.folder, resumed.folder)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_real_kill_loses_nothing_that_was_seen(tmp_path: Path) -> None:
    words = ["train", "xor", "--hidden", "30,20", "--watch", "all", "--epochs"]
    command = [sys.executable, "-m", "glassnet", "--no-plugins", *words, "1000000", "--quiet"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL)
    folder = tmp_path / "runs" / "0001-xor"
    checkpoint = folder / "checkpoint.npz"
    wait_until(lambda: checkpoint.exists() and read_arrays(checkpoint)["counts"][0] >= 30, process)
    process.kill()
    assert process.wait(PATIENCE) == -signal.SIGKILL
    done = int(read_arrays(folder / "checkpoint.npz")["counts"][0])
    total = str(done + 25)
    runs = str(tmp_path / "runs")
    resumed = CliRunner().invoke(main, ["--no-plugins", "train", "--resume", "1", "--epochs", total, "--runs", runs])
    assert resumed.exit_code == 0, resumed.output
    again = [*words, total, "--runs", str(tmp_path / "whole"), "--quiet"]
    assert CliRunner().invoke(main, ["--no-plugins", *again]).exit_code == 0
    same_arrays(folder, tmp_path / "whole" / "0001-xor")
    same(folder, tmp_path / "whole" / "0001-xor")


# --- it is true ---------------------------------------------------------------------------------------------


def by_hand(training: Training, moved: list[np.ndarray]) -> object:
    """The mean cross-entropy of a tanh network with the scores of each layer moved, in formulas of its own."""
    network, rows = training.network, training.data.train
    x = rows.X
    for layer, move in enumerate(moved):
        z = anp.dot(x, network.view(network.w, "weight", layer)) + network.view(network.w, "bias", layer) + move
        x = anp.tanh(z)
    z = z - anp.max(z, axis=1, keepdims=True)
    logs = z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))
    return -anp.sum(rows.t * logs) / len(rows.X)


def test_norms_are_those_of_an_independent_pass_with_slopes_by_autograd() -> None:
    training = run(small(), CATALOG)
    network, rows = training.network, training.data.train
    seen = measure(training.objective, rows)
    still = [np.zeros((len(rows), width)) for width in network.widths[1:]]
    deltas = grad(lambda moved: by_hand(training, moved))(still)
    x = rows.X
    for layer, delta in enumerate(deltas):
        W = network.view(network.w, "weight", layer)
        z = x @ W + network.view(network.w, "bias", layer)
        a = np.tanh(z) if layer < 2 else np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        figures = {
            "scores": np.sqrt(np.mean(z**2)),
            "activations": np.sqrt(np.mean(a**2)),
            "means": a.mean(),
            "spreads": np.sqrt(np.mean(a.var(axis=0))),
            "slopes": len(rows) * np.sqrt(np.mean(delta**2)),
            "gradients": np.linalg.norm(x.T @ delta),
            "weights": np.linalg.norm(W),
        }
        for name, value in figures.items():
            assert getattr(seen, name)[0, layer] == pytest.approx(value, rel=1e-9), name
        counts, edges = np.histogram(a, 40)
        np.testing.assert_array_equal(seen.activation_counts[0, layer], counts)
        np.testing.assert_allclose(seen.activation_edges[0, layer], edges)
        sizes = np.log10(np.abs(x.T @ delta))
        np.testing.assert_array_equal(seen.gradient_counts[0, layer], np.histogram(sizes, seen.gradient_edges)[0])
        x = a
    assert seen.layers == ("layer 1", "layer 2", "output") and np.isnan(seen.updates).all()


def test_with_batch_normalisation_the_gradient_is_that_of_the_rows_own_mean_and_variance() -> None:
    training = run(small(batch_norm=True, dropout=0.4, l2=0.3), CATALOG)
    seen, apart, rows = (
        measure(training.objective, training.data.train),
        training.objective.apart(),
        training.data.train,
    )
    network, h = apart.network, 1e-6
    for layer in range(3):
        W = network.view(network.w, "weight", layer)
        slope = np.empty_like(W)
        for at in np.ndindex(W.shape):
            old = W[at]
            sides = []
            for W[at] in (old + h, old - h):
                sides.append(apart.value(rows.X, rows.t))  # no penalty, no dropout, statistics of these rows
            slope[at], W[at] = (sides[0] - sides[1]) / (2 * h), old
        assert seen.gradients[0, layer] == pytest.approx(np.linalg.norm(slope), rel=1e-5)


def test_updates_are_what_an_epoch_changed() -> None:
    training = run(small(), CATALOG)
    watch, network = Watch(training.objective, training.data.train, "norms"), training.network
    watch.look(0)
    before = network.w.copy()
    for epoch in training:
        watch.look(epoch.number)
        for layer in range(3):
            old, new = (network.view(w, "weight", layer) for w in (before, network.w))
            expected = np.linalg.norm(new - old) / np.linalg.norm(old)
            assert watch.watched.updates[-1, layer] == pytest.approx(expected, rel=1e-12)
        before = network.w.copy()
    assert watch.watched.epochs.tolist() == [0, 1, 2, 3] and not len(watch.watched.path)


def test_large_sets_are_measured_on_at_most_a_thousand_rows() -> None:
    training = run(small(dataset="digits8x8"), CATALOG)
    assert len(training.data.train) > MEASURED_ROWS >= measure(training.objective, training.data.train).rows > 500


def units_of(activation: object, scale: float = 1.0, silent: int = 0) -> Watched:
    """Units of one hidden layer of 6: weights scaled, `silent` of them with a bias far below 0."""
    training = run(small(hidden=(6,), activation=(activation,), initializer=("glorot_uniform",)), CATALOG)
    network = training.network
    network.w *= scale
    network.view(network.w, "bias", 0)[:silent] = -1000
    return measure(training.objective, training.data.train)


def test_dead_units_are_those_without_a_slope_on_any_row() -> None:
    assert units_of("relu", silent=2).dead[0, 0] == pytest.approx(2 / 6)
    assert units_of("leaky_relu", silent=2).dead[0, 0] == 0
    assert units_of("leaky_relu:slope=0.01", silent=2).saturated[0, 0] > 2 / 6
    assert units_of("step").dead[0, 0] == 1 == units_of("step").saturated[0, 0]


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_saturated_is_where_the_slope_is_at_most_a_twentieth_of_the_steepest(scale: float) -> None:
    training = run(small(hidden=(6,)), CATALOG)
    network, rows = training.network, training.data.train
    network.w *= scale
    z = rows.X @ network.view(network.w, "weight", 0) + network.view(network.w, "bias", 0)
    beyond = np.arctanh(np.sqrt(0.95))  # there 1 - tanh(z)^2 is 0.05
    seen = measure(training.objective, rows)
    assert seen.saturated[0, 0] == np.mean(np.abs(z) >= beyond) and (scale == 1 or seen.saturated[0, 0] > 0.3)
    assert units_of("identity", scale).saturated[0, 0] == 0


def test_an_activation_may_give_its_slope_in_any_way() -> None:
    def given_back() -> Activation:
        """As tanh, with a way back."""
        return Activation(f=np.tanh, vjp=lambda z, a, upstream: upstream * (1 - a**2))

    def derived() -> Activation:
        """As tanh, derived."""
        return Activation(f=anp.tanh)

    expected = units_of("tanh", 4.0).saturated
    assert expected[0, 0] > 0.2
    for part in (given_back, derived):
        np.testing.assert_array_equal(units_of(part, 4.0).saturated, expected)
    assert np.isnan(units_of("softmax").dead).all()  # columns mix: no unit has a slope of its own


def test_a_guest_s_slope_may_be_made_for_its_own_layer_alone() -> None:
    def swapped(z: np.ndarray) -> np.ndarray:
        return np.tanh(z.reshape(len(z), -1, 2)[:, :, ::-1].reshape(z.shape))

    def pairs() -> Activation:
        """Neighbours change places: only an even number of columns will do."""
        return Activation(f=swapped, vjp=lambda z, a, g: swapped(g) * 0 + g)

    def sixes() -> Activation:
        """Nothing but six columns and 150 rows at most."""

        def df(z: np.ndarray, a: np.ndarray) -> np.ndarray:
            if z.shape[1] != 6:
                raise RuntimeError("six, please")
            return np.ones_like(z)

        return Activation(f=np.tanh, df=df)

    for part in (pairs, sixes):
        seen = units_of(part)
        assert np.isnan(seen.dead).all() and np.isnan(seen.saturated).all()


# --- histograms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        [0.5, 0.5 + 1e-16, 0.5 + 2e-16], [1.0, 1 + 2**-52], [7.0, 7.0], [0.0, 5e-324], [-1e308, 1e308, 0.0], [1e308],
        [3.0, np.nan, np.inf], [-2.0, 0.5, 3.0],
    ],
)  # fmt: skip
def test_any_values_have_a_histogram_whose_edges_rise_and_that_counts_each_once(values: list[float]) -> None:
    array = np.array(values)
    counts, edges = _histogram(array)
    assert counts.sum() == np.isfinite(array).sum()
    assert len(edges) == len(counts) + 1 and (np.diff(edges) > 0).all() and np.isfinite(edges).all()
    inside = np.clip(array[np.isfinite(array)], -1e300, 1e300)
    assert edges[0] <= inside.min() and inside.max() <= edges[-1]


def test_thirty_layers_of_sigmoids_that_all_say_the_same_are_trained_watched_and_reported(tmp_path: Path) -> None:
    deep = Experiment(dataset="moons", hidden=(10,) * 30, activation=("sigmoid",), epochs=2)
    found = kept(tmp_path, "all", deep)
    assert found.watched is not None
    assert (found.watched.activation_counts[:, :-1].sum(axis=2) == found.watched.rows * 10).all()
    first = diagnose(found)[0]
    assert first.name == "vanishing gradient" and "underfit" in {sign.name for sign in first.shows_as}
    assert plot(found, "activation_histograms", CATALOG)


# --- ten layers: what it is for -----------------------------------------------------------------------------


def test_ten_layers_vanish_saturate_or_hold_depending_on_activation_and_initial_weights() -> None:
    def deep(activation: str, initializer: str) -> Watched:
        words = Experiment(hidden=(50,) * 10, activation=(activation,), initializer=(initializer,), epochs=1)
        training = run(words, CATALOG)
        return measure(training.objective, training.data.train)

    vanishing = deep("sigmoid", "glorot_uniform")
    assert vanishing.slopes[0, 0] < 1e-5 * vanishing.slopes[0, -1]
    assert vanishing.spreads[0, 9] < 1e-3 * vanishing.spreads[0, 0]
    exploding = deep("tanh", "standard_normal")
    assert exploding.slopes[0, 0] > 20 * exploding.slopes[0, -1] and exploding.saturated[0].min() > 0.5
    steady = deep("relu", "he_normal")
    assert 0.1 < steady.slopes[0, 0] / steady.slopes[0, -1] < 10
    assert 0.1 < steady.spreads[0, 9] / steady.spreads[0, 0] < 10


# --- how much is kept ---------------------------------------------------------------------------------------


def test_long_trainings_keep_no_more_than_they_promise(tmp_path: Path) -> None:
    seen = kept(tmp_path, "all", Experiment(dataset="xor", hidden=(3,), epochs=450)).watched
    assert seen is not None
    assert seen.epochs.tolist() == list(range(0, 451, 4)) and len(seen.epochs) <= MOST_EPOCHS + 1
    assert seen.histogram_epochs.tolist() == [0, 1, 2, 5, 10, 20, 50, 100, 200]
    assert seen.path_epochs.tolist() == list(range(0, 451, 32)) and seen.path.dtype == np.float32
    assert len(seen.gradients) == len(seen.dead) == len(seen.epochs) and len(seen.path) == len(seen.path_epochs)


@pytest.mark.parametrize("most", [1, 4, 20, 200])
def test_what_is_due_is_never_more_than_the_most_and_never_missed(most: int) -> None:
    for number in range(1, 3000, 7):
        every = spacing(number, most)
        assert number // every <= most and (every == 1 or number // (every // 2) > most)


def test_the_path_shrinks_with_the_network_and_is_refused_where_nothing_is_left(tmp_path: Path) -> None:
    def wide(width: int) -> Training:
        return run(Experiment(dataset="digits8x8", hidden=(width, width), epochs=1), CATALOG)

    training = wide(300)  # 112,510 weights: 4 MiB hold nine of them
    watch = Watch(training.objective, training.data.train, "path")
    for number in range(40):
        watch.look(number)
    assert watch.watched.path.nbytes <= PATH_BYTES and len(watch.watched.path) > FEWEST_STEPS
    training = wide(500)
    with pytest.raises(GlassnetError, match=r"--watch path: the path of 288,010 weights is too long to keep \(at most"):
        Watch(training.objective, training.data.train, "path")
    watch = Watch(training.objective, training.data.train, "all")
    assert watch.remarks and watch.watched.what == ("norms", "units", "histograms")


def test_only_what_was_asked_for_is_kept(tmp_path: Path) -> None:
    seen = kept(tmp_path, "units,path", small()).watched
    assert seen is not None and seen.what == ("units", "path")
    assert len(seen.dead) == len(seen.epochs) == 4 and not len(seen.gradients) and not len(seen.activation_counts)
    assert seen.layers == ("layer 1", "layer 2", "output")


# --- words and files ----------------------------------------------------------------------------------------


def test_unknown_words_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        GlassnetError, match=r"nothing is called 'norm'\. Did you mean 'norms'\? Possible: norms, units"
    ):
        record(run(small(), CATALOG), tmp_path / "runs", watch="norm")
    assert not (tmp_path / "runs").exists()


def test_the_command_says_what_it_watches_and_resume_goes_on_with_it(tmp_path: Path) -> None:
    words = ["--no-plugins", "train", "iris", "--epochs", "2", "--watch", "norms,units", "--runs", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0 and "watching   norms, units; on 108 training rows" in done.output
    resume = ["--no-plugins", "train", "--resume", "1", "--epochs", "4", "--runs", str(tmp_path)]
    refused = CliRunner().invoke(main, [*resume, "--watch", "all"])
    assert refused.exit_code == 2 and "only --epochs may change, not --watch" in refused.output
    assert CliRunner().invoke(main, resume).exit_code == 0
    seen = load("last", tmp_path).watched
    assert seen is not None and seen.epochs.tolist() == [0, 1, 2, 3, 4]


def test_a_damaged_file_is_said_in_one_line(tmp_path: Path) -> None:
    folder = kept(tmp_path, "norms", small()).folder
    arrays = read_arrays(folder / "watch.npz")
    for change in ({"gradients": arrays["gradients"][:1]}, {"rows": np.zeros(2)}, {"what": np.zeros(0)}):
        write_arrays(folder / "watch.npz", arrays | change)
        with pytest.raises(GlassnetError, match=r"watch\.npz is damaged: "):
            _ = load(folder, catalog=CATALOG).watched
    write_arrays(folder / "watch.npz", {name: array for name, array in arrays.items() if name != "slopes"})
    with pytest.raises(GlassnetError, match="slopes"):
        _ = load(folder, catalog=CATALOG).watched


def test_a_run_that_was_not_watched_can_still_be_measured_at_its_end(tmp_path: Path) -> None:
    watched = kept(tmp_path, "all", small())
    shutil.copytree(watched.folder, tmp_path / "0002-copy")
    (tmp_path / "0002-copy" / "watch.npz").unlink()
    alone = load(2, tmp_path, CATALOG)
    assert alone.watched is None and alone.measured.epochs.tolist() == [3]
    assert watched.watched is not None
    np.testing.assert_array_equal(alone.measured.gradients[0], watched.watched.gradients[-1])
    np.testing.assert_array_equal(alone.measured.dead[0], watched.watched.dead[-1])


def test_scores_that_are_not_finite_are_measured_without_a_crash() -> None:
    def far() -> Dataset:
        """Rows far away."""
        return Dataset(np.full((30, 2), 1e300), np.arange(30.0), task="regression")

    training = run(small(dataset=far, activation=("relu",), scale="none"), CATALOG)
    training.network.w[:] = 1e10
    seen = measure(training.objective, training.data.train)
    assert not np.isfinite(seen.scores).all() and np.isfinite(seen.activation_edges).all()
