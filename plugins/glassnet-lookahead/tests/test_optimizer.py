"""What is known of the part from outside: its paper's lines, by hand."""

import numpy as np
import pytest
from glassnet_lion import plugin as inner_ones

from glassnet_lookahead import plugin

INNER = ["lion", "nadam", "amsgrad", "radam"]


def _walk(part, w, slope, steps):
    """Where a training would go."""
    state, path = part.init(w), [w]
    for step in range(1, steps + 1):
        change, state = part.update(path[-1], slope(path[-1]), state, step)
        path.append(path[-1] - change)
    return path


def _bowl(w):
    return np.array([2.0, 20.0]) * w


@pytest.mark.parametrize("inner", INNER)
def test_a_share_of_one_is_the_inner_optimizer_alone(inner):
    """Then the slow copy is where the fast weights are."""
    w = np.array([1.0, -2.0])
    alone = _walk(getattr(inner_ones, inner)(lr=0.01), w, _bowl, 12)
    np.testing.assert_allclose(_walk(plugin.lookahead(inner, lr=0.01, share=1.0), w, _bowl, 12), alone)


@pytest.mark.parametrize("inner", INNER)
def test_a_look_back_lands_between_where_it_began_and_where_the_steps_ended(inner):
    """Of the first three steps, which know of no look back, a quarter of the way is kept."""
    w = np.array([1.0, -2.0])
    fast = _walk(getattr(inner_ones, inner)(lr=0.01), w, _bowl, 3)
    path = _walk(plugin.lookahead(inner, lr=0.01, every=3, share=0.25), w, _bowl, 3)
    np.testing.assert_allclose(path[:3], fast[:3])
    np.testing.assert_allclose(path[3], w + (fast[3] - w) / 4)


def test_lion_worked_out_by_hand():
    """Each of lion's steps has the length lr: two steps of 0.1, and a look back keeps half of them."""
    path = _walk(plugin.lookahead("lion", lr=0.1, every=2, share=0.5), np.array([1.0]), lambda w: np.ones(1), 4)
    np.testing.assert_allclose(np.ravel(path), [1, 0.9, 0.9, 0.8, 0.8])


def test_it_finds_the_lowest_point():
    """Of a bowl that is ten times as steep in one direction."""
    end = _walk(plugin.lookahead("amsgrad", lr=0.05), np.array([1.0, -2.0]), _bowl, 2000)[-1]
    np.testing.assert_allclose(end, [0, 0], atol=1e-3)
