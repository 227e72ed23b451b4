"""Exercise on reverse-mode differentiation: the walk back over a list of steps."""

import numpy as np

from glassnet.lessons import function


def tapes(rng):
    """Steps and the values that they came to: ("in",), ("add", i, j) and ("mul", i, j), the shortest first."""
    yield [("in",), ("in",), ("mul", 0, 1)], [2.0, 5.0, 10.0]
    yield [("in",), ("in",), ("add", 0, 1), ("mul", 2, 1)], [2.0, 3.0, 5.0, 15.0]
    yield [("in",), ("mul", 0, 0), ("mul", 1, 0), ("add", 2, 1)], [3.0, 9.0, 27.0, 36.0]
    for length in (5, 8, 12):
        steps, values = [("in",), ("in",)], [float(value) for value in rng.normal(size=2)]
        while len(steps) < length:
            sort = ("add", "mul")[int(rng.integers(2))]
            i, j = int(rng.integers(len(steps))), len(steps) - 1
            steps.append((sort, i, j))
            values.append(values[i] + values[j] if sort == "add" else values[i] * values[j])
        yield steps, values


def in_reverse(steps, values):
    """How fast the last value moves with each one: a list as long as steps."""
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in reversed(range(len(steps))):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] += slopes[k]
            slopes[j] += slopes[k]
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] += slopes[k] * values[j]
            slopes[j] += slopes[k] * values[i]
    return slopes


def forward_from_each(steps, values):
    found = np.zeros(len(steps))
    for start in range(len(steps)):
        moved = np.zeros(len(steps))
        for k, step in enumerate(steps):
            if k == start:
                moved[k] = 1
            elif step[0] == "add":
                moved[k] = moved[step[1]] + moved[step[2]]
            elif step[0] == "mul":
                moved[k] = moved[step[1]] * values[step[2]] + values[step[1]] * moved[step[2]]
        found[start] = moved[-1]
    return found


def latest_way_only(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in reversed(range(len(steps))):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] = slopes[k]
            slopes[j] = slopes[k]
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] = slopes[k] * values[j]
            slopes[j] = slopes[k] * values[i]
    return slopes


def own_value(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in reversed(range(len(steps))):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] += slopes[k]
            slopes[j] += slopes[k]
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] += slopes[k] * values[i]
            slopes[j] += slopes[k] * values[j]
    return slopes


def first_to_last(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in range(len(steps)):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] += slopes[k]
            slopes[j] += slopes[k]
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] += slopes[k] * values[j]
            slopes[j] += slopes[k] * values[i]
    return slopes


def begins_with_zero(steps, values):
    return [0.0] * len(steps)


def steps_not_chained(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in reversed(range(len(steps))):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] += 1
            slopes[j] += 1
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] += values[j]
            slopes[j] += values[i]
    return slopes


def begins_with_the_value(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = values[-1]
    for k in reversed(range(len(steps))):
        if steps[k][0] == "add":
            _, i, j = steps[k]
            slopes[i] += slopes[k]
            slopes[j] += slopes[k]
        elif steps[k][0] == "mul":
            _, i, j = steps[k]
            slopes[i] += slopes[k] * values[j]
            slopes[j] += slopes[k] * values[i]
    return slopes


def sums_as_products(steps, values):
    slopes = [0.0] * len(steps)
    slopes[-1] = 1.0
    for k in reversed(range(len(steps))):
        if steps[k][0] != "in":
            _, i, j = steps[k]
            slopes[i] += slopes[k] * values[j]
            slopes[j] += slopes[k] * values[i]
    return slopes


exercises = (
    function(
        "walk_back",
        'A formula is a list of steps, ("in",), ("add", i, j) or ("mul", i, j), where i and j are the places of '
        "earlier steps; values has what each came to. Write `walk_back(steps, values)`: how fast the last value moves "
        "with each one, a list as long as steps.",
        inputs=tapes,
        right=(in_reverse, forward_from_each),
        wrong=(
            (latest_way_only, "A value that is used twice has two ways to the end: `+=`, not `=`."),
            (own_value, "In a product each factor's slope is the *other* factor."),
            (first_to_last, "The order is turned round: a slope has to be complete before it is handed on."),
            (begins_with_zero, "Nothing starts the walk: the last value moves with itself, once for one."),
            (
                steps_not_chained,
                "The slope of the step itself is there, and not that of all that comes after it: multiply.",
            ),
        ),
        hints=(
            "Begin with slopes of 0, and a 1 for the last. Then go from the last step to the first.",
            'For ("add", i, j) both get the slope of the sum added; for ("mul", i, j) times the other value.',
        ),
    ),
)
