"""A part of somebody else that fails in use costs one line with its place, at every door, and the run stays."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from guests import glassnet

from glassnet import (
    Activation,
    Catalog,
    Experiment,
    GlassClassifier,
    GlassnetError,
    GlassRegressor,
    Initializer,
    Loss,
    Metric,
    Optimizer,
    Schedule,
    load,
    record,
    run,
)  # fmt: skip
from glassnet.catalog.calling import _FORMS, WATCHED
from glassnet.errors import PartFailed
from glassnet.kinds import KINDS

FILE = """
import numpy as np
from glassnet import Activation, Initializer, Loss, Metric, Optimizer, Schedule, hookimpl

def broken_f():
    return Activation(f=lambda z: nope(z), df=lambda z, a: z)

def broken_df():
    def df(z, a):
        return z @ z
    return Activation(f=abs, df=df)

def broken_loss():
    def value(y, t):
        return [][3]
    return Loss(value=value, grad=lambda y, t: y - t, output="softmax", task="multiclass")

def broken_update():
    def update(w, g, state, step):
        if step > 9:
            raise KeyError("velocity")
        return 0.1 * g, state
    return Optimizer(init=lambda w: {}, update=update)

def broken_solver():
    def minimize(objective, w, max_iter):
        yield w
        raise RuntimeError("gave up")
    return Optimizer(minimize=minimize)

def broken_exit():
    import sys
    return Schedule(factor=lambda step, total, epochs: sys.exit(0))

def broken_weights():
    return Initializer(weights=lambda i, o, rng: rng.nothing(), biases=lambda i, o, rng: np.zeros(o))

def broken_metric():
    def value(prediction, target, weight):
        return prediction.no_such
    return Metric(value=value, better="higher")

def half_optimizer():
    return Optimizer(init=lambda w: {})

def no_function():
    return Activation(f=3)

@hookimpl
def activations(): return [broken_f, broken_df, no_function]
@hookimpl
def losses(): return [broken_loss]
@hookimpl
def optimizers(): return [broken_update, broken_solver, half_optimizer]
@hookimpl
def schedules(): return [broken_exit]
@hookimpl
def initializers(): return [broken_weights]
@hookimpl
def metrics(): return [broken_metric]
"""
# field of an experiment, name -> what the line begins with, and the line of the file
BROKEN = {
    "activation broken_f": ("f of activation local/broken_f failed: NameError: name 'nope' is not defined", 6),
    "activation broken_df": ("df of activation local/broken_df failed: ValueError: matmul", 10),
    "loss broken_loss": ("value of loss local/broken_loss failed: IndexError: list index out of range, in value()", 15),
    "optimizer broken_update": (
        "update of optimizer local/broken_update failed: KeyError: 'velocity', in update()",
        21,
    ),
    "optimizer broken_solver": ("minimize of optimizer local/broken_solver failed: RuntimeError: gave up", 28),
    "schedule broken_exit": ("factor of schedule local/broken_exit failed: it called sys.exit(0)", 33),
    "initializer broken_weights": ("weights of initializer local/broken_weights failed: AttributeError:", 36),
    "metric broken_metric": ("value of metric local/broken_metric failed: AttributeError:", 40),
    "optimizer half_optimizer": ("local/half_optimizer returned Optimizer with neither update nor minimize", 43),
    "activation no_function": ("local/no_function returned Activation with f=3, which is no function", 46),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "broken parts.py"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize("phrase", BROKEN)
def test_a_part_that_fails_is_one_line_in_python(phrase: str, file: Path) -> None:
    (field, name), (words, line) = phrase.split(), BROKEN[phrase]
    catalog = Catalog.discover(files=[file], guests=False)
    more = {"metrics": name} if field == "metric" else {field: name}
    with pytest.raises(GlassnetError) as caught:
        list(run(Experiment(dataset="iris", hidden=(4,), epochs=4, **more), catalog))
    message = str(caught.value)
    assert message.startswith(words)
    assert f"({file}:{line})" in message
    assert message.endswith(f"; `glassnet check '{file}'` says more")
    assert len(message.splitlines()) == 1
    assert (caught.value.__cause__ is None) == ("failed" not in words)


@pytest.mark.parametrize("phrase", ["activation broken_f", "optimizer broken_update", "optimizer half_optimizer"])
def test_a_command_says_that_line_and_exits_with_two(phrase: str, file: Path) -> None:
    (field, name), (words, line) = phrase.split(), BROKEN[phrase]
    runs = file.parent / "runs"
    options = [f"--{field}", name, "--epochs", "4", "--quiet", "--no-report", "--runs", str(runs)]
    done = glassnet("--no-plugins", "--plugin", str(file), "train", "iris", *options)
    assert done.returncode == 2
    (said,) = done.stderr.strip().splitlines()
    assert said.startswith(f"Error: {words}") and f"{file}:{line}" in said


def test_the_run_is_kept_up_to_the_epoch_before(file: Path) -> None:
    catalog = Catalog.discover(files=[file], guests=False)
    training = run(Experiment(dataset="iris", hidden=(4,), optimizer="broken_update", batch_size=50, epochs=8), catalog)
    recording = record(training, file.parent / "runs")
    with pytest.raises(PartFailed, match="update of optimizer local/broken_update"):
        list(recording)
    kept = load(recording.folder, catalog=catalog)
    assert len(kept.epochs) == 3  # three steps an epoch: the tenth is in the fourth
    assert kept.predict(np.zeros((1, 4))).shape == (1,)
    assert json.loads((recording.folder / "metrics.json").read_text())["epochs"] == 3


def test_an_estimator_raises_what_scikit_learn_catches() -> None:
    def lost():
        return Activation(f=lambda z: z.nowhere, df=lambda z, a: z)

    X, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    with pytest.raises(ValueError, match="f of activation given/lost failed: AttributeError") as caught:
        GlassClassifier((3,), activation=lost, max_iter=2).fit(X, y)
    assert "glassnet.check(lost, 'activation') says more" in str(caught.value)
    with pytest.raises(GlassnetError, match="f of activation given/lost failed"):
        GlassRegressor((3,), activation=lost, max_iter=2).fit(X, y.astype(float))


WRONG = [
    (Activation(f=lambda z: None), "f", (np.ones((2, 3)),), "NoneType instead of (2, 3), which it is given"),
    (Activation(f=lambda z: z[:1]), "f", (np.ones((2, 3)),), "shape (1, 3) instead of (2, 3)"),
    (Activation(f=abs, df=lambda z, a: [1.0]), "df", (np.ones((2, 3)),) * 2, "list instead of (2, 3)"),
    (
        Loss(value=lambda y, t: (y - t) ** 2, grad=lambda y, t: y, output="identity", task="regression"),
        "value", (np.ones((2, 3)),) * 2, "shape (2, 3) instead of (2,): one number a row",
    ),
    (Optimizer(init=lambda w: None, update=abs), "init", (np.ones(3),), "NoneType instead of a dict"),
    (Optimizer(init=abs, update=lambda *a: a[1]), "update", (np.ones(3), np.ones(3), {}, 1), "(change, state)"),
    (Schedule(factor=lambda *a: "fast"), "factor", (1, 2, []), "str instead of a number"),
    (Metric(value=lambda p, t, w: p, better="higher"), "value", (np.ones(3), np.ones(3), None), "instead of a number"),
    (Initializer(weights=lambda i, o, rng: np.ones((o, i)), biases=abs), "weights", (2, 3, None), "instead of (2, 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("bag", "name", "arguments", "words"), WRONG, ids=[f"{w[1]}-{w[3][:12]}" for w in WRONG])
def test_an_answer_of_a_wrong_form_is_told(bag: object, name: str, arguments: tuple, words: str) -> None:
    def part():
        return bag

    kind = type(bag).__name__.lower()
    built = Catalog.discover(guests=False).choose(kind, part).build()
    with pytest.raises(PartFailed) as caught:
        getattr(built, name)(*arguments)
    assert f"{name} of {kind} given/part returned" in str(caught.value) and words in str(caught.value)


def test_every_function_of_the_kinds_that_are_watched_has_its_form() -> None:
    functions = {
        (kind, field.name)
        for kind in WATCHED
        for field in fields(KINDS[kind].bag)
        if "Callable" in str(field.type) and field.name not in ("width", "predict", "minimize")
    }
    assert set(_FORMS) == functions


def test_words_of_a_loss_about_its_domain_are_its_own() -> None:
    def picky():
        def value(y, t):
            raise ValueError("targets are at least 1")

        return Loss(value=value, grad=lambda y, t: y, output="identity", task="regression")

    with pytest.raises(GlassnetError, match=r"^picky: targets are at least 1$"):
        list(run(Experiment(dataset="diabetes", loss=picky, epochs=1)))


def test_our_own_parts_are_called_as_they_are() -> None:
    for part in Catalog.discover(guests=False).parts():
        if part.kind in WATCHED:
            choice = part.choose({})
            functions = [getattr(choice.build(), field.name) for field in fields(KINDS[part.kind].bag)]
            assert not [one for one in functions if hasattr(one, "bare")], part.full_name


def test_a_given_function_trains_to_the_same_bits_as_ours() -> None:
    def tanh2():
        return Activation(f=np.tanh, df=lambda z, a: 1 - a**2, initializer="glorot_uniform")

    ours, given = (
        run(Experiment(dataset="iris", hidden=(5,), activation=one, initializer="glorot_uniform", epochs=3)).network
        for one in ("tanh", tanh2)
    )
    assert ours.w.tobytes() == given.w.tobytes()  # as drawn
