"""Side by side: libraries on one experiment, runs of one question, and what `glassnet compare` says of both."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from glassnet import Diverged, Engine, Experiment, GlassnetError, Recipe, Session, Training, load, record, run
from glassnet.builtin.engines import sklearn
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.comparing import DEFAULTS, EngineComparison, Race, choose_engines, compare_runs
from glassnet.comparing.runs import unpaired
from glassnet.engines import farthest
from glassnet.experiment.recipes import weights_of
from glassnet.experiment.results import wilson
from glassnet.runs import looks

CATALOG = Catalog.discover(guests=False)
EPOCHS = 3


def glassnet(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def iris(**changes: Any) -> Training:
    usual = {**DEFAULTS, "dataset": "iris", "hidden": (8,), "epochs": EPOCHS, "batch_size": 16}
    return run(Experiment(**{**usual, **changes}), CATALOG)


def raced(training: Training, engines: Mapping[str, Engine] | None = None, **options: Any) -> EngineComparison:
    race = Race(training, engines or {"sklearn": sklearn()}, **options)
    assert len(list(race)) == len(race)  # a word for each piece of work, as the bar counts them
    return race.result


def told(change: Any) -> Engine:
    """scikit-learn's engine, which is told another recipe."""
    return replace(sklearn(), begin=lambda recipe: sklearn().begin(change(recipe)))


# --- libraries ----------------------------------------------------------------------------------------------


def test_the_same_start_and_batches_give_the_same_numbers() -> None:
    result = raced(iris())
    (side,) = result.others
    assert side.agrees and side.largest < 1e-10 and side.end < 1e-10 and result.agrees
    assert len(side.loss) == len(side.weights) == 30 == result.steps
    assert len(side.seconds) == len(result.own.seconds) == EPOCHS
    assert dict(side.scores) == dict(result.own.scores) and list(side.scores) == ["accuracy"]
    assert result.ratio(result.own) == 1 and result.ratio(side) > 0


def test_glassnets_side_is_its_own_training_batch_for_batch() -> None:
    """The rows come in the order of `train`: after all epochs, the weights are those of an ordinary run."""
    seen: list[list[dict[str, np.ndarray]]] = []

    def begin(recipe: Recipe) -> Session:
        session = sklearn().begin(recipe)
        seen.append(session.weights())
        return session

    real, compared = iris(), iris()
    start = weights_of(compared.network)
    for _ in real:
        pass
    raced(compared, {"sklearn": replace(sklearn(), begin=begin)})
    assert np.array_equal(real.network.w, compared.network.w)
    assert len(seen) == 3 and all(farthest(start, weights) == 0 for weights in seen)


@pytest.mark.parametrize("batch_size", ["full", 1000, 7])
def test_any_batch_size_is_followed(batch_size: Any) -> None:
    real, compared = iris(batch_size=batch_size), iris(batch_size=batch_size)
    result = raced(compared, steps=3)
    for _ in real:
        pass
    assert result.agrees and np.array_equal(real.network.w, compared.network.w)


def test_an_engine_that_computes_something_else_is_over_its_limit() -> None:
    result = raced(iris(l2=0.1), {"off": told(lambda recipe: replace(recipe, l2=0.0))})
    (side,) = result.others
    assert side.agrees is False and not result.agrees and side.largest > 1e-4
    assert side.weights[side.farthest_step - 1] == max(side.weights)
    assert raced(iris(l2=0.1), {"off": told(lambda recipe: replace(recipe, l2=0.0))}, limit=1.0).agrees


def test_a_number_that_is_none_is_no_agreement() -> None:
    def lost(recipe: Recipe) -> Session:
        session = sklearn().begin(recipe)
        return replace(session, train=lambda X, t, size: session.train(X, t, size) + float("nan"))

    assert not raced(iris(), {"lost": replace(sklearn(), begin=lost)}).agrees


def test_in_float32_nothing_is_judged_unless_a_limit_is_given() -> None:
    result = raced(iris(dtype="float32"))
    assert result.others[0].agrees is None and result.agrees and 0 < result.others[0].largest < 1e-3
    assert result.remarks == ("in float32 differences are rounding that grows: shown, not judged",)
    assert raced(iris(dtype="float32"), limit=1e-30).agrees is False


def test_an_engine_that_can_not_follow_is_an_error_if_named_and_left_out_if_not() -> None:
    never = {"sklearn": sklearn()}
    with pytest.raises(GlassnetError, match="engine sklearn can't follow this experiment: scikit-learn has no activ"):
        Race(iris(activation="gelu"), never)
    with pytest.raises(GlassnetError, match="no engine can follow this experiment; left out: engine sklearn can't"):
        Race(iris(activation="gelu"), never, named=False)
    follows = told(lambda recipe: replace(recipe, activations=(("glassnet/tanh", {}),)))
    result = raced(iris(activation="gelu"), {"sklearn": sklearn(), "follows": follows}, named=False)
    assert [side.name for side in result.others] == ["follows"]
    assert result.remarks[0].startswith("left out: engine sklearn can't follow this experiment: scikit-learn has no a")


def test_what_a_library_raises_is_told_with_its_name() -> None:
    def absent(recipe: Recipe) -> Session:
        raise ImportError("no such library")

    def stumbles(recipe: Recipe) -> Session:
        def train(X: Any, t: Any, size: int) -> float:
            raise RuntimeError("out of luck")

        return replace(sklearn().begin(recipe), train=train)

    with pytest.raises(GlassnetError, match="engine absent does not start: ImportError: no such library"):
        Race(iris(), {"absent": replace(sklearn(), begin=absent)})
    with pytest.raises(GlassnetError, match="engine stumbles stopped at step 1: RuntimeError: out of luck"):
        raced(iris(), {"stumbles": replace(sklearn(), begin=stumbles)})


def test_a_training_that_diverges_has_nothing_to_compare() -> None:
    wild = {"dataset": "diabetes", "optimizer": "sgd:lr=1e30", "activation": "identity", "l2": 0.0}
    quiet = told(lambda recipe: replace(recipe, optimizer=("glassnet/sgd", {"lr": 1e-3})))
    with pytest.raises(Diverged, match=r"diverged by step \d+, so there is nothing to compare: try a smaller rate"):
        raced(iris(**wild), {"quiet": quiet})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dropout": 0.5}, "--dropout can't be compared between libraries (each library draws its own masks)"),
        ({"input_dropout": 0.5}, "--input-dropout can't be compared"),
        ({"patience": 3}, "--patience can't be compared between libraries (every library trains all epochs)"),
        ({"class_weight": "balanced"}, "--class-weight can't be compared"),
        (
            {"optimizer": "lbfgs", "batch_size": None},
            "lbfgs looks at all rows at once and each library searches in its own way",
        ),
    ],
)
def test_what_no_two_libraries_do_alike_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(GlassnetError) as error:
        Race(iris(**changes), {"sklearn": sklearn()})
    assert words in str(error.value)


def test_a_lone_last_row_is_left_out_for_everybody_where_it_has_no_statistics() -> None:
    """107 rows in batches of 2 leave one; batch statistics of one row are none."""
    sizes: list[int] = []

    def plain(recipe: Recipe) -> Session:
        session = sklearn().begin(replace(recipe, batch_norm=False))

        def train(X: Any, t: Any, size: int) -> float:
            sizes.extend([len(X) % size or size])
            return session.train(X, t, size)

        return replace(session, train=train)

    training = iris(batch_norm=True, batch_size=2, test=0.201, validation=0.1)
    assert len(training.data.train) % 2 == 1
    race = Race(training, {"plain": replace(sklearn(), begin=plain)}, limit=1e9, steps=60)
    for _ in race:
        pass
    assert 1 not in sizes and len(sizes) == 60 + EPOCHS
    assert "biases before batch normalisation have no slope but rounding" in race.result.remarks[0]


def test_engines_are_found_by_name_and_a_missing_package_is_named() -> None:
    assert list(choose_engines(["glassnet", "sklearn", "sklearn"], CATALOG)) == ["sklearn"]
    assert list(choose_engines([], CATALOG)) == ["sklearn"]
    with pytest.raises(GlassnetError) as error:
        choose_engines(["torch"], CATALOG)
    assert str(error.value).startswith(
        "the engine torch comes with the plugin glassnet-torch, which is not here: pip install glassnet-torch. "
        "Engines here: glassnet, sklearn."
    )
    with pytest.raises(GlassnetError, match=r"there is no engine 'sklern'\. Did you mean 'sklearn'"):
        choose_engines(["sklern"], CATALOG)
    with pytest.raises(GlassnetError, match="glassnet is compared with others: name one more"):
        choose_engines(["glassnet"], CATALOG)


def test_the_farthest_weight_is_found_wherever_it_is() -> None:
    one = [{"W": np.zeros((2, 2)), "b": np.zeros(2)}, {"W": np.zeros((2, 1)), "b": np.zeros(1)}]
    other = [{name: array.copy() for name, array in layer.items()} for layer in one]
    other[1]["b"][0] = -0.25
    assert farthest(one, one) == 0 and farthest(one, other) == 0.25
    other[0]["W"] = np.zeros((2, 3))
    assert farthest(one, other) == float("inf")
    other[0].pop("W")
    assert farthest(one, other) == float("inf")
    assert np.isnan(farthest(one, [{"W": np.full((2, 2), np.nan), "b": np.zeros(2)}, one[1]]))


# --- the command, for libraries -----------------------------------------------------------------------------

IRIS = ("compare", "iris", "--hidden", "8", "--epochs", "2", "--engines", "glassnet,sklearn")


def test_the_table_has_a_line_a_library_and_says_what_was_chosen() -> None:
    done = glassnet(*IRIS)
    assert done.exit_code == 0, done.output
    assert "epsilon_place=uncorrected" in done.output and "float64" in done.output and "2 epochs" in done.output
    lines = done.output.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith("engine"))
    heading, _, own, other = (line.split() for line in lines[at : at + 4])
    assert " ".join(heading) == "engine version loss weights step limit accuracy ms/epoch ratio"
    assert own[0] == "glassnet" and own[-1] == "1" and other[0] == "sklearn" and "1e-10 ok" in " ".join(other)
    assert "alpha = l2 * rows of the batch" in done.output


def test_json_holds_every_step() -> None:
    done = glassnet(*IRIS, "--json", "--steps", "5")
    found = json.loads(done.output)
    own, other = found["engines"]
    assert own["engine"] == "glassnet" and other["engine"] == "sklearn" and found["agrees"] is True
    assert len(other["steps"]["loss"]) == len(other["steps"]["weights"]) == 5 == found["steps"]
    assert found["experiment"]["epochs"] == 2 and other["largest"]["weights"] < other["limit"] == 1e-10
    assert other["scores"] == own["scores"] and len(other["seconds"]) == 2


OFF = """
    from dataclasses import replace
    from glassnet import Engine, hookimpl
    from glassnet.builtin.engines import sklearn

    def off():
        '''scikit-learn without the penalty.

        l2 = 0
        '''
        bag = sklearn()
        return replace(bag, begin=lambda recipe: bag.begin(replace(recipe, l2=0.0)))

    @hookimpl
    def engines():
        return [off]
"""


def test_a_library_that_is_farther_off_than_its_limit_ends_in_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "off.py"
    file.write_text(dedent(OFF), encoding="utf-8")
    words = ("--plugin", str(file), "compare", "iris", "--epochs", "1", "--l2", "0.1", "--engines", "sklearn,off")
    done = glassnet(*words)
    assert done.exit_code == 1 and "1e-10 OVER" in done.output
    assert "is above its limit, 1e-10" in done.output and "off            DIFFERS: " in done.output
    assert glassnet(*words, "--limit", "10").exit_code == 0
    assert json.loads(glassnet(*words, "--json").output)["agrees"] is False


def test_choices_come_from_a_file_and_from_settings_as_in_train(tmp_path: Path) -> None:
    file = tmp_path / "choices.toml"
    file.write_text('dataset = "diabetes"\nhidden = [4]\nepochs = 1\n', encoding="utf-8")
    words = ("compare", "iris", "--config", str(file), "--set", "optimizer.lr=0.5", "--engines", "sklearn", "--json")
    found = json.loads(glassnet(*words).output)["experiment"]
    assert (found["dataset"], found["hidden"], found["epochs"], found["dtype"]) == ("glassnet/iris", [4], 1, "float64")
    assert "lr=0.5" in found["optimizer"] and "uncorrected" in found["optimizer"]


def test_the_dataset_may_be_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "choices.toml"
    file.write_text('dataset = "iris"\nhidden = [4]\nepochs = 1\n', encoding="utf-8")
    found = json.loads(glassnet("compare", "--config", str(file), "--engines", "sklearn", "--json").output)
    assert found["experiment"]["dataset"] == "glassnet/iris"
    file.write_text("epochs = 1\n", encoding="utf-8")
    assert "name a dataset or at least two runs" in glassnet("compare", "--config", str(file)).output


def test_a_set_too_small_to_split_is_judged_by_all_its_rows() -> None:
    done = glassnet("compare", "xor", "--engines", "sklearn", "--epochs", "1", "--hidden", "4")
    assert done.exit_code == 0 and "of all rows, after 1 epoch from the same weights" in done.output
    assert "test rows" not in done.output[done.output.index("engine ") :]
    words = ("iris", "--engines", "sklearn", "--epochs", "1", "--test", "0")
    assert "of the training rows, after 1 epoch" in glassnet("compare", *words).output


@pytest.mark.parametrize("rate", ["1e9", "1e300"])
def test_a_rate_far_too_large_is_our_divergence_and_no_warning(rate: str) -> None:
    done = glassnet("compare", "iris", "--engines", "sklearn", "--optimizer", f"sgd:lr={rate}", "--epochs", "3")
    assert done.exit_code == 1 and "there is nothing to compare: try a smaller rate" in done.output
    assert "Warning" not in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a dataset or at least two runs: glassnet compare digits8x8, glassnet compare 1 2"),
        (("iris", "--png", "x.png"), "--png draws the curves of runs"),
        (("iris", "--engines", "torch"), "pip install glassnet-torch"),
        (("irs",), "there is no dataset 'irs'. Did you mean 'iris'?"),
        (("iris", "--steps", "0"), "0 is not in the range x>=1"),
        (("last",), "no run 'last'"),
        (("iris", "--engines", "sklearn", "--epochs", "0"), "--epochs 0 leaves no epoch to take the time of: give at"),
        (("iris", "--limit", "nan"), "--limit is the largest difference that passes, a number from 0 on, not nan"),
        (("iris", "--limit", "-1"), "--limit is the largest difference that passes, a number from 0 on, not -1"),
        (("iris", "--engines", ","), "--engines names no library: --engines glassnet,sklearn, or leave it away"),
    ],
)
def test_bad_words_are_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = glassnet("compare", *words, "--runs", str(tmp_path / "none"))
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output


# --- runs ---------------------------------------------------------------------------------------------------

TRAINED: dict[str, dict[str, Any]] = {
    "short": {"epochs": 2},
    "longer": {"epochs": 15, "hidden": (12,), "optimizer": "adam:lr=0.02"},
    "elsewhere": {"epochs": 5, "split_seed": 4},
    "numbers": {"dataset": "diabetes", "epochs": 2},
    "more_numbers": {"dataset": "diabetes", "epochs": 15},
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs, numbered in the order above."""
    folder = tmp_path_factory.mktemp("runs")
    for changes in TRAINED.values():
        experiment = Experiment(**{"dataset": "breast_cancer", "hidden": (8,), "optimizer": "sgd:lr=0.01", **changes})
        for _ in record(run(experiment, CATALOG), folder):
            pass
    return folder


def opened(kept: Path, *names: str) -> Any:
    return [load(list(TRAINED).index(name) + 1, kept, CATALOG) for name in names]


def test_shared_rows_are_judged_in_pairs(kept: Path) -> None:
    """Against the normal approximation of paired differences: mean and spread of who is right on which row."""
    short, longer = opened(kept, "short", "longer")
    result = compare_runs([short, longer], rows="test")
    (none, apart) = result.differences["accuracy"]
    right = [(prediction == target).astype(float) for prediction, target in (one.answers() for one in (short, longer))]
    by_row = right[1] - right[0]
    half = 1.96 * by_row.std() / np.sqrt(len(by_row))
    assert none is None and apart is not None and apart.paired and result.same_rows == (True, True)
    assert apart.value == pytest.approx(by_row.mean()) and apart.value > 0
    assert apart.low == pytest.approx(by_row.mean() - half, abs=0.25 * half)
    assert apart.high == pytest.approx(by_row.mean() + half, abs=0.25 * half)
    assert apart.exceeds == (apart.low > 0)
    assert result.scores["accuracy"] == tuple(run.result["metrics"]["test"]["accuracy"] for run in (short, longer))


def test_pairs_have_a_narrower_interval_than_two_scores_apart(kept: Path) -> None:
    """The reason for it: luck with the rows is shared, and falls out of the difference."""
    first, second = opened(kept, "numbers", "more_numbers")
    result = compare_runs([first, second], "root_mean_squared_error")
    (one, other) = result.intervals["root_mean_squared_error"]
    apart = result.differences["root_mean_squared_error"][1]
    assert list(result.scores) == ["root_mean_squared_error"] and result.better["root_mean_squared_error"] == "lower"
    assert apart is not None and apart.high - apart.low < 0.8 * np.hypot(one[1] - one[0], other[1] - other[0])


def test_other_rows_are_judged_by_their_intervals_alone(kept: Path) -> None:
    short, elsewhere = opened(kept, "short", "elsewhere")
    result = compare_runs([short, elsewhere])
    apart = result.differences["accuracy"][1]
    assert result.same_rows == (True, False) and apart is not None and not apart.paired


def test_the_interval_of_two_independent_shares_is_the_published_one() -> None:
    """Newcombe (1998), Statistics in Medicine 17, page 876: 56 of 70 less 48 of 80 is 0.2000, 0.0524 to 0.3339."""
    one, other = (48 / 80, wilson(48 / 80, 80)), (56 / 70, wilson(56 / 70, 70))
    apart = unpaired(one, other)
    assert (round(apart.value, 4), round(apart.low, 4), round(apart.high, 4)) == (0.2, 0.0524, 0.3339)
    assert apart.exceeds and not unpaired(one, (0.65, wilson(0.65, 80))).exceeds


def test_a_run_is_no_different_from_itself(kept: Path) -> None:
    short = opened(kept, "short")[0]
    again = load(short.folder, kept, CATALOG)
    apart = compare_runs([short, again]).differences["accuracy"][1]
    assert apart is not None and (apart.value, apart.low, apart.high, apart.exceeds) == (0, 0, 0, False)


def test_the_settings_that_differ_are_named(kept: Path) -> None:
    settings = compare_runs(opened(kept, "short", "longer")).settings
    assert set(settings) == {"epochs", "hidden", "optimizer"}
    assert settings["epochs"] == (2, 15) and tuple(map(list, settings["hidden"])) == ([8], [12])


def compare(kept: Path, *words: str) -> Result:
    return glassnet("compare", *words, "--runs", str(kept))


def test_the_command_shows_scores_differences_and_settings(kept: Path) -> None:
    done = compare(kept, "1", "2", "3")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "accuracy (higher is better)"
    assert " ".join(lines[1].split()) == "run score 95 % difference 95 % clear"
    assert lines[3].startswith("0001-breast_cancer") and lines[4].startswith("0002-breast_cancer")
    assert "better" in lines[4] and "difference  from 0001-breast_cancer; clear: its 95 %" in done.output
    assert "rows that they share (paired bootstrap)" in done.output
    assert "0003-breast_cancer: on other rows, only the intervals are compared" in done.output
    assert "their data differ" not in done.output
    table = done.output[done.output.index("where they differ") :]
    assert [line.split() for line in table.splitlines() if line.startswith("epochs")] == [["epochs", "2", "15", "5"]]


def test_a_score_of_training_rows_is_never_set_against_one_of_test_rows(kept: Path) -> None:
    folder = kept.parent / "untested"
    base = opened(kept, "short")[0].experiment
    for words in base.replace(test=0.0, validation=0.0), base.replace(test=0.0, validation=0.0, epochs=4):
        for _ in record(run(words, CATALOG), folder):
            pass
    one, other = (str(path) for path in sorted(folder.iterdir()))
    done = compare(kept, "2", one)
    assert done.exit_code == 2
    assert (
        "different kinds (0002-breast_cancer by its test rows, 0001-breast_cancer by its training rows), and a network "
        "does better on rows that it has learned from: train them again with the same --test" in done.output
    )
    alike = compare(kept, one, other)
    assert alike.exit_code == 0 and "training rows that they share (paired bootstrap)" in alike.output


def test_comparing_is_choosing_and_looks_at_validation_rows(kept: Path) -> None:
    short, longer = opened(kept, "short", "longer")
    held, tested = compare_runs([short, longer]), compare_runs([short, longer], rows="test")
    for result, split in ((held, "validation"), (tested, "test")):
        assert result.judged == split
        for name, scores in result.scores.items():
            assert scores == tuple(run.result["metrics"][split][name] for run in (short, longer))
            assert result.intervals[name] == tuple(
                tuple(run.result["intervals"][split][name]) for run in (short, longer)
            )
    said = compare(kept, "1", "2").output
    assert "validation rows that they share" in said and "test rows are for the one that you choose" in said
    asked = compare(kept, "1", "2", "--rows", "test").output
    assert "test rows that they share" in asked and "each choice by test rows makes them worth less" in asked
    assert "--rows says by which rows runs are judged" in compare(kept, "iris", "--rows", "test").output


def test_a_run_of_before_gets_its_interval_of_validation_rows_when_it_is_asked_for(kept: Path, tmp_path: Path) -> None:
    for name in ("0001-breast_cancer", "0002-breast_cancer"):
        shutil.copytree(kept / name, tmp_path / name)
        path = tmp_path / name / "metrics.json"
        figures = json.loads(path.read_text(encoding="utf-8"))
        wanted = figures["intervals"].pop("validation")["accuracy"]
        path.write_text(json.dumps(figures), encoding="utf-8")
    result = compare_runs([load(1, tmp_path, CATALOG), load(2, tmp_path, CATALOG)], "accuracy")
    assert list(result.intervals["accuracy"][1]) == pytest.approx(wanted)


def test_each_run_on_the_same_test_rows_is_one_look_more(kept: Path) -> None:
    counts = {name: looks(opened(kept, name)[0]) for name in TRAINED}
    same = [name for name, words in TRAINED.items() if "dataset" not in words and "split_seed" not in words]
    assert all(counts[name] == len(same) for name in same) and counts["elsewhere"] == 1
    assert counts["numbers"] == counts["more_numbers"] == 2


def test_runs_of_a_set_too_small_to_split_are_judged_by_all_rows(tmp_path: Path) -> None:
    for seed in (0, 1):
        for _ in record(run(Experiment(dataset="xor", hidden=(4,), epochs=2, seed=seed), CATALOG), tmp_path):
            pass
    done = compare(tmp_path, "1", "2")
    assert done.exit_code == 0 and "on all 4 rows that they share (paired bootstrap)" in done.output
    assert "test" not in done.output.partition("difference  from")[2].partition("where they")[0]
    assert {one["judged"] for one in json.loads(compare(tmp_path, "1", "2", "--json").output)["runs"]} == {"all"}


def test_a_worse_run_is_called_worse_where_lower_is_better(kept: Path) -> None:
    done = compare(kept, "5", "4", "--metric", "root_mean_squared_error")
    assert done.exit_code == 0 and done.output.strip().startswith("root_mean_squared_error (lower is better)")
    row = next(line for line in done.output.splitlines() if line.strip().startswith("0004-diabetes"))
    assert "+" in row and row.rstrip().endswith("worse")


def test_json_of_runs(kept: Path) -> None:
    found = json.loads(compare(kept, "1", "2", "--json").output)
    first, second = found["runs"]
    assert first["differences"] == {"accuracy": None}
    assert set(second["differences"]["accuracy"]) == {"value", "low", "high", "paired", "clear"}
    assert second["same_rows"] is True and found["settings"]["epochs"] == [2, 15]


def test_the_curves_are_one_picture(kept: Path, tmp_path: Path) -> None:
    from matplotlib.image import imread

    png = tmp_path / "curves.png"
    done = compare(kept, "1", "2", "--png", str(png))
    assert done.exit_code == 0 and f"Saved {png}" in done.output
    picture = imread(png)
    assert min(picture.shape[:2]) > 300 and picture[..., :3].std() > 0.05
    lost = compare(kept, "1", "4", "--json", "--png", str(tmp_path / "none" / "x.png"))
    assert lost.exit_code == 2 and not (tmp_path / "none").exists()


@pytest.fixture
def broken(kept: Path, tmp_path: Path) -> Iterator[Path]:
    """The runs again, one of them unfinished and one diverged."""
    shutil.copytree(kept, tmp_path / "runs")
    (tmp_path / "runs" / "0001-breast_cancer" / "metrics.json").unlink()
    path = tmp_path / "runs" / "0003-breast_cancer" / "metrics.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "stopped": "diverged: at once"}), encoding="utf-8")
    yield tmp_path / "runs"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2",), "one run alone can't be compared: name at least two, such as 1 2, or 3 last"),
        (("2", "2"), "2, 2: the same run twice, which has nothing to be compared with"),
        (("2", "0002-breast_cancer"), "the same run twice"),
        (("2", "9"), "no run '9': name its folder, its number, or last"),
        (("0002-breast_cance",), "no run '0002-breast_cance'. Did you mean '0002-breast_cancer'? Name its folder"),
        (("0009-iris",), "no run '0009-iris': name its folder, its number, or last"),
        (("iris", "2"), "iris is a dataset: compare takes one dataset, or two and more runs"),
        (("2", "4"), "no score in common (0002-breast_cancer is binary, 0004-diabetes is regression)"),
        (
            ("1", "2"),
            "0001-breast_cancer has no final figures: finish it with glassnet train --resume, or leave it out",
        ),
        (("2", "3"), "0003-breast_cancer diverged: finish it with"),
        (("4", "5", "--metric", "accuracy"), "not every run has the metric 'accuracy'; they share: r2, root_mean"),
        (("4", "5", "--metric", "r2", "--metric", "mean_absolute_error"), "--metric picks one score: give it once"),
        (("4", "5", "--epochs", "3", "--hidden", "4"), "--epochs, --hidden can't be given with runs"),
        (("4", "5", "--engines", "sklearn", "--limit", "1"), "--engines, --limit can't be given with runs"),
    ],
)
def test_runs_that_can_not_be_compared_are_one_line(words: tuple[str, ...], said: str, broken: Path) -> None:
    done = compare(broken, *words)
    assert done.exit_code == 2 and said in " ".join(done.output.split()), done.output


def test_different_data_are_said(kept: Path) -> None:
    table = opened(kept, "short")[0].experiment.replace(dataset="iris", task=None, hidden=(4,), loss=None, output=None)
    folder = kept.parent / "others"
    for _ in record(run(table, CATALOG), folder):
        pass
    done = compare(kept, "1", str(next(folder.iterdir())))
    assert done.exit_code == 0 and "their data differ" in done.output
