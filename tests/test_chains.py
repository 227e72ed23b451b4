"""Guests on guests: which versions go together, and what is said where none do."""

from pathlib import Path

import pytest
from archives import sdist, wheel
from indexes import put

from glassnet import __version__
from glassnet.publish.chains import Unmet, chain, guests_of, offers_of
from glassnet.publish.installing import install_line
from glassnet.publish.store import Store


def look_at(**index: dict[str, list[str]]):
    """An index that holds these guests: bow={"0.1": ["glassnet-arc>=2"]}."""

    def look(name: str):
        offers = index.get(name.removeprefix("glassnet-").replace("-", "_"))
        return None if offers is None else {version: lambda lines=lines: lines for version, lines in offers.items()}

    return look


def guests(requires: list[str], **index: dict[str, list[str]]) -> dict[str, str]:
    """What a package that requires this gets from that index."""
    return chain("glassnet-bent", "0.1.0", requires, look_at(**index)).guests


def test_a_chain_of_three_is_followed_to_its_end_with_the_libraries_of_each():
    index = look_at(bow={"0.1.0": ["glassnet-arc", "tinylib>=1"]}, arc={"0.3": ["glassnet>=0.1", "scipy"]})
    needed = chain("glassnet-bent", "0.1.0", ["glassnet>=0.1", "numpy>=2.0", "glassnet_Bow"], index)
    assert needed.guests == {"glassnet-arc": "0.3", "glassnet-bow": "0.1.0"}
    assert needed.others == ("numpy>=2.0", "tinylib>=1", "scipy")
    assert install_line("https://a/simple/", "glassnet-bent", "0.1.0", needed.guests) == (
        "python -m pip install --isolated --no-deps --index-url https://a/simple/ glassnet-bent==0.1.0 "
        "glassnet-arc==0.3 glassnet-bow==0.1.0"
    )


@pytest.mark.parametrize(
    ("requires", "taken"),
    [
        (["glassnet-bow"], "0.10"),  # as numbers, not as texts; and 1.0rc1 is not asked for
        (["glassnet-bow<0.10"], "0.9"),
        (["glassnet-bow==0.2.*"], "0.2"),
        (["glassnet-bow>=1.0rc1"], "1.0rc1"),
        (["glassnet-bow", "glassnet-bow!=0.10"], "0.9"),
        (["glassnet-bow; python_version<'3'"], None),
    ],
)
def test_the_highest_version_that_fits_is_taken(requires, taken):
    index = {"bow": {version: [] for version in ("0.2", "0.9", "0.10", "1.0rc1")}}
    assert guests(requires, **index) == ({"glassnet-bow": taken} if taken else {})


def test_a_lower_version_is_taken_where_the_highest_does_not_fit_the_rest():
    bow = {"2.0": ["glassnet-arc>=2"], "1.0": ["glassnet-arc<2"]}
    arc = {"1.5": [], "2.5": [f"glassnet>{__version__}"]}
    assert guests(["glassnet-bow"], bow=bow, arc=arc) == {"glassnet-arc": "1.5", "glassnet-bow": "1.0"}


def test_two_that_need_each_other_are_no_endless_round():
    assert guests(["glassnet-bow"], bow={"1": ["glassnet-bent>=0.1", "glassnet-arc"]}, arc={"1": ["glassnet-bow"]}) == {
        "glassnet-arc": "1",
        "glassnet-bow": "1",
    }


def test_an_extra_brings_what_it_names():
    bow = {"1": ["glassnet-arc; extra=='fast'", "tinylib; extra=='fast'", "numpy"]}
    assert guests(["glassnet-bow"], bow=bow, arc={"1": []}) == {"glassnet-bow": "1"}
    index = look_at(bow=bow, arc={"1": ["glassnet-bow"]})
    needed = chain("glassnet-bent", "0.1.0", ["glassnet-bow", "glassnet-bow[fast]"], index)
    assert (needed.guests, needed.others) == ({"glassnet-arc": "1", "glassnet-bow": "1"}, ("tinylib", "numpy"))


@pytest.mark.parametrize(
    ("requires", "index", "words"),
    [
        (
            ["glassnet-bow>=9"],
            {"bow": {"0.1": [], "0.10": []}},
            "glassnet-bent requires glassnet-bow>=9, and what the index has is 0.1, 0.10",
        ),
        (["glassnet-bow"], {"bow": {}}, "what the index has is no version for this Python"),
        (
            ["glassnet-bow"],
            {"bow": {"1": ["glassnet-arc>=2"]}, "arc": {"1": []}},
            "glassnet-bow requires glassnet-arc>=2, and what the index has is 1",
        ),
        (["glassnet>=99"], {}, f"glassnet-bent requires glassnet>=99, and glassnet {__version__} is what runs here"),
        (
            ["glassnet-bow"],
            {"bow": {"1": ["glassnet-bent>=2"]}},
            "glassnet-bow requires glassnet-bent>=2, and glassnet-bent 0.1.0 is what goes with it",
        ),
    ],
)
def test_what_can_not_be_met_is_one_line(requires, index, words):
    with pytest.raises(Unmet) as caught:
        guests(requires, **index)
    line = str(caught.value)
    assert words in line and "\n" not in line
    assert line.endswith("under dependencies in pyproject.toml, or release the guest that is wanted first")


def test_a_knot_is_given_up():
    """Nine guests of ten versions each, and a last one that fits none: to try them all would take years."""
    index = {f"n{number}": {str(version): [] for version in range(10)} for number in range(9)}
    index["last"] = {"1": ["glassnet-bent>=2"]}
    with pytest.raises(Unmet, match="can't agree on versions"):
        guests([f"glassnet-{name}" for name in index], **index)


def test_what_is_no_guest_is_never_looked_for_on_the_index():
    asked = []

    def look(name):
        asked.append(name)
        return

    needed = chain("glassnet-bent", "0.1.0", ["numpy>=2", "glassnetlike", "glassnet-bow", "not a requirement !"], look)
    assert asked == ["glassnet-bow"]
    assert needed.others == ("numpy>=2", "glassnetlike", "glassnet-bow")


def test_the_practice_index_is_read_from_its_folder(tmp_path: Path):
    store = Store(tmp_path / "index")
    for file in (
        wheel(tmp_path, "glassnet-bow", "0.1.0", "Requires-Dist: glassnet-arc>=1"),
        wheel(tmp_path, "glassnet-bow", "0.2.0", "Requires-Dist: glassnet-arc>=2"),
        sdist(tmp_path, "glassnet-bow", "0.3.0"),
        wheel(tmp_path, "glassnet-arc", "1.0.0"),
    ):
        put(store, file)
    look = offers_of(store)
    assert look("glassnet-none") is None
    assert {version: read() for version, read in look("glassnet-bow").items()} == {
        "0.1.0": ["glassnet-arc>=1"],
        "0.2.0": ["glassnet-arc>=2"],
    }
    assert chain("glassnet-bent", "1", ["glassnet-bow"], look).guests == {
        "glassnet-arc": "1.0.0",
        "glassnet-bow": "0.1.0",
    }
    assert guests_of(store, "glassnet-bow", "0.1.0") == {"glassnet-arc": "1.0.0"}
    assert guests_of(store, "glassnet-bow", "0.2.0") == guests_of(store, "glassnet-none", "1") == {}
