"""A course for glassnet: three lessons on one table, the wines of three cultivars that come with scikit-learn.

This module is the plugin: it is all that glassnet imports of the package until a lesson is opened. Each lesson is a
page in `pages`, with the exercises of the module of the same name in `exercises`.
"""

from typing import Any

from glassnet import hookimpl


def wine_line() -> Any:
    """Which cultivar is it? One line for each of three, trained on 13 measurements; what one row is worth."""
    from glassnet.lessons import page

    from .exercises.wine_line import exercises

    return page("pages/wine_line.md", exercises)


def wine_hidden() -> Any:
    """A hidden layer for the wines: what it costs in parameters, and whether it is worth it, over 16 splits."""
    from glassnet.lessons import page

    from .exercises.wine_hidden import exercises

    return page("pages/wine_hidden.md", exercises)


def wine_tuned() -> Any:
    """Tune rate and width, and then ask whether the gain is real: ties, an interval, and a test of your own."""
    from glassnet.lessons import page

    from .exercises.wine_tuned import exercises

    return page("pages/wine_tuned.md", exercises)


@hookimpl(optionalhook=True)  # a glassnet without lessons keeps the package
def lessons() -> list:
    """The lessons in the order of the course."""
    return [wine_line, wine_hidden, wine_tuned]
