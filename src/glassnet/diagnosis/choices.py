"""Choices that explain why little was learned: what the network is made of, and what holds its weights.

Each is asked only where something went wrong: a dropout of 0.6 under which a network learns well needs no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..experiment import DEFAULT_LOSS, flag
from ..findings import Finding, Remedy
from ..probes import is_flat
from ..wording import count, figure, metric, percent, rounded, significant
from .case import Case, gained
from .fit import LITTLE_GAINED
from .inside import SOUND_FIT
from .remedies import finding

#: The loss of the initial weights in multiples of that of a network which says nothing (all scores 0). Weights of a
#: fitting size begin at 1 to 2; at 4 the first epochs are spent on unlearning.
LOUD_START = 4.0
#: The penalties' pull in multiples of the data's, at the initial weights: above 1 the first steps go towards 0 and
#: not towards the data.
PULLED = 1.0
#: ... and where next to nothing was learned, this is enough: the data pull less the better they fit, l1 does not.
PULLED_DOWN = 0.3
#: Shares left out that are usual: of hidden units at most a half (Srivastava 2014), of inputs a fifth.
MOST_DROPOUT, MOST_INPUT_DROPOUT = 0.5, 0.2
#: A step that is cut to less than this share of the gradient is cut in every step, not in rare ones.
ALWAYS_CLIPPED = 0.1
#: Units of the narrowest layer below which what passes is next to nothing.
NARROW = 3
#: Of what there is to gain on the training rows, by which a line may be ahead there of a network that learned them.
BEHIND_ON_TRAINING_ROWS = 0.03


def flat_activation(case: Case) -> Finding | None:
    """Has a hidden activation the slope 0 everywhere?"""
    activations = case.training.network.activations
    flat = [number for number, one in enumerate(activations, 1) if is_flat(one)]
    if not flat:
        return None
    name = case.training.chosen.activations[flat[0] - 1].part.name
    words = (
        f"{name} has the slope 0 everywhere: no error comes back through it, so the layers before it keep their "
        "initial weights and only what comes after learns."
    )
    return finding(
        "flat activation", "warning", len(flat) / len(activations), words,
        [Remedy("it has a slope", {"activation": "relu"})], case.run,
    )  # fmt: skip


def alike_units(case: Case) -> Finding | None:
    """Do the units of a hidden layer begin alike, so that they stay one unit?"""
    start = case.start
    if not start.alike:
        return None
    zero = " They are all 0, so that nothing passes either way but the last layer's biases." * (start.weights == 0)
    words = (
        f"The initial weights ({_initializers(case)}) are the same for all units of a layer: units that begin alike "
        f"get the same gradient and stay alike, so that a layer counts as one unit.{zero}"
    )
    return finding("units alike", "warning", 1.0, words, [_own_weights(case)], case.run)


def _initializers(case: Case) -> str:
    return ", ".join(dict.fromkeys(choice.part.name for choice in case.training.chosen.initializers))


def _own_weights(case: Case) -> Remedy:
    """The initializer that suits the activation."""
    choices = case.training.chosen.activations
    own = next((choice.build().initializer for choice in choices if choice.build().initializer), None)
    return Remedy("drawn at random, sized for the activation", {"initializer": str(own or "glorot_uniform")})


def _has_own_weights(case: Case) -> bool:
    """Whether each layer begins as its activation would have it."""
    chosen = case.training.chosen
    own = [choice.build().initializer for choice in (*chosen.activations, chosen.output)]
    return [one.part.name for one in chosen.initializers] == own


def loud_start(case: Case) -> Finding | None:
    """Are the initial weights so large that the network begins far off, and sure of itself?"""
    start = case.start
    if not start.silent > 0 or not start.loss > LOUD_START * start.silent or _has_own_weights(case):
        return None
    times = start.loss / start.silent
    words = (
        f"The initial weights ({_initializers(case)}) are too large: before the first step the loss is "
        f"{figure(start.loss)}, {significant(times, 2)} times that of a network which says nothing "
        f"({figure(start.silent)})."
    )
    return finding("initial weights too large", "warning", times, words, [_own_weights(case)], case.run)


def penalty_too_strong(case: Case) -> Finding | None:
    """Do the penalties pull harder than the data?"""
    start, choices = case.start, case.experiment
    most = PULLED_DOWN if case.gain("train") < LITTLE_GAINED else PULLED
    if not start.pull > most * start.gradient:
        return None
    numbers = np.sqrt(case.training.network.weights.stop)
    pull = {"l2": choices.l2 * start.weights, "l1": choices.l1 * numbers}
    name = max(pull, key=lambda one: pull[one])
    strength, times = getattr(choices, name), start.pull / start.gradient if start.gradient else np.inf
    words = (
        f"The penalty {flag(name)} {significant(strength)} pulls the weights towards 0 "
        f"{significant(times, 2)} times as hard as the data pull them to where they fit: they shrink, and what the "
        "network says is nearly the same for every row."
    )
    weaker = strength * min(0.01 / times, 0.1)
    remedies = [Remedy("a hundredth of the data's pull", {name: rounded(weaker, 1)}), Remedy("none", {name: "0"})]
    return finding("penalty too strong", "warning", float(times), words, remedies, case.run)


def too_much_left_out(case: Case) -> Finding | None:
    """Does dropout leave too little of the network, or of its inputs?"""
    choices = case.experiment
    for name, most, what in (
        ("dropout", MOST_DROPOUT, "hidden units"),
        ("input_dropout", MOST_INPUT_DROPOUT, "inputs"),
    ):
        share = getattr(choices, name)
        if share > most:
            words = (
                f"{flag(name)} {significant(share)} leaves out {percent(share)} of the {what} in every step: "
                f"what is left can't say enough, and its noise drowns the gradient."
            )
            usual = "0.2" if name == "dropout" else "0.1"
            remedies = [Remedy(f"at most {significant(most)} is usual", {name: usual}), Remedy("none", {name: "0"})]
            return finding("dropout too strong", "warning", share, words, remedies, case.run)
    return None


def always_clipped(case: Case) -> Finding | None:
    """Is every step cut, so that it is clipping and not the rate that says how far the weights go?"""
    choices, start = case.experiment, case.start
    network = case.training.network
    largest = start.gradient / np.sqrt(max(network.weights.stop, 1))  # of a weight, as root mean square
    for name, limit, size in (
        ("clip_norm", choices.clip_norm, start.gradient),
        ("clip_value", choices.clip_value, largest),
    ):
        if limit is not None and 0 < limit < ALWAYS_CLIPPED * size:
            words = (
                f"{flag(name)} {significant(limit)} cuts every step: the gradient at the start, "
                f"{significant(size, 2)}, is {significant(size / limit, 2)} times as large: the weights hardly move."
            )
            rare = Remedy("ten times the gradient cuts rare jumps alone", {name: rounded(10 * size, 1)})
            remedies = [rare, Remedy("none", {name: "none"})]
            return finding("always clipped", "warning", size / limit, words, remedies, case.run)
    return None


def output_unsuited(case: Case) -> Finding | None:
    """Is the output activation another than the loss was made for?"""
    chosen = case.training.chosen
    if chosen.is_natural:
        return None
    own = chosen.natural.part.name
    words = (
        f"The output {chosen.output.part.name} does not belong to the loss {chosen.loss.part.name}: its slope comes "
        f"between the error and the weights and is small where the network is surely wrong. Its own is {own}."
    )
    remedies = [*_for_classes(case), Remedy("the loss's own", {"output": own})]
    return finding("output unsuited", "warning", 1.0, words, remedies, case.run)


def _for_classes(case: Case) -> Iterator[Remedy]:
    """The loss that is made for classes, with its own output, where another one was taken."""
    task = case.training.data.targets.task
    loss = DEFAULT_LOSS[task]
    if task in ("binary", "multiclass") and case.training.chosen.loss.part.full_name != f"glassnet/{loss}":
        yield Remedy("the loss for classes, with its own output", {"loss": loss, "output": "none"})


def no_hidden_layer(case: Case) -> Finding | None:
    """Is there no hidden layer, where a straight line fitted to its end learns nothing either?"""
    line = case.run.linear
    if case.training.network.hidden or line is None:
        return None
    score, guess = line.metrics["train"].get(case.metric, np.nan), case.guess("train")
    gain = gained(score, guess)
    if not gain < LITTLE_GAINED:
        return None
    words = (
        f"Without a hidden layer it can only draw straight lines, and even the best one ({line.model}) has "
        f"{metric(case.metric)} {figure(score)} on the training rows, where guessing has {figure(guess)}."
    )
    bends = Remedy("two layers that bend", {"hidden": "16,16", "activation": "relu"})
    return finding("no hidden layer", "warning", gain, words, [bends], case.run)


def no_bend(case: Case) -> Finding | None:
    """Is there nothing in the network that bends, so that it can only draw straight lines?"""
    network = case.training.network
    if not network.hidden or not all(map(_is_straight, network.activations)):
        return None
    name = case.training.chosen.activations[0].part.name
    words = (
        f"With {name} every layer is a straight line, and lines of lines are lines: "
        f"its {count(len(network.hidden), 'hidden layer')} can say no more than none."
    )
    return finding("no bend", "warning", 1.0, words, [Remedy("it bends", {"activation": "relu"})], case.run)


def _is_straight(activation: object) -> bool:
    z = np.linspace(-5, 5, 21)[:, None]
    try:
        bends = np.diff(activation.f(np.repeat(z, 2, axis=1)), n=2, axis=0)  # type: ignore[attr-defined]
    except Exception:
        return False
    return bool(np.abs(bends).max() < 1e-9)


def bottleneck(case: Case) -> Finding | None:
    """Is a hidden layer so narrow that hardly anything passes?"""
    network = case.training.network
    if not network.hidden or min(network.hidden) >= min(NARROW, max(network.inputs, network.outputs)):
        return None
    layer = int(np.argmin(network.hidden)) + 1
    width = network.hidden[layer - 1]
    words = (
        f"Hidden layer {layer} has {count(width, 'unit')}: all that the network knows of a row has to pass "
        f"through {count(width, 'number')}."
    )
    wider = ",".join(str(max(units, 16)) for units in network.hidden)
    return finding("bottleneck", "warning", width, words, [Remedy("wider", {"hidden": wider})], case.run)


def penalty_weighs_more(case: Case) -> bool:
    """Whether the penalty is most of what was lowered, while much of what there is to gain was left lying."""
    penalty, loss = case.training.objective.penalty(), case.epochs[-1].loss if case.epochs else 0.0
    return penalty > loss > 0 and case.gain("train") < SOUND_FIT


def far_out(case: Case) -> Finding | None:
    """Is a choice far out, where the network has nothing over a line?

    It asks for a change where the line is ahead, or has learned even the training rows better; otherwise it is a
    remark, as the network may have learned all that there is to learn.
    """
    found, line = loud_start(case) or too_much_left_out(case), case.run.linear
    if found is None or line is None:
        return found
    ahead = gained(line.metrics["train"].get(case.metric, np.nan), case.guess("train")) - case.gain("train")
    if not ahead > BEHIND_ON_TRAINING_ROWS:
        return found if line.leader(case.metric, "higher") == "line" else replace(found, severity="remark")
    words = f"A straight line knows even the training rows better, by {percent(ahead)} of what there is to gain."
    return replace(found, words=f"{found.words} {words}")


CHOICES = (
    flat_activation, alike_units, loud_start, output_unsuited, penalty_too_strong, too_much_left_out, always_clipped,
    no_hidden_layer, no_bend, bottleneck,
)  # fmt: skip
