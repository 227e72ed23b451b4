"""Keep a fitted estimator in one file, without pickle, and open whatever glassnet has written.

Pickle runs whatever code a file holds, and forgets how when versions move on. Here a file holds words and
arrays alone: opening one from a stranger runs nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .catalog import Catalog
from .errors import GlassnetError, need, unusable
from .files import read_arrays, write_bytes
from .runs import DEFAULT_FOLDER
from .runs import load as load_run
from .schemas import ESTIMATOR

if TYPE_CHECKING:
    from .estimators import GlassClassifier, GlassRegressor

ENDING = ".npz"


def save(thing: GlassClassifier | GlassRegressor, path: str | Path) -> Path:
    """Write a fitted GlassClassifier or GlassRegressor to a .npz file, whole or not at all: `save(clf, "clf.npz")`.

    The optimizer's memory is kept as well, so that training can go on. Raises `GlassnetError` for anything else,
    and where a part was given as a function, which words can't bring back.
    """
    import numpy as np

    from .estimators.arrays import arrays_of

    need(path, str | Path, f"save wants a path that ends in {ENDING}, such as 'iris.npz'")
    path = Path(path)
    if path.suffix != ENDING:
        raise GlassnetError(f"{str(path)!r} does not end in {ENDING}, by which glassnet.load knows the file: add it")
    arrays = arrays_of(thing)
    write_bytes(path, lambda file: np.savez(file, **arrays), elsewhere="give another path")  # type: ignore[arg-type]
    return path


def load(
    what: str | int | Path, runs: str | Path = DEFAULT_FOLDER, catalog: Catalog | None = None, *, data: Any = None
) -> Any:
    """Open a run (its folder, its name in `runs`, its number, or `last`) or an estimator (the .npz file of `save`).

    `load("last")`, `load(1)`, `load("runs/0001-iris")`, `load("clf.npz")`.
    `data` is where the table of a run is now, if that has moved.
    """
    need(what, str | int | Path, f"load wants a run (a folder, a number, 'last') or an {ENDING} file")
    need(runs, str | Path, "load wants the folder of runs, such as 'runs'")
    path = Path(str(what))
    try:
        return _estimator(path, catalog) if path.suffix == ENDING else load_run(what, runs, catalog, data=data)
    except OSError as error:
        if error.filename is None:
            raise
        raise GlassnetError(unusable(error)) from error


def _estimator(path: Path, catalog: Catalog | None) -> Any:
    from .estimators.arrays import estimator_from

    if not path.is_file():
        raise GlassnetError(f"there is no file {str(path)!r}: glassnet.save(estimator, {str(path)!r}) makes one")
    return estimator_from(read_arrays(path, ESTIMATOR, "holds no estimator that glassnet.save wrote"), path, catalog)
