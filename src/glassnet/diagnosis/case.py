"""What a rule looks at."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..data.evidence import Evidence
from ..data.findings import Rules
from ..data.preparation import TOO_FEW_TO_SPLIT
from ..errors import GlassnetError
from ..experiment import Experiment, RateRange, Training, baseline
from ..runs import Run
from ..training import Epoch
from ..watching import Watched
from .start import Start, rates_of


def gained(score: float, guess: float) -> float:
    """(score - guess) / (1 - guess): 0 is guessing, 1 is perfect."""
    if guess >= 1:  # all rows are alike: there is nothing to gain, only something to lose
        return 1.0 if score >= guess else 0.0
    return (score - guess) / (1 - guess)


class Case:
    """A finished run as the rules see it. Each property is read when it is first asked for, and once."""

    def __init__(self, run: Run) -> None:
        run.need_result()
        self.run = run

    @property
    def experiment(self) -> Experiment:
        return self.run.experiment

    @property
    def result(self) -> dict[str, Any]:
        return self.run.result

    @property
    def epochs(self) -> list[Epoch]:
        return self.run.epochs

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

    @cached_property
    def rows(self) -> Rules | None:
        """The rows as the rules on tables see them; None of pictures, and where there are too few to say anything."""
        if self.training.data.features.image_shape:
            return None
        evidence = Evidence.of(self.training.source, self.training.data)
        return None if evidence is None or len(evidence) < TOO_FEW_TO_SPLIT else Rules(evidence)

    @property
    def inside(self) -> Watched:
        """Signals and slopes of the trained network, on some of its training rows."""
        return self.run.measured

    @cached_property
    def start(self) -> Start:
        """The same network before its first step."""
        return Start.of(self.training)

    @cached_property
    def rates(self) -> RateRange | None:
        """What `learning_rate_range` finds: some hundred steps of trial, asked for only where something is wrong."""
        return rates_of(self.training)

    @property
    def rate(self) -> float | None:
        """The optimizer's own rate; None where it has none."""
        rate = self.training.chosen.optimizer.options.get("lr")
        return None if rate is None else float(rate)

    @property
    def steps(self) -> int:
        """Updates of the weights, over all epochs."""
        return self.epochs[-1].step if self.epochs else 0

    @property
    def diverged(self) -> bool:
        return str(self.result["stopped"]).startswith("diverged")

    # --- the score that counts: accuracy for classes, r2 for numbers, both at most 1 ----------------------------

    @cached_property
    def metric(self) -> str:
        return self.run.metrics[0]

    @property
    def judged(self) -> str:
        """The split with the last word: "test", or "train" where there are no test rows."""
        return self.run.judged

    def score(self, split: str) -> float:
        """The score of a split or of the "baseline"; NaN where it is undefined."""
        return self.run.score().baseline if split == "baseline" else self.run.score(split).value

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, of the score that counts, on the rows that judge."""
        score = self.run.score()
        return (np.nan if score.low is None else score.low), (np.nan if score.high is None else score.high)

    def gain(self, split: str) -> float:
        """What is gained over guessing, both on the rows of the split."""
        return gained(self.score(split), self.guess(split))

    def guess(self, split: str) -> float:
        """What guessing scores on the rows of a split, which may suit the guess better or worse than others."""
        return self.score("baseline") if split == self.judged else self._guess_on_training_rows

    @cached_property
    def _guess_on_training_rows(self) -> float:
        if self.metric == "r2":
            return 0.0  # of the mean, on the rows whose mean it is
        if self.why_no_rows:
            return self.score("baseline")
        data = self.training.data
        return baseline(data.train, data.train, data.targets, self.training.scorer)[self.metric]
