"""Exercises on the chain rule: a gradient over two paths, and the table of slopes of the softmax."""

import numpy as np

from glassnet.lessons import function


def places(rng):
    """Values of u and v, whole ones first."""
    yield 1.0, 1.0
    yield 2.0, -1.0
    for _ in range(10):
        yield float(rng.normal()), float(rng.normal())


def row_times_table(u, v):
    """The slopes in u and in v of f = p q, where p = u v and q = u + v^2: two numbers."""
    p, q = u * v, u + v**2
    row = np.array([q, p])
    table = np.array([[v, u], [1.0, 2 * v]])
    return row @ table


def multiplied_out(u, v):
    # f = u^2 v + u v^3
    return 2 * u * v + v**3, u**2 + 3 * u * v**2


def one_path(u, v):
    q = u + v**2
    return np.array([q * v, q * u])


def other_path(u, v):
    p = u * v
    return np.array([p * 1.0, p * 2 * v])


def first_slope_twice(u, v):
    p, q = u * v, u + v**2
    return np.array([q, p]) @ np.array([[v, v], [1.0, 2 * v]])


def turned_table(u, v):
    p, q = u * v, u + v**2
    return np.array([q, p]) @ np.array([[v, 1.0], [u, 2 * v]])


def outer_swapped(u, v):
    p, q = u * v, u + v**2
    return np.array([p, q]) @ np.array([[v, u], [1.0, 2 * v]])


def paths_multiplied(u, v):
    p, q = u * v, u + v**2
    return np.array([q * v * p, q * u * p * 2 * v])


def scores(rng):
    """Scores of a few classes, equal ones first."""
    yield (np.array([0.0, 0.0]),)
    yield (np.array([1.0, 2.0, 0.5]),)
    for size in (1, 3, 4, 6):
        yield (rng.normal(size=size),)


def diagonal_minus_outer(z):
    """The slopes of the softmax: entry (i, j) says how output i moves with score j."""
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s) - np.outer(s, s)


def entry_by_entry(z):
    e = [np.exp(one) for one in z]
    s = [one / sum(e) for one in e]
    return [[s[i] * ((1 if i == j else 0) - s[j]) for j in range(len(s))] for i in range(len(s))]


def as_a_list(z):
    s = np.exp(z) / np.exp(z).sum()
    return s * (1 - s)


def the_diagonal_alone(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s * (1 - s))


def columns_added_up(z):
    s = np.exp(z) / np.exp(z).sum()
    return (np.diag(s) - np.outer(s, s)).sum(axis=0)


def no_diagonal(z):
    s = np.exp(z) / np.exp(z).sum()
    return -np.outer(s, s)


def of_the_scores(z):
    return np.diag(z) - np.outer(z, z)


exercises = (
    function(
        "gradient",
        "Let $p = u v$, $q = u + v^2$ and $f = p q$. Write `gradient(u, v)`: the two slopes of f, in u and in v.",
        inputs=places,
        right=(row_times_table, multiplied_out),
        wrong=(
            (one_path, "Only the way through p is there: u and v reach f through q as well, and ways add up."),
            (other_path, "Only the way through q is there: u and v reach f through p as well, and ways add up."),
            (first_slope_twice, "The table has dp/du twice in its first row: its second column belongs to v."),
            (turned_table, "The table is turned: a row for p and q, a column for u and v."),
            (outer_swapped, "The row is mixed up: where p moves, f = p q moves q times as much."),
            (paths_multiplied, "The two ways were multiplied: slopes multiply along a way, and ways add up."),
        ),
        hints=(
            "The row is the slopes of f in p and in q; the table has a row for p and a row for q.",
            "df/dp is q, and df/dq is p. Which slopes do p and q have in u?",
        ),
    ),
    function(
        "softmax_table",
        "Write `softmax_table(z)`: the Jacobian of the softmax for k scores, a table of k by k; entry (i, j) is how "
        "output i moves with score j.",
        inputs=scores,
        right=(diagonal_minus_outer, entry_by_entry),
        wrong=(
            (
                as_a_list,
                "A list of slopes says how each output moves with its own score; it moves with all others, too.",
            ),
            (
                the_diagonal_alone,
                "Beside the diagonal there are no zeros: a higher score takes from all other outputs.",
            ),
            (columns_added_up, "Those are the sums of the columns, which are 0: the table itself is asked for."),
            (no_diagonal, "On the diagonal is more: where i = j the slope is s_i (1 - s_i)."),
            (of_the_scores, "The table is made of the outputs s; z are the scores before the softmax."),
        ),
        hints=(
            "First the outputs s, then the table from s alone.",
            "np.outer(s, s) has all products s_i s_j, and np.diag(s) has s on its diagonal.",
        ),
    ),
)
