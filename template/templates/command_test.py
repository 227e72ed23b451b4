"""What is known of the part from outside: slopes that everybody knows."""

import numpy as np
from click.testing import CliRunner
from glassnet import Catalog

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.commands()[0](**options)


class _Host:
    """What click hands over in glassnet, as far as it is used here."""

    catalog = staticmethod(Catalog.discover)


def test_the_slope_of_tanh():
    """tanh(0) = 0 with the slope 1; the slope of tanh is 1 - tanh^2."""
    command = build().command
    said = CliRunner().invoke(command, ["tanh", "--at", "0", "--at", "1"], obj=_Host()).output
    rows = [[float(word) for word in line.split()] for line in said.splitlines()[1:]]
    a = np.tanh(1)
    np.testing.assert_allclose(rows, [[0, 0, 1], [1, a, 1 - a**2]], atol=1e-4)


def test_an_unknown_activation_is_explained():
    """The catalog says what is possible, without a line of ours."""
    failed = CliRunner().invoke(build().command, ["tnah"], obj=_Host())
    assert "Did you mean 'tanh'?" in str(failed.exception)
