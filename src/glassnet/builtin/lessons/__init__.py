"""The course that glassnet ships, in its order. Each lesson is a page in `pages`.

Exercises that need code stand in the module of the same name in `exercises`, which is imported when the lesson is
opened.
"""

from collections.abc import Callable

from glassnet import Lesson, hookimpl
from glassnet.lessons import page


def xor() -> Lesson:
    """What no line can do: four rows that a single neuron never gets right, and the hidden layer that does."""
    from .exercises.xor import exercises

    return page("pages/xor.md", exercises)


@hookimpl
def lessons() -> list[Callable[..., Lesson]]:
    return [xor]
