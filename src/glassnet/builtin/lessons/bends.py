"""The lesson that bears the name of a hook: among the hooks of a plugin's module it would be taken for one of them."""

from glassnet import Lesson
from glassnet.lessons import page


def activations() -> Lesson:
    """The bends: formula, slope, saturation, dying units, and a famous ranking put to the test."""
    from .exercises.activations import exercises

    return page("pages/activations.md", exercises)
