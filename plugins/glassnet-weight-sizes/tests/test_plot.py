"""What is known of the part from outside: the numbers of a made-up network."""

from types import SimpleNamespace

import numpy as np
from glassnet import Block

from glassnet_weight_sizes import plugin

LAYOUT = [
    Block("weight", 0, slice(0, 4), (2, 2)),
    Block("weight", 1, slice(4, 6), (2, 1)),
    Block("bias", 0, slice(6, 8), (2,)),
    Block("bias", 1, slice(8, 9), (1,)),
]
NETWORK = SimpleNamespace(w=np.array([-4.0, 1, 0.5, 2, 0, 3, 100, 100, 100]), layout=LAYOUT)


def test_sizes_are_sorted_layer_by_layer_and_biases_are_none():
    """By hand: a weight of 0 has no place on a logarithmic axis."""
    (first, sizes), (second, others) = plugin.sizes_of(NETWORK)
    assert (first, second) == ("layer 1", "layer 2")
    np.testing.assert_array_equal(sizes, [0.5, 1, 2, 4])
    np.testing.assert_array_equal(others, [3])


def test_the_curve_ends_at_all_of_them():
    """A quarter of the weights at each step."""
    run = SimpleNamespace(trained=SimpleNamespace(network=NETWORK), title="made up, run 1")
    axes = plugin.weight_sizes().draw(run).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0.5, 0.25], [1, 0.5], [2, 0.75], [4, 1]])
    assert [words.get_text() for words in axes.get_legend().get_texts()] == ["layer 1", "layer 2"]


def test_a_network_of_zeros_has_an_empty_picture():
    """Nothing is divided by nothing."""
    assert plugin.sizes_of(SimpleNamespace(w=np.zeros(9), layout=LAYOUT)) == []
