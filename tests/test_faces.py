"""What is typed to be looked at: every result of the public face shows itself, is bounded, and says no address."""

from __future__ import annotations

import inspect
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassnet
from glassnet import Catalog, Experiment, GlassClassifier, GlassnetError, GlassRegressor, load, load_all, plot, run
from glassnet.comparing import DEFAULTS, Race, choose_engines

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
LONGEST, LONGEST_HTML = 6_500, 400_000
#: What no front end may be asked for: a script, or anything from elsewhere.
ACTIVE = re.compile(r"<script|https?://(?!www\.w3\.org|creativecommons|purl\.org|matplotlib\.org)")
#: Of these a prompt and a notebook show one line: bags of functions and rows, errors, and what has words alone.
LINES = (
    "Activation Block Command Dataset Diverged Engine GlassnetError GlassnetWarning Initializer Loss Metric Optimizer "
    "Plot Range Recipe Schedule Session Exercise Exhibit Lesson Verdict"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs."""
    folder = tmp_path_factory.mktemp("faces")
    for epochs in (2, 3):
        glassnet.record(run(Experiment(dataset="iris", hidden="4", epochs=epochs)), folder / "runs").finish()
    return folder


@pytest.fixture(scope="module")
def wine() -> tuple[pd.DataFrame, Any]:
    X, y = load_wine(return_X_y=True, as_frame=True)
    return X, y


@pytest.fixture(scope="module")
def fitted(wine: tuple[pd.DataFrame, Any]) -> Any:
    net = GlassClassifier((4,), optimizer="adam:lr=0.05", max_iter=5, n_iter_no_change=None, random_state=0)
    return make_pipeline(StandardScaler(), net).fit(*wine)


@pytest.fixture(scope="module")
def results(place: Path, fitted: Any, wine: tuple[pd.DataFrame, Any]) -> dict[str, Any]:
    """One of each class of the public face, and what each of its functions returns, by name."""
    from glassnet.experiment.recipes import recipe_of, session_of
    from glassnet.sweeps import Plan

    catalog = Catalog.discover()
    training = run(Experiment(dataset="iris", hidden="4", epochs=2)).finish()
    parts = {kind: catalog.parts(kind)[0] for kind in glassnet.kinds.KINDS if catalog.parts(kind)}
    bags = {type(bag).__name__: bag for bag in (part.build() for part in parts.values())}
    engine = bags["Engine"]
    recipe = recipe_of(training)
    del Plan, session_of
    regressor = GlassRegressor((), max_iter=3, n_iter_no_change=None).fit(wine[0].to_numpy()[:, :2], wine[1])
    race = Race(run(Experiment(dataset="iris", hidden="4").replace(**{**DEFAULTS, "epochs": 1})),
                choose_engines(["sklearn"], catalog), steps=2)  # fmt: skip
    for _ in race:
        pass
    made = [
        *bags.values(), catalog, training, training.model, training.network, training.network.layout[0], recipe,
        engine.begin(recipe), Experiment(dataset="iris"), load(1, place / "runs"), fitted[-1], regressor,
        glassnet.explain(fitted), glassnet.look("iris"), glassnet.summary(fitted), glassnet.trace(training, rows=2),
        glassnet.record(run(Experiment(dataset="iris", epochs=1)), place / "others"), glassnet.Range(0, 1),
        glassnet.Command(command=None), glassnet.GlassnetError("no"), glassnet.GlassnetWarning("hm"),
        glassnet.Diverged("gone"), swept(place),
        glassnet.lesson("xor").exercises[0], glassnet.Verdict(True),
    ]  # fmt: skip
    returned = {
        "rate_range": glassnet.rate_range(training, steps=20),
        "batch_trials": glassnet.batch_trials(training, [8], epochs=1),
        "check": glassnet.check("relu"),
        "load_all": load_all(place / "runs"),
        "compare": glassnet.compare(load_all(place / "runs")),
        "engines": race.result,
        "plot": plot(training),
        "epoch": training.progress.epochs[-1],
        "finding": next(iter(glassnet.explain(fitted))),
        "part": parts["optimizer"],
        "lesson": glassnet.lesson("xor"),
        "verdicts": glassnet.lesson("xor").check(why="a"),
        "choice": parts["optimizer"].choose({}),
        "guest": catalog.choose("activation", bent),
        "experiment of a function": Experiment(dataset=rows),
    }
    return {type(one).__name__: one for one in made} | returned


def bent() -> glassnet.Activation:
    """Nearly a straight line."""
    return glassnet.Activation(f=lambda z: z)


def rows() -> glassnet.Dataset:
    """Some rows."""
    return glassnet.Dataset(np.zeros((30, 2)), np.arange(30) % 2)


def swept(place: Path) -> glassnet.Sweep:
    from click.testing import CliRunner

    from glassnet.cli import main

    words = ["sweep", "xor", "--over", "l2=0,0.1", "--epochs", "1", "--sweeps", str(place / "sweeps"), "--quiet"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return glassnet.Sweep.load("last", place / "sweeps")


def test_every_class_of_the_public_face_has_been_made(results: dict[str, Any]) -> None:
    classes = {name for name in glassnet.__all__ if inspect.isclass(getattr(glassnet, name))}
    assert classes <= set(results)


def html_of(thing: Any) -> str:
    bundle = getattr(thing, "_repr_mimebundle_", None)
    if bundle is not None:
        found = bundle()
        found = found[0] if isinstance(found, tuple) else found
        return str(found.get("text/html") or found.get("image/svg+xml") or "")
    return str(thing._repr_html_())


def test_what_a_prompt_shows_is_bounded_and_says_no_address(results: dict[str, Any]) -> None:
    for name, thing in results.items():
        said = repr(thing)
        assert 0 < len(said) < LONGEST, (name, len(said))
        assert not ADDRESS.search(said), (name, said)


def test_what_a_prompt_shows_a_notebook_shows(results: dict[str, Any]) -> None:
    seen = {name: thing for name, thing in results.items() if name not in LINES.split() and name != "batch_trials"}
    assert len(seen) >= 22
    for name, thing in seen.items():
        html = html_of(thing)
        assert "<" in html and len(html) < LONGEST_HTML, (name, len(html))
        if not name.startswith("Glass"):  # of an estimator most is scikit-learn's own, with its script
            assert not ACTIVE.search(html) and not ADDRESS.search(html), name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Catalog", "<Catalog of "),
        ("Network", "<Network 4-4-3: 35 parameters, float64>"),
        ("choice", "<Choice optimizer glassnet/sgd:lr="),
        ("part", "<Part optimizer glassnet/sgd: Gradient descent"),
        ("guest", "<Choice activation given/bent>"),
        ("Experiment", "Experiment(dataset='iris')"),
        ("experiment of a function", "Experiment(dataset=rows)"),
        ("Run", "<Run "),
        ("Activation", "Activation(f="),
        ("Dataset", "Dataset(X=<ndarray (4, 2)>"),
        ("finding", "<Finding, "),
        ("compare", "accuracy (higher is better)"),
        ("load_all", "run "),
        ("rate_range", "20 rates tried, from 1e-06 to "),
    ],
)
def test_a_line_says_what_it_is(name: str, words: str, results: dict[str, Any]) -> None:
    assert repr(results[name]).startswith(words)


def test_an_experiment_reads_back_from_its_line() -> None:
    given = Experiment(dataset="moons", hidden=(8, 4), activation=("relu", "tanh"), l2=0.5, patience=3, test=0.25)
    assert eval(repr(given), {"Experiment": Experiment}) == given


def test_a_table_of_runs_says_what_a_terminal_says(place: Path) -> None:
    from click.testing import CliRunner

    from glassnet.cli import main

    runs = load_all(place / "runs")
    shown = CliRunner().invoke(main, ["runs", "--runs", str(place / "runs")]).output
    words = str(runs).split()
    assert len(runs) == 2 and len(words) > 20 and set(words) <= set(shown.split())
    assert type(runs[-1:]) is type(runs) and "<td" in runs[-1:]._repr_html_()
    assert repr(load_all(place / "nothing")).startswith("No runs")


def test_trainings_that_were_never_written_down_are_told_apart(fitted: Any) -> None:
    trainings = [run(Experiment(dataset="iris", hidden="none", epochs=n)).finish() for n in (1, 2)]
    assert glassnet.compare(trainings).names == ["1: iris", "2: iris"]
    with pytest.raises(GlassnetError, match=r"no score in common|judged by rows of different kinds"):
        glassnet.compare([trainings[0], fitted])


def test_a_long_trace_is_cut_and_says_how_all_of_it_is_seen() -> None:
    told = glassnet.trace(run(Experiment(dataset="digits8x8", hidden="50,20", epochs=0)))
    text, html = repr(told), told._repr_html_()
    assert len(text) < LONGEST and len(html) < LONGEST_HTML < len(told.to_html())
    assert "Each matrix is cut to 6 rows and columns: rows=2 follows two rows alone" in html
    assert re.search(r"W1 +\(64, 50\)", text)
    assert len(told.to_json()) > 200_000  # nothing is missing there
    small = glassnet.trace(Experiment(dataset="toy6", hidden="none"), steps=5)
    assert "Of 5 steps the first and the last are shown" in small._repr_html_() and "is cut" not in small._repr_html_()


# --- rows of one's own ------------------------------------------------------------------------------------------


def test_rows_of_ones_own_go_through_the_network_as_predict_takes_them(fitted: Any, wine: Any) -> None:
    X = wine[0]
    told = glassnet.trace(fitted, X[:2])
    step = told.steps[0]
    np.testing.assert_allclose(step["y"], fitted.predict_proba(X[:2]))
    assert step.rows == (-1, -2) and {card.stage for card in step.cards} == {"forward"}
    assert "forward alone, without answers" in repr(told) and "nan" not in told._repr_html_()
    assert next(step.matrices()).rows == ("own row 1", "own row 2")
    for row in (X.iloc[0], X.iloc[:1]):
        np.testing.assert_allclose(glassnet.trace(fitted, row).steps[0]["y"], step["y"][:1])


def test_with_their_answers_a_step_is_taken_on_them(fitted: Any, wine: Any) -> None:
    X, y = wine
    before = fitted.predict_proba(X[:2])
    told = glassnet.trace(fitted, X[:2], y=y[:2], check=True)
    expected = -np.log(before[np.arange(2), y[:2]])
    assert told.ok and told.steps[0].loss == pytest.approx(expected.mean())
    same = glassnet.trace(fitted, [0, 1])  # the first rows of the data, by number
    np.testing.assert_allclose(told.steps[0]["dW1"], same.steps[0]["dW1"])
    np.testing.assert_array_equal(fitted.predict_proba(X[:2]), before)  # nothing was learned


def test_a_row_of_a_run_is_traced_with_names_of_classes(place: Path) -> None:
    told = glassnet.trace(load(1, place / "runs"), [[5.1, 3.5, 1.4, 0.2]], y=["setosa"])
    np.testing.assert_array_equal(told.steps[0]["t"], [[1, 0, 0]])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rows": [[1.0, 2.0]]}, "X has 2 columns where 13"),
        ({"rows": [[1.0], [2.0, 3.0]]}, "not all of one length"),
        ({"rows": np.zeros((2, 13)), "y": [0]}, "2 rows and 1 answer: give y one for each"),
        ({"rows": np.zeros((1, 13)), "y": ["a"]}, "rows hold classes that training rows don't: a"),
        ({"rows": np.zeros((1, 13)), "steps": 2}, "need the answers of your rows"),
        ({"rows": 2, "y": [0]}, "y holds the answers of rows of your own"),
        ({"rows": "X"}, "rows wants how many (4), their numbers in the data set ([0, 5]), or rows themselves (X[:2])"),
        ({"rows": 2.5}, "not 2.5"),
    ],
)
def test_rows_that_can_not_be_traced_are_refused_in_words(given: dict[str, Any], words: str, fitted: Any) -> None:
    with pytest.raises(GlassnetError, match=re.escape(words)):
        glassnet.trace(fitted[-1], **given)


def test_batch_normalisation_needs_the_answers() -> None:
    training = run(Experiment(dataset="iris", hidden="4", batch_norm=True, epochs=1)).finish()
    with pytest.raises(GlassnetError, match="needs their answers"):
        glassnet.trace(training, [[5.1, 3.5, 1.4, 0.2]])


def test_dropout_leaves_rows_without_answers_whole() -> None:
    training = run(Experiment(dataset="iris", hidden="4", dropout=0.5, epochs=1)).finish()
    X = np.array([[5.1, 3.5, 1.4, 0.2]])
    np.testing.assert_allclose(glassnet.trace(training, X).steps[0]["y"], training.model.outputs(X))


# --- fits that left their rows behind -----------------------------------------------------------------------------


def test_a_fit_from_a_file_shows_what_needs_no_rows(fitted: Any) -> None:
    copy = pickle.loads(pickle.dumps(fitted))
    assert str(glassnet.summary(copy)) == str(glassnet.summary(fitted))
    for what in ("loss", "metrics"):
        drawn, wanted = ([line.get_ydata() for line in plot(one, what).axes[0].lines] for one in (copy, fitted))
        np.testing.assert_array_equal(drawn[0], wanted[0])
    gone = "the rows that this GlassClassifier was fitted to are kept neither in files nor in copies"
    for look in (glassnet.trace, glassnet.explain, glassnet.report, lambda it: plot(it, "confusion_matrix")):
        with pytest.raises(GlassnetError, match=gone):
            look(copy)


# --- what is of the wrong kind ------------------------------------------------------------------------------------

#: What else has to be given; `hookimpl` is pluggy's.
FURTHER: dict[str, dict[str, Any]] = {
    "batch_trials": {"sizes": [8]},
    "fetch": {"file": "f", "sha256": "", "urls": []},
    "save": {"path": "x.npz"},
}
WRONG = [None, 3.5, [], {}, object(), pd.DataFrame({"a": [1]}), np.zeros((2, 2)), Experiment, glassnet.Range(0, 1)]


@pytest.mark.parametrize("name", [name for name in glassnet.__all__ if inspect.isroutine(getattr(glassnet, name))])
def test_what_is_of_the_wrong_kind_is_answered_in_a_line(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    function, refused = getattr(glassnet, name), 0
    for wrong in (*WRONG, Catalog.discover(), Experiment(dataset="iris"), lambda: 3):
        try:
            function(wrong, **FURTHER.get(name, {}))
        except GlassnetError as error:
            refused += 1
            assert "\n" not in str(error) and len(str(error)) < 400 and not ADDRESS.search(str(error)), error
    assert refused >= 6


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("plot(training, 'loss', catalog=3)", "plot wants a catalog, such as Catalog.discover(), not 3"),
        ("run(Experiment(), catalog='iris')", "run wants a catalog, such as Catalog.discover(), not 'iris'"),
        ("load('last', runs=3)", "load wants the folder of runs, such as 'runs', not 3"),
        ("record(training, 3)", "record wants the folder of runs, such as 'runs', not 3"),
        ("rate_range(training, low=-1)", "rate_range wants 0 < low <= high and at least 2 steps, not -1, 10.0 and 200"),
        ("rate_range(training, low='a')", "rate_range wants numbers for low, high and steps, not 'a'"),
        ("batch_trials(training, 8)", "batch_trials wants a list of sizes, such as [8, 32, 0] (0: all rows), not 8"),
        ("trace(training, steps='a')", "trace wants a number of steps, not 'a'"),
        ("summary('4-3', choices=3)", "summary wants an Experiment for its choices, not 3"),
        ("compare([training])", "one run alone can't be compared"),
        ("Catalog.discover().choose(None, 'relu')", "a kind is a word, such as 'activation', not None"),
        ("Experiment.from_mapping(3)", "an experiment wants names with their values, {'dataset': 'iris'}, not 3"),
    ],
)
def test_other_arguments_of_the_wrong_kind_are_answered_as_well(asked: str, words: str, results: dict) -> None:
    names = {name: getattr(glassnet, name) for name in glassnet.__all__} | {"training": results["Training"]}
    with pytest.raises(GlassnetError, match=re.escape(words)):
        eval(asked, names)


def test_a_function_is_drawn_as_the_part_that_it_is() -> None:
    texts = plot(bent, "activation_slope").findobj(Text)
    assert any("bent" in text.get_text() for text in texts if isinstance(text, Text))
    with pytest.raises(GlassnetError, match="a part returns one of"):
        plot(lambda: 3, "activation_slope")


# --- the examples in docstrings -----------------------------------------------------------------------------------


def examples() -> list[str]:
    """What stands between backticks in the docstrings of the face and calls something of it."""
    found = []
    for name in glassnet.__all__:
        thing = getattr(glassnet, name)
        inside = [one for key, one in vars(thing).items() if key[0] != "_"] if inspect.isclass(thing) else []
        for doc in (inspect.getdoc(one) or "" for one in (thing, *inside)):
            found += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", doc)]
    begins = re.compile(rf"(for epoch in |print\()?({'|'.join((*glassnet.__all__, 'network'))})(\(|\.\w+\()")
    return [code for code in dict.fromkeys(found) if begins.match(code)]


def test_the_examples_in_docstrings_run(place: Path, fitted: Any, wine: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(place)
    X, y = wine
    experiment = Experiment(dataset="iris", hidden="4", epochs=1)
    names = {name: getattr(glassnet, name) for name in glassnet.__all__}
    names |= {"clf": fitted, "X": X, "y": y, "experiment": experiment, "network": run(experiment).network}
    found = sorted(examples(), key=lambda code: "load(" in code)  # what is saved comes before what opens it
    assert len(found) >= 25, found
    glassnet.save(fitted[-1], "clf.npz")
    for code in found:
        scope = names | ({"clf": fitted[-1]} if code.startswith("save(") else {})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, scope)
