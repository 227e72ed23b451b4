"""What a rule looks at, and what it says if it finds something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ...errors import GlassnetError
from ...experiment import Experiment, Training
from ...runs import Run
from ...runs.reading import read_history
from ...training import Epoch
from ...watching import Watched

Severity = Literal["problem", "warning", "remark"]


@dataclass(frozen=True)
class Finding:
    """One thing that stands out: its name, how serious it is, the number it rests on, and two sentences.

    A "problem" makes the result useless, a "warning" says that something should be changed, a "remark" is worth
    knowing and nothing is wrong.
    """

    name: str
    severity: Severity
    number: float
    words: str
    what_to_try: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words} Try {self.what_to_try}."


class Case:
    """A finished run as the rules see it. Each property is read when it is first asked for, and once."""

    def __init__(self, run: Run) -> None:
        if not run.result:
            raise GlassnetError(f"{run.folder} is not finished: go on with glassnet train --resume {run.folder}")
        self.run = run

    @property
    def experiment(self) -> Experiment:
        return self.run.experiment

    @property
    def result(self) -> dict[str, Any]:
        return self.run.result

    @cached_property
    def epochs(self) -> list[Epoch]:
        return read_history(self.run.folder / "history.csv")

    @cached_property
    def why_no_rows(self) -> str:
        """Why the rows can't be had again (a table that is gone, a part given as a function); empty if they can."""
        try:
            _ = self.run.trained
        except GlassnetError as error:
            return str(error)
        return ""

    @property
    def training(self) -> Training:
        return self.run.trained

    @property
    def inside(self) -> Watched:
        """Signals and slopes of the trained network, on some of its training rows."""
        return self.run.measured

    @property
    def diverged(self) -> bool:
        return str(self.result["stopped"]).startswith("diverged")

    # --- the score that counts: accuracy for classes, r2 for numbers, both at most 1 ----------------------------

    @cached_property
    def metric(self) -> str:
        return next(iter(self.result["metrics"]["train"]))

    @property
    def judged(self) -> str:
        """The split with the last word: "test", or "train" where there are no test rows."""
        return next(iter(self.result["intervals"]))

    def score(self, split: str) -> float:
        """The score of a split or of the "baseline"; NaN where it is undefined."""
        value = self.result["metrics"][split].get(self.metric)
        return float("nan") if value is None else float(value)

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, of the score that counts, on the rows that judge."""
        low, high = self.result["intervals"][self.judged][self.metric]
        return (float("nan") if low is None else low), (float("nan") if high is None else high)

    def gain(self, split: str) -> float:
        """(score - baseline) / (1 - baseline): 0 is guessing, 1 is perfect."""
        baseline = self.score("baseline")
        return (self.score(split) - baseline) / (1 - baseline) if baseline < 1 else 1.0
