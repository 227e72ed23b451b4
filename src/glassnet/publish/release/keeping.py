"""What clean rooms look into is kept: packages in folders of the cache, shared by all releases, bounded, and told.

A folder is called after what is in it, so that environments with the same packages share one. A running release holds
the lock of its own folder: what it looks into is not removed meanwhile, and what a killed one left is.
"""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import shutil
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

from ...data.downloads import cache_folder
from ...errors import GlassnetError
from ...files import beside, remove_leftovers, writing
from ...owners import is_owned, owning
from .commands import call, offline, python
from .explanations import failure, lacks_network
from .packing import content_of, installed_here, pack_host, share
from .state import Release, Said

MOST = 2 * 2**30  # bytes that stay when a release has ended
_KEPT = 30 * 24 * 3600  # seconds after which kept packages are fetched anew
#: How a kept folder came to be: by pip, or from what is installed here.
_FETCHED, _SHARED = "fetched", "shared"
_HOST = "glassnet itself"
_USED = ".used"  # a file in each: its time is that of the last use, its text says what for
_RUNNING = ".running-"
_BEGINNING = 60  # seconds in which a release has the lock of its folder
_ELSEWHERE = "set GLASSNET_CACHE to a folder with room to write"


@dataclass(frozen=True)
class Kept:
    """A kept folder: what it was made for, how many packages it holds, and when a release last looked into it.

    `size` is what removing it frees, `linked` what it shares with an environment, both in bytes.
    """

    folder: Path
    purpose: str
    packages: int
    size: int
    linked: int
    used: float


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for one release, which is locked as long as the release runs."""
    _sweep()
    place = rooms_folder() / f"{_RUNNING}{secrets.token_hex(4)}"
    with writing(place, _ELSEWHERE):
        place.mkdir(parents=True)
    try:
        with owning(place, "releasing in", _ELSEWHERE):
            inside = place / "scratch"
            inside.mkdir()
            yield inside.resolve()
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if not _running():
            _bound()


def rooms_folder() -> Path:
    """Where all of it is kept."""
    return cache_folder() / "rooms"


def kept_packages(release: Release, required: list[str], what: str) -> Generator[Said, None, Path | None]:
    """A folder with these requirements and all that they require; None where they can't be had."""
    fetched = _place(_FETCHED, sorted(required))
    if _is_fresh(fetched):
        yield Said("note", f"{what}: kept from an earlier release, {fetched}")
        return _use(fetched, what)
    if not offline(release):
        yield Said("note", f"{what}: fetched once from the ordinary index and kept for a month")
        if (yield from _fetch(release, required, fetched, what)):
            return fetched
        yield Said("remark", f"{what} could not be fetched: taken from this environment, where they are installed")
    return (yield from share_packages(release, required, what))


def share_packages(release: Release, required: list[str], what: str) -> Generator[Said, None, Path | None]:
    """A folder with these requirements as they are installed here; None where one is not."""
    try:
        installed = installed_here(required)
    except GlassnetError as error:
        yield Said("remark", str(error))
        return None
    shared = _place(_SHARED, sorted(map(content_of, installed)))
    if not _is_fresh(shared):
        with _filling(shared, what) as half:
            for one in installed:
                share(one, half)
    yield Said("note", f"{what}: those that are installed here, by each package's own list of files")
    return _use(shared, what)


def keep_host(release: Release) -> Path:
    """A folder with the glassnet that is running, which is compiled there once, and not anew in each room."""
    with ZipFile(pack_host(release.scratch / "host")) as wheel:
        (record,) = [name for name in wheel.namelist() if name.endswith(".dist-info/RECORD")]
        place = _place(_SHARED, [wheel.read(record).decode()])
        if not _is_fresh(place):
            with _filling(place, _HOST) as half:
                wheel.extractall(half)
    return _use(place, _HOST)


def _fetch(release: Release, required: list[str], place: Path, what: str) -> Generator[Said, None, bool]:
    options = ("--quiet", "--no-compile", "--no-warn-conflicts", "--target")
    with suppress(_NotFetched), _filling(place, what) as half:
        done = yield from call(release, python("-m", "pip", "install", *options, half, *required), {"PIP_RETRIES": "2"})
        if done.code == 0:
            return True
        if not lacks_network(done):
            raise failure(release, done, "pip")
        raise _NotFetched
    return False


class _NotFetched(Exception):
    """There is no network, and so nothing to keep."""


@contextmanager
def _filling(place: Path, what: str) -> Iterator[Path]:
    """A folder to fill beside its later place, which it gets when it is whole: nobody ever uses half of it."""
    with writing(place.parent, _ELSEWHERE):
        half = beside(place)
        half.mkdir()
        try:
            yield half
            (half / _USED).write_text(what, "utf-8")
            os.utime(half)  # its age counts from now, whatever was unpacked into it
            if place.is_dir() and not _is_fresh(place):
                shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):  # another release was faster with the same packages
                half.rename(place)
        finally:
            shutil.rmtree(half, ignore_errors=True)


def _place(how: str, content: list[str]) -> Path:
    """Where packages of that content are kept for this Python."""
    key = hashlib.sha256("\n".join([*content, sys.version, platform.machine()]).encode()).hexdigest()[:12]
    return rooms_folder() / f"{how}-{key}"


def _use(place: Path, what: str) -> Path:
    """Note that a release looks into a folder, and what for."""
    with suppress(OSError):  # a cache that may only be read
        (place / _USED).write_text(what, "utf-8")
    return place


def _is_fresh(place: Path) -> bool:
    return place.is_dir() and time.time() - place.stat().st_mtime < _KEPT


def kept() -> list[Kept]:
    """All kept folders, the one that was used last first."""
    rooms = rooms_folder()
    places = (
        [place for place in rooms.iterdir() if place.name.startswith((_FETCHED, _SHARED))] if rooms.is_dir() else []
    )
    return sorted((_described(place) for place in places if place.is_dir()), key=lambda one: -one.used)


def _described(place: Path) -> Kept:
    size = linked = 0
    for file in place.rglob("*"):
        with suppress(FileNotFoundError):
            facts = file.lstat()
            one, other = (0, facts.st_size) if facts.st_nlink > 1 else (facts.st_size, 0)
            size, linked = size + one * file.is_file(), linked + other * file.is_file()
    note = place / _USED
    purpose, used = (note.read_text("utf-8"), note.stat().st_mtime) if note.is_file() else ("", place.stat().st_mtime)
    packages = len(list(metadata.distributions(path=[str(place)])))
    return Kept(place, purpose, packages, size, linked, used)


def clear() -> list[Kept]:
    """Remove all kept folders and say which; an error while a release looks into them."""
    _sweep()
    if _running():
        raise GlassnetError(
            f"a release is running and looks into {rooms_folder()}: nothing is removed. What to do: wait for its end"
        )
    gone = kept()
    for one in gone:
        shutil.rmtree(one.folder, ignore_errors=True)
    return gone


def _bound() -> None:
    """Let go what is old, and of the rest what was used longest ago, until it is no more than `MOST`."""
    left = MOST
    for one in kept():
        left -= one.size
        if left < 0 or not _is_fresh(one.folder):
            shutil.rmtree(one.folder, ignore_errors=True)


def _running() -> list[Path]:
    """The folders of releases that run now."""
    return [place for place in rooms_folder().glob(f"{_RUNNING}*") if is_owned(place)]


def _sweep() -> None:
    """Remove what killed releases left."""
    if rooms_folder().is_dir():
        remove_leftovers(rooms_folder())
        for place in rooms_folder().glob(f"{_RUNNING}*"):
            if not is_owned(place) and time.time() - place.stat().st_mtime > _BEGINNING:
                shutil.rmtree(place, ignore_errors=True)
