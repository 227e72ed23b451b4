"""Why a network knows its training rows and not the new ones: what there is in the rows to learn by heart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..data.sparse import all_here
from ..findings import Finding, Remedy
from ..training.scoring import at_most, class_codes
from ..wording import count, figure, percent, rounded, significant
from .case import Case, gained
from .fit import lost_on_new_rows, validation_risen
from .remedies import finding

#: Of the gain on training rows, lost on new ones: from here on it is asked what was learned by heart.
SOME_LOST = 0.25
#: Neighbours who vote about the label of a row, and the share of them by which they are of one mind.
NEIGHBOURS, OF_ONE_MIND = 15, 0.6
#: Among fewer rows the nearest are far away.
ENOUGH_TO_BE_NEAR = 100
#: Rows that are compared with each other: more would take seconds.
MOST_COMPARED = 2_000
#: Their vote is worth something where it gains so much over guessing on new rows, and of what the network gains there.
WORTH_ASKING, NEARLY_AS_GOOD = 0.1, 0.6
#: Of the training rows, those whose label goes against their neighbours: each data set has some ...
CONTRADICTED = 0.1
#: ... and a network that says so for this share of them learns them one by one: one that knows what the rows have in
#: common says so for a tenth.
BY_HEART = 0.3
#: Inputs that chance would not tell from noise, of all inputs, and how many they are at least.
SAY_NOTHING, MANY_SAY_NOTHING = 0.8, 20
#: Weights a training row: a default network has about ten of them on a small table, and does well.
WEIGHTS_A_ROW = 20.0


def labels_contradict(case: Case) -> Finding | None:
    """Did it learn rows by heart whose labels contradict their neighbours?"""
    data = case.training.data
    if data.targets.task not in ("binary", "multiclass") or not _learned_by_heart(case) or data.test is None:
        return None
    if not all_here(data.train.X) or len(data.train) < ENOUGH_TO_BE_NEAR:
        return None
    rows, new = at_most(data.train, MOST_COMPARED), at_most(data.test, MOST_COMPARED)
    classes = int(data.train.target.max()) + 1
    for_new, _ = _votes(rows.X, rows.target, new.X, classes)
    witness = gained(float(np.mean(for_new == new.target)), case.guess(case.judged))
    if witness < WORTH_ASKING or witness < NEARLY_AS_GOOD * case.gain(case.judged):
        return None
    said, share = _votes(rows.X, rows.target, rows.X, classes, itself=False)
    against = (said != rows.target) & (share >= OF_ONE_MIND)
    network = class_codes(case.training.network.predict(rows.X), data.targets, case.training.objective.loss)
    known = float(np.mean(network[against] == rows.target[against])) if against.any() else 0.0
    if against.mean() < CONTRADICTED or known < BY_HEART:
        return None
    words = (
        f"{percent(float(against.mean()))} of the training rows bear another label than most of the {NEIGHBOURS} rows "
        f"nearest to them, and the network says so for {percent(known)} of these: it learned them one by one, which "
        f"helps no other row. On new rows the vote of their neighbours is right for "
        f"{percent(float(np.mean(for_new == new.target)))}, the network for {percent(case.score(case.judged))}."
    )
    remedies = [
        *_penalties(case, ("l2", 0.03, "holds the weights, so that single rows can't bend them")),
        Remedy("a look at the labels: some may be wrong"),
    ]
    return finding("labels contradict", "warning", float(against.mean()), words, remedies, case.run)


def _votes(
    X: NDArray[np.floating], codes: NDArray[np.intp], asked: NDArray[np.floating], classes: int, itself: bool = True
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """(the class that most of the nearest rows of X have, the share of them that have it), for each row that is asked.

    Without `itself` the rows are those of X, and none is its own neighbour.
    """
    X, asked = X.reshape(len(X), -1).astype(float), asked.reshape(len(asked), -1).astype(float)
    apart = (asked**2).sum(axis=1)[:, None] - 2 * asked @ X.T + (X**2).sum(axis=1)
    if not itself:
        np.fill_diagonal(apart, np.inf)
    number = min(NEIGHBOURS, len(X) - 1)
    nearest = np.argpartition(apart, number - 1, axis=1)[:, :number]
    shares = np.stack([(codes[nearest] == one).mean(axis=1) for one in range(classes)], axis=1)
    return shares.argmax(axis=1), shares.max(axis=1)


def inputs_say_nothing(case: Case) -> Finding | None:
    """Are most inputs noise, in which a network finds an answer for each training row?"""
    rows, features = case.training.data.train, case.training.data.features
    if not _learned_by_heart(case) or features.image_shape or not all_here(rows.X):
        return None
    silent = _silent(rows.X.astype(float), rows.t.astype(float))
    if silent.sum() < MANY_SAY_NOTHING or silent.mean() < SAY_NOTHING:
        return None
    words = (
        f"Of {count(len(silent), 'input')} {silent.sum()} say nothing about the target by themselves but what chance "
        f"would say: with {count(len(rows), 'training row')} a network finds an answer for each of these rows in them, "
        "which holds for no other."
    )
    remedies = _penalties(
        case,
        ("l1", 0.01, "brings the weights of inputs that say nothing to 0"),
        ("l2", 0.1, "keeps all weights small"),
    )
    return finding("many inputs say nothing", "warning", float(silent.mean()), words, remedies, case.run)


def _silent(X: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The inputs whose correlation with each column of the targets is what the largest of so many is by chance."""
    X, t = X - X.mean(axis=0), t - t.mean(axis=0)
    sizes = np.sqrt((X**2).sum(axis=0))[:, None] * np.sqrt((t**2).sum(axis=0))
    alike = np.divide(np.abs(X.T @ t), sizes, out=np.zeros_like(sizes), where=sizes > 0)
    by_chance = np.sqrt(2 * np.log(max(alike.size, 2)) / len(X))
    return np.asarray(alike.max(axis=1) < by_chance)


def too_wide(case: Case) -> Finding | None:
    """Has it so many weights that each row can be learned by heart?"""
    if not case.experiment.hidden or lost_on_new_rows(case) is None:
        return None
    rows, weights = len(case.training.data.train), case.training.network.weights.stop
    if weights < WEIGHTS_A_ROW * rows:
        return None
    words = (
        f"{count(weights, 'weight')} for {count(rows, 'training row')}, {significant(weights / rows, 2)} for each: it "
        f"can learn each by heart, and has {figure(case.score('train'))} on them, {figure(case.score(case.judged))} "
        "on new ones."
    )
    hidden = ",".join(str(min(width, 16)) for width in case.experiment.hidden)
    remedies = [
        *_penalties(case, ("l2", 0.1, "keeps the weights small, however many")),
        Remedy("fewer units, and the time that they need", {"hidden": hidden, "epochs": str(5 * len(case.epochs))}),
        Remedy("more rows"),
    ]
    return finding("too wide for its rows", "warning", weights / rows, words, remedies, case.run)


def _penalties(case: Case, *wanted: tuple[str, float, str]) -> list[Remedy]:
    """Penalties of these strengths, or three times those that there are."""
    return [
        Remedy(words, {name: rounded(max(strength, 3 * getattr(case.experiment, name)), 1)})
        for name, strength, words in wanted
    ]


def _learned_by_heart(case: Case) -> bool:
    """Whether much of what was gained on training rows is missing on new ones, or the validation loss rose again."""
    return lost_on_new_rows(case, SOME_LOST) is not None or validation_risen(case) is not None


#: The first that holds is the cause: noise explains more than size.
BY_HEART_OF = (inputs_say_nothing, labels_contradict, too_wide)
