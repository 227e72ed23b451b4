"""What the page is told of a session in words: the experiment, the data, the network, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from itertools import pairwise
from typing import Any

from ..catalog import Choice
from ..errors import GlassnetError, join
from ..experiment import Experiment, Training, command_of, python_of
from ..experiment.settings import as_setting
from ..hooks import PROJECT
from ..wording import count, significant
from .address import LIMITS, address_of
from .session import Session
from .tables import POINTS


def state_of(session: Session) -> dict[str, Any]:
    """All of it as plain data."""
    training, asked = session.training, session.asked
    own = str(asked.dataset) in session.tables
    return {
        "generation": session.generation, "version": session.version,
        "address": "" if own else address_of(settings_of(asked)),
        "settings": dict(_every_setting(asked)),
        "parts": _parts(training, own), "default": _defaults(asked),
        "changeable": changeable(training), "title": asked.title,
        "data": session.view.state() | {"own": own} | _own_rows(session),
        "network": _network(training), "running": session.running, "ended": session.ended,
        "epoch": session.epoch, "step": session.step, "epochs": training.plan.epochs, "speed": session.speed,
        "changes": [{"epoch": epoch, "words": by_hand(training, setting)} for epoch, setting in session.changes],
        "replay": len(session.changes or session.before),
        "undo": session.undone[-1][0] if session.undone else "",
        "command": command_of(asked, short=True), "python": python_of(asked, session.changes), "kept": session.kept,
        "limits": LIMITS, "words": session.words,
        "scores": list(training.scorer.metrics), "metric": session.curves.metric,
    }  # fmt: skip


def _own_rows(session: Session) -> dict[str, Any]:
    """What a person has brought along."""
    return {"tables": list(session.tables), "points_file": POINTS in session.tables}


def settings_of(experiment: Experiment) -> list[str]:
    """What differs from the defaults, and always the data, the layers and the epochs: nothing hangs on what opens."""
    named = ("dataset", "hidden", "epochs")
    first = [as_setting(experiment, name) for name in named]
    return [*first, *(setting for setting in experiment.settings() if setting.partition("=")[0] not in named)]


def _every_setting(experiment: Experiment) -> Iterable[tuple[str, str]]:
    for field in fields(Experiment):
        if field.name == "plugins":
            continue
        try:
            text = as_setting(experiment, field.name).partition("=")[2]
            yield field.name, "none" if text == "None" else text
        except GlassnetError:
            yield field.name, ""


def part_of(choice: Choice) -> dict[str, Any]:
    """A part that was chosen: its name, the package that brought it, its options."""
    part = choice.part
    package = "" if part.distribution == PROJECT else part.distribution
    return {"name": part.name, "full": part.full_name, "package": package, "options": plain(choice.options)}


def plain(options: dict[str, Any]) -> dict[str, Any]:
    """Options as JSON can hold them: an infinite one is a text."""
    return {
        name: str(value) if isinstance(value, float) and value in (float("inf"), float("-inf")) else value
        for name, value in options.items()
    }


def _parts(training: Training, own: bool) -> dict[str, Any]:
    chosen = training.chosen
    return {
        "dataset": None if own or chosen.dataset is None else part_of(chosen.dataset),
        "loss": part_of(chosen.loss), "output": part_of(chosen.output),
        "optimizer": part_of(chosen.optimizer), "schedule": part_of(chosen.schedule),
        "activation": list(map(part_of, chosen.activations)),
        "initializer": list(map(part_of, chosen.initializers)),
    }  # fmt: skip


def _defaults(asked: Experiment) -> dict[str, bool]:
    """Which of the parts were left to the task."""
    names = ("loss", "output", "optimizer", "initializer")
    return {name: getattr(asked, name) in (None, ()) for name in names}


#: Settings that may change on the way; `ON_THE_WAY` has others that would only confuse here.
ALSO = (
    "optimizer", "schedule", "activation", "l1", "l2", "dropout", "input_dropout", "clip_norm", "clip_value", "epochs",
    "patience",
)  # fmt: skip


def changeable(training: Training) -> list[str]:
    """What may be changed while it runs."""
    return [*(f"optimizer.{name}" for name in training.chosen.optimizer.options), *ALSO]


def _network(training: Training) -> dict[str, Any]:
    network, activations = training.network, (*training.chosen.activations, training.chosen.output)
    layers, frozen = [], training.experiment.freeze
    for number, ((_, width), choice) in enumerate(zip(pairwise(network.widths), activations, strict=True), 1):
        size = sum(block.slice.stop - block.slice.start for block in network.layout if block.layer == number - 1)
        name = layer_name(training, number)
        told = part_of(choice)
        layers.append(
            {
                "number": number, "name": name, "activation": told["name"], "package": told["package"],
                "parameters": size, "frozen": str(number) in frozen, "units": width,
            }
        )  # fmt: skip
    total = len(network.w)
    return {
        "widths": list(network.widths), "layers": layers, "parameters": total, "says": count(total, "parameter"),
        "frozen": [place for place in map(line_of, frozen) if place],
    }  # fmt: skip


def layer_name(training: Training, number: int) -> str:
    """What the page calls a layer, counted from 1."""
    return f"hidden {number}" if number < len(training.network.widths) - 1 else "output"


def unit_name(training: Training, layer: int, unit: int) -> str:
    """What the page calls a unit; `unit` counts from 0."""
    return f"{layer_name(training, layer)}, unit {unit + 1}"


def place_name(training: Training, place: str) -> str:
    """A layer, weight or bias as people call it: `weight from x1 to hidden 1, unit 3`."""
    if place.isdigit():
        return layer_name(training, int(place))
    line = line_of(place)
    if line is None:
        return place
    number, source = line["layer"], line["from"]
    to = unit_name(training, number, line["unit"])
    if source is None:
        return f"bias of {to}"
    names = training.data.features.outputs
    return f"weight from {names[source] if number == 1 else unit_name(training, number - 1, source)} to {to}"


def by_hand(training: Training, setting: str) -> str:
    """A change by hand in words."""
    key, _, value = setting.partition("=")
    if key == "freeze":
        places = [place_name(training, place) for place in value.split(";")]
        return "nothing is frozen" if value == "none" else f"frozen: {join(places)}"
    if line_of(key):
        return f"{place_name(training, key)} set to {significant(float(value), 4)}"
    return f"{key.rpartition('.')[2].replace('_', ' ')} {value}"


def line_of(place: str) -> dict[str, Any] | None:
    """A frozen weight or bias as the page calls it; None where all of a layer is meant."""
    found = re.fullmatch(r"([Wb])(\d+):(?:(\d+),)?(\d+)", place)
    if found is None:
        return None
    source = None if found[3] is None else int(found[3]) - 1
    return {"layer": int(found[2]), "unit": int(found[4]) - 1, "from": source}
