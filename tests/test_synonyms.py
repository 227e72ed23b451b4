"""Words of scikit-learn, Keras and PyTorch are refused with the word here, alike in every door."""

import re
import shlex
from dataclasses import fields
from inspect import signature

import click
import pytest
from click.testing import CliRunner
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from glassnet import Catalog, Experiment, GlassClassifier, GlassnetError, GlassRegressor
from glassnet.cli import main
from glassnet.cli.table import TABLE
from glassnet.estimators.words import parameter_called
from glassnet.experiment import flag
from glassnet.synonyms import ASIDES, COMMANDS, LINES, OPTIONS, PARTS, SETTINGS, colon

CATALOG = Catalog.discover()
FIELDS = {field.name for field in fields(Experiment)}
WORDS = [(word, one) for one in SETTINGS for word in one.words]
NEW = [(word, one) for word, one in WORDS if word not in FIELDS]


def refusal(error: type, work, *given, **words) -> str:
    with pytest.raises(error) as caught:
        work(*given, **words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def here(name: str, how: str) -> str:
    return f" Here it is {name}{f': {how}' if how else ''}."


# --- the table ----------------------------------------------------------------------------------------------


def test_a_word_stands_for_one_setting_and_that_is_one_of_ours() -> None:
    words = [word.lower() for word, _ in WORDS]
    assert len(set(words)) == len(words)
    assert {one.ours for one in SETTINGS} <= FIELDS


@pytest.mark.parametrize("kind", PARTS)
def test_words_for_parts_stand_for_parts_that_are_there_and_hide_none(kind: str) -> None:
    names = {part.name for part in CATALOG.parts(kind)}
    words = [word for theirs in PARTS[kind].values() for word in theirs]
    assert set(PARTS[kind]) <= names and not set(words) & names and len(set(words)) == len(words)


def test_words_for_options_stand_for_options_that_are_there() -> None:
    assert set(OPTIONS) <= {option.name for part in CATALOG.parts() for option in part.options}


def test_every_parameter_of_scikit_learns_networks_is_ours_or_has_a_word_here() -> None:
    theirs, ours = set(MLPClassifier().get_params()), set(GlassClassifier().get_params())
    assert theirs - ours <= {word for word, _ in WORDS}


# --- the doors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "one"), NEW)
def test_an_experiment_says_the_word_here(word: str, one, tmp_path) -> None:
    said = here(one.ours, one.how)
    assert said in refusal(TypeError, Experiment, "iris", **{word: 1})
    assert said in refusal(GlassnetError, Experiment("iris").with_settings, [f"{word}=1"])
    (tmp_path / "words.toml").write_text(f"{word} = 1")
    assert said in refusal(GlassnetError, Experiment.from_toml, tmp_path / "words.toml")


@pytest.mark.parametrize("command", ["train", "sweep", "trace"])
@pytest.mark.parametrize(("word", "one"), NEW)
def test_a_command_says_the_option_here(word: str, one, command: str) -> None:
    option = f"--{word.replace('_', '-')}"
    if any(option in param.opts for param in main.get_command(click.Context(main), command).params):
        return  # a word of its own there: --scheduler is dask's
    result = CliRunner().invoke(main, [command, "iris", option, "1"])
    assert result.exit_code == 2
    assert f"No such option '{option}'.{here(flag(one.ours), one.how)}" in " ".join(result.output.split())


@pytest.mark.parametrize("kind", [GlassClassifier, GlassRegressor])
@pytest.mark.parametrize(("word", "one"), WORDS)
def test_an_estimator_says_the_parameter_here(word: str, one, kind: type) -> None:
    ours = parameter_called(one.ours)
    if word in kind().get_params() or ours not in kind().get_params():
        return
    said = here(ours, one.how)
    assert said in refusal(TypeError, kind, **{word: 1})
    assert said in refusal(ValueError, kind().set_params, **{word: 1})
    net = make_pipeline(StandardScaler(), kind())
    assert said in refusal(ValueError, net.set_params, **{f"{kind.__name__.lower()}__{word}": 1})


def test_any_other_word_gets_the_nearest_and_all_there_are() -> None:
    said = refusal(TypeError, GlassClassifier, hidden_layer_size=3)
    assert said.startswith("GlassClassifier has no 'hidden_layer_size'. Did you mean 'hidden_layer_sizes'? It may hold")
    assert "Did you mean 'epochs'?" in refusal(TypeError, Experiment, "iris", epoch=3)


def test_a_signature_and_a_clone_are_as_they_were() -> None:
    assert [*signature(GlassRegressor).parameters] == [*signature(GlassRegressor.__init__).parameters][1:]
    assert set(signature(GlassClassifier).parameters) == set(GlassClassifier().get_params())
    assert clone(GlassClassifier((3,), "tanh", l2=0.1)).get_params()["l2"] == 0.1
    assert [*signature(Experiment).parameters] == [field.name for field in fields(Experiment)]


# --- parts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "word", "ours"),
    [(kind, word, ours) for kind in PARTS for ours in PARTS[kind] for word in PARTS[kind][ours]],
)
def test_a_part_of_others_is_called_by_its_name_here(kind: str, word: str, ours: str) -> None:
    for written in (word, word.upper(), word.replace("_", "-")):
        assert f" Here it is {ours}." in refusal(GlassnetError, CATALOG.choose, kind, written)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("adam:learning_rate=0.1", "no option 'learning_rate'. Here it is 'lr'."),
        ("adam:beta_1=0.1", "no option 'beta_1'. Here it is 'beta1'."),
        ("rmsprop:alpha=0.9", "no option 'alpha'. Here it is 'rho'."),
        ("adam:betta1=0.1", "no option 'betta1'. Did you mean 'beta1'?"),
    ],
)
def test_an_option_of_others_is_called_by_its_name_here(phrase: str, words: str) -> None:
    assert words in refusal(GlassnetError, CATALOG.choose, "optimizer", phrase)


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("adam lr=0.1", "adam:lr=0.1"),
        ("adam lr=0.1 beta1=0.8", "adam:lr=0.1,beta1=0.8"),
        ("adam(lr=0.1, beta1=0.8)", "adam:lr=0.1,beta1=0.8"),
        ("adam, lr = 0.1", "adam:lr=0.1"),
        ("a-guest/lion lr=0.1", "a-guest/lion:lr=0.1"),
    ],
)
def test_options_follow_a_colon(written: str, phrase: str) -> None:
    assert f" Options follow a colon: {phrase}." in refusal(GlassnetError, CATALOG.choose, "optimizer", written)
    assert colon(phrase) == "" == colon("my table") == colon("adam lr")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"activation": "logistic"}, "there is no activation 'logistic'. Here it is sigmoid."),
        ({"loss": "mse"}, "there is no loss 'mse'. Here it is squared_error."),
        ({"optimizer": "adam lr=0.1"}, "Options follow a colon: adam:lr=0.1."),
        ({"monitor": "val_acc"}, "monitor 'val_acc' is unknown. Here it is accuracy."),
    ],
)
def test_estimators_and_commands_say_it_too(parameters: dict, words: str) -> None:
    assert words in refusal(ValueError, GlassClassifier(**parameters).fit, *load_iris(return_X_y=True))
    options = [word for name, value in parameters.items() for word in (flag(name), value)]
    result = CliRunner().invoke(main, ["train", "iris", *options])
    assert result.exit_code == 2 and re.sub(r"^monitor", "--monitor", words) in " ".join(result.output.split())


# --- what students type ------------------------------------------------------------------------------------------

USAGE = "It is typed so: glassnet"
TYPED = {
    # options of other libraries, and of none
    "train iris --optimiser adam": "No such option '--optimiser'. Did you mean '--optimizer'?",
    "train iris --opt sgd": "No such option '--opt'. Did you mean '--optimizer'?",
    "look iris": "there is no command 'look'. Here it is glassnet data show DATASET.",
    "train iris --epoch 50": "No such option '--epoch'. Did you mean '--epochs'?",
    "train iris -lr 0.1": "No such option '-lr'. Here it is --optimizer: the rate belongs to it, as in adam:lr=0.01.",
    "train iris -epochs 5": "No such option '-epochs'. Here it is --epochs",
    "train iris -e 50": "No such option '-e'. Options are written out: --epochs, --encoding.",
    "train iris --verbose": "A training tells what it does, unless it is given --quiet.",
    "train iris --device cuda": "There is none: glassnet computes on the processor alone.",
    "train iris --num-workers 4": "Here it is --jobs: how many of several trainings run at once.",
    "train iris --model mlp": "Here it is --hidden: there is one kind of network",
    "train iris --save model.pt": "Here it is --runs: each run is kept in a folder of its own there.",
    "train iris --callbacks stop": "Here it is --patience: it ends early; --watch looks inside.",
    "train iris --cv 5": "Here it is --folds.",
    "train t.csv --label kind": "Here it is --target.",
    "train --dataset iris": "Here it is a word without dashes, glassnet train DATASET.",
    "train --iris": "No such option '--iris'. More: glassnet train --help",
    "train iris --batch-size": "It is typed so: --batch-size N|full. Rows a step",
    "train iris --metrics accuracy": "Here it is --metric.",
    "-v": "No such option '-v'. Options are written out: --version.",
    "--train iris": "A command has no dashes: glassnet train.",
    # options without dashes, values apart, brackets
    "train iris epochs=50": "An option has dashes: --epochs 50",
    "train iris batch_size=8": "An option has dashes: --batch-size 8",
    "train epochs=50 iris": "An option has dashes: --epochs 50",
    "train iris epochs 50": "An option has dashes: --epochs 50",
    "train iris \u2013epochs 50": "That dash is a printed one, an option has two of the keyboard's: --epochs",
    "train iris lr=0.1": "Here it is --optimizer: the rate belongs to it",
    "sweep iris l2=0.1": "An option has dashes: --l2 0.1",
    "sweep iris --over lr=0.1,1": "no setting 'lr'. Here it is optimizer: the rate belongs to it",
    "train iris --hidden 64 32": "Several values are one word: --hidden 64,32",
    "train iris --hidden [64 32]": "Several values are one word: --hidden 64,32",
    "train iris --hidden '[64, 32]'": "not '[64, 32]'. Did you mean 64,32?",
    "train iris --hidden '(64,32)'": "not '(64,32)'. Did you mean 64,32?",
    "train iris --hidden 64x32": "not '64x32'. Did you mean 64,32?",
    "train iris --dropout 50%": "--dropout wants a finite number, not '50%' (50% is 0.5)",
    "train iris --shuffle True": "--shuffle takes no value: --shuffle or --no-shuffle.",
    # parts
    "train iris --optimizer sgd lr=0.1": "Options of a part follow a colon: --optimizer sgd:lr=0.1",
    "train iris --optimizer adam:lr=1 beta1=0.8": "follow a colon: --optimizer adam:lr=1,beta1=0.8",
    "train iris --optimizer adam:0.1": "'0.1' is not OPTION=VALUE, such as lr=0.01 (`glassnet show adam` has",
    "train iris --optimizer torch.optim.Adam": "there is no optimizer 'torch.optim.Adam'. Did you mean 'adam'?",
    "train iris --activation ReLU": "there is no activation 'ReLU'. Did you mean 'relu'?",
    "train iris --activation relu,tanh": "Several are given one by one: 'relu', 'tanh'.",
    "list optimisers": "there is no kind 'optimisers'. Did you mean 'optimizers'?",
    "show optimizers": "It is a kind of parts: glassnet list optimizers.",
    # commands and the order of words
    "mnist": "mnist is data, and a command comes first: glassnet train mnist.",
    "iris train": "iris is data, and a command comes first: glassnet train iris.",
    "t.csv": "t.csv is data, and a command comes first: glassnet train t.csv.",
    "glassnet train iris": "there is no command 'glassnet'. That word is typed once.",
    "Train iris": "there is no command 'Train'. Did you mean 'train'?",
    "adam": "It is the name of a part (optimizer): glassnet show adam.",
    "optimizers": "It is a kind of parts: glassnet list optimizers.",
    "fit iris": "Here it is train.",
    "test last": "Here it is evaluate.",
    "explain last": "is in its report: glassnet report last",
    "visualise last": "Here it is plot.",
    "help train": "Here it is glassnet --help.",
    "version": "Here it is glassnet --version.",
    "delete 1": "Here it is glassnet runs RUN --delete.",
    "resume last": "Here it is glassnet train --resume RUN.",
    "runs delete 1": "An option has dashes: --delete",
    "data shwo iris": "No such command 'shwo'. Did you mean 'show'? Commands: glassnet data cache, glassnet",
    "train iris moons": f"unexpected extra argument (moons). {USAGE} train [OPTIONS] [DATASET], for example: glassnet",
    "train mnist.csv": "there is no file 'mnist.csv'. Did you mean the data set 'mnist'?",
    "predict iris": "no run 'iris'",
    "predict new.csv last": "The run comes before the file: glassnet predict last new.csv",
    "predict": "Name a run: its folder, its number, or last",
    "evaluate": "Name a run: its folder, its number, or last",
    "export last": f"Missing option '--to'. {USAGE} export [OPTIONS] RUN, for example: glassnet export last --to torch",
    "show": f"Missing argument 'NAME'. {USAGE} show [OPTIONS] NAME, for example: glassnet show gelu",
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_students_type_is_answered_in_a_line(typed: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(typed)
    first = [] if typed.startswith("-") else ["--no-plugins"]
    result = CliRunner().invoke(main, [*first, *words], prog_name="glassnet")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ") and TYPED[typed] in line and not result.stdout


def test_a_word_that_stands_aside_is_an_option_of_ours_or_says_why_there_is_none() -> None:
    every = [word for one in ASIDES for word in one.words]
    names = {param.name for name in TABLE for param in main.get_command(click.Context(main), name).params}
    assert len(set(every)) == len(every) and all(one.ours in names or (not one.ours and one.how) for one in ASIDES)
    assert all(line.split()[0] in {*TABLE, "--help", "--version"} for line in LINES)


def test_no_command_of_ours_is_called_like_a_word_of_others() -> None:
    theirs = [word for words in (*COMMANDS.values(), *LINES.values()) for word in words]
    assert len(set(theirs)) == len(theirs) and set(COMMANDS) <= set(TABLE) and not set(theirs) & set(TABLE)
