"""What clean rooms look into: shared by content, bounded, listed, and cleared, but not under a release that runs."""

import json
import os
from importlib import metadata
from pathlib import Path

import pytest
from archives import wheel
from click.testing import CliRunner
from packages import make
from releases import ended, follow

import glassnet as face
from glassnet.cli import main
from glassnet.publish.project import read_project
from glassnet.publish.release import Release, keeping
from glassnet.publish.release.keeping import keep_host, kept, kept_packages, scratch_folder, share_packages
from glassnet.publish.release.packing import content_of, installed_here


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "cache" / "rooms"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(read_project(make(tmp_path)), "local", tmp_path, dry_run=True)


def unpack(file: Path, site: Path, *, edited: Path | None = None) -> None:
    """A wheel as it is installed, or a project that is installed from its folder."""
    import zipfile

    with zipfile.ZipFile(file) as archive:
        archive.extractall(site)
    if edited:
        (info,) = site.glob("*.dist-info")
        origin = {"url": edited.as_uri(), "dir_info": {"editable": True}}
        (info / "direct_url.json").write_text(json.dumps(origin))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A further place for packages of this environment."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def glassnet(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, ["release", *words])
    return outcome.exit_code, outcome.output


def test_environments_with_the_same_packages_share_one_folder(cache, release, tmp_path, monkeypatch):
    """Other packages beside them, and another place, make no difference; another content does."""
    places = []
    for name, code in (("one", "x = 1\n"), ("two", "x = 1\n"), ("three", "x = 2\n")):
        folder = tmp_path / name
        folder.mkdir()
        unpack(wheel(tmp_path, "tiny-library", code=code), folder)
        unpack(wheel(tmp_path, f"beside-{name}"), folder)
        with monkeypatch.context() as patch:
            patch.syspath_prepend(folder)
            places.append(ended(share_packages(release, ["tiny-library"], "what the package requires")))
    assert places[0] == places[1] != places[2]
    assert sorted(one.folder for one in kept()) == sorted({*places})
    assert {one.packages for one in kept()} == {1} and (places[0] / "tiny_library" / "__init__.py").is_file()


def test_a_guest_that_is_installed_from_its_folder_is_taken_from_there(cache, release, site, tmp_path):
    project = make(tmp_path / "site", name="bow")
    (project / "src" / "glassnet_bow" / "__pycache__").mkdir()
    empty = wheel(tmp_path, "glassnet-bow", "0.1.0", without=("glassnet_bow/__init__.py",))
    unpack(empty, site, edited=project)
    (installed,) = installed_here(["glassnet-bow"])
    before = content_of(installed)
    place = ended(share_packages(release, ["glassnet-bow"], "what the package requires"))
    assert (place / "glassnet_bow" / "plugin.py").read_bytes() == (project / "src/glassnet_bow/plugin.py").read_bytes()
    assert not (place / "glassnet_bow" / "__pycache__").exists()
    (found,) = metadata.distributions(path=[str(place)])
    assert (found.name, found.read_text("direct_url.json")) == ("glassnet-bow", None)
    (project / "src" / "glassnet_bow" / "plugin.py").write_text("changed = 1\n")
    assert content_of(installed) != before


def test_the_running_glassnet_is_kept_as_it_is_and_another_one_apart(cache, release, tmp_path, monkeypatch):
    place = keep_host(release)
    assert keep_host(release) == place and [one.purpose for one in kept()] == ["glassnet itself"]
    (found,) = metadata.distributions(path=[str(place)])
    assert (found.name, found.version) == ("glassnet", metadata.version("glassnet"))
    assert (place / "glassnet" / "__init__.py").read_bytes() == Path(face.__file__).read_bytes()
    other = wheel(tmp_path, "glassnet", "9.9")
    monkeypatch.setattr(keeping, "pack_host", lambda _: other)
    assert keep_host(release) != place and len(kept()) == 2


def test_what_is_not_here_is_a_remark(cache, release):
    outcome = follow(share_packages(release, ["no-such-library"], "what the package requires"))
    assert outcome.of("remark") == ["no-such-library is not installed in this environment"]
    outcome = follow(share_packages(release, ["click>=99"], "what the package requires"))
    assert outcome.of("remark") == [
        f"click>=99 is wanted, and {metadata.version('click')} is installed in this environment"
    ]
    assert kept() == []


def room(cache: Path, name: str, size: int, days: float = 0) -> Path:
    """A kept folder that was last used so many days ago."""
    place = cache / name
    place.mkdir(parents=True)
    (place / "content").write_bytes(b"x" * size)
    (place / ".used").write_text("what the tests need")
    used = place.stat().st_mtime - days * 24 * 3600
    os.utime(place / ".used", (used, used))
    os.utime(place, (used, used))
    return place


def test_they_are_listed_and_cleared(cache):
    assert glassnet("--rooms") == (0, f"Nothing is kept for clean rooms in {cache}.\n")
    old, new = room(cache, "fetched-old", 3000, days=2), room(cache, "shared-new", 1000)
    os.link(old / "content", new / "linked")
    code, said = glassnet("--rooms")
    lines = [line.split() for line in said.splitlines()]
    assert code == 0 and [line[0] for line in lines[1:3]] == ["shared-new", "fetched-old"]
    assert lines[0] == ["FOLDER", "WHAT", "FOR", "PACKAGES", "SIZE", "LINKED", "LAST", "USED"]
    assert lines[1][1:9] == ["what", "the", "tests", "need", "0", "1019", "B", "2.9"]
    assert "each for a month and 2.0 GiB together at most" in said
    code, said = glassnet("--clear-rooms")
    assert code == 0 and "fetched-old" in said and f"Removed from {cache}" in said
    assert list(cache.iterdir()) == []


def test_what_is_old_goes_at_the_end_of_a_release_and_then_what_was_used_longest_ago(cache, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 2500)
    for name, size, days in (("a", 1000, 0), ("b", 1000, 1), ("c", 1000, 2), ("d", 10, 40)):
        room(cache, f"shared-{name}", size, days)
    with scratch_folder():
        assert len(kept()) == 4
    assert [one.folder.name for one in kept()] == ["shared-a", "shared-b"]


def test_nothing_is_removed_under_a_release_that_runs(cache, monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 0)
    place = room(cache, "shared-used", 1000)
    with scratch_folder() as scratch:
        assert scratch.is_dir() and scratch.is_relative_to(cache)
        with scratch_folder() as another:
            assert another != scratch
        assert place.is_dir()  # the other one still looks into it
        code, said = glassnet("--clear-rooms")
        assert code == 2 and "a release is running and looks into" in said and "What to do: wait for its end" in said
        assert CliRunner().invoke(main, ["data", "cache", "--clear"]).exit_code == 2
    assert not place.exists() and list(cache.iterdir()) == []


def test_what_a_killed_release_left_is_removed_by_the_next(cache):
    left = cache / ".running-0123abcd"
    (left / "scratch").mkdir(parents=True)
    (left / ".lock").touch()
    half = cache / ".shared-0123.999999999"
    half.mkdir()
    begun = cache / ".running-begun"  # by a release that has not got its lock yet
    begun.mkdir()
    os.utime(left, (1, 1))
    with scratch_folder():
        assert not left.exists() and not half.exists() and begun.exists()


def test_a_cache_that_can_not_be_written_to_is_one_line(release, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "file"))
    code, said = glassnet(str(release.project.folder), "--dry-run")
    assert code == 2 and said.count("\n") == 1
    assert "Not a directory; set GLASSNET_CACHE to a folder with room to write" in said


def test_half_of_what_is_fetched_is_never_kept(cache, release, monkeypatch):
    """pip may fail or be ended in the middle; what it had written goes."""

    def cut(_release, command, _variables):
        (Path(command[-2]) / "half").mkdir()
        raise KeyboardInterrupt
        yield

    monkeypatch.delenv("PIP_NO_INDEX")
    release.dry_run = False
    monkeypatch.setattr(keeping, "call", cut)
    with pytest.raises(KeyboardInterrupt):
        follow(kept_packages(release, ["tiny-library"], "what the package requires"))
    assert list(cache.iterdir()) == []
