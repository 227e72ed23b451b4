"""What is known of the part from outside: glassnet's own training, and what rates do to a parabola."""

import pytest
from click.testing import CliRunner
from glassnet import Catalog, Experiment, run

from glassnet_rate_test import plugin


class _Host:
    """What click hands over in glassnet, as far as it is used here."""

    catalog = staticmethod(Catalog.discover)


def _said(*words):
    done = CliRunner().invoke(plugin.rate_test().command, words, obj=_Host(), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output.splitlines()


def test_a_row_is_what_a_training_says():
    """With the very rate, from the same weights."""
    lines = _said("iris", "--from", "0.01", "--to", "0.1", "--points", "2", "--epochs", "3")
    for line, rate in zip(lines[1:3], (0.01, 0.1), strict=True):
        *_, last = run(Experiment(dataset="iris", optimizer=f"sgd:lr={rate}", epochs=3))
        assert line.split() == [f"{rate}", f"{last.loss:.4g}"]


def test_a_rate_far_too_large_diverges_and_the_best_is_another():
    """A squared error is steep: beyond twice the inverse of its curvature each step leads farther up."""
    lines = _said("diabetes", "--from", "0.01", "--to", "1e6", "--points", "2", "--epochs", "20")
    assert lines[2].split() == ["1e+06", "diverged"]
    assert lines[3] == "least after epoch 20: lr=0.01"


def test_where_all_diverge_it_says_what_to_do():
    lines = _said("diabetes", "--from", "1e6", "--to", "1e7", "--points", "2", "--epochs", "20")
    assert lines[-1] == "all diverged: try --from a smaller rate"


def test_options_of_the_optimizer_stay():
    """The rate is added to the phrase."""
    lines = _said("iris", "--optimizer", "momentum:momentum=0.5", "--points", "2", "--from", "0.01", "--to", "0.02")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("words", "told"), [(["iris", "--from", "0"], "--from"), (["iris", "--points", "1"], "--points")]
)
def test_what_is_out_of_range_is_refused(words, told):
    failed = CliRunner().invoke(plugin.rate_test().command, words, obj=_Host())
    assert failed.exit_code == 2 and told in failed.output
