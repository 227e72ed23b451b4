"""What is known of the part from outside: its paper's counts. Nothing is fetched for a test."""

import os

import numpy as np
import pytest
from glassnet import GlassnetError

from glassnet_penguins import plugin

HEAD = "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year\n"
ROWS = "Adelie,Torgersen,39.1,18.7,181,3750,male,2007\nAdelie,Torgersen,NA,NA,NA,NA,NA,2007\n"


def _penguins(**options):
    return plugin.penguins(rng=np.random.default_rng(0), **options)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Only where the publisher's file is here already."""
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", os.environ.get("GLASSNET_DATA_MIRROR") or str(tmp_path))
    try:
        _penguins()
    except GlassnetError as error:
        pytest.skip(str(error))


def test_the_publishers_file_is_read(tmp_path):
    """Its first and fourth line, as they are published: NA is a gap, not a word."""
    (tmp_path / "penguins.csv").write_text(HEAD + ROWS)
    table = plugin.read(tmp_path / "penguins.csv")
    assert list(table["flipper_length_mm"].isna()) == list(table["sex"].isna()) == [False, True]


def test_another_file_is_refused(tmp_path, monkeypatch):
    """One row less is another file."""
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(tmp_path))
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "cache"))
    (tmp_path / "penguins").mkdir()
    (tmp_path / "penguins" / "penguins.csv").write_text(HEAD + ROWS)
    with pytest.raises(GlassnetError, match="another checksum"):
        _penguins()


def test_the_rows_are_those_of_the_paper(here):
    """152 Adelie, 68 chinstrap and 124 gentoo penguins."""
    rows = _penguins()
    assert rows.X.shape == (344, 7)
    assert dict(zip(*np.unique(rows.y, return_counts=True), strict=True)) == {
        "Adelie": 152,
        "Chinstrap": 68,
        "Gentoo": 124,
    }
    assert rows.notes == ()


def test_what_is_not_recorded_of_the_target_is_left_out_and_said(here):
    """165 females and 168 males; two birds were never weighed. The mean mass is 4202 g."""
    assert dict(zip(*np.unique(_penguins(target="sex").y, return_counts=True), strict=True)) == {
        "female": 165,
        "male": 168,
    }
    weighed = _penguins(target="body_mass_g")
    assert (len(weighed.y), round(weighed.y.mean())) == (342, 4202)
    assert "species" in weighed.X.columns and "body_mass_g" not in weighed.X.columns
    assert weighed.notes == ("2 rows whose body_mass_g was not recorded are left out.",)
