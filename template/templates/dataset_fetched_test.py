"""What is known of the part from outside: by hand, or from a paper. Nothing is fetched for a test."""

import os

import numpy as np
import pytest
from glassnet import GlassnetError

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.datasets()[0](**options)


def test_the_publishers_file_is_read(tmp_path):
    """Its first lines, as they are published."""
    file = tmp_path / "geyser.csv"
    file.write_text("duration,waiting,kind\n3.6,79,long\n1.8,54,short\n")
    np.testing.assert_array_equal(plugin.read(file), [[3.6, 1.8], [79, 54]])


def test_another_file_is_refused(tmp_path, monkeypatch):
    """One letter more is another file: nobody trains on it unawares."""
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(tmp_path))
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "cache"))
    (tmp_path / "old-faithful").mkdir()
    (tmp_path / "old-faithful" / "geyser.csv").write_text("duration,waiting,kind\n3.6,79,long\n")
    with pytest.raises(GlassnetError, match="another checksum"):
        build(rng=np.random.default_rng(0))


def test_the_rows_are_those_of_the_paper(tmp_path, monkeypatch):
    """Where the file is here already: 272 eruptions, 3.49 minutes long and 70.9 minutes apart in the mean."""
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", os.environ.get("GLASSNET_DATA_MIRROR") or str(tmp_path))
    try:
        rows = build(rng=np.random.default_rng(0))
    except GlassnetError as error:
        pytest.skip(str(error))
    assert rows.X.shape == (272, 1)
    np.testing.assert_allclose([rows.X.mean(), rows.y.mean()], [3.488, 70.897], atol=0.001)
