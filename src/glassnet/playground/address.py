"""From an address to an experiment. Anybody may write an address, so it says little and is believed in nothing.

It holds settings, as `--set` takes them: `dataset=moons&hidden=8,8&optimizer=adam:lr=0.03`. It names parts of the
catalog and numbers within bounds; it never names a file, a plugin, or a text that only its part understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl, quote

from ..catalog import Catalog, Choice, Phrase
from ..data.sources import is_table_path
from ..errors import GlassnetError
from ..experiment import Experiment, read_toml
from ..wording import amount, count
from .serving import LARGEST_TABLE

LONGEST = 4_000  # letters of an address
MOST_LAYERS, MOST_UNITS, MOST_UNITS_OF_PICTURES = 8, 64, 128
MOST_ROWS, MOST_POINTS = 60_000, 2_000
MOST_EPOCHS = 100_000
LIMITS = {"layers": MOST_LAYERS, "units": MOST_UNITS, "points": MOST_POINTS, "table": LARGEST_TABLE}
#: What the page opens with, and what an address says nothing of.
OPENING = "dataset=moons&hidden=8,8&activation=tanh&optimizer=adam:lr=0.01&epochs=1000"
BASE = ("dataset=moons", "hidden=8,8", "epochs=1000")
#: Settings of an own table; they name columns, and an address that names them came from somewhere else.
OF_TABLES = ("target", "drop", "category", "keep", "group", "order", "reading")
NEVER = ("plugins", *OF_TABLES)
#: Words of an address that are the page's own.
OF_PAGE = ("present", "hide", "lesson")
#: Which kind of part a field names.
KIND_OF = {
    "dataset": "dataset", "activation": "activation", "output": "activation", "loss": "loss", "metrics": "metric",
    "initializer": "initializer", "optimizer": "optimizer", "schedule": "schedule",
}  # fmt: skip


class Refused(GlassnetError):
    """Something that the playground does not do; `field` says which setting it is about."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


def opened(address: str, catalog: Catalog) -> tuple[Experiment, list[str]]:
    """The experiment of an address as far as it could be understood, and what of it was refused, in words."""
    experiment, refused = Experiment().with_settings(BASE), []
    if len(address) > LONGEST:
        return opened(OPENING, catalog)[0], [f"the address has {amount(len(address))} letters; {LONGEST} is the most"]
    try:
        pairs = parse_qsl(address.removeprefix("?"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return opened(OPENING, catalog)[0], ["the address holds more settings than there are"]
    if not [name for name, _ in pairs if name not in OF_PAGE]:
        return opened(OPENING, catalog)
    for name, value in pairs:
        if name in OF_PAGE:
            continue
        try:
            experiment = changed(experiment, {name: value}, catalog)
        except GlassnetError as error:
            refused.append(str(error))
    return experiment, refused


def typed_experiment(typed: Mapping[str, Any], catalog: Catalog, tables: Iterable[str]) -> Experiment:
    """What somebody typed in their own terminal: trusted, but within the same bounds."""
    values = dict(setting.partition("=")[::2] for setting in BASE)
    values |= read_toml(typed["config"]) if typed.get("config") else {}
    values |= typed.get("given") or {}
    experiment = Experiment.from_mapping(values).with_settings(typed.get("settings") or ())
    check(experiment, catalog, tables, ["dataset", "hidden"])
    return experiment


def changed(
    experiment: Experiment, settings: Mapping[str, str | None], catalog: Catalog, tables: Iterable[str] = ()
) -> Experiment:
    """The experiment with these settings, each looked at before it is believed; `tables` are those in memory."""
    tables = tuple(tables)
    for key, value in settings.items():
        name = key.partition(".")[0]
        own = bool(tables) and name in OF_TABLES
        if name in NEVER and not own and value is not None:
            raise Refused(f"{name} can't be set here: it is for a table that you choose yourself", name)
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST):
            raise Refused(f"{name} wants a text of at most {amount(LONGEST)} letters", name)
        try:
            experiment = experiment.with_settings([f"{key}={_default(name) if value is None else value}"])
            check(experiment, catalog, tables, [name])
        except Refused:
            raise
        except GlassnetError as error:
            raise Refused(str(error), name) from None
    return experiment


def _default(name: str) -> str:
    """A field's own default as a setting."""
    default = next((field.default for field in fields(Experiment) if field.name == name), None)
    if isinstance(default, tuple):
        return ",".join(map(str, default)) or "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


def check(experiment: Experiment, catalog: Catalog, tables: Iterable[str], names: Iterable[str]) -> None:
    """Refuse what is out of bounds in those fields, before anything is built of it."""
    names = tuple(names)
    if "dataset" in names and str(experiment.dataset) not in tables:
        _refuse_file(str(experiment.dataset), catalog)
    for name in names:
        for choice in _choices(experiment, name, catalog, tables):
            _refuse_options(choice, name)
    if "hidden" in names:
        if len(experiment.hidden) > MOST_LAYERS:
            raise Refused(f"{count(len(experiment.hidden), 'hidden layer')}: here {MOST_LAYERS} are the most", "hidden")
        if experiment.hidden and max(experiment.hidden) > MOST_UNITS_OF_PICTURES:
            raise Refused(f"a layer of {amount(max(experiment.hidden))} units: {too_wide()}", "hidden")
    if experiment.epochs > MOST_EPOCHS:
        raise Refused(f"{amount(experiment.epochs)} epochs: here {amount(MOST_EPOCHS)} are the most", "epochs")
    for name in ("metrics", "activation", "initializer"):
        if len(getattr(experiment, name)) > MOST_LAYERS + 1:
            raise Refused(f"{name} holds more than {MOST_LAYERS + 1} phrases", name)


def too_wide() -> str:
    """How wide a layer may be here."""
    return f"here {MOST_UNITS} are the most, and {MOST_UNITS_OF_PICTURES} for pictures"


def _refuse_file(given: str, catalog: Catalog) -> None:
    """An address names a data set of the catalog; a table is chosen by the person at the page."""
    if is_table_path(given) and not catalog.matches("dataset", Phrase.parse(given).name):
        raise Refused("an address can't name a file: choose the table itself", "dataset")


def _choices(experiment: Experiment, name: str, catalog: Catalog, tables: Iterable[str]) -> list[Choice]:
    """The parts that a field names; of what is left to the task there are none yet."""
    value = getattr(experiment, name, None)
    if name not in KIND_OF or value is None or value in tables:
        return []
    return [catalog.choose(KIND_OF[name], one) for one in (value if isinstance(value, tuple) else (value,))]


def _refuse_options(choice: Choice, field: str) -> None:
    """Whole numbers stay below the most rows; a text that is none of several choices may be anything, also a path."""
    for option in choice.part.options:
        value: Any = choice.options[option.name]
        if value == option.default:
            continue
        if option.type is str and not option.choices:
            raise Refused(f"{choice.part.name}: {option.name} is a free text, which is not set from here", field)
        if option.type is int and value is not None and abs(value) > MOST_ROWS:
            raise Refused(f"{choice.part.name}: {option.name}={value}, and {amount(MOST_ROWS)} is the most here", field)


def check_size(rows: int, widths: Iterable[int], pictures: bool) -> None:
    """Refuse what only the data could tell: too many rows, or layers as wide as only pictures need them."""
    if rows > MOST_ROWS:
        raise Refused(f"{amount(rows)} rows: here {amount(MOST_ROWS)} are the most", "dataset")
    most = MOST_UNITS_OF_PICTURES if pictures else MOST_UNITS
    if max(widths, default=0) > most:
        raise Refused(f"a layer of {amount(max(widths))} units: {too_wide()}", "hidden")


def address_of(settings: Iterable[str]) -> str:
    """Settings as an address."""
    pairs = (setting.partition("=") for setting in settings)
    return "&".join(f"{quote(name)}={quote(value, safe=':,;/=')}" for name, _, value in pairs)
