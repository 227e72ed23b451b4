"""An experiment and its outcome as sentences and tables: the words of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..experiment import Experiment
from ..experiment.choosing import is_table
from ..network import Network
from ..runs import Run

SPLITS = {"train": "training rows", "validation": "validation rows", "test": "test rows"}


def figure(value: float | None) -> str:
    """Four digits: 0.9722, −2.650, 148.3, 12,340; a dash where it is undefined."""
    if value is None or not math.isfinite(value):
        return "–"
    text = (
        f"{value:.4f}" if abs(value) < 1 else f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:#.4g}".rstrip(".")
    )
    return text.replace("-", "−")


def name_of(phrase: Any) -> str:
    """A phrase without the home of our own parts."""
    return str(phrase).removeprefix("glassnet/")


def bare(phrase: Any) -> str:
    """A phrase's name alone: `cross entropy`."""
    return name_of(phrase).partition(":")[0].rpartition("/")[2].replace("_", " ")


def data_name(experiment: Experiment) -> str:
    """What the data are called: a dataset's name, or that of a table's file."""
    if is_table(experiment.dataset):
        return Path(str(experiment.dataset)).stem
    return name_of(experiment.dataset).partition(":")[0].rpartition("/")[2]


def title_of(run: Run) -> str:
    """`mnist_10k, run 3`, and the folder's name where it has no number."""
    number, _, rest = run.folder.resolve().name.partition("-")
    return (
        f"{data_name(run.experiment)}, run {int(number)}" if number.isdecimal() and rest else run.folder.resolve().name
    )


def listed(things: Sequence[Any]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    texts = [str(thing) for thing in things]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- sentences ----------------------------------------------------------------------------------------------


def network_in_words(network: Network, experiment: Experiment) -> str:
    """`a network of 64 inputs, one hidden layer of 100 relu units and 10 softmax outputs (7,510 parameters)`."""
    inputs, outputs = counted(network.inputs, "input"), counted(network.outputs, f"{bare(experiment.output)} output")
    weights = counted(len(network.w), "parameter")
    if not network.hidden:
        return f"a network of {inputs} and {outputs}, without a hidden layer ({weights})"
    return f"a network of {inputs}, {_hidden_in_words(network.hidden, experiment)} and {outputs} ({weights})"


def _hidden_in_words(hidden: Sequence[int], experiment: Experiment) -> str:
    names = [bare(one) for one in experiment.activation]
    kind = names[0] if len(set(names)) == 1 else listed(names)
    extras = " with batch normalisation" if experiment.batch_norm else ""
    if len(hidden) == 1:
        return f"one hidden layer of {counted(hidden[0], f'{kind} unit')}{extras}"
    widths = f"{hidden[0]} {kind} units each" if len(set(hidden)) == 1 else f"{listed(hidden)} {kind} units"
    return f"{len(hidden)} hidden layers of {widths}{extras}"


def training_in_words(run: Run) -> str:
    """`It was trained for 50 epochs by adam at rate 0.001, 32 rows a step, to lower the cross entropy ...`."""
    words, rows = run.experiment, run.provenance.get("rows", {})
    rate = words.optimizer and option_of(str(words.optimizer), "lr")
    at = f" at rate {rate}" if rate else ""
    steps = "all rows a step" if words.batch_size == "full" else f"{counted(int(words.batch_size or 1), 'row')} a step"
    epochs = counted(int(run.result.get("epochs", 0)), "epoch")
    lowered = f"to lower the {bare(words.loss)} of {rows.get('train', 0):,} training rows"
    return f"It was trained for {epochs} by {bare(words.optimizer)}{at}, {steps}, {lowered}{_held_back(words)}."


def option_of(phrase: str, option: str) -> str:
    """An option's value in a phrase; empty where it has none."""
    options = dict(pair.partition("=")[::2] for pair in phrase.partition(":")[2].split(","))
    return str(options.get(option, ""))


def _held_back(words: Experiment) -> str:
    """What keeps it from overfitting, as the end of a sentence."""
    means = [f"L1 {words.l1:g}"] * bool(words.l1) + [f"L2 {words.l2:g}"] * bool(words.l2)
    means += [f"dropout {words.dropout:g}"] * bool(words.dropout)
    means += [f"input dropout {words.input_dropout:g}"] * bool(words.input_dropout)
    means += [f"patience {words.patience}"] * bool(words.patience)
    return f", held back by {listed(means)}" if means else ""


def result_in_words(run: Run, whole: bool) -> str:
    """The first score beside guessing, with what its interval means."""
    result = run.result
    judged, intervals = next(iter(result["intervals"].items()))
    name, value = next(iter(result["metrics"][judged].items()))
    low, high = intervals[name]
    count = run.provenance.get("rows", {}).get(judged, 0)
    rows = f"all {count:,} rows, too few to split" if whole else f"{count:,} {SPLITS[judged]}"
    guess = f"guessing without a look at the inputs has {figure(result['metrics']['baseline'][name])}"
    luck = (
        f"The luck of having drawn just these rows leaves it uncertain between {figure(low)} and {figure(high)} (95 %)."
    )
    return f"On {rows} it reaches {spelled(name)} {figure(value)}; {guess}. {luck}"


def spelled(metric: str) -> str:
    """A metric as people write it."""
    return {"r2": "R²"}.get(metric, metric.replace("_", " "))


def end_in_words(run: Run) -> str:
    """Why it stopped, where its best epoch was, how long it took."""
    result = run.result
    stopped = str(result["stopped"]).partition(":")[0]
    best = f"the best epoch was {result['best_epoch']}; " if result.get("best_epoch") else ""
    ended = {"interrupted": "It was interrupted by hand", "diverged": "It broke down"}.get(
        stopped, f"It ended after {stopped}"
    )
    return f"{ended}; {best}it took {result['seconds']:.1f} s."


# --- tables -------------------------------------------------------------------------------------------------

LABELS = {
    "dataset": "data", "l1": "L1 penalty", "l2": "L2 penalty", "dtype": "precision", "metrics": "scores",
    "clip_norm": "clip gradient's length", "clip_value": "clip gradient's elements", "hidden": "hidden widths",
    "batch_norm": "batch normalisation", "test": "share of test rows", "validation": "share of validation rows",
    "keep": "text columns kept", "scale": "scaling of inputs", "input_dropout": "dropout of inputs",
}  # fmt: skip


def choices(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """(what, how) of every choice that was made, defaults among them."""
    for field in fields(experiment):
        if field.name != "plugins":
            yield label(field.name), said(getattr(experiment, field.name))


def label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " "))


def said(value: Any) -> str:
    """A field's value for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        values = [name_of(one) for one in value]
        return (
            (values[0] if len(set(values)) == 1 and not isinstance(value[0], int) else ", ".join(values))
            if values
            else "none"
        )
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else name_of(value)


def differences(experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    """The choices that differ, each with what every experiment chose."""
    names = [field.name for field in fields(Experiment) if field.name != "plugins"]
    found = {label(name): [said(getattr(one, name)) for one in experiments] for name in names}
    return {name: values for name, values in found.items() if len(set(values)) > 1}


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
        f"{one.get('internal_api')} {one.get('version')}, {counted(one.get('num_threads', 1), 'thread')}"
        for one in provenance.get("blas", ())
    ]
    yield "linear algebra", "; ".join(blas)
    yield "platform", str(provenance.get("platform", ""))
