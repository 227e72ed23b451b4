"""A guest with one small lesson: a function, a number and a choice, that cost nothing to check."""

PLUGIN = r'''
import numpy as np
from glassnet import Lesson, hookimpl
from glassnet.lessons import choice, function, number
from glassnet.lessons.pages import lesson_of

PAGE = """
# Halves

:::exercise half
:::

:::exercise share
:::

:::exercise why
:::
"""


def half(a):
    """Half of an array."""
    return a / 2


def by_product(a):
    return 0.5 * a


def twice(a):
    return 2 * a


def kept(a):
    return a


def floored(a):
    return a // 2


exercises = (
    function("half", "Write `half(a)`.", inputs=lambda rng: [(np.array([1.0, 3.0]),), (rng.normal(size=4),)],
             right=(half, by_product), wrong=((twice, "=That is twice: take the half."),
             (kept, "Nothing was halved."), (floored, "@floor is not the half.")), hints=("Divide.",), seconds=0.3),
    number("share", "Which share of 4 is 1?", 0.25, absolute=0.001, unit="share",
           near={4: "+4 is how often it fits.", 1: "1 is the part.", 0.5: "-half is 2 of 4."}),
    choice("why", "Why?", {"one": "-No.", "two": "Yes.", "three": "No, $x^2$."}, right="two"),
)


def halves() -> Lesson:
    """Half of it."""
    return lesson_of(PAGE, exercises)


@hookimpl
def lessons():
    return [halves]
'''
RIGHT = "def half(a):\n    return a / 2\n\nshare = 1 / 4\nwhy = 'b'\n"
