"""The guests that a run was trained with, as they were, beside those that are here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..catalog import Catalog, Made, Maker, makers_of, told_makers
from ..errors import GlassnetError, join
from ..experiment import Experiment, Training, is_table
from ..experiment.repeating import program
from ..folders import number_of


def made(folder: Path, provenance: Mapping[str, Any], experiment: Experiment | None = None) -> Made:
    """What was written down of a run's guests; with its experiment, of its one-file plugins as well."""
    number = number_of(folder.resolve())
    files = () if experiment is None else tuple(Maker(path, "", digest) for path, digest in experiment.plugins)
    packages = told_makers(provenance.get("guests", {}), provenance.get("guest_code", {}))
    return Made(f"{f'run {number}' if number else folder} was trained with", (*packages, *files))


def goes_on_with_others(
    folder: Path, provenance: Mapping[str, Any], experiment: Experiment, catalog: Catalog, anyway: bool
) -> bool:
    """Whether a run would go on with other code than it began with, which is an error unless somebody says `anyway`."""
    words = program(experiment), f"train --resume {shlex.quote(str(folder))} --anyway"
    began = made(folder, provenance, experiment)
    if not anyway:
        began.refuse_others(catalog, " ".join(words))
    return bool(began.remarks(catalog))


def gone_on_with(provenance: Mapping[str, Any], training: Training) -> dict[str, Any]:
    """What is written down of guests when a run goes on with others: those of now, and those of its beginning."""
    makers = makers_of([choice.part for choice in training.chosen], training.catalog)
    packages = [one for one in makers if not one.is_file]
    now = {"guests": {one.name: one.version for one in packages}}
    now["guest_code"] = {one.name: one.sha256 for one in packages}
    begun = provenance.get("begun_with", provenance.get("guests", {}))
    return dict(provenance) | now | {"begun_with": begun} | {"plugins": [*map(list, training.experiment.plugins)]}


def refuse_functions(folder: Path, experiment: Experiment) -> None:
    """Raise `GlassnetError` for a run with parts that were given as functions: words alone can't rebuild them."""
    values = [experiment.output, experiment.loss, experiment.optimizer, experiment.schedule]
    values += [*experiment.activation, *experiment.initializer, *experiment.metrics]
    values += [] if is_table(experiment.dataset) else [experiment.dataset]
    if given := [str(value) for value in values if str(value).startswith("<function")]:
        raise GlassnetError(
            f"{folder} was trained with {join(given)} given as a function: words alone can't rebuild it"
        )
