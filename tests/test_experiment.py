"""An experiment is words: what it may hold, what it is by default, how it is changed, and what it becomes."""

import json
import pickle
import shlex
import warnings
from dataclasses import fields
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassnet import Activation, Dataset, Experiment, GlassnetError, Loss, Metric, Training, run
from glassnet.catalog import Catalog
from glassnet.cli.choices import choices, experiment_options, read_experiment
from glassnet.experiment import command_of, python_of
from glassnet.experiment.rules import RULES
from glassnet.runs import load, record

CATALOG = Catalog.discover(guests=False)


def quick(**changes: object) -> Experiment:
    return Experiment(dataset="iris", hidden=(8,), epochs=2).replace(**changes)


def start(**changes: object):
    return run(quick(**changes), CATALOG)


def refusal(**changes: object) -> str:
    with pytest.raises(GlassnetError) as caught:
        start(**changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- words --------------------------------------------------------------------------------------------------

shares = st.floats(0, 1, exclude_max=True)
positive = st.floats(0, 1e6, exclude_min=True)
phrases = st.sampled_from(["relu", "adam:lr=0.01", "glassnet/elu:alpha=0.5", "a-guest/lion:lr=1e-4"])
text = st.text(min_size=1, max_size=8)
WORDS = {
    "dataset": phrases,
    "target": st.none() | text | st.lists(text, min_size=2, max_size=3, unique=True).map(tuple),
    "task": st.sampled_from([None, "binary", "multiclass", "multilabel", "regression"]),
    "drop": st.lists(text, max_size=3).map(tuple),
    "category": st.lists(text, max_size=3).map(tuple),
    "keep": st.lists(text, max_size=3).map(tuple),
    "group": st.none() | text,
    "order": st.none() | text,
    "reading": st.lists(st.sampled_from(["decimal=,", "missing=n/a", "missing=-", "header=no", "skip=2"])).map(tuple),
    "test": shares,
    "validation": shares,
    "scale": st.sampled_from(["auto", "standard", "minmax", "none"]),
    "features": st.lists(st.sampled_from(["squares", "sines"]), max_size=2).map(tuple),
    "class_weight": st.sampled_from([None, "balanced"]),
    "dtype": st.sampled_from([None, "float32", "float64"]),
    "hidden": st.lists(st.integers(1, 2000), max_size=4).map(tuple),
    "activation": st.lists(phrases, max_size=3).map(tuple),
    "output": st.none() | phrases,
    "loss": st.none() | phrases,
    "initializer": st.lists(phrases, max_size=3).map(tuple),
    "dropout": shares,
    "input_dropout": shares,
    "batch_norm": st.booleans(),
    "freeze": st.lists(st.sampled_from(["1", "W2:1,3", "b1", "b2:4"]), max_size=3).map(tuple),
    "optimizer": st.none() | phrases,
    "schedule": phrases,
    "metrics": st.lists(phrases, max_size=3).map(tuple),
    "epochs": st.integers(0, 10**6),
    "batch_size": st.none() | st.just("full") | st.integers(1, 10**6),
    "shuffle": st.booleans(),
    "l1": positive,
    "l2": positive,
    "clip_norm": st.none() | positive,
    "clip_value": st.none() | positive,
    "patience": st.none() | st.integers(1, 100),
    "monitor": st.sampled_from(["loss", "f1"]),
    "seed": st.integers(0, 2**63),
    "split_seed": st.integers(0, 2**63),
    "plugins": st.lists(st.tuples(text, text), max_size=2).map(tuple),
}
experiments = st.fixed_dictionaries(WORDS).map(lambda words: Experiment(**words))


def test_the_words_of_these_tests_are_all_there_are() -> None:
    assert list(WORDS) == [field.name for field in fields(Experiment)]


@given(experiments)
def test_json_and_pickle_give_the_same_experiment_back(experiment: Experiment) -> None:
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert pickle.loads(pickle.dumps(experiment)) == experiment


@given(experiment=experiments)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_toml_gives_the_same_experiment_back(experiment: Experiment, tmp_path: Path) -> None:
    words = {name: value for name, value in json.loads(experiment.to_json()).items() if value is not None}
    file = tmp_path / "e.toml"
    lines = (f"{name} = {_toml(value)}\n" for name, value in words.items())
    file.write_text("".join(lines), encoding="utf-8")
    assert Experiment.from_toml(file) == experiment


def _toml(value: object) -> str:
    """JSON's lists, texts, numbers and truths are TOML's too, but for one control character in texts."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def test_the_defaults_are_those_of_the_design() -> None:
    words = start(dataset="digits8x8", hidden=Experiment().hidden, epochs=Experiment().epochs).experiment
    assert words.hidden == (100,)
    assert words.activation == ("glassnet/relu",)
    assert words.batch_size == 32
    assert words.epochs == 50
    assert str(words.optimizer).startswith("glassnet/adam:lr=0.001,")
    assert (words.test, words.validation) == (0.2, 0.1)
    assert (words.seed, words.split_seed) == (0, 0)
    assert (words.l1, words.l2) == (0.0, 0.0001)
    assert (words.output, words.loss) == ("glassnet/softmax", "glassnet/cross_entropy")
    assert (words.task, words.dtype, words.scale) == ("multiclass", "float32", "auto")
    assert (words.dropout, words.input_dropout, words.batch_norm) == (0.0, 0.0, False)
    assert (words.clip_norm, words.clip_value, words.patience, words.class_weight) == (None,) * 4
    assert (words.schedule, words.monitor, words.plugins) == ("glassnet/constant", "loss", ())


@pytest.mark.parametrize(
    ("given_words", "shown"),
    [
        ({"hidden": "128,64"}, (128, 64)),
        ({"hidden": "none"}, ()),
        ({"hidden": 7}, (7,)),
        ({"hidden": [128.0]}, (128,)),
        ({"hidden": None}, ()),
        ({"activation": "tanh"}, ("tanh",)),
        ({"keep": "name"}, ("name",)),
        ({"dataset": Path("a") / "b.csv"}, str(Path("a") / "b.csv")),
        ({"target": 3}, "3"),
        ({"epochs": "20"}, 20),
        ({"epochs": 20.0}, 20),
        ({"l2": "1e-3"}, 0.001),
        ({"batch_size": "full"}, "full"),
    ],
)
def test_words_may_come_as_people_write_them(given_words: dict, shown: object) -> None:
    (name,) = given_words
    assert getattr(Experiment(**given_words), name) == shown


MESSAGES = [
    ("test", 1, "--test must be at least 0 and below 1, not 1"),
    ("test", 20, "--test must be at least 0 and below 1, not 20 (for 20 % give 0.2)"),
    ("validation", -0.1, "--validation must be at least 0 and below 1, not -0.1"),
    ("dropout", "half", "--dropout wants a finite number, not 'half'"),
    ("input_dropout", 1.5, "--input-dropout must be at least 0 and below 1, not 1.5 (for 1.5 % give 0.015)"),
    ("l1", "-1", "--l1 must be at least 0, not -1"),
    ("l2", float("inf"), "--l2 wants a finite number, not inf"),
    ("l2", "nan", "--l2 wants a finite number, not 'nan'"),
    ("clip_norm", 0, "--clip-norm must be more than 0, not 0"),
    ("clip_value", -2, "--clip-value must be more than 0, not -2"),
    ("epochs", "1.5", "--epochs wants a whole number, not '1.5'"),
    ("epochs", 1.5, "--epochs wants a whole number, not 1.5"),
    ("epochs", float("inf"), "--epochs wants a whole number, not inf"),
    ("epochs", None, "--epochs wants a whole number, not None"),
    ("epochs", True, "--epochs wants a whole number, not True"),
    ("epochs", -1, "--epochs must be at least 0, not -1"),
    ("batch_size", 0, "--batch-size must be at least 1 or full, not 0"),
    ("batch_size", "half", "--batch-size wants a whole number or full, not 'half'"),
    ("patience", 0, "--patience must be at least 1, not 0"),
    ("seed", -1, "--seed must be at least 0, not -1"),
    ("split_seed", "x", "--split-seed wants a whole number, not 'x'"),
    ("batch_norm", "maybe", "--batch-norm is true or false, not 'maybe'"),
    ("shuffle", 0, "--shuffle is true or false, not 0"),
    ("task", "regresion", "--task 'regresion' is unknown. Did you mean 'regression'? Possible: binary, multiclass, "),
    ("scale", "standart", "--scale 'standart' is unknown. Did you mean 'standard'? Possible: auto, standard, "),
    ("class_weight", "heavy", "--class-weight 'heavy' is unknown. Possible: balanced"),
    ("dtype", "float16", "--dtype 'float16' is unknown. Did you mean 'float64'? Possible: float32, float64"),
    ("target", 1.5, "--target wants a name, not 1.5"),
    ("group", 1.5, "--group wants a name, not 1.5"),
    ("order", ["a"], "--order wants a name, not ['a']"),
    ("drop", [None], "--drop wants a name, not None"),
    ("reading", "decimals=,", "there is no word 'decimals' for reading a table. Did you mean 'decimal'? Words: separ"),
    ("reading", {"decimal": ";"}, "the decimal mark is . or , and not ';'"),
    ("reading", ["header=perhaps"], "header is yes or no, not 'perhaps'"),
    ("reading", {"skip": -1}, "skip wants a number of lines above the table, not '-1'"),
    ("monitor", None, "--monitor wants a name, not None"),
    ("hidden", "a", "--hidden wants widths such as 128,64, or none, not 'a'"),
    ("hidden", [64.5], "--hidden wants widths such as 128,64, or none, not '64.5'"),
    ("hidden", [True], "--hidden wants widths such as 128,64, or none, not 'True'"),
    ("hidden", float("inf"), "--hidden wants widths such as 128,64, or none, not inf"),
    ("hidden", "100,-5", "--hidden wants widths of at least 1, or none for no hidden layer, not '100,-5'"),
    ("activation", 3, "--activation wants a phrase, NAME or NAME:OPTION=VALUE, not 3 (see `glassnet list activation`)"),
    ("output", 3, "--output wants a phrase, NAME or NAME:OPTION=VALUE, not 3 (see `glassnet list activation`)"),
    ("metrics", {"f1": 1}, "--metric wants a phrase, NAME or NAME:OPTION=VALUE, not {'f1': 1} (see `glassnet list "),
    ("optimizer", {"lr": 1}, "--optimizer wants a phrase, NAME or NAME:OPTION=VALUE, not {'lr': 1} (see `glassnet "),
    ("schedule", None, "--schedule wants a phrase, NAME or NAME:OPTION=VALUE, not None (see `glassnet list schedule`)"),
    ("dataset", None, "the dataset wants a phrase, NAME or NAME:OPTION=VALUE, not None (see `glassnet list dataset`)"),
    ("plugins", "x.py", "plugins holds pairs of a path and its SHA-256, not 'x.py': name the file with --plugin FILE"),
]


@pytest.mark.parametrize(("name", "value", "words"), MESSAGES)
def test_a_wrong_word_is_refused_in_words(name: str, value: object, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        Experiment(**{name: value})
    assert str(caught.value).startswith(words)


def test_every_rule_has_its_message_tested() -> None:
    assert set(RULES) <= {name for name, _, _ in MESSAGES}


def test_an_unknown_key_gets_the_nearest_guess_and_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("epoch = 5\n")
    with pytest.raises(
        GlassnetError, match=r"mine\.toml has no 'epoch'\. Did you mean 'epochs'\? It may hold: dataset"
    ):
        Experiment.from_toml(file)
    file.write_text("epochs = \n")
    with pytest.raises(GlassnetError, match=r"mine\.toml is not TOML: Invalid value \(at line 1"):
        Experiment.from_toml(file)
    file.write_bytes(b"dataset = '\xff'")
    with pytest.raises(GlassnetError, match=r"mine\.toml is not TOML: "):
        Experiment.from_toml(file)
    with pytest.raises(GlassnetError, match=r"can't read .*nowhere\.toml: No such file or directory$"):
        Experiment.from_toml(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("broken", ["", "{", "[]", "3", '{"dataset": "iris"', '{"plugins": [[1, 2, 3]]}', "null"])
def test_json_that_is_no_experiment(broken: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        Experiment.from_json(broken, where="runs/0001-iris/experiment.json")
    assert "runs/0001-iris/experiment.json is not an experiment: " in str(caught.value) or "plugins" in broken


# --- --set --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings_", "name", "value"),
    [
        (["epochs=20"], "epochs", 20),
        (["hidden=64,32"], "hidden", (64, 32)),
        (["hidden=none"], "hidden", ()),
        (["batch_norm=True"], "batch_norm", True),
        (["batch_size=full"], "batch_size", "full"),
        (["scale=none"], "scale", "none"),
        (["clip_norm=1", "clip_norm=none"], "clip_norm", None),
        (["metrics=f1;roc_auc"], "metrics", ("f1", "roc_auc")),
        (["activation=tanh;relu"], "activation", ("tanh", "relu")),
        (["target=a=b"], "target", "a=b"),
        (["optimizer.lr=0.01"], "optimizer", "adam:lr=0.01"),
        (["optimizer=sgd:lr=1", "optimizer.lr=0.1"], "optimizer", "sgd:lr=0.1"),
        (["optimizer.lr=0.01", "optimizer.beta1=0.8"], "optimizer", "adam:lr=0.01,beta1=0.8"),
        (["activation=elu;tanh", "activation.alpha=0.5"], "activation", ("elu:alpha=0.5", "tanh:alpha=0.5")),
        (["dataset=moons", "dataset.noise=0.3"], "dataset", "moons:noise=0.3"),
        (["schedule=step_decay", "schedule.every=3"], "schedule", "step_decay:every=3"),
    ],
)
def test_settings_change_fields_and_options_of_phrases(settings_: list[str], name: str, value: object) -> None:
    assert getattr(Experiment().with_settings(settings_), name) == value


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("epochs", "--set wants KEY=VALUE, such as optimizer.lr=0.01, not 'epochs'"),
        ("epoch=3", "--set epoch=3: no setting 'epoch'. Did you mean 'epochs'? Known: dataset, target, "),
        ("optimiser.lr=3", "--set optimiser.lr=3: no setting 'optimiser'. Did you mean 'optimizer'? Known: "),
        ("epochs.lr=3", "--set epochs.lr=3: 'epochs' is no part and has no options; parts are dataset, activation, "),
        ("loss.delta=3", "--set loss.delta: loss is not chosen yet: name it first, with --loss"),
        ("initializer.gain=2", "--set initializer.gain: initializer is not chosen yet: name it first, with --init"),
        ("metrics.x=2", "--set metrics.x: metrics is not chosen yet: name it first, with --metric"),
        ("plugins=x.py", "--set can't change plugins: name the file with --plugin FILE.py"),
        ("seed=none", "--seed wants a whole number, not None"),
    ],
)
def test_settings_that_cannot_be(setting: str, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        Experiment().with_settings([setting])
    assert str(caught.value).startswith(words)


def test_an_option_of_a_function_can_not_be_set() -> None:
    with pytest.raises(
        GlassnetError, match=r"--set activation\.alpha: activation is given as a function: name it first"
    ):
        Experiment(activation=line).with_settings(["activation.alpha=2"])


# --- settings and programs: an experiment in words, and back ------------------------------------------------

in_words = experiments.map(lambda one: one.replace(plugins=()))


@given(in_words)
@settings(max_examples=50)
def test_settings_are_the_inverse_of_with_settings(experiment: Experiment) -> None:
    said = experiment.settings()
    assert Experiment().with_settings(said) == experiment
    chosen = [one.name for one in fields(experiment) if getattr(experiment, one.name) != one.default]
    assert [one.partition("=")[0] for one in said] == chosen


@given(in_words)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_the_short_command_and_the_program_are_the_same_experiment(experiment: Experiment) -> None:
    # No activation is for no hidden layer; a table's words have an order of their own in a command.
    experiment = experiment.replace(activation=experiment.activation or "relu", reading=experiment.reading[:1])
    assert typed(command_of(experiment, short=True)) == experiment
    names: dict[str, object] = {}
    exec(python_of(experiment).partition("training = ")[0], names)
    assert names["experiment"] == experiment


def typed(line: str) -> Experiment:
    """What the options of `glassnet train` make of a line."""

    @click.command()
    @experiment_options
    def train(dataset: str, config: None, settings: tuple[str, ...], **words: object) -> Experiment:
        return read_experiment(choices(dataset, words), config, settings)

    program, command, *words = shlex.split(line)
    assert (program, command) == ("glassnet", "train")
    found = train.main(words, standalone_mode=False)
    assert isinstance(found, Experiment)
    return found


def test_the_short_command_says_only_what_differs() -> None:
    experiment = Experiment("iris", hidden=(8, 4), optimizer="adam:lr=0.01", shuffle=False, target=None)
    assert experiment.settings() == ["dataset=iris", "hidden=8,4", "optimizer=adam:lr=0.01", "shuffle=false"]
    said = "glassnet train iris --hidden 8,4 --optimizer adam:lr=0.01 --no-shuffle"
    assert command_of(experiment, short=True) == said
    assert command_of(Experiment(), short=True) == "glassnet train digits8x8" and Experiment().settings() == []


def test_the_program_trains_to_the_same_weights() -> None:
    experiment = Experiment("xor", hidden=3, activation="tanh", epochs=4, seed=3, test=0, validation=0, l2=0, l1=1e-3)
    names: dict[str, object] = {}
    exec(python_of(experiment), names)
    training = names["training"]
    assert isinstance(training, Training)
    assert training.network.w.tobytes() == run(experiment, CATALOG).finish().network.w.tobytes()
    assert "import Catalog, Experiment, run" in python_of(experiment.replace(plugins=(("a b.py", "0"),)))
    assert 'Catalog.discover(files=["a b.py"])' in python_of(experiment.replace(plugins=(("a b.py", "0"),)))


def test_settings_of_names_that_read_like_something_else() -> None:
    table = Experiment("a;b.csv", target=("none", "x;y"), drop=("[1]", '"q"', "none"), group="none")
    assert table.settings() == [
        "dataset=a;b.csv", 'target=["none", "x;y"]', "drop=[1];\"q\";none", 'group="none"',
    ]  # fmt: skip
    assert Experiment().with_settings(table.settings()) == table


def test_what_words_can_not_say_is_in_no_setting_and_in_no_program() -> None:
    experiment = Experiment("iris", activation=line)
    for say, holder in [(experiment.settings, "a setting"), (lambda: python_of(experiment), "a program"),
                        (lambda: command_of(experiment, short=True), "a command")]:  # fmt: skip
        with pytest.raises(GlassnetError, match=f"<function line> is a function, which {holder} can't hold: give a"):
            say()
    with pytest.raises(GlassnetError, match="a DataFrame is in no file, and a setting can't hold it: write it to"):
        Experiment(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), target="b").settings()


# --- what it becomes ----------------------------------------------------------------------------------------

COMBINATIONS = [
    {},
    {"hidden": ()},
    {"dataset": "diabetes"},
    {"dataset": "xor", "activation": "tanh"},
    {"hidden": (8, 4), "activation": ("relu", "tanh")},
    {"optimizer": "lbfgs"},
    {"loss": "squared_error", "output": "sigmoid"},
    {"dataset": "breast_cancer", "metrics": ("f1", "roc_auc"), "monitor": "f1", "patience": 3},
    {"initializer": ("zeros", "normal"), "schedule": "warmup_cosine"},
    {"dataset": "moons:noise=0.3", "loss": "hinge", "clip_norm": 1, "dtype": "float32"},
]


@pytest.mark.parametrize("changes", COMBINATIONS)
def test_a_resolved_experiment_resolved_again_is_itself(changes: dict) -> None:
    resolved = start(**changes).experiment
    again = Experiment.from_json(resolved.to_json())
    assert again == resolved
    assert run(again, CATALOG).experiment == resolved


@pytest.mark.parametrize("changes", COMBINATIONS)
def test_a_resolved_experiment_names_everything_in_full(changes: dict) -> None:
    words = start(**changes).experiment
    names = [words.dataset, words.output, words.loss, words.optimizer, words.schedule]
    names += [*words.activation, *words.initializer, *words.metrics]
    assert all(str(name).startswith("glassnet/") for name in names)
    assert None not in (words.task, words.dtype, words.batch_size)
    for kind, phrase in (("loss", words.loss), ("optimizer", words.optimizer)):
        part = CATALOG.find(kind, str(phrase).partition(":")[0])
        assert all(f"{option.name}=" in str(phrase) for option in part.options)


def test_the_resolved_experiment_trains_as_the_short_one() -> None:
    short = start(metrics="f1")
    resolved = run(short.experiment, CATALOG)
    assert [e.loss for e in short] == [e.loss for e in resolved]
    np.testing.assert_array_equal(short.network.w, resolved.network.w)


def test_every_part_of_the_catalog_is_rebuilt_from_its_phrase() -> None:
    seen = 0
    for part in CATALOG.parts():
        choice = part.choose({})
        again = CATALOG.choose(part.kind, pickle.loads(pickle.dumps(str(choice))))
        assert again == choice
        assert str(again) == str(choice)
        assert again.rebuildable
        seen += 1
    assert seen >= 60


# --- layers -------------------------------------------------------------------------------------------------


def test_one_activation_serves_all_layers_or_each_has_its_own() -> None:
    assert [c.part.name for c in start(hidden=(8, 4, 2)).chosen.activations] == ["relu"] * 3
    own = start(hidden=(8, 4), activation=("tanh", "elu:alpha=0.5"))
    assert [str(c) for c in own.chosen.activations] == ["glassnet/tanh", "glassnet/elu:alpha=0.5"]
    assert refusal(activation=("relu", "tanh")) == (
        "2 activations for 1 hidden layer: give --activation once, or once a layer"
    )
    assert refusal(hidden=(4, 4, 4), activation=("relu", "tanh")).startswith("2 activations for 3 hidden layers")


def test_initializers_follow_the_activation_unless_they_are_given() -> None:
    default = start(hidden=(8, 4), activation=("relu", "tanh"))
    names = [c.part.name for c in default.chosen.initializers]
    assert names == ["he_uniform", "glorot_uniform", "glorot_uniform"]
    assert [c.part.name for c in start(initializer="zeros").chosen.initializers] == ["zeros", "zeros"]
    each = start(initializer=("zeros", "he_normal"))
    assert not each.network.view(each.network.w, "weight", 0).any()
    assert each.network.view(each.network.w, "weight", 1).all()
    assert refusal(initializer=("zeros",) * 3).startswith(
        "3 initializers for 2 dense layers (the output layer is one of them): give --initializer once, or once a layer"
    )


# --- what does not go together ------------------------------------------------------------------------------


def test_losses_and_metrics_that_do_not_fit_the_task() -> None:
    assert refusal(dataset="diabetes", loss="cross_entropy") == (
        "loss cross_entropy is for classes and the target holds numbers; for numbers: squared_error, absolute_error, "
        "huber, poisson (or --task multiclass, if each number is a class)"
    )
    assert refusal(metrics="r2") == "metric r2 sees numbers, but the target holds classes: choose another"
    assert refusal(dataset="diabetes", metrics="f1").startswith("metric f1 sees labels, but the target holds numbers")
    assert refusal(dataset="diabetes", metrics="log_loss").startswith("metric log_loss sees scores, but the target")


def test_outputs_and_targets_outside_a_domain_are_refused_before_training() -> None:
    assert "cross_entropy needs outputs from 0 to 1, got -" in refusal(output="tanh")
    assert refusal(output="tanh").endswith("use --output softmax")
    assert "log_loss needs probabilities" in refusal(loss="hinge", metrics="log_loss")
    assert "poisson needs targets of at least 0, as counts are, got -" in refusal(dataset="sine", loss="poisson")


def test_the_word_of_a_guests_loss_is_signed_with_its_name() -> None:
    def picky() -> Loss:
        def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
            raise ValueError("no target is good enough")

        return Loss(value, value, "identity", "multiclass", score_value=value, score_grad=value)

    assert refusal(loss=picky) == "picky: no target is good enough"


@pytest.mark.parametrize(
    ("monitor", "guess"),
    [("los", "loss"), ("val_loss", "loss"), ("validation_accuracy", "accuracy"), ("acuracy", "accuracy")],
)
def test_an_unknown_monitor_names_loss_and_every_metric(monitor: str, guess: str) -> None:
    message = refusal(monitor=monitor)
    assert message.startswith(f"--monitor {monitor!r} is unknown. Did you mean {guess!r}? Possible: loss, accuracy, ")
    assert all(part.name in message for part in CATALOG.parts("metric"))


@pytest.mark.parametrize("metric", [part.name for part in CATALOG.parts("metric")])
def test_any_metric_can_be_monitored(metric: str) -> None:
    built = CATALOG.choose("metric", metric).build()
    dataset = "diabetes" if built.sees == "numbers" else "breast_cancer"
    training = start(dataset=dataset, monitor=metric, patience=5)
    (first, _) = training
    value = first.scores["validation"][metric]
    assert first.monitored == (-value if built.better == "higher" else value)
    assert training.plan.monitor == metric


def test_a_metric_with_its_home_can_be_monitored_too() -> None:
    training = start(monitor="glassnet/f1", metrics=("f1",))
    assert training.plan.monitor == "f1"
    assert list(training.chosen.metrics) == ["accuracy", "f1"]


def test_a_network_that_no_memory_holds_is_one_line() -> None:
    assert refusal(hidden=(10**6, 10**6)) == (
        "--hidden 1000000, 1000000: that network does not fit into memory: give smaller widths"
    )


# --- functions in place of phrases --------------------------------------------------------------------------


def line() -> Activation:
    """A line."""
    return Activation(f=lambda z: 2 * z, df=lambda z, a: z * 0 + 2)


def share_right() -> Metric:
    return Metric(lambda prediction, target, weight: float((prediction == target).mean()), better="higher")


def two_heaps(*, rng: np.random.Generator) -> Dataset:
    X = rng.normal(size=(80, 2))
    X[::2] += 3
    return Dataset(X, np.arange(80) % 2, task="binary")


def test_functions_work_in_place_of_phrases_and_it_is_said() -> None:
    training = start(dataset=two_heaps, activation=line, metrics=(share_right,), epochs=30)
    epochs = list(training)
    assert epochs[-1].loss < epochs[0].loss
    assert epochs[-1].scores["train"]["share_right"] == epochs[-1].scores["train"]["accuracy"]
    assert training.remarks == (
        "line, share_right, two_heaps given as functions: this run can't be rebuilt from words alone",
    )
    words = training.experiment
    assert (words.dataset, words.activation, words.metrics[-1]) == (two_heaps, (line,), share_right)
    assert json.loads(words.to_json())["activation"] == ["<function line>"]


def test_a_function_of_the_catalog_is_found_again_by_its_words() -> None:
    from glassnet.builtin.activations import tanh

    training = start(activation=tanh)
    assert training.experiment.activation == ("glassnet/tanh",)
    assert training.remarks == ()


def test_what_a_file_that_is_no_table_should_be_called(tmp_path: Path) -> None:
    file = tmp_path / "rows.doc"
    file.write_text("a,y\n1,2\n")
    assert refusal(dataset=str(file)) == (
        f"{str(file)!r} is a file, but no table by its ending: tables are .csv, .tsv, .tab, "
        ".txt, .data, .dat, .xlsx, .xlsm, .parquet, .pq, .npy, .gz, .bz2, .xz, .zip"
    )
    assert refusal(target="y") == (
        "--target names a column of a table (.csv, .xlsx, .parquet or .npy); the dataset iris has its own target"
    )
    assert refusal(keep="y") == "--keep is for a table (.csv, .xlsx, .parquet or .npy), and iris is none"


# --- as people read it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "title"),
    [
        ("iris", "iris"),
        ("glassnet/moons:noise=0.1", "moons"),
        ("my-guest/two_rings:n=20", "two_rings"),
        ("a:b.csv", "a:b"),
        ("my/tables/house.prices.parquet", "house.prices"),
        ("<function my_rows>", "my_rows"),
        (quick, "quick"),
    ],
)
def test_what_the_data_are_called(dataset: object, title: str) -> None:
    assert Experiment(dataset=dataset).title == title  # type: ignore[arg-type]


def test_only_what_was_chosen_differently_differs() -> None:
    one = quick(activation=("relu",) * 2, hidden=(4, 4), optimizer="glassnet/adam:lr=0.01", l2=0.1)
    deeper = one.replace(activation=("relu",) * 3, hidden=(4, 4, 4), plugins=(("a.py", "0" * 64),))
    assert one.differing([deeper]) == ["hidden"]  # activations and plugins follow from other things
    other = one.replace(optimizer="guests-lion/lion", l2=0.1 + 1e-9, batch_norm=True, activation=("relu", "tanh"))
    assert one.differences([deeper, other]) == {
        "hidden widths": ["4, 4", "4, 4, 4", "4, 4"],
        "activation": ["relu", "relu", "relu, tanh"],
        "batch normalisation": ["no", "no", "yes"],
        "optimizer": ["adam:lr=0.01", "adam:lr=0.01", "guests-lion/lion"],
        "L2 penalty": ["0.1", "0.1", "0.100000001"],  # six digits would make them one
    }
    assert one.differences([one]) == one.differences([]) == {}


def test_every_choice_has_words_of_its_own() -> None:
    told = quick().in_words()
    assert len(told) == len(fields(Experiment)) - 1 and "plugins" not in told  # all but the files, which are no choice
    assert told["batch size"] == "none" and told["data"] == "iris" and told["hidden widths"] == "8"
    assert quick(loss=quick).in_words()["loss"] == "<function quick>"


# --- a training that has only been prepared -----------------------------------------------------------------


def test_what_is_only_prepared_says_so() -> None:
    words = Experiment(dataset="iris", epochs=2)
    training = run(words, CATALOG)
    assert repr(training) == "<Training of iris: 4-100-3, not trained yet>"
    with pytest.warns(
        UserWarning, match=r"^not trained yet: these are scores of the initial weights; finish\(\) trains"
    ):
        before = training.scores()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert training.finish().scores() != before
        assert run(words.replace(epochs=0), CATALOG).scores() == before  # as was asked for
    assert repr(training).startswith("<Training of iris: 4-100-3, epoch 2 of 2, loss ")


def test_weights_that_were_read_are_no_initial_ones(tmp_path: Path) -> None:
    kept = record(run(Experiment(dataset="iris", epochs=2), CATALOG), tmp_path).finish()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained = load(kept.folder).trained
        assert trained.scores() == kept.training.scores()
    assert repr(trained) == "<Training of iris: 4-100-3, all 2 epochs>"
