"""What a session looks like at this moment, for one reader: a frame with what that reader lacks and has open."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..watching import measure, stuck_units
from ..wording import SPLITS, amount, figure
from .cards import card_of, row_of
from .curves import known
from .frames import NOTHING, Drawn, pictures, weights_of
from .session import Session
from .wire import framed

OFTEN = 0.5  # seconds between two looks at what is seldom looked at
MOSTLY = 0.9  # of the rows: a unit that hardly has a slope there is called saturated


class Reader:
    """One stream that frames go to. It remembers how many points of the curves were sent, and when the rest was."""

    def __init__(self) -> None:
        self.generation = -1
        self.cursor = (0, 0)
        self.looked = float("-inf")
        self.told: tuple[Any, ...] = ()  # which findings, and which lines of output

    def frame(self, session: Session) -> bytes:
        """The next frame: pictures and weights whole, of the curves the new points."""
        with np.errstate(all="ignore"):  # of a network that broke down, numbers are beyond what is drawn
            return self._frame(session)

    def _frame(self, session: Session) -> bytes:
        if self.generation != session.generation:
            self.generation, self.cursor = session.generation, (-1, 0)
        panels, training = session.look["open"], session.training
        drawn = pictures(session.view, "pictures" in panels) if "plane" in panels else Drawn({}, NOTHING, NOTHING)
        weights, w = weights_of(training.network)
        head = self._standing(session) | drawn.head | {"weights": weights}
        if "curves" in panels:
            head["curves"] = session.curves.since(*self.cursor)
            self.cursor = (session.curves.anew, len(session.curves.points))
        news = session.looked_at, tuple(session.printed)
        if news != self.told:
            self.told = news
            head |= {"words": session.findings, "said": list(session.printed)}
        now = session.clock()
        if now - self.looked >= OFTEN or not session.running:
            self.looked = now
            head |= self._inside(session, panels)
            head["scores"] = list(_scores(session))
        if session.look["row"] is not None:
            head["row"] = row_of(session.training, session.view, session.look["row"])
        if session.look["card"] is not None:
            layer, unit = session.look["card"]
            head["card"] = card_of(session.training, session.view, layer, unit, session.look["row"])
        head["counts"] = {"w": w.size, "plane": drawn.plane.size, "units": drawn.units.size}
        return framed(head, w.astype("<f4").tobytes(), drawn.plane.tobytes(), drawn.units.tobytes())

    def _standing(self, session: Session) -> dict[str, Any]:
        """Where it stands, in numbers and in words."""
        epochs = session.training.progress.epochs
        last = epochs[-1] if epochs else None
        text = {"epoch": amount(session.epoch)}
        if last is not None:
            of_metric = last.scores.get("validation", last.scores.get("train", {})).get(session.curves.metric or "")
            text |= {"loss": figure(last.loss), "metric": figure(of_metric)}
        return {
            "generation": session.generation, "version": session.version, "epoch": session.epoch,
            "step": session.step, "running": session.running, "changes": len(session.changes), "text": text,
        }  # fmt: skip

    def _inside(self, session: Session, panels: list[str]) -> dict[str, Any]:
        """Gradients, units without slope, and the classes that are taken for each other: what is open of them."""
        head: dict[str, Any] = {}
        if "norms" in panels or not session.running:
            head |= self._measured(session)
        if "confusion" in panels and (found := confusion(session)):
            head["confusion"] = found
        return head

    def _measured(self, session: Session) -> dict[str, Any]:
        training = session.training
        seen = measure(training.objective, training.data.train, epoch=session.epoch)
        norms = [{"gradient": known(float(g)), "text": figure(float(g))} for g in seen.gradients[-1]]
        stuck = stuck_units(training.objective, training.data.train)
        each = {
            "dead": [dead.astype(int).tolist() for dead, _ in stuck],
            "saturated": [(flat >= MOSTLY).astype(int).tolist() for _, flat in stuck],
        }
        return each | {"norms": norms, "dead_share": _shares(seen.dead), "saturated_share": _shares(seen.saturated)}


def _shares(shares: Any) -> list[float | None]:
    return [known(float(share)) for share in shares[-1]] if len(shares) else []


def _scores(session: Session) -> Any:
    """Every score of every split: of training and validation rows those of the last epoch, of test rows at a pause."""
    training, epochs = session.training, session.training.progress.epochs
    found = training.scores_so_far() if not session.running else dict(epochs[-1].scores) if epochs else {}
    for split in SPLITS:
        for name, value in found.get(split, {}).items():
            yield {"split": split, "name": name, "text": figure(value)}


def confusion(session: Session) -> dict[str, Any] | None:
    """How often each class was taken for each; None where the target has none, or very many."""
    from ..training.scoring import at_most, class_codes

    training = session.training
    targets, splits = training.data.targets, training.splits()
    classes = [str(name) for name in targets.classes or ()]
    if not 2 <= len(classes) <= 20 or targets.task == "multilabel":
        return None
    split = "test" if "test" in splits and not training.data.whole else "train"
    rows = at_most(splits[split], 2_000)
    with np.errstate(all="ignore"):
        said = class_codes(training.network.predict(rows.X), targets, training.objective.loss)
    pairs = np.bincount(rows.target * len(classes) + said, minlength=len(classes) ** 2)
    return {"split": split, "rows": pairs.reshape(len(classes), -1).tolist(), "classes": classes}
