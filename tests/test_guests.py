"""Guests that work, guests that are broken in every way we know, and that each costs nothing but itself."""

import json
import sys
import warnings
from pathlib import Path
from textwrap import dedent

import pytest
from guests import BROKEN, GOOD, glassnet, python, write_broken, write_glassnet, write_good, write_guest

from glassnet import GlassnetError
from glassnet.catalog import Catalog, Guest, near_miss_groups
from glassnet.catalog.guests import installed, load_package
from glassnet.catalog.plugins import new_manager


def guest_of(catalog: Catalog, distribution: str) -> Guest:
    return next(guest for guest in catalog.guests if guest.distribution == distribution)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path; what a test imports from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


# --- what works -------------------------------------------------------------------------------------------


def test_a_guest_brings_its_parts(place: Path) -> None:
    file = write_good(place, "Glassnet_Alice", "lion", version="0.3")
    catalog = Catalog.discover()
    guest, part = guest_of(catalog, "glassnet-alice"), catalog.find("activation", "lion")
    assert (guest.state, guest.version, guest.reason) == ("ok", "0.3", "")
    assert guest.entry_points == ("part = glassnet_alice",)
    assert guest.ms > 0
    assert (part.full_name, part.version, part.file) == ("glassnet-alice/lion", "0.3", str(file))
    assert part.help == "A line through 0, from glassnet_alice."
    assert catalog.choose("activation", "lion:scale=3").build().f(2.0) == 6.0


def test_two_distributions_with_the_same_entry_point_name_are_both_there(place: Path) -> None:
    for name in ("alice", "bob"):
        write_good(place, f"same-{name}", name, points={"plugin": f"same_{name}"})
    catalog = Catalog.discover()
    assert catalog.find("activation", "alice").distribution == "same-alice"
    assert catalog.find("activation", "bob").distribution == "same-bob"


def test_a_guest_may_have_several_entry_points_and_be_an_object(place: Path) -> None:
    source = """
        from glassnet import Activation, hookimpl

        def east(): return Activation(f=abs)
        def west(): return Activation(f=abs)

        class Plugin:
            def __init__(self, part): self.part = part
            @hookimpl
            def activations(self): return [self.part]

        first, second = Plugin(west), Plugin(east)
    """
    write_guest(place, "object-guest", source, points={"b": "object_guest:first", "a": "object_guest:second"})
    catalog = Catalog.discover()
    assert guest_of(catalog, "object-guest").state == "ok"
    assert [p.name for p in catalog.parts() if p.distribution == "object-guest"] == ["east", "west"]


@pytest.mark.slow
def test_a_package_installed_by_pip_is_a_guest(tmp_path: Path) -> None:
    project, site = tmp_path / "project", tmp_path / "site"
    (project / "glassnet_pip").mkdir(parents=True)
    (project / "glassnet_pip" / "__init__.py").write_text(
        "from glassnet import Activation, hookimpl\n"
        "def bear():\n    return Activation(f=abs)\n"
        "@hookimpl\ndef activations():\n    return [bear]\n"
    )
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "glassnet-pip"\nversion = "2.5"\n'
        '[project.entry-points.glassnet]\nbear = "glassnet_pip"\n'
    )
    command = ["install", "--no-index", "--no-build-isolation", "--no-deps", "-q", "--target", str(site), str(project)]
    done = python(f"import runpy, sys; sys.argv = ['pip', *{command!r}]; runpy.run_module('pip', run_name='__main__')")
    if "hatchling" in done.stderr and "No module" in done.stderr:
        pytest.skip("hatchling, which builds the package, is not installed")
    assert done.returncode == 0, done.stderr
    shown = glassnet("show", "bear", path=[site])
    assert shown.returncode == 0, shown.stderr
    assert "from glassnet-pip 2.5 (a plugin)" in shown.stdout


def test_a_guest_may_ship_a_hook_for_a_later_glassnet(place: Path) -> None:
    source = GOOD.format(name="early", module="m") + "\n    @hookimpl(optionalhook=True)\n    def laboratories(): ...\n"
    write_guest(place, "early-guest", source)
    assert guest_of(Catalog.discover(), "early-guest").state == "ok"


def test_a_guest_may_be_a_plugin_of_another_project_too(place: Path) -> None:
    source = GOOD.format(name="both", module="m") + (
        "\n    import pluggy\n    @pluggy.HookimplMarker('pytest')\n    def pytest_addoption(parser): ...\n"
    )
    write_guest(place, "both-guest", source)
    assert guest_of(Catalog.discover(), "both-guest").state == "ok"


def test_an_editable_install_whose_folder_was_moved_says_so(place: Path) -> None:
    """No entry point is wrong then, and nothing is to be corrected in pyproject.toml."""
    write_good(place, "moved-guest", "moved").unlink()
    (info,) = place.glob("moved_guest-*.dist-info")
    gone = place / "old home" / "moved-guest"
    origin = {"url": gone.as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(origin))
    guest = guest_of(Catalog.discover(), "moved-guest")
    assert guest.state == "quarantined"
    assert guest.reason == f"it was installed from {gone}, and that folder is not there any more"
    assert guest.remedy == (
        "install it from where it lies now, pip install -e FOLDER, or take it off: pip uninstall moved-guest"
    )


# --- what is broken ---------------------------------------------------------------------------------------


def test_every_broken_guest_costs_itself_alone_and_says_why(place: Path) -> None:
    write_broken(place)
    write_good(place, "zz-good", "survivor")
    ours = [part.full_name for part in Catalog.discover(guests=False).parts()]
    catalog = Catalog.discover()
    for distribution, (_, words, where) in BROKEN.items():
        guest = guest_of(catalog, distribution)
        assert guest.state == "quarantined", distribution
        assert words in guest.reason, distribution
        assert f"{place}/{where})" in guest.reason or not where, distribution
        assert len(guest.reason.splitlines()) == 1 and guest.remedy, distribution
        assert not [part for part in catalog.parts() if part.distribution == distribution]
    assert catalog.find("activation", "survivor").distribution == "zz-good"
    assert [part.full_name for part in catalog.parts() if part.distribution == "glassnet"] == ours


def test_remedies_fit_the_fault(place: Path) -> None:
    write_broken(place)
    catalog = Catalog.discover()
    assert "pip install no_such_library_anywhere" in guest_of(catalog, "broken-import").remedy
    assert "[project.entry-points.glassnet]" in guest_of(catalog, "broken-module").remedy
    assert "[project.entry-points.glassnet]" in guest_of(catalog, "broken-attribute").remedy
    assert "must not end the program" in guest_of(catalog, "broken-exit").remedy
    assert "pip install --upgrade broken-syntax" in guest_of(catalog, "broken-syntax").remedy


def test_an_error_deep_in_another_library_is_placed_in_the_guest(place: Path) -> None:
    source = "import json\n\n\ndef helper():\n    return json.loads('{')\n\n\nhelper()"
    write_guest(place, "deep-guest", source)
    reason = guest_of(Catalog.discover(), "deep-guest").reason
    assert "JSONDecodeError" in reason
    assert reason.endswith(f"in helper() ({place}/deep_guest.py:5)")


def test_a_fault_in_a_module_of_a_package_is_placed_there(place: Path) -> None:
    write_guest(place, "big-guest", "", points={"part": "big_package"})
    (place / "big_package").mkdir()
    (place / "big_package" / "__init__.py").write_text("from . import inner\n")
    (place / "big_package" / "inner.py").write_text("\n1 / 0\n")
    reason = guest_of(Catalog.discover(), "big-guest").reason
    assert reason == f"ZeroDivisionError: division by zero ({place}/big_package/inner.py:2)"


def test_an_error_that_cannot_even_be_printed_is_contained(place: Path) -> None:
    source = "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n"
    write_guest(place, "odd-guest", source)
    assert "Odd" in guest_of(Catalog.discover(), "odd-guest").reason


def test_control_c_is_not_swallowed_and_says_what_was_waited_for(place: Path) -> None:
    write_guest(place, "waiting-guest", "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)")
    with pytest.raises(KeyboardInterrupt, match="while loading waiting-guest"):
        Catalog.discover()
    done = glassnet("list", path=[place])
    assert (done.returncode, done.stderr.strip()) == (130, "Error: interrupted while loading waiting-guest")


def test_an_interrupt_that_a_guest_raises_itself_is_its_fault(place: Path) -> None:
    write_guest(place, "interrupting-guest", "x = 1\nraise KeyboardInterrupt")
    guest = guest_of(Catalog.discover(), "interrupting-guest")
    assert guest.state == "quarantined"
    assert guest.reason == f"KeyboardInterrupt ({place}/interrupting_guest.py:2)"


@pytest.mark.parametrize("name", ["glassnet", "local", "given"])
def test_a_guest_may_not_bear_a_name_of_ours(tmp_path: Path, name: str) -> None:
    write_good(tmp_path, f"{name}-x", "impostor")
    info = next(tmp_path.glob("*.dist-info"))
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    info.rename(tmp_path / f"{name}-1.0.dist-info")
    done = glassnet("list", "activation", path=[tmp_path])
    assert done.returncode == 0
    assert f"Plugin {name} 1.0 is quarantined: {name!r} is a name that glassnet keeps for itself" in done.stderr
    assert "impostor" not in done.stdout


def test_a_half_removed_installation_and_an_unreadable_entry_point_hide_no_one(place: Path) -> None:
    write_good(place, "left-over", "ghost")
    (place / "left_over-1.0.dist-info" / "METADATA").unlink()
    write_guest(place, "unreadable-guest", "")
    (place / "unreadable_guest-1.0.dist-info" / "entry_points.txt").write_text("[glassnet]\nno equals sign\n")
    write_good(place, "sound-guest", "sound")
    catalog = Catalog.discover()
    assert "no readable METADATA" in guest_of(catalog, "left-over").reason
    assert catalog.find("activation", "sound")
    assert near_miss_groups() == near_miss_groups()


def test_a_malformed_entry_point_value_is_explained(place: Path) -> None:
    write_guest(place, "malformed-guest", "", points={"part": "not a module!"})
    assert "is neither MODULE nor MODULE:NAME" in guest_of(Catalog.discover(), "malformed-guest").reason


def test_a_module_that_another_guest_provides_already_is_not_taken_twice(place: Path) -> None:
    write_good(place, "first-owner", "owned")
    write_guest(place, "second-owner", "", points={"part": "first_owner"})
    catalog = Catalog.discover()
    assert "'first-owner: part' already provides" in guest_of(catalog, "second-owner").reason
    assert catalog.find("activation", "owned").distribution == "first-owner"


def test_a_hook_wrapper_is_refused(place: Path) -> None:
    source = """
        from glassnet import hookimpl
        @hookimpl(wrapper=True)
        def activations():
            yield
            return []
    """
    write_guest(place, "wrapper-guest", source)
    assert "activations() wraps the hook of others" in guest_of(Catalog.discover(), "wrapper-guest").reason


def test_what_a_guest_prints_and_filters_stays_with_it(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = (
        "import sys, warnings\nprint('noise')\nprint('noise', file=sys.stderr)\n"
        "warnings.warn('noise')\nwarnings.simplefilter('ignore')\n"
    ) + "from glassnet import hookimpl\ndef a(): ...\n@hookimpl\ndef losses():\n    print('noise')\n    return [a]\n"
    write_guest(place, "noisy-guest", source)
    before = list(warnings.filters)
    assert guest_of(Catalog.discover(), "noisy-guest").state == "ok"
    assert warnings.filters == before
    assert capfd.readouterr() == ("", "")


HALF = """
    from glassnet import Activation, hookimpl
    def stray(): return Activation(f=abs)
    @hookimpl
    def activations(): return [stray]
    @hookimpl
    def losses(): raise RuntimeError("half")
"""
LEAVES_NOTHING = """
    import pluggy
    from glassnet.catalog import Catalog
    from glassnet.catalog.guests import installed, load_package
    from glassnet.catalog.plugins import new_manager
    manager = new_manager()
    states = {package.name: load_package(manager, package, "0.1")[0].state for package in installed()}
    assert states["half-guest"] == "quarantined", states
    assert states["whole-guest"] == "ok", states
    names = [name for name, _ in manager.list_name_plugin()]
    assert not [name for name in names if name.startswith("half-guest")], names
    assert {hook.plugin_name for hook in manager.hook.activations.get_hookimpls()} <= set(names)
    assert {part.name for part in Catalog.discover().parts()} >= {"whole", "relu"}
    print(pluggy.__version__)
"""


def test_a_half_valid_guest_leaves_nothing_behind(place: Path) -> None:
    write_guest(place, "half-guest", HALF)
    manager = new_manager()
    package = next(package for package in installed() if package.name == "half-guest")
    guest, parts = load_package(manager, package, "0.1")
    assert (guest.state, parts) == ("quarantined", [])
    assert manager.get_plugins() == set()
    assert manager.hook.activations.get_hookimpls() == []


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.5.0", "1.6.0"])
def test_a_half_valid_guest_leaves_nothing_behind_on_older_pluggy(tmp_path: Path, version: str) -> None:
    old = tmp_path / "old"
    fetch = f"['pip', 'install', '-q', '--no-deps', '--target', {str(old)!r}, 'pluggy=={version}']"
    done = python(f"import runpy, sys; sys.argv = {fetch}; runpy.run_module('pip', run_name='__main__')")
    if done.returncode:
        pytest.skip(f"pluggy {version} can't be had here: {done.stderr.strip()[-200:]}")
    write_guest(tmp_path / "site", "half-guest", HALF)
    write_good(tmp_path / "site", "whole-guest", "whole")
    checked = python(LEAVES_NOTHING, old, tmp_path / "site")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.strip() == version


# --- which versions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requirement", "state"),
    [
        ("glassnet<0.5", "ok"),
        ("glassnet", "ok"),
        ("glassnet-other<0.1", "ok"),
        ("glassnet<0.1 ; extra == 'old'", "ok"),
        ("glassnet>=1", "incompatible"),
        ("glassnet (>=1)", "incompatible"),
        ("Glassnet[publish] ~= 2.0", "incompatible"),
    ],
)
def test_metadata_decide_whether_a_guest_suits_this_version(tmp_path: Path, requirement: str, state: str) -> None:
    write_glassnet(tmp_path, "0.4.2")
    marker = tmp_path / "imported"
    source = f"open({str(marker)!r}, 'w').close()\n" + GOOD.format(name="future", module="m").replace("\n    ", "\n")
    write_guest(tmp_path, "future-guest", source, requires=["numpy", requirement])
    done = glassnet("plugins", "--json", path=[tmp_path])
    assert f'"state": "{state}"' in done.stdout
    assert marker.exists() == (state == "ok")
    if state == "incompatible":
        assert "and this is glassnet 0.4.2" in done.stdout


def test_an_incompatible_guest_is_named_and_not_loaded(tmp_path: Path) -> None:
    write_glassnet(tmp_path, "0.4.2")
    write_good(tmp_path, "future-guest", "future", requires=["glassnet>=1"])
    done = glassnet("list", path=[tmp_path])
    assert done.returncode == 0
    assert "Plugin future-guest 1.0 is incompatible: it needs glassnet>=1, and this is glassnet 0.4.2" in done.stderr
    assert glassnet("--strict-plugins", "list", path=[tmp_path]).returncode == 3


# --- switched off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "switch", "reason"),
    [
        (["--no-plugins"], {}, "--no-plugins was given"),
        (["--without", "Tell_Tale"], {}, "--without tell-tale was given"),
        ([], {"GLASSNET_PLUGINS": "off"}, "GLASSNET_PLUGINS=off is set"),
    ],
)
def test_a_guest_that_is_switched_off_is_not_imported(
    tmp_path: Path, words: list[str], switch: dict[str, str], reason: str
) -> None:
    marker = tmp_path / "imported"
    write_guest(tmp_path, "tell-tale", f"open({str(marker)!r}, 'w').close()\n1 / 0")
    blocked = glassnet(*words, "plugins", path=[tmp_path], **switch)
    assert "blocked" in blocked.stdout and reason in blocked.stdout
    assert glassnet(*words, "--strict-plugins", "list", path=[tmp_path], **switch).returncode == 0
    assert glassnet("plugins", "--no-load", path=[tmp_path]).returncode == 0
    assert glassnet("--help", path=[tmp_path]).returncode == 0
    assert not marker.exists()
    assert glassnet("list", path=[tmp_path]).returncode == 0
    assert marker.exists()  # or the test could not fail


def test_without_a_plugin_that_is_not_installed_is_an_error(place: Path) -> None:
    write_good(place, "tame-lion", "lion")
    with pytest.raises(GlassnetError, match=r"--without tame-loin: no such plugin.* Did you mean 'tame-lion'\?"):
        Catalog.discover(without=["tame-loin"])


def test_a_switch_that_says_neither_on_nor_off_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSNET_PLUGINS", "none")
    with pytest.raises(GlassnetError, match="GLASSNET_PLUGINS is 'none': it may be 'off', 'on' or not set"):
        Catalog.discover()


def test_an_unknown_name_points_at_the_guest_that_may_have_had_it(place: Path) -> None:
    write_guest(place, "glassnet-lion", "1 / 0")
    catalog = Catalog.discover()
    with pytest.raises(GlassnetError, match=r"glassnet-lion is quarantined.*see `glassnet doctor`"):
        catalog.find("optimizer", "lion")
    with pytest.raises(
        GlassnetError, match=r"glassnet-lion, which is quarantined here: .* What to do: tell its author"
    ):
        catalog.find("optimizer", "glassnet-lion/lion")


# --- one file ---------------------------------------------------------------------------------------------

ONE_FILE = '''
from __future__ import annotations
from dataclasses import dataclass
from typing import Annotated
import numpy as np
from glassnet import Activation, Range, hookimpl

@dataclass
class Shape:
    """Needs its module in sys.modules, as the annotations are postponed."""
    width: int = 1
    name: str = "bent"

def bent_identity(bend: Annotated[float, Range(0, 1)] = 0.5) -> Activation:
    """Bent identity: nearly linear, never flat.

    f(z) = (sqrt(z^2 + 1) - 1) bend + z
    """
    return Activation(f=lambda z: (np.sqrt(z**2 + 1) - 1) * bend + z)

@hookimpl
def activations():
    return [bent_identity]
'''


def test_one_file_is_a_plugin(tmp_path: Path) -> None:
    file = tmp_path / "bent.py"
    file.write_text(ONE_FILE)
    catalog = Catalog.discover(files=[file, file], guests=False)
    part = catalog.find("activation", "bent_identity")
    assert (part.full_name, part.distribution, part.file) == ("local/bent_identity", "local", str(file))
    assert str(catalog.choose("activation", "bent_identity")) == "local/bent_identity:bend=0.5"
    guests = [guest for guest in catalog.guests if guest.file]
    assert len(guests) == 1 and guests[0].state == "ok" and len(guests[0].sha256) == 64


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "bent.py"
    file.write_text(ONE_FILE)
    Catalog.discover(files=[file])
    file.write_text(ONE_FILE.replace("bent_identity", "bent_again_ty"))  # the same length, in the same second
    assert Catalog.discover(files=[file]).find("activation", "bent_again_ty")
    assert not list(tmp_path.glob("__pycache__"))


def test_a_broken_file_is_quarantined_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    for source, words in [("import glassnet\n1 / 0\n", f"({file}:2)"), ("def (", f"({file}:1)"), ("\0", "null byte")]:
        file.write_text(source)
        catalog = Catalog.discover(files=[file])
        guest = guest_of(catalog, "local")
        assert guest.state == "quarantined" and words in guest.reason and guest.remedy == "correct the file"
        assert not [name for name in sys.modules if name.endswith("_broken") and "local" in name]
    with pytest.raises(GlassnetError, match=r"there is no plugin file '.*nowhere\.py'"):
        Catalog.discover(files=[tmp_path / "nowhere.py"])
    with pytest.raises(GlassnetError, match="can't be read: Is a directory"):
        Catalog.discover(files=[tmp_path])


def test_two_files_with_a_part_of_the_same_name_do_not_hide_each_other(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text(ONE_FILE)
    two.write_text("\n" + ONE_FILE)
    catalog = Catalog.discover(files=[one, two], guests=False)
    assert [guest.state for guest in catalog.guests if guest.file] == ["ok", "quarantined"]
    assert f"local/bent_identity is provided twice: {one}" in [g.reason for g in catalog.guests if g.file][1]


def test_a_file_works_in_commands(tmp_path: Path) -> None:
    (tmp_path / "bent.py").write_text(ONE_FILE)
    (tmp_path / "sour.py").write_text("1 / 0")
    option = ["--plugin", str(tmp_path / "bent.py")]
    listed = glassnet(*option, "list", "activations")
    assert listed.returncode == 0 and "* bent_identity" in listed.stdout
    shown = glassnet(*option, "show", "bent_identity:bend=0.25")
    assert f"Source  {tmp_path / 'bent.py'}:" in shown.stdout
    assert "Phrase  local/bent_identity:bend=0.25" in shown.stdout
    sour = glassnet("--plugin", str(tmp_path / "sour.py"), *option, "list", "activation")
    assert sour.returncode == 0 and "* bent_identity" in sour.stdout
    assert len(sour.stderr.strip().splitlines()) == 1
    assert f"sour.py) is quarantined: ZeroDivisionError: division by zero ({tmp_path / 'sour.py'}:1)" in sour.stderr
    assert glassnet("--strict-plugins", "--plugin", str(tmp_path / "sour.py"), "list").returncode == 3
    missing = glassnet("--plugin", "nowhere.py", "list")
    assert missing.returncode == 2 and "Error: there is no plugin file" in missing.stderr
    assert glassnet("--no-plugins", *option, "show", "bent_identity").returncode == 0


def test_nothing_in_the_working_directory_is_imported_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bent.py").write_text(ONE_FILE)
    monkeypatch.chdir(tmp_path)
    assert not [part for part in Catalog.discover().parts() if part.name == "bent_identity"]


# --- entry-point groups that are nearly ours --------------------------------------------------------------


def test_groups_that_nearly_say_glassnet_are_found(place: Path) -> None:
    groups = ["glasnet", "glassnet.plugins", "glassnet_plugins", "Glassnet", "glass-net"]
    for index, group in enumerate(groups):
        write_good(place, f"near-{index}", f"near{index}", group=group)
    write_good(place, "far-away", "far", group="pytest11")
    found = {(miss.distribution, miss.group) for miss in near_miss_groups()}
    assert {(f"near-{index}", group) for index, group in enumerate(groups)} <= found
    assert not [pair for pair in found if pair[0] == "far-away"]


# --- guests that misbehave ------------------------------------------------------------------------------------


def test_a_guest_that_hangs_is_named_after_a_second(tmp_path: Path) -> None:
    write_guest(tmp_path, "slow-guest", "import time\ntime.sleep(2)\nfrom glassnet import hookimpl\n")
    done = glassnet(
        "--no-plugins", "--plugin", str(tmp_path / "slow_guest.py"), "plugins", "--json", GLASSNET_PATIENCE=""
    )
    assert done.stderr.splitlines() == [f"loading {tmp_path / 'slow_guest.py'} ..."]
    assert "slow_guest" in done.stdout
    done = glassnet("plugins", path=[tmp_path], GLASSNET_PATIENCE="0.3")
    assert "loading slow-guest 1.0 ..." in done.stderr.splitlines()


def test_a_guest_that_crashes_python_is_named(tmp_path: Path) -> None:
    write_guest(tmp_path, "crashing-guest", "import faulthandler\nfaulthandler._sigsegv()\n")
    done = glassnet("list", path=[tmp_path])
    assert done.returncode != 0
    assert "Segmentation fault" in done.stderr
    assert 'File "<glassnet loads crashing-guest>"' in done.stderr
    assert f'File "{tmp_path}/crashing_guest.py", line 2' in done.stderr


HOOK = "from glassnet import hookimpl\n@hookimpl\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os\nos._exit(0)", "it called os._exit(0)"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("import _thread\n_thread.exit()", "it called sys.exit(None)"),
        (f"{HOOK}async def losses():\n    return []", "losses() is written `async def`"),
        (f"{HOOK}async def losses():\n    yield []", "losses() is written `async def`"),
        (f"{HOOK}def losses():\n    yield 1", "losses() holds a `yield`"),
        (
            f"async def a(): ...\n{HOOK}def losses():\n    return [a]",
            "loss a is written `async def` instead of `def`: a part is a plain function",
        ),
    ],
)
def test_what_ends_the_program_or_never_runs_is_quarantined(place: Path, source: str, words: str) -> None:
    write_guest(place, "bad-guest", source)
    write_good(place, "sound-guest", "sound")
    catalog = Catalog.discover()
    guest = guest_of(catalog, "bad-guest")
    assert (guest.state, words in guest.reason) == ("quarantined", True), guest.reason
    assert catalog.find("activation", "sound")


def test_json_stays_whole_whatever_a_guest_writes(tmp_path: Path) -> None:
    import json

    source = """
        import ctypes, os, subprocess, sys
        os.write(1, b"noise")
        ctypes.CDLL(None).printf(b"noise")
        sys.stdout.buffer.write(b"noise")
        sys.__stdout__.write("noise"); sys.__stdout__.flush()
        subprocess.run(["echo", "noise"])
    """
    write_guest(tmp_path, "writing-guest", source)
    for words in (["list", "--json"], ["plugins", "--json"]):
        assert json.loads(glassnet(*words, path=[tmp_path]).stdout)


def test_a_guest_that_moves_away_does_not_move_the_runs(tmp_path: Path) -> None:
    source = "import os\nos.chdir('/')\n" + dedent(GOOD.format(name="moved", module="mover"))
    write_guest(tmp_path / "site", "mover", source)
    code = f"import os; os.chdir({str(tmp_path)!r}); from glassnet.cli import main; main(['doctor', 'mover'])"
    done = python(code, tmp_path / "site")
    assert "it changed the working folder while it was loaded; that was put back" in done.stdout
    code = code.replace("['doctor', 'mover']", "['train', 'xor', '--epochs', '1', '--quiet', '--no-report']")
    assert python(code, tmp_path / "site").returncode == 0
    assert (tmp_path / "runs").is_dir()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[glassnet]\nlost lost\n", "its entry_points.txt is damaged: line 2 is 'lost lost' instead of NAME = MODULE"),
        (b"[glassnet]\nlost = lost\xe9\n", "its entry_points.txt is damaged: line 2 holds bytes that are no UTF-8"),
        (b"[console_scripts]\na = b:c\n[glassnet]\n# one\nlost\n", "line 5 is 'lost' instead of"),
        (b"[glassnet]\nlost = lost\x00\xff\xfe\n", "line 2 holds bytes that are no UTF-8"),
    ],
)
def test_a_damaged_list_of_entry_points_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    write_good(tmp_path, "lost", "lost")
    (tmp_path / "lost-1.0.dist-info" / "entry_points.txt").write_bytes(content)
    for command in (["plugins"], ["doctor"], ["doctor", "lost"]):
        done = glassnet(*command, path=[tmp_path])
        assert words in done.stdout, command
        assert done.returncode == 0


def test_metadata_without_a_name_is_named_by_its_folder(tmp_path: Path) -> None:
    write_good(tmp_path, "nameless", "lost", points={"part": "another_module"})
    for text in ("Metadata-Version: 2.1\nVersion: 1.0\n", "", "Name: nameless\n"):
        (tmp_path / "nameless-1.0.dist-info" / "METADATA").write_text(text)
        for command in (["plugins"], ["doctor"], ["doctor", "nameless"]):
            done = glassnet(*command, path=[tmp_path])
            assert "nameless" in done.stdout and "no readable METADATA" in done.stdout, (text, command, done.stdout)


def test_two_megabytes_of_docstring_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text(
        "from glassnet import Activation, hookimpl\ndef wordy():\n    return Activation(f=abs)\n"
        "wordy.__doc__ = 'w' * 1_000_000 + '\\n\\n' + 'x' * 1_000_000\n"
        "@hookimpl\ndef activations():\n    return [wordy]\n"
    )
    for words in (["list"], ["list", "--json"], ["show", "wordy"], ["plugins", "--json"]):
        done = glassnet("--plugin", str(file), *words)
        assert done.returncode == 0 and len(done.stdout) < 200_000, (words, len(done.stdout))
        assert "wordy" in done.stdout or words[0] == "plugins"
    assert f"More: {file}:2" in glassnet("--plugin", str(file), "show", "wordy").stdout


# --- the order of a course -------------------------------------------------------------------------------------------


def test_the_lessons_of_a_guest_stand_in_the_order_of_its_list(place: Path) -> None:
    """Also one that is a page alone, which is found where it was written."""
    write_guest(
        place,
        "some-course",
        """
        from glassnet import Lesson, hookimpl
        from glassnet.lessons import from_markdown

        def zeta():
            '''The first.'''
            return Lesson("# First")

        def alpha():
            '''The last.'''
            return Lesson("# Last")

        @hookimpl(optionalhook=True)
        def lessons():
            return [zeta, from_markdown("middle.md"), alpha]
        """,
    )
    (place / "middle.md").write_text("---\nafter: zeta\n---\n# In the middle\n\nText.\n")
    own = [part for part in Catalog.discover().parts("lesson") if part.distribution == "some-course"]
    assert [part.name for part in own] == ["zeta", "middle", "alpha"]
    assert own[1].where == f"{place / 'middle.md'}:1" and own[1].help == "In the middle."
