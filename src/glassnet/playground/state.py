"""What the page is told of a session in words: the experiment, the data, the network, where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ..catalog import Choice, write
from ..errors import GlassnetError, join
from ..experiment import Experiment, Training, command_of, python_of
from ..experiment.settings import as_setting
from ..hooks import PROJECT
from ..places import Edit, Place
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
        "data": session.view.state() | {"own": own, "points_file": POINTS in session.tables},
        "network": _network(training), "running": session.running, "ended": session.ended,
        "epoch": session.epoch, "step": session.step, "epochs": training.plan.epochs, "speed": session.speed,
        "changes": [{"epoch": epoch, "words": by_hand(training, setting)} for epoch, setting in session.changes],
        "replay": len(session.changes or session.before),
        "undo": session.undone[-1][0] if session.undone else "",
        "command": command_of(asked, short=True), "python": python_of(asked, session.changes),
        "limits": LIMITS, "words": session.words, "metric": session.curves.metric,
    }  # fmt: skip


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
    """A part that was chosen: its name, the package that brought it, its options as a phrase holds them."""
    part = choice.part
    package = "" if part.distribution == PROJECT else part.distribution
    options = {name: write(value) for name, value in choice.options.items()}
    return {"name": part.name, "full": part.full_name, "package": package, "options": options}


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
    layers = []
    for number, (width, choice) in enumerate(zip(network.widths[1:], activations, strict=True), 1):
        told = part_of(choice)
        layers.append(
            {
                "number": number, "name": layer_name(training, number), "activation": told["name"], "units": width,
                "package": told["package"], "frozen": str(number) in training.experiment.freeze,
            }
        )  # fmt: skip
    return {"widths": list(network.widths), "layers": layers, "says": count(len(network.w), "parameter")}


def layer_name(training: Training, number: int) -> str:
    """What the page calls a layer, counted from 1."""
    return f"hidden {number}" if number < len(training.network.widths) - 1 else "output"


def unit_name(training: Training, layer: int, unit: int) -> str:
    """What the page calls a unit; `unit` counts from 0."""
    return f"{layer_name(training, layer)}, unit {unit + 1}"


def place_name(training: Training, place: str) -> str:
    """A layer, weight or bias as people call it: `weight from x1 to hidden 1, unit 3`."""
    read = Place.read(place)
    if not read.letter:
        return layer_name(training, read.layer)
    if not read.which:
        return place
    *source, unit = (number - 1 for number in read.which)
    to = unit_name(training, read.layer, unit)
    if not source:
        return f"bias of {to}"
    names, before = training.data.features.outputs, read.layer - 1
    return f"weight from {unit_name(training, before, *source) if before else names[source[0]]} to {to}"


def by_hand(training: Training, setting: str) -> str:
    """A change by hand in words."""
    key, _, value = setting.partition("=")
    if key == "freeze":
        places = [place_name(training, place) for place in value.split(";")]
        return "nothing is frozen" if value == "none" else f"frozen: {join(places)}"
    if edit := Edit.read(setting):
        return f"{place_name(training, key)} set to {significant(edit.value, 4)}"
    return f"{key.rpartition('.')[2].replace('_', ' ')} {value}"
