"""Exercises on rules of thumb: a verdict from paired scores, and scikit-learn's settings in our words."""

import numpy as np

from glassnet.lessons import function


def trials(rng):
    """Scores of 16 networks that follow a rule, and of 16 that break it, on the same splits."""
    easy = np.linspace(0.8, 0.95, 16)
    yield (easy + 0.01).round(4).tolist(), (easy + np.tile([0.001, -0.001], 8)).round(4).tolist()
    yield (easy - 0.02).round(4).tolist(), (easy + np.tile([0.001, -0.001], 8)).round(4).tolist()
    yield (easy + np.tile([0.01, -0.01], 8)).round(4).tolist(), easy.round(4).tolist()
    for shift in (0.0054, 0.0056):  # just inside of the interval, and just outside
        yield (easy + shift + np.tile([0.01, -0.01], 8)).tolist(), easy.tolist()
    for shift in (0, 0.004, -0.004, 0.0055, 0.007, -0.007, 0.02, -0.02):
        hard = rng.normal(0.9, 0.03, 16)
        yield (hard + shift + rng.normal(0, 0.01, 16)).round(4).tolist(), hard.round(4).tolist()


def by_arrays(follows, breaks):
    """What 16 pairs of scores say of a rule: "holds", "does not hold" or "can't be told"."""
    d = np.array(follows) - np.array(breaks)
    half = 2.13 * d.std(ddof=1) / np.sqrt(16)
    if abs(d.mean()) <= half:
        return "can't be told"
    return "holds" if d.mean() > 0 else "does not hold"


def by_bounds(follows, breaks):
    d = [a - b for a, b in zip(follows, breaks, strict=True)]
    mean = sum(d) / 16
    half = 2.13 * (sum((x - mean) ** 2 for x in d) / 15 / 16) ** 0.5
    if mean - half > 0:
        return "holds"
    if mean + half < 0:
        return "does not hold"
    return "can't be told"


def always_decided(follows, breaks):
    return "holds" if sum(follows) > sum(breaks) else "does not hold"


def without_the_root(follows, breaks):
    d = np.array(follows) - np.array(breaks)
    half = 2.13 * d.std(ddof=1)
    if abs(d.mean()) <= half:
        return "can't be told"
    return "holds" if d.mean() > 0 else "does not hold"


def not_in_pairs(follows, breaks):
    a, b = np.array(follows), np.array(breaks)
    half = 2.13 * np.sqrt(a.var(ddof=1) / 16 + b.var(ddof=1) / 16)
    if abs(a.mean() - b.mean()) <= half:
        return "can't be told"
    return "holds" if a.mean() > b.mean() else "does not hold"


def lost_is_unknown(follows, breaks):
    d = np.array(follows) - np.array(breaks)
    return "holds" if d.mean() > 2.13 * d.std(ddof=1) / 4 else "can't be told"


def calls(rng):
    """Settings of an MLPClassifier."""
    yield ({"hidden_layer_sizes": (50,), "activation": "relu", "solver": "adam", "learning_rate_init": 0.001,
            "alpha": 0.0032, "batch_size": 32, "max_iter": 20},)  # fmt: skip
    yield ({"hidden_layer_sizes": (100, 50), "activation": "logistic", "solver": "sgd", "learning_rate_init": 0.1,
            "alpha": 0.5, "batch_size": 100, "max_iter": 5},)  # fmt: skip
    yield ({"hidden_layer_sizes": (8, 8, 8), "activation": "tanh", "solver": "adam", "learning_rate_init": 0.01,
            "alpha": 0.0, "batch_size": 16, "max_iter": 300},)  # fmt: skip


def by_name(theirs):
    """The settings of an MLPClassifier as glassnet calls them."""
    names = {"logistic": "sigmoid"}
    return {
        "hidden": theirs["hidden_layer_sizes"],
        "activation": names.get(theirs["activation"], theirs["activation"]),
        "optimizer": f"{theirs['solver']}:lr={theirs['learning_rate_init']}",
        "l2": theirs["alpha"] / theirs["batch_size"],
        "batch_size": theirs["batch_size"],
        "epochs": theirs["max_iter"],
    }


def step_by_step(theirs):
    ours = dict(theirs)
    ours["hidden"] = ours.pop("hidden_layer_sizes")
    if ours["activation"] == "logistic":
        ours["activation"] = "sigmoid"
    ours["optimizer"] = ours.pop("solver") + ":lr=" + str(ours.pop("learning_rate_init"))
    ours["l2"] = ours.pop("alpha") / ours["batch_size"]
    ours["epochs"] = ours.pop("max_iter")
    return ours


def alpha_is_l2(theirs):
    sigmoid = theirs["activation"].replace("logistic", "sigmoid")
    return {
        "hidden": theirs["hidden_layer_sizes"],
        "activation": sigmoid,
        "optimizer": f"{theirs['solver']}:lr={theirs['learning_rate_init']}",
        "l2": theirs["alpha"],
        "batch_size": theirs["batch_size"],
        "epochs": theirs["max_iter"],
    }


def times_the_rows(theirs):
    sigmoid = theirs["activation"].replace("logistic", "sigmoid")
    return {
        "hidden": theirs["hidden_layer_sizes"],
        "activation": sigmoid,
        "optimizer": f"{theirs['solver']}:lr={theirs['learning_rate_init']}",
        "l2": theirs["alpha"] * theirs["batch_size"],
        "batch_size": theirs["batch_size"],
        "epochs": theirs["max_iter"],
    }


def still_logistic(theirs):
    return {
        "hidden": theirs["hidden_layer_sizes"],
        "activation": theirs["activation"],
        "optimizer": f"{theirs['solver']}:lr={theirs['learning_rate_init']}",
        "l2": theirs["alpha"] / theirs["batch_size"],
        "batch_size": theirs["batch_size"],
        "epochs": theirs["max_iter"],
    }


exercises = (
    function(
        "verdict",
        "Write `verdict(follows, breaks)`: two lists with 16 scores each, on the same splits, higher is better. "
        'Return "holds", "does not hold" or "can\'t be told", by the 95 % interval of the mean difference: mean '
        "$\\pm 2.13 \\cdot s / \\sqrt{16}$, where $s$ is the standard deviation of the 16 differences (divided by 15).",
        inputs=trials,
        right=(by_arrays, by_bounds),
        wrong=(
            (always_decided, 'One mean is always larger: "can\'t be told" is an answer, too.'),
            (without_the_root, "That is the spread of single differences; a mean of 16 is surer by the root of 16."),
            (not_in_pairs, "The splits are the same for both: take the differences first, and their spread."),
            (lost_is_unknown, 'A rule that clearly loses "does not hold": that is more than not knowing.'),
        ),
        hints=("Make a list of 16 differences, and forget the rest.", "`d.std(ddof=1)` divides by 15."),
    ),
    function(
        "ours",
        "Write `ours(theirs)`: `theirs` is a dictionary with the settings of an MLPClassifier: hidden_layer_sizes, "
        "activation, solver, learning_rate_init, alpha, batch_size, max_iter. Return a dictionary with glassnet's: "
        'hidden, activation, optimizer (such as "adam:lr=0.01"), l2, batch_size, epochs.',
        inputs=calls,
        right=(by_name, step_by_step),
        wrong=(
            (alpha_is_l2, "alpha is divided by the rows of a batch there, and l2 is not here."),
            (times_the_rows, "Turned round: they divide alpha by the rows of a batch, so l2 is the smaller number."),
            (still_logistic, "What is called logistic there is called sigmoid here."),
        ),
        hints=("Compare the first two formulas: which $\\lambda$ makes them the same?",),
    ),
)
