"""What is known of the lessons from outside: by hand, and as a student meets them."""

import glassnet
import numpy as np
import pytest

from {{ cookiecutter.__package }} import plugin


def opened(place):
    """The first or second lesson of plugin.py, whatever it is called: it is renamed there alone."""
    return glassnet.lesson(plugin.lessons()[place].__name__)


def test_the_right_answers_have_the_least_sum_of_distances():
    """Tried against many other numbers, whatever the formula."""
    y = np.array([4.0, 30.0, 1.0, 2.0, 3.0])
    others = np.linspace(0, 31, 3101)
    least = np.abs(y[:, None] - others).sum(axis=0).min()
    for answer in (plugin.by_numpy, plugin.by_sorting):
        np.testing.assert_allclose(np.abs(y - answer(y)).sum(), least)


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        (lambda y: np.quantile(y, 0.5), True, ""),
        (lambda y: sum(y) / len(y), False, "That is the mean"),
        (lambda y: sorted(y)[1], False, "middle("),
    ],
)
def test_students_are_told_what_they_need(answer, right, words):
    """Written otherwise than in the lesson; the last one is a mistake that the lesson does not know."""
    [result] = opened(1).check(middle=answer).results
    assert (result.state == "right") == right
    assert result.words.startswith(words)


def test_the_page_asks_what_it_should():
    """6 is the mean of 2, 4 and 12."""
    warm_up = opened(0)
    assert warm_up.check(best=6, outlier="b").ok
    assert not warm_up.check(best=4).ok
