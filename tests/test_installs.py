"""A glance at the folders of the path says "there is no plugin" only where `importlib.metadata` finds none either."""

import sys
import zipfile
from collections.abc import Callable
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

import pytest
from guests import python, write_good

import glassnet
from glassnet.catalog.guests import installed
from glassnet.cli import edge
from glassnet.installs import may_have, version_of

GUESTS = any(point.dist.name != "glassnet" for point in metadata.entry_points(group="glassnet") if point.dist)
POINTS = "[console_scripts]\nglassnet = glassnet.cli:main\n\n[glassnet]\nbent = bent\n"
PLAIN = "Metadata-Version: 2.1\nName: glassnet-bent\nVersion: 1.5\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the path, in a Python whose own finder alone says what is installed."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    # The backport `importlib_metadata` takes this away from Python's own finder when somebody imports it.
    search = staticmethod(metadata.MetadataPathFinder.find_distributions)
    monkeypatch.setattr(PathFinder, "find_distributions", search, raising=False)
    return tmp_path


def record(folder: Path, points: str | bytes = POINTS, about: str = "METADATA", text: str = PLAIN) -> None:
    folder.mkdir(parents=True)
    (folder / about).write_text(text)
    (folder / "entry_points.txt").write_bytes(points.encode() if isinstance(points, str) else points)


def wheel(place: Path) -> None:
    record(place / "glassnet_bent-1.5.dist-info")


def developed(place: Path) -> None:
    """As `setup.py develop` leaves it: the egg-info stands in the sources, which are put on the path."""
    record(place / "sources" / "glassnet_bent.egg-info", about="PKG-INFO")
    sys.path.append(str(place / "sources"))


def editable(place: Path) -> None:
    """As setuptools leaves it today: a record in the folder of packages and a finder of modules alone."""
    wheel(place)
    sys.path.append("__editable__.glassnet_bent-1.5.finder.__path_hook__")
    sys.meta_path.append(type("_EditableFinder", (), {"find_spec": staticmethod(lambda *_: None)}))


def egg(place: Path) -> None:
    record(place / "glassnet_bent-1.5-py3.egg" / "EGG-INFO", about="PKG-INFO")
    sys.path.append(str(place / "glassnet_bent-1.5-py3.egg"))


def packed_egg(place: Path) -> None:
    with zipfile.ZipFile(place / "glassnet_bent-1.5-py3.egg", "w") as archive:
        archive.writestr("EGG-INFO/PKG-INFO", PLAIN)
        archive.writestr("EGG-INFO/entry_points.txt", POINTS)
    sys.path.append(str(place / "glassnet_bent-1.5-py3.egg"))


def archive(place: Path) -> None:
    with zipfile.ZipFile(place / "all.zip", "w") as whole:
        whole.writestr("glassnet_bent-1.5.dist-info/METADATA", PLAIN)
        whole.writestr("glassnet_bent-1.5.dist-info/entry_points.txt", POINTS)
    sys.path.append(str(place / "all.zip"))


def found_elsewhere(place: Path) -> None:
    """By a finder of somebody else's, which keeps its packages where no folder shows them."""
    hidden = place / "hidden"
    record(hidden / "glassnet_bent-1.5.dist-info")

    class Elsewhere(metadata.DistributionFinder):
        def find_distributions(self, context: metadata.DistributionFinder.Context | None = None):  # type: ignore[override]
            return iter([metadata.PathDistribution(hidden / "glassnet_bent-1.5.dist-info")])

        def find_spec(self, *_: object) -> None:
            return None

    sys.meta_path.append(Elsewhere())  # type: ignore[arg-type]


def from_windows(place: Path) -> None:
    record(place / "glassnet_bent-1.5.dist-info", b"\n[glassnet]\r\nbent = bent\r\n")


def in_capitals(place: Path) -> None:
    record(place / "GLASSNET_BENT-1.5.DIST-INFO")


LAYOUTS = [wheel, developed, editable, egg, packed_egg, archive, found_elsewhere, from_windows, in_capitals]


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_a_guest_is_found_however_it_was_installed(layout: Callable[[Path], None], place: Path) -> None:
    assert not may_have("glassnet") and installed() == []
    layout(place)
    assert len(list(metadata.entry_points(group="glassnet"))) == 1  # or the layout is none
    assert may_have("glassnet")
    assert [package.name for package in installed()] == ["glassnet-bent"]


def test_what_is_no_guest_is_not_taken_for_one(place: Path) -> None:
    record(place / "glassnet-0.1.0.dist-info", "[console_scripts]\nglassnet = glassnet.cli:main\n")
    record(place / "other-1.0.dist-info", "[glassnet.more]\nx = y\n")
    (place / "old-1.0.egg-info").write_text("Name: old\n")  # one file, as distutils wrote it
    (place / "bare-1.0.dist-info").mkdir()
    sys.path.extend(["", str(place / "nowhere"), "__editable__.x.finder.__path_hook__"])
    assert not may_have("glassnet") and not metadata.entry_points(group="glassnet")


def test_a_path_that_is_no_text_is_left_to_those_who_know(place: Path) -> None:
    sys.path.append(place / "sources")  # type: ignore[arg-type]
    assert may_have("glassnet")


def test_a_guest_that_is_installed_meanwhile_is_seen(place: Path) -> None:
    assert not may_have("glassnet")
    wheel(place)
    assert may_have("glassnet")


@pytest.mark.parametrize(
    "records",
    [
        {"glassnet-0.3.dist-info": "Name: glassnet\nVersion: 0.3\n"},
        {"glassnet-0.3.dist-info": "Metadata-Version: 2.1\nVersion: 0.4+own\nName: glassnet\n\nVersion: 9\n"},
        {"glassnet.egg-info": "Name: glassnet\nVersion: 0.5\n"},
        {"glassnet-0.3.dist-info": "Name: glassnet\nVersion: 0.3\n", "glassnet_swish-9.dist-info": ""},
        {"glassnet_swish-9.dist-info": "Name: glassnet-swish\nVersion: 9\n"},
        {"glassnet-0.3.dist-info": "Name: glassnet\r\nVersion: 0.3\r\n"},
        {},
    ],
)  # fmt: skip
def test_the_version_is_the_one_that_importlib_tells(records: dict[str, str], place: Path) -> None:
    for name, text in records.items():
        record(place / name, "", "PKG-INFO" if name.endswith("egg-info") else "METADATA", text)
    try:
        told = metadata.version("glassnet")
    except metadata.PackageNotFoundError:
        told = ""
    assert version_of("glassnet") == told


def test_the_first_on_the_path_says_the_version(place: Path) -> None:
    record(place / "glassnet-0.3.dist-info", text="Name: glassnet\nVersion: 0.3\n")
    record(place / "first" / "glassnet-0.4.dist-info", text="Name: glassnet\nVersion: 0.4\n")
    sys.path.insert(0, str(place / "first"))
    assert version_of("glassnet") == metadata.version("glassnet") == "0.4"


def test_our_own_version_is_the_installed_one() -> None:
    assert glassnet.__version__ == metadata.version("glassnet")


WHAT_COMES_ALONG = """
import sys
from glassnet.cli import main
try:
    main(["list"])
except SystemExit:
    pass
names = "importlib.metadata email socket html shutil json traceback glassnet.files"
print("loaded", [name for name in names.split() if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.skipif(GUESTS, reason="guests are installed in this environment, and are asked for")
def test_a_list_without_guests_loads_nothing_that_it_has_no_use_for(tmp_path: Path) -> None:
    assert python(WHAT_COMES_ALONG).stderr.strip() == "loaded []"
    write_good(tmp_path, "curious-guest", "curious")  # or the test could not fail
    assert "importlib.metadata" in python(WHAT_COMES_ALONG, tmp_path).stderr


@pytest.mark.parametrize(
    ("pip", "uv", "before", "after"),
    [
        (True, "/bin/uv", "pip install x", "pip install x"),
        (False, "/bin/uv", "with: pip install 'glassnet[onnx]'", "with: uv pip install 'glassnet[onnx]'"),
        (False, "/bin/uv", "python -m pip install --upgrade x", "uv pip install --upgrade x"),
        (False, "/bin/uv", "uv pip install x", "uv pip install x"),
        (False, None, "pip install -e .", "python -m ensurepip && python -m pip install -e ."),
        (False, "/bin/uv", "python -m pip install --isolated x", "python -m pip install --isolated x"),
        (False, None, "nothing to install", "nothing to install"),
    ],
)
def test_advice_is_possible_where_there_is_no_pip(pip, uv, before, after, monkeypatch, capsys):
    """An environment of uv has none; whatever a command prints goes through one door."""
    monkeypatch.setattr("glassnet.installs._has_pip", lambda: pip)
    monkeypatch.setattr("shutil.which", lambda name: uv)
    edge.say(before)
    assert capsys.readouterr().out == f"{after}\n"
