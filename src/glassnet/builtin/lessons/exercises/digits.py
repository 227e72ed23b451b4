"""Exercises on digits: the rows that are most wrong, a confusion matrix by hand, two layers on small pictures."""

import numpy as np

from glassnet.lessons import function, run


def answers(rng):
    """Probabilities (n, k), true classes, and how many rows are asked for."""
    yield np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), np.array([1, 1, 0]), 1
    yield np.array([[0.5, 0.3, 0.2], [0.01, 0.98, 0.01], [0.3, 0.3, 0.4], [0.7, 0.1, 0.2]]), np.array([0, 2, 2, 1]), 2
    for n in (6, 10, 15):
        P = rng.dirichlet(np.full(4, 0.5), size=n)
        yield P, rng.integers(0, 4, n), 3


def by_sorting(P, t, m):
    """The numbers of the m rows with the highest cross-entropy, the worst first."""
    return np.argsort(np.log(P[np.arange(len(t)), t]))[:m]


def by_hand(P, t, m):
    pairs = sorted((P[i][t[i]], i) for i in range(len(t)))
    return [i for _, i in pairs[:m]]


def least_sure(P, t, m):
    return np.argsort(P.max(axis=1))[:m]


def surest(P, t, m):
    return np.argsort(-P.max(axis=1))[:m]


def best_first(P, t, m):
    return np.argsort(-P[np.arange(len(t)), t])[:m]


def turned_round(P, t, m):
    return np.argsort(P[np.arange(len(t)), t])[:m][::-1]


def called(rng):
    """True classes, answers, and how many classes there are."""
    yield np.array([0, 1, 1]), np.array([0, 0, 1]), 2
    yield np.array([2, 2, 0]), np.array([2, 0, 0]), 3
    for n, k in ((10, 3), (30, 4), (5, 6)):
        yield rng.integers(0, k, n), rng.integers(0, k, n), k


def by_pairs(actual, predicted, k):
    """Counts (k, k): a row for each true class, a column for each answer."""
    table = np.zeros((k, k), dtype=int)
    for i, j in zip(actual, predicted, strict=True):
        table[i, j] += 1
    return table


def by_masks(actual, predicted, k):
    return [[int(((actual == i) & (predicted == j)).sum()) for j in range(k)] for i in range(k)]


def rows_are_answers(actual, predicted, k):
    table = np.zeros((k, k), dtype=int)
    for i, j in zip(actual, predicted, strict=True):
        table[j, i] += 1
    return table


def only_mistakes(actual, predicted, k):
    table = np.zeros((k, k), dtype=int)
    for i, j in zip(actual, predicted, strict=True):
        if i != j:
            table[i, j] += 1
    return table


def shares(actual, predicted, k):
    table = np.zeros((k, k))
    for i, j in zip(actual, predicted, strict=True):
        table[i, j] += 1
    return table / len(actual)


def counted_once(actual, predicted, k):
    table = np.zeros((k, k), dtype=int)
    table[actual, predicted] += 1
    return table


exercises = (
    function(
        "most_wrong",
        "Write `most_wrong(P, t, m)`: the numbers (from 0) of the m rows with the highest loss, the worst first. `P` "
        "(n, k) holds a probability for each class, `t` (n) the true class of each row. The loss of a row is minus "
        "the logarithm of the probability of its true class.",
        inputs=answers,
        right=(by_sorting, by_hand),
        wrong=(
            (least_sure, "Those are the rows where the network is least sure: wrong is something else than unsure."),
            (surest, "Those are the rows where it is surest, and there it may be right: look at the true class."),
            (best_first, "Those are the best ones: a high probability of the true class is a low loss."),
            (turned_round, "They are the right rows in the wrong order: the worst one comes first."),
        ),
        hints=(
            "`P[np.arange(n), t]` picks from each row the probability of its true class.",
            "The logarithm keeps the order: the lowest probability is the highest loss.",
        ),
    ),
    function(
        "confusion",
        "Write `confusion(actual, predicted, k)`: the counts (k, k), a row for each true class, a column for each "
        "answer.",
        inputs=called,
        right=(by_pairs, by_masks),
        wrong=(
            (rows_are_answers, "Rows and columns are swapped: a row belongs to a true class."),
            (only_mistakes, "What is right is counted, too: it stands on the diagonal."),
            (shares, "Those are shares of all rows: counts are asked for."),
            (counted_once, "`table[i, j] += 1` with arrays counts each pair once only: use a loop or `np.add.at`."),
        ),
        hints=("Begin with zeros of the shape (k, k), and add 1 for each row of the data.",),
    ),
    run(
        "two_layers",
        "Train a network with exactly two hidden layers on `digits8x8` that has at least 95 % of the test pictures "
        "right, with at most 130 hidden units and 20 epochs.",
        dataset="digits8x8",
        right=(
            "glassnet train digits8x8 --hidden 100,30 --epochs 15 --optimizer adam:lr=0.005",
            {"hidden": "64,64", "epochs": 20, "optimizer": "adam:lr=0.004", "activation": "tanh"},
        ),
        wrong=(
            ({"hidden": "100"}, "That is one hidden layer: a comma makes two."),
            ({"epochs": 1, "hidden": "100,30"}, "One epoch is too short: it has seen each picture once."),
            ({"hidden": "100,30", "optimizer": "sgd:lr=0.0001"}, "With so small a rate it hardly moves."),
        ),
        reach={"accuracy": 0.95},
        most={"layers": 2, "hidden": 130, "epochs": 20},
        least={"layers": 2},
        hints=("`--hidden 100,30` are two layers.", "Adam's usual rate is 0.001: with few epochs a larger one helps."),
    ),
)
