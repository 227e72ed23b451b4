"""An experiment and its outcome as sentences and tables: the words of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..catalog import Phrase
from ..experiment import Experiment
from ..network import Network
from ..runs import Run
from ..wording import bare, count, duration, figure, listed, metric, rows_of

# --- sentences ----------------------------------------------------------------------------------------------


def network_in_words(network: Network, experiment: Experiment) -> str:
    """`a network of 64 inputs, one hidden layer of 100 relu units and 10 softmax outputs (7,510 parameters)`."""
    inputs, outputs = count(network.inputs, "input"), count(network.outputs, f"{bare(experiment.output)} output")
    weights = count(len(network.w), "parameter")
    if not network.hidden:
        return f"a network of {inputs} and {outputs}, without a hidden layer ({weights})"
    return f"a network of {inputs}, {_hidden_in_words(network.hidden, experiment)} and {outputs} ({weights})"


def _hidden_in_words(hidden: Sequence[int], experiment: Experiment) -> str:
    names = [bare(one) for one in experiment.activation]
    kind = names[0] if len(set(names)) == 1 else listed(names)
    extras = " with batch normalisation" if experiment.batch_norm else ""
    if len(hidden) == 1:
        return f"one hidden layer of {count(hidden[0], f'{kind} unit')}{extras}"
    widths = f"{hidden[0]} {kind} units each" if len(set(hidden)) == 1 else f"{listed(hidden)} {kind} units"
    return f"{len(hidden)} hidden layers of {widths}{extras}"


def training_in_words(run: Run) -> str:
    """`It was trained for 50 epochs by adam at rate 0.001, 32 rows a step, to lower the cross entropy ...`."""
    words, rows = run.experiment, run.provenance.get("rows", {})
    rate = words.optimizer and Phrase.parse(str(words.optimizer)).option("lr")
    at = f" at rate {rate}" if rate else ""
    steps = "all rows a step" if words.batch_size == "full" else f"{count(int(words.batch_size or 1), 'row')} a step"
    steps += "" if words.shuffle else " in their own order"
    epochs = count(int(run.result.get("epochs", 0)), "epoch")
    changes = len(by_hand(run))
    on_its_way = f" Changed by hand on its way: {count(changes, 'time')}." if changes else ""
    lowered = f"to lower the {bare(words.loss)} of {rows_of('train', rows.get('train', 0))}{_held_back(words)}"
    return f"It was trained for {epochs} by {bare(words.optimizer)}{at}, {steps}, {lowered}.{on_its_way}"


def by_hand(run: Run) -> list[dict[str, Any]]:
    """What was changed by hand while it trained, each with its epoch."""
    return list(run.provenance.get("by_hand", {}).get("changes", []))


def _held_back(words: Experiment) -> str:
    """What keeps it from overfitting, as the end of a sentence."""
    means = [f"L1 {words.l1:g}"] * bool(words.l1) + [f"L2 {words.l2:g}"] * bool(words.l2)
    means += [f"dropout {words.dropout:g}"] * bool(words.dropout)
    means += [f"input dropout {words.input_dropout:g}"] * bool(words.input_dropout)
    means += [f"patience {words.patience}"] * bool(words.patience)
    return f", held back by {listed(means)}" if means else ""


def result_in_words(run: Run, whole: bool) -> str:
    """The first score beside guessing, with what its interval means."""
    score = run.score()
    number = run.provenance.get("rows", {}).get(score.split, 0)
    rows = f"all {count(number, 'row')}, too few to split" if whole else rows_of(score.split, number)
    guess = f"guessing without a look at the inputs has {figure(score.baseline)}"
    between = f"{figure(score.low)} and {figure(score.high)}"
    luck = f"The luck of having drawn just these rows leaves it uncertain between {between} (95 %)."
    return f"On {rows} it reaches {metric(score.metric)} {figure(score.value)}; {guess}. {luck}"


def end_in_words(run: Run) -> str:
    """Why it stopped, where its best epoch was, how long it took."""
    result = run.result
    stopped = str(result["stopped"]).partition(":")[0]
    best = f"the best epoch was {result['best_epoch']}; " if result.get("best_epoch") else ""
    ended = {"interrupted": "It was interrupted by hand", "diverged": "It broke down"}.get(
        stopped, f"It ended after {stopped}"
    )
    return f"{ended}; {best}it took {duration(result['seconds'])}."


# --- tables -------------------------------------------------------------------------------------------------


def origins(provenance: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what, which) of all that the numbers may depend on."""
    versions = provenance.get("versions", {})
    yield "started", str(provenance.get("started", ""))
    yield "versions", ", ".join(f"{name} {version}" for name, version in versions.items())
    guests = provenance.get("guests", {})
    yield "plugins that took part", ", ".join(f"{name} {version}".strip() for name, version in guests.items()) or "none"
    for path, digest in provenance.get("plugins", ()):
        yield "one-file plugin", f"{path} (SHA-256 {digest})"
    yield "seeds", f"{provenance.get('seed')} for weights and order, {provenance.get('split_seed')} for the split"
    yield "SHA-256 of the rows", str(provenance.get("data_sha256", ""))
    blas = [
        f"{one.get('internal_api')} {one.get('version')}, {count(one.get('num_threads', 1), 'thread')}"
        for one in provenance.get("blas", ())
    ]
    yield "linear algebra", "; ".join(blas)
    yield "platform", str(provenance.get("platform", ""))
