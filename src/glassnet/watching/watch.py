"""`--watch`: which looks inside are wanted, at which epochs, and all that they have shown so far."""

from __future__ import annotations

import numpy as np

from ..data import Rows
from ..errors import GlassnetError, did_you_mean, join
from ..training import Objective
from ..wording import amount, count
from .measuring import Probe, empty
from .watched import WATCHABLE, Watched

MOST_EPOCHS = 200  # of norms and units; a longer training is watched every 2nd epoch, every 4th, ...
MOST_STEPS = 20  # of the path of the weights
FEWEST_STEPS = 4
PATH_BYTES = 4 << 20


class Watch:
    """Looks into a network in training: ask it `look(0)` before the first epoch and `look(number)` after each.

    `watched` holds what was seen. Norms and units are taken at every epoch up to 200, then at every 2nd, 4th, ... so
    that there are never more than 200 of them; histograms at epochs 0, 1, 2, 5, 10, 20, 50, ...; the path at up to
    20 epochs, as many as 4 MiB have room for. None of this depends on how many epochs are planned, so that
    a resumed training sees what an undisturbed one does.
    """

    def __init__(self, objective: Objective, rows: Rows, what: str, watched: Watched | None = None) -> None:
        wanted, self.network = read_what(what), objective.network
        room = PATH_BYTES // self.network.w.astype(np.float32).nbytes - 1
        self.remarks: tuple[str, ...] = ()
        if "path" in wanted and room < FEWEST_STEPS:
            self.remarks = (self._without_path(what),)
            wanted = tuple(one for one in wanted if one != "path")
        self.steps = max(FEWEST_STEPS, min(MOST_STEPS, room))
        self.probe = Probe(objective, rows, wanted)
        self.watched = watched or empty(wanted, len(self.probe.rows), self.network)
        self._before = self.network.w.copy()

    def _without_path(self, what: str) -> str:
        most = PATH_BYTES // (4 * (FEWEST_STEPS + 1))
        said = f"the path of {count(len(self.network.w), 'weight')} is too long to keep (at most {amount(most)})"
        if "all" not in what:
            raise GlassnetError(f"--watch {what}: {said}: watch norms,units,histograms instead")
        return f"{said} and is not watched"

    def look(self, number: int) -> bool:
        """Look at the network as it stands after epoch `number`; whether there was anything to see."""
        every = {"norms": spacing(number, MOST_EPOCHS), "path": spacing(number, self.steps)}
        every["units"] = every["norms"]
        due = [what for what in self.probe.what if what in every and number % every[what] == 0]
        due += ["histograms"] * ("histograms" in self.probe.what and is_round(number))
        if due:
            seen = self.probe.look(number, due, self._before if number else None)
            self.watched = self.watched.joined(seen).every("norms", every["norms"]).every("path", every["path"])
        self._before[:] = self.network.w
        return bool(due)


def read_what(what: str) -> tuple[str, ...]:
    """`norms,path` or `all` as what is to be watched; raises `GlassnetError` on anything else."""
    words = [word.strip() for word in what.split(",")]
    for word in words:
        if word not in (*WATCHABLE, "all"):
            guess = did_you_mean(word, [*WATCHABLE, "all"])
            raise GlassnetError(
                f"--watch {what!r}: nothing is called {word!r}.{guess} Possible: {join(WATCHABLE)}, all"
            )
    return tuple(one for one in WATCHABLE if one in words or "all" in words)


def spacing(number: int, most: int) -> int:
    """1, 2, 4, 8, ...: how far apart epochs are kept at epoch `number`, so that they are at most `most`."""
    every = 1
    while number // every > most:
        every *= 2
    return every


def is_round(number: int) -> bool:
    """0, 1, 2, 5, 10, 20, 50, 100, ...: most happens early."""
    return str(number).rstrip("0") in ("", "1", "2", "5")
