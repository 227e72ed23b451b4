"""What a person may ask for, by name: each action reads its arguments, does one thing, and leaves a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from ..errors import GlassnetError, did_you_mean, join
from ..experiment import command_of
from ..experiment.settings import as_setting
from ..places import Place
from ..wording import amount, figure, significant
from .address import MOST_EPOCHS, Refused, changed
from .keeping import keep, report, script
from .session import Session
from .state import changeable, place_name
from .tables import CLASS, POINTS, points_table

Arguments = Mapping[str, Any]
Action = Callable[[Session, Arguments], dict[str, Any] | None]
PANELS = ("curves", "plane", "pictures", "norms", "confusion")


def do(session: Session, name: str, arguments: Arguments) -> dict[str, Any]:
    """Carry out what was asked for; `GlassnetError` where that can't be, and then nothing has changed."""
    action = ACTIONS.get(name)
    if action is None:
        raise Refused(f"there is nothing like {name!r} to do.{did_you_mean(name, ACTIONS)} Known: {join(ACTIONS)}")
    return action(session, arguments) or {}


# --- arguments ----------------------------------------------------------------------------------------------


def _whole(arguments: Arguments, name: str, low: int = 0, high: int = MOST_EPOCHS) -> int:
    value = arguments.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(f"{name} is a whole number from {low} to {amount(high)}", name)
    return value


def _settings(arguments: Arguments) -> dict[str, str | None]:
    settings = arguments.get("settings") or {}
    if not isinstance(settings, dict):
        raise Refused("settings is an object of names and texts")
    return settings


def _place(session: Session, arguments: Arguments) -> str:
    """A weight or bias as a setting names it."""
    widths = session.training.network.widths
    layer = _whole(arguments, "layer", 1, len(widths) - 1)
    unit = _whole(arguments, "unit", 0, widths[layer] - 1)
    if arguments.get("from") is None:
        return f"b{layer}:{unit + 1}"
    return f"W{layer}:{_whole(arguments, 'from', 0, widths[layer - 1] - 1) + 1},{unit + 1}"


# --- running ------------------------------------------------------------------------------------------------


def _replay(session: Session, _: Arguments) -> None:
    if not session.changes and not session.before:
        raise Refused("nothing was changed by hand")
    session.replay()


def _more(session: Session, _: Arguments) -> None:
    """As many epochs again."""
    epochs = session.training.plan.epochs + session.asked.epochs
    if epochs > MOST_EPOCHS:
        raise Refused(f"{amount(MOST_EPOCHS)} epochs are the most here", "epochs")
    session.change(f"epochs={epochs}")


# --- building -----------------------------------------------------------------------------------------------


def _build(session: Session, arguments: Arguments) -> None:
    settings = _settings(arguments)
    session.fetching = arguments.get("fetch") is True
    try:
        if isinstance(arguments.get("address"), str):
            before = session.asked
            refused = session.open(arguments["address"])
            session.words += refused
            session.remember("another experiment", lambda: session.build(before))
        if settings:
            session.rebuild(settings)
    finally:
        session.fetching = False


def _again(session: Session, _: Arguments) -> None:
    before = session.asked
    session.build(before.replace(seed=before.seed + 1))
    session.remember("another start", lambda: session.build(before))


def _points(session: Session, arguments: Arguments) -> None:
    """Learn from points that were drawn."""
    before, tables = session.asked, session.tables

    def back() -> None:
        session.tables = tables
        session.build(before)

    session.tables = tables | {POINTS: points_table(arguments.get("rows"))}
    try:
        session.rebuild({"dataset": POINTS, "target": CLASS})
    except GlassnetError:
        session.tables = tables
        raise
    session.undone[-1] = ("points", back)


def _points_file(session: Session, _: Arguments) -> dict[str, Any]:
    content = session.tables.get(POINTS)
    if content is None:
        raise Refused("no points are drawn yet")
    return {"file": {"name": POINTS, "text": content.decode()}}


def _undo(session: Session, _: Arguments) -> None:
    if not session.undone:
        raise Refused("there is nothing to take back")
    *session.undone, (_words, back) = session.undone
    back()
    session.version += 1


# --- by hand ------------------------------------------------------------------------------------------------


def _change(session: Session, arguments: Arguments) -> None:
    """Other settings, without going back to the start."""
    settings = _settings(arguments)
    allowed = changeable(session.training)
    for key in settings:
        if key not in allowed:
            guess = did_you_mean(key, allowed)
            raise Refused(f"{key} can't be changed while it runs.{guess} What can: {join(allowed)}", key)
    if not settings:
        return
    if not session.epoch and not session.changes:  # nothing is done yet: it is a setting like any other
        running = session.running
        session.rebuild(settings)
        if running:
            session.start()
        return
    spelled = session.training.experiment
    changed(spelled.replace(dataset="moons"), settings, session.catalog)  # the same bounds as ever
    before = [_as_it_was(session, key) for key in settings]
    session.change(*(f"{key}={'none' if value is None else value}" for key, value in settings.items()))
    session.remember(", ".join(settings), lambda: session.change(*before))


def _as_it_was(session: Session, key: str) -> str:
    name, _, option = key.partition(".")
    if option:
        return f"{key}={session.training.chosen.optimizer.options[option]!r}"
    return as_setting(session.training.experiment, name)


def _edit(session: Session, arguments: Arguments) -> None:
    """One weight or bias, set by hand."""
    value = arguments.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise Refused("value is a finite number", "value")
    place = _place(session, arguments)
    session.finish_epoch()
    network = session.training.network
    old = float(network.w[Place.read(place).positions(network.layout)][0])
    session.change(f"{place}={float(value)!r}")
    words = f"{place_name(session.training, place)}: {figure(old)} to {significant(float(value), 4)}"
    session.remember(words, lambda: session.change(f"{place}={old!r}"))


def _freeze(session: Session, arguments: Arguments) -> None:
    """A layer or a single weight that keeps its value, or is let go again."""
    if arguments.get("unit") is None:
        place = str(_whole(arguments, "layer", 1, len(session.training.network.widths) - 1))
    else:
        place = _place(session, arguments)
    before = session.training.experiment.freeze
    frozen = bool(arguments.get("frozen", True))
    session.change(_frozen([*(one for one in before if one != place), *[place] * frozen]))
    words = f"{place_name(session.training, place)} {'frozen' if frozen else 'let go'}"
    session.remember(words, lambda: session.change(_frozen(before)))


def _frozen(places: Any) -> str:
    return f"freeze={';'.join(places) or 'none'}"


def as_answer(session: Session) -> str:
    """The tab's experiment as an answer to an exercise: a command, which the checker trains with seeds of its own."""
    if session.changes:
        raise Refused("it was changed by hand on its way: go back to the start, so that its settings are the answer")
    if str(session.asked.dataset) in session.tables:
        raise Refused("the exercise is about another data set than your own rows")
    return command_of(session.asked, short=True)


# --- looking ------------------------------------------------------------------------------------------------


def _look(session: Session, arguments: Arguments) -> None:
    look = dict(session.look)
    if isinstance(arguments.get("open"), list):
        look["open"] = [panel for panel in PANELS if panel in arguments["open"]]
    if isinstance(arguments.get("axes"), list):
        look["axes"] = [axis for axis in arguments["axes"] if isinstance(axis, int)][:2]
    if isinstance(arguments.get("label"), int):
        look["label"] = arguments["label"]
    if "row" in arguments and isinstance(arguments["row"], int | None):
        look["row"] = arguments["row"]
    if "card" in arguments:
        unit = arguments["card"]
        look["card"] = (_whole(unit, "layer"), _whole(unit, "unit")) if isinstance(unit, dict) else None
    session.look_at(look)


def _nothing(_session: Session, _: Arguments) -> None:
    """What is wanted is the state, or what the worker does beside."""


ACTIONS: dict[str, Action] = {
    "state": _nothing,
    "warm": _nothing,
    "start": lambda session, _: session.start(),
    "pause": lambda session, _: session.pause(),
    "step": lambda session, _: session.one(session.one_step),
    "epoch": lambda session, _: session.one(session.one_epoch),
    "rewind": lambda session, _: session.build(session.asked),
    "replay": _replay,
    "again": _again,
    "more": _more,
    "speed": lambda session, arguments: session.set_speed(str(arguments.get("speed"))),
    "undo": _undo,
    "build": _build,
    "points": _points,
    "points_file": _points_file,
    "change": _change,
    "edit": _edit,
    "freeze": _freeze,
    "look": _look,
    "keep": lambda session, _: {"kept": keep(session)},
    "report": lambda session, _: {"kept": report(session)},
    "script": lambda session, _: {"file": script(session)},
}
