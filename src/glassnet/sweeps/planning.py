"""What is asked of a sweep: one experiment, what is varied in it, and how often each point is trained."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import GlassnetError
from ..experiment import Experiment
from ..wording import amount
from .axes import Axis, read_axis
from .cells import with_point
from .searching import MOST_POINTS, Point, at_random, grid

MOST_REPEATS, MOST_CELLS = 10_000, 1_000_000


@dataclass(frozen=True)
class Plan:
    """What is asked for. `over` are texts of axes; `random` draws that many points instead of taking them all;
    `halving` is how few of them stay from round to round; `folds` 0 means the split's validation rows;
    `seeds` None means several where they cost little, which `begin` decides, and says `why_seeds`.

    Without `over` it is one setting, repeated with seeds and folds, each time beside a straight line.
    """

    experiment: Experiment
    over: tuple[str, ...]
    random: int | None = None
    halving: int | None = None
    seeds: int | None = None
    folds: int = 0
    why_seeds: str = ""

    def __post_init__(self) -> None:
        for name, low in (("random", 1), ("halving", 2), ("seeds", 1)):
            value = getattr(self, name)
            if value is not None and value < low:
                raise GlassnetError(f"--{name} must be at least {low}, not {value}")
        for name, most in (("random", MOST_POINTS), ("seeds", MOST_REPEATS), ("folds", MOST_REPEATS)):
            if (getattr(self, name) or 0) > most:
                raise GlassnetError(f"--{name} must be at most {amount(most)}, not {amount(getattr(self, name))}")
        if self.folds == 1 or self.folds < 0:
            raise GlassnetError(f"--folds must be at least 2, not {self.folds}")
        if not self.over and self.seeds in (None, 1) and not self.folds:
            raise GlassnetError("say what is varied: --over optimizer.lr=1e-4..1:log:5 (repeatable)")
        keys = [axis.key for axis in self.axes]
        for key in keys:
            if keys.count(key) > 1:
                raise GlassnetError(f"--over {key} is given twice: put all its values into one")
        if self.halving and "epochs" in keys:
            raise GlassnetError("--halving gives out epochs itself: leave --over epochs away")

    @property
    def axes(self) -> list[Axis]:
        return [read_axis(text) for text in self.over]

    def named(self, point: Point) -> Point:
        """A point as people read it: its numbers in three digits, or in as many as tell the values apart."""
        axes = {axis.key: axis for axis in self.axes}
        pairs = (setting.partition("=")[::2] for setting in point)
        return tuple(f"{key}={axes[key].names.get(value, value)}" for key, value in pairs)

    def points(self) -> list[Point]:
        """Every point of the search; each is tried on the words of the experiment, which raise where it is none."""
        found = at_random(self.axes, self.random, self.experiment.seed) if self.random else grid(self.axes)
        if (cells := len(found) * (self.seeds or 1) * max(1, self.folds)) > MOST_CELLS:
            raise GlassnetError(
                f"that sweep has {amount(cells)} cells, of at most {amount(MOST_CELLS)}: "
                "give fewer values, seeds or folds"
            )
        for point in found:
            with_point(self.experiment, point)
        return found
