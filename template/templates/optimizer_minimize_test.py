"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.optimizers()[0](**options)


def _parabola(w):
    """4 (w - 3)^2, lowest at 3."""
    return float(4 * (w - 3) @ (w - 3)), 8 * (w - 3)


def test_the_first_step_worked_out_by_hand():
    """From 0 the slope is -24: lengths of 2, 1, 1/2 and 1/4 go too far, 1/8 arrives at 3 exactly, and it ends."""
    path = list(build().minimize(_parabola, np.array([0.0]), 100, {}))
    np.testing.assert_allclose(path, [[3.0]])


def test_the_loss_never_rises():
    """Two directions of very different steepness, in which a fixed length overshoots or crawls."""
    steep = np.array([100.0, 1.0])
    path = list(build().minimize(lambda w: (float(steep @ w**2), 2 * steep * w), np.array([1.0, 1.0]), 500, {}))
    losses = [steep @ w**2 for w in path]
    assert all(after < before for before, after in zip(losses, losses[1:], strict=False))
    assert losses[-1] < 1e-9


def test_it_goes_on_where_it_was_interrupted():
    """The length is in the state: two halves are the whole."""
    start, memory = np.array([1.0, -2.0]), {}
    whole = list(build().minimize(_bowl, start, 10, {}))
    half = list(build().minimize(_bowl, start, 5, memory))
    np.testing.assert_array_equal(half + list(build().minimize(_bowl, half[-1], 5, memory)), whole)


def _bowl(w):
    """A bowl that is three times as steep in one direction."""
    return float(w[0] ** 2 + 3 * w[1] ** 2), np.array([2, 6]) * w


def test_where_nothing_lowers_the_loss_it_says_so():
    """A slope that points the wrong way, as a loss with a mistake in it would give."""
    solver = build().minimize(lambda w: (float(w @ w), -2 * w), np.array([1.0]), 10, {})
    try:
        next(solver)
    except StopIteration as end:
        assert str(end.value) == "no step lowers the loss, though a slope is still 2"
    else:
        raise AssertionError("it took a step uphill")
