"""A course for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A lesson is a page of Markdown with cells that run and exercises that are checked. The first of these two is its page
and nothing else; the second has an exercise whose answer is a function, so it needs this module. Put your own in the
place of them; `make check` plays the pages and tries every answer, the right ones and the wrong ones.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from glassnet import hookimpl


def {{ part }}() -> Any:
    """The number that is nearest to all rows: the middle one, if each unit of distance costs the same."""
    from glassnet.lessons import function, page

    middle = function(
        "middle",
        "Write `middle(y)`: for an odd number of values, the number that has the least sum of distances to them.",
        inputs=_values,
        right=(by_numpy, by_sorting),
        wrong=(
            (the_mean, "That is the mean: it has the least sum of squares, and one value far off pulls it there."),
            (between_the_ends, "That is the middle of the two ends: what lies between them counts, too."),
            (without_sorting, "That is the one in the middle of the list: put the values in order first."),
        ),
        hints=("Walk to the right by one unit: how many values come nearer, and how many go away?",),
        stub=stub,
    )
    return page("{{ part }}.md", [middle])


def _values(rng: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """What answers are compared on: first what can be checked by hand, then what can't be guessed."""
    yield (np.array([9.0, 1.0, 2.0]),)
    yield (np.array([4.0, 30.0, 1.0, 2.0, 3.0]),)
    for n in (7, 21, 99):
        yield (rng.normal(size=n),)


# Answers are written as a student would write them: each needs nothing but its arguments and NumPy.


def stub(y):
    return ...


def by_numpy(y):
    return np.median(y)


def by_sorting(y):
    return sorted(y)[len(y) // 2]


def the_mean(y):
    return np.mean(y)


def between_the_ends(y):
    return (min(y) + max(y)) / 2


def without_sorting(y):
    return y[len(y) // 2]


@hookimpl(optionalhook=True)  # a glassnet without lessons keeps the package's other parts
def lessons() -> list:
    """Every lesson of this package, in the order of the course: write one more and add it here."""
    from glassnet.lessons import from_markdown

    return [from_markdown("{{ part }}_warm_up.md"), {{ part }}]
