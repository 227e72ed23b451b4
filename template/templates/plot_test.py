"""What is known of the part from outside: the numbers of a made-up run."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.plots()[0](**options)


def _run(validation):
    history = {"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "validation_loss": validation}
    return SimpleNamespace(history=pd.DataFrame(history), title="made up, run 1")


def test_the_line_is_the_difference():
    """Worked out by hand for three epochs."""
    figure = build().draw(_run([3.0, 2.5, 2.0]))
    line = figure.axes[0].lines[-1]
    np.testing.assert_allclose(line.get_xydata(), [[1, 0], [2, 0.5], [3, 1]])


def test_a_run_without_validation_rows_is_told_why_it_has_no_picture():
    """In words, and without drawing."""
    part = build()
    assert part.unsuited(_run([np.nan] * 3)) == "it has no validation rows"
    assert part.unsuited(_run([3.0, 2.5, 2.0])) == ""
