"""Exercises on tuning: which points are tied, two networks on wine, and whether a gain is more than luck."""

import numpy as np

from glassnet.lessons import claim, function, run


def tables(rng):
    """Mean scores and their standard errors, higher is better."""
    yield [0.90, 0.95], [0.01, 0.01]
    yield [0.93, 0.95], [0.01, 0.01]
    yield [0.95, 0.90, 0.92, 0.94], [0.005, 0.03, 0.005, 0.001]
    yield [0.5], [0.1]
    for _ in range(6):
        yield rng.uniform(0.8, 0.99, 8).round(3).tolist(), rng.uniform(0.005, 0.04, 8).round(3).tolist()


def by_list(means, errors):
    """The positions that are tied with the best, itself among them: within two standard errors of the difference."""
    best = max(range(len(means)), key=lambda i: means[i])
    return [
        i
        for i in range(len(means))
        if i == best or means[best] - means[i] <= 2 * (errors[best] ** 2 + errors[i] ** 2) ** 0.5
    ]


def by_arrays(means, errors):
    means, errors = np.array(means), np.array(errors)
    best = means.argmax()
    near = means[best] - means <= 2 * np.sqrt(errors[best] ** 2 + errors**2)
    near[best] = True
    return np.flatnonzero(near)


def one_error(means, errors):
    best = int(np.argmax(means))
    return [i for i in range(len(means)) if means[best] - means[i] <= 2 * errors[best]]


def errors_added(means, errors):
    best = int(np.argmax(means))
    return [i for i in range(len(means)) if means[best] - means[i] <= 2 * (errors[best] + errors[i])]


def one_and_not_two(means, errors):
    best = int(np.argmax(means))
    return [i for i in range(len(means)) if means[best] - means[i] <= (errors[best] ** 2 + errors[i] ** 2) ** 0.5]


def without_the_best(means, errors):
    best = int(np.argmax(means))
    bound = [2 * (errors[best] ** 2 + e**2) ** 0.5 for e in errors]
    return [i for i in range(len(means)) if i != best and means[best] - means[i] <= bound[i]]


def splits(rng, differs):
    """Test scores of two networks on the same 16 splits: hard splits are hard for both."""
    hard = rng.normal(0, 0.010, 16)
    tuned = 0.98 + hard + rng.normal(0, 0.003, 16) + (0.005 if differs else 0)
    return (0.98 + hard + rng.normal(0, 0.003, 16)).tolist(), tuned.tolist()


def by_pairs(plain, tuned):
    """Whether the tuned network is really different from the plain one, from scores on the same splits."""
    d = np.array(tuned) - np.array(plain)
    return bool(abs(d.mean()) > 2.13 * d.std(ddof=1) / len(d) ** 0.5)


def by_signs(plain, tuned):
    ups = sum(b > a for a, b in zip(plain, tuned, strict=True))
    return ups >= 12 or ups <= 4


def by_interval(plain, tuned):
    differences = [b - a for a, b in zip(plain, tuned, strict=True)]
    middle = sum(differences) / 16
    variance = sum((d - middle) ** 2 for d in differences) / 15
    half = 2.13 * (variance / 16) ** 0.5
    return not middle - half <= 0 <= middle + half


def larger_mean(plain, tuned):
    return sum(tuned) > sum(plain)


def best_of_each(plain, tuned):
    return max(tuned) > max(plain)


def as_if_apart(plain, tuned):
    a, b = np.array(plain), np.array(tuned)
    return bool(abs(b.mean() - a.mean()) > 2.04 * np.sqrt(a.var(ddof=1) / 16 + b.var(ddof=1) / 16))


def by_the_first(plain, tuned):
    return tuned[0] > plain[0]


exercises = (
    function(
        "tied",
        "Write `tied(means, errors)`: the positions (from 0, in order) of all points that are tied with the best, the "
        "best among them. A point is tied if its mean is at most two standard errors *of the difference* below the "
        "best; the variances of both means add up.",
        inputs=tables,
        right=(by_list, by_arrays),
        wrong=(
            (one_error, "The other point has an error, too: both variances count."),
            (errors_added, "Variances add up, and not errors: square, add, take the root."),
            (one_and_not_two, "Two standard errors are asked for, and that is one."),
            (without_the_best, "The best one is among them, too."),
        ),
        hints=(
            "The standard error of a difference is $\\sqrt{e_1^2 + e_2^2}$.",
            "Find the position of the best first.",
        ),
    ),
    run(
        "wine_line",
        "Train logistic regression, a network without a hidden layer, that has at least 98 % of the test wines right, "
        'whatever the seed: `wine_line = "glassnet train wine_quality ..."`.',
        dataset="wine_quality",
        right=(
            "glassnet train wine_quality --hidden none --epochs 5",
            {"hidden": "none", "optimizer": "sgd:lr=0.3", "epochs": 8},
        ),
        wrong=(
            ({"hidden": "16"}, "With a hidden layer it is no logistic regression any more."),
            ({"optimizer": "sgd:lr=0.00001"}, "With so small a rate it hardly leaves its first weights."),
            ({"dataset": "wine_quality:target=quality"}, "That learns how good a wine is, and not its colour."),
        ),
        reach={"accuracy": 0.98},
        most={"layers": 0, "epochs": 100},
        hints=("`--hidden none` leaves the hidden layer out.", "The rest can stay as it is: five epochs are enough."),
    ),
    run(
        "wine_hidden",
        "Now with exactly one hidden layer of at most 32 units, and at least 98.5 % of the test wines.",
        dataset="wine_quality",
        right=(
            "glassnet train wine_quality --hidden 16 --optimizer adam:lr=0.01 --epochs 6",
            {"hidden": 32, "activation": "tanh", "optimizer": "adam:lr=0.01", "epochs": 5},
        ),
        wrong=(
            ({"hidden": "16,16"}, "Those are two hidden layers: one is asked for."),
            ({"hidden": "none"}, "There is no hidden layer in it: one is asked for."),
            ({"hidden": "64"}, "That is wider than it may be."),
        ),
        reach={"accuracy": 0.985},
        most={"layers": 1, "hidden": 32, "epochs": 60},
        least={"layers": 1},
        hints=("`--hidden 16` is one layer; `--hidden 16,16` are two.", "A rate of 0.01 is quicker than 0.001."),
    ),
    claim(
        "better",
        "Write `better(plain, tuned)`: two lists with the test scores of two networks on the same 16 splits. Return "
        "True if they differ by more than luck. It is put to 200 experiments, half of them without any difference: at "
        "most 10 % false alarms, and at least 80 % of the real differences found.",
        right=(by_pairs, by_interval),
        wrong=(
            (larger_mean, "One of two means is always larger."),
            (best_of_each, "The best of 16 is the luckiest of 16."),
            (as_if_apart, "Both have the same splits, and hard ones are hard for both: look at the differences."),
            (by_the_first, "One split is one throw of the dice."),
        ),
        simulate=splits,
        hints=(
            "Subtract split by split: then it does not matter any more which splits were hard.",
            "Is the mean of the differences further from 0 than about two of its standard errors?",
        ),
    ),
)  # fmt: skip
