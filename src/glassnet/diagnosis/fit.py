"""How well the network fits: too little, too much, or judged by too few rows to tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..findings import Finding, Remedy, Severity
from ..wording import change, count, figure, metric, percent, rounded, significant
from .answers import score_of_outliers
from .case import Case, gained
from .remedies import finding, possible

#: Of what there is to gain between guessing and perfect, on the very rows it learned from. Whoever stays below a
#: fifth has found next to nothing, and has nothing to lose on new rows, either.
LITTLE_GAINED = 0.2
#: A rate within this factor of the one that a trial suggests is as good.
OF_THE_RATE = 1 / 3
#: Of what was gained over guessing on training rows, the share that is lost on rows never seen. Sound fits lose up
#: to a quarter on small and noisy tables.
LOST_ON_NEW_ROWS = 0.4
#: The validation loss of the last epochs (their median: one alone may be a jump), in multiples of its best. It wanders
#: by a tenth where nothing is wrong.
RISEN_FROM_BEST = 1.25
#: ... and more standard errors of the mean over validation rows than chance makes of it (2 is 95 %).
STANDARD_ERRORS = 2.0
#: Of what was gained: a line that is ahead by less, beside a network that knows its training rows, asks for no change.
A_LITTLE = 0.15
#: Width of the 95 % interval of the score, as a share of what there is to gain: two networks that differ by less
#: can't be told apart.
WIDE_INTERVAL = 0.2


def underfit(case: Case) -> Finding | None:
    """Is it hardly better than guessing on its own training rows?"""
    gain = case.gain("train")
    if gain >= LITTLE_GAINED or np.isnan(gain):
        return None
    if not case.why_no_rows and score_of_outliers(case):  # the score is low, what was learned need not be
        return None
    words = (
        f"Even on its training rows it is hardly better than guessing: "
        f"{metric(case.metric)} {figure(case.score('train'))}, where guessing "
        f"has {figure(case.guess('train'))} on the same rows."
    )
    return finding("underfit", "warning", gain, words, list(_to_learn_more(case)), case.run)


def _to_learn_more(case: Case) -> Iterator[Remedy]:
    """Where no choice is to blame: what bends, the rate that a trial finds, more time, more units."""
    words = case.experiment
    if not words.hidden:
        yield Remedy("without hidden layers it can only draw straight lines", {"hidden": "16,16", "activation": "relu"})
    found = None if case.why_no_rows else case.rates
    rate = case.rate if found is not None else None
    if found is not None and rate and found.suggested and not OF_THE_RATE < rate / found.suggested < 1 / OF_THE_RATE:
        yield Remedy("what learning_rate_range suggests", {"optimizer.lr": rounded(found.suggested, 1)})
    yield Remedy("more time", {"epochs": str(4 * max(len(case.epochs), 5))})
    if words.hidden:
        yield Remedy("more units", {"hidden": ",".join(str(2 * width) for width in words.hidden)})


def overfit(case: Case) -> Finding | None:
    """Does it know its training rows much better than rows that it has never seen?"""
    lost, risen = lost_on_new_rows(case), validation_risen(case)
    said = []
    if lost is not None:
        low, high = case.interval
        said.append(
            f"{percent(lost)} of what it gained over guessing on training rows is lost on test rows: "
            f"{metric(case.metric)} {figure(case.score('train'))} there, {figure(case.score('test'))} here "
            f"(95 %: {figure(low)} to {figure(high)})."
        )
    if risen is not None:
        times, best = risen
        said.append(f"The validation loss has risen to {significant(times, 2)} times its best, that of epoch {best}.")
    if not said:
        return None
    number = lost if lost is not None else risen[0] if risen is not None else 0.0
    return finding("overfit", "warning", number, " ".join(said), list(_to_learn_less(case, risen)), case.run)


def _to_learn_less(case: Case, risen: tuple[float, int] | None) -> Iterator[Remedy]:
    words = case.experiment
    if words.patience is None and risen is not None:
        yield Remedy("keeps the weights of the best epoch", {"patience": "5"})
    remedies = [
        _stronger(case),
        Remedy("units can't rely on each other", {"dropout": "0.2"}),
    ]
    yield from possible(case.run, remedies[: 1 if words.dropout else 2])
    yield Remedy("more rows")


def _stronger(case: Case) -> Remedy:
    """A penalty that is felt."""
    l2 = case.experiment.l2
    return Remedy("ten times as much" if l2 else "pulls weights towards 0", {"l2": rounded(max(10 * l2, 0.01), 1)})


def lost_on_new_rows(case: Case, least: float = LOST_ON_NEW_ROWS) -> float | None:
    """The share of the gain on training rows that is lost on test rows; None where it is small or may be chance."""
    if case.judged != "test" or case.gain("train") < LITTLE_GAINED:
        return None
    lost = 1 - case.gain("test") / case.gain("train")
    beyond_chance = case.score("train") > case.interval[1]
    return lost if lost > least and beyond_chance else None


def validation_risen(case: Case) -> tuple[float, int] | None:
    """(last validation loss / best one, the best epoch) where that is more than chance makes of it."""
    losses = [epoch.validation_loss for epoch in case.epochs]
    kept = [value for value in losses if value is not None]
    if case.experiment.patience is not None or not kept or len(kept) < len(losses) or case.why_no_rows:
        return None  # with patience the best weights were restored
    window = max(3, len(kept) // 10)
    best, last = int(np.argmin(kept)), float(np.median(kept[-window:]))
    training = [epoch.loss for epoch in case.epochs]
    both_rise = np.median(training[-window:]) > training[best]  # that is no overfitting, but a rate too high
    if best >= len(kept) - window or both_rise or not last > RISEN_FROM_BEST * kept[best] > 0:
        return None
    beyond_chance = last - kept[best] > STANDARD_ERRORS * _standard_error(case)
    return (last / kept[best], best + 1) if beyond_chance else None


def _standard_error(case: Case) -> float:
    """Of the mean loss over the validation rows: how much it moves with the luck of having drawn these."""
    training, rows = case.training, case.training.data.validation
    if rows is None or len(rows) < 2:
        return float("inf")
    losses = training.objective.losses(training.network.scores(rows.X), rows.t)
    return float(np.std(losses, ddof=1) / np.sqrt(len(losses)))


def no_better_than_a_line(case: Case) -> Finding | None:
    """Is it better than a straight line, a model without hidden layers, on the same rows?"""
    found, metric_ = case.run.linear, case.metric
    if found is None or not case.experiment.hidden or case.judged != "test" or metric_ not in found.differences:
        return None
    value, low, high = found.differences[metric_]
    leader = found.leader(metric_, "higher")
    if leader == "network" or np.isnan(value):
        return None
    words = (
        f"A straight line ({found.model}) has {metric(metric_)} {figure(found.metrics[case.judged][metric_])} on the "
        f"same test rows, the network {figure(case.score(case.judged))}: {change(value)} "
        f"(95 %: {change(low)} to {change(high)})."
    )
    if leader == "line":
        if case.gain("train") > gained(found.metrics["train"].get(metric_, np.nan), case.guess("train")):
            return _beyond_the_line(case, value, words)
        more = Remedy("the line is fitted to the end", {"epochs": str(4 * max(1, len(case.epochs)))})
        line = Remedy("such a line", _line(case))
        return finding("worse than a straight line", "warning", value, words, [more, line], case.run)
    remedies = [
        Remedy("such a line, and easier to explain", _line(case)),
        Remedy("more rows may tell them apart"),
    ]
    return finding("no better than a straight line", "remark", value, words, remedies, case.run, command=False)


def _beyond_the_line(case: Case, value: float, words: str) -> Finding:
    """A network that knows its training rows better than the line does and new ones worse: some of it is chance."""
    words += " On the training rows the network is ahead: what it learned there beyond the line was chance."
    behind = -value / max(1 - case.guess(case.judged), 1e-300)
    severity: Severity = "remark" if behind < A_LITTLE * case.gain(case.judged) else "warning"
    stronger = possible(case.run, [_stronger(case)])
    remedies = [*stronger, Remedy("such a line", _line(case))]
    return finding("worse than a straight line", severity, value, words, remedies, case.run, severity == "warning")


def _line(case: Case) -> dict[str, str]:
    """A network that is a straight line, with the time to be fitted to its end as the one beside it is."""
    return {"hidden": "none", "epochs": str(10 * max(10, len(case.epochs)))}


def too_few_test_rows(case: Case) -> Finding | None:
    """Is the score too uncertain to compare networks by it?"""
    low, high = case.interval
    room = 1 - case.score("baseline")
    if case.judged != "test" or case.training.data.whole or case.gain("train") < LITTLE_GAINED:
        return None
    if not high - low > WIDE_INTERVAL * room:
        return None
    rows = len(case.training.data.test or ())
    words = (
        f"With {count(rows, 'test row')} its {metric(case.metric)} is only known to lie between {figure(low)} and "
        f"{figure(high)} (95 %): "
        "two networks that differ by less can't be told apart."
    )
    remedies = [Remedy("more rows that judge", {"test": "0.4"}), Remedy("several splits", {"split_seed": "1"})]
    return finding("few test rows", "remark", high - low, words, remedies, case.run, command=False)


def not_split(case: Case) -> Finding | None:
    """Is it judged by the rows it was trained on?"""
    if case.judged == "test" and not case.training.data.whole:
        return None
    rows = len(case.training.data.train)
    words = f"It is judged by the {count(rows, 'row')} that it was trained on: the scores say nothing about new rows."
    remedies = [Remedy("rows that only judge", {"test": "0.2"}), Remedy("more rows, where there are any")]
    return finding("not split", "remark", rows, words, remedies, case.run, command=False)
