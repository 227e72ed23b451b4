"""Clean rooms: environments that hold glassnet, the package and what both require, and nothing else.

Most of the time goes into glassnet's own requirements (SciPy, pandas, ...), so these are installed once, kept in
the cache for a month and only looked at by each room through a `.pth` file. The room itself is new every time, and
the negative control shows that nothing of the package was in it before.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import time
from collections.abc import Generator
from importlib import metadata
from pathlib import Path

from ...data.downloads import cache_folder
from ...errors import GlassnetError
from ...hooks import PROJECT
from .commands import call, offline, python
from .explanations import failure, lacks_network
from .packing import pack_host, requirements_of, share_installed
from .state import Release, Room, Said, Saying, StepFailed

_KEPT = 30 * 24 * 3600  # seconds after which kept packages are fetched anew
#: How a kept folder came to be: by pip, or from what is installed here.
_FETCHED, _SHARED = "fetched", "shared"


def new_room(release: Release, name: str) -> Generator[Said, None, Room]:
    """An empty environment that sees the kept requirements of glassnet."""
    project = release.project
    if project.is_host:
        required = list(project.table.get("dependencies", []))
    else:
        required = requirements_of(metadata.distribution(PROJECT))
    kept = yield from kept_packages(release, required, "glassnet's requirements")
    if kept is None:
        raise StepFailed(
            "glassnet's own requirements can be had neither from an index nor from this environment, so there is no "
            "clean room. What to do: try again with a network"
        )
    room = Room(release.scratch / name)
    done = yield from call(release, python("-m", "venv", "--without-pip", room.folder))
    if done.code:
        raise failure(release, done, "making an environment")
    room.see(kept)
    return room


def install(release: Release, room: Room, *what: str) -> Saying:
    """Let pip install something into a room, what it requires from the ordinary index."""
    options = ("install", "--quiet", "--no-compile", "--no-warn-script-location")
    done = yield from call(release, python("-m", "pip", "--python", room.python, *options, *what))
    if done.code:
        raise failure(release, done, "pip")


def install_host(release: Release, room: Room) -> Saying:
    """The glassnet that is running, as a wheel: it may be on no index yet, or be newer than what is."""
    yield Said("note", "glassnet itself is installed from its files here, packed as a wheel: it may be on no index yet")
    yield from install(release, room, str(pack_host(release.scratch / "host")))


def kept_packages(release: Release, required: list[str], what: str) -> Generator[Said, None, Path | None]:
    """A folder with these requirements and all that they require; None where they can't be had."""
    fetched, shared = (_place(required, how) for how in (_FETCHED, _SHARED))
    if _is_fresh(fetched):
        yield Said("note", f"{what}: kept from an earlier release, {fetched}")
        return fetched
    if not offline(release):
        yield Said("note", f"{what}: fetched once from the ordinary index and kept for a month")
        if (yield from _fetch(release, required, fetched)):
            return fetched
        yield Said("remark", f"{what} could not be fetched: taken from this environment, where they are installed")
    if not _is_fresh(shared):
        half = _half(shared)
        try:
            share_installed(required, half)
        except GlassnetError as error:
            shutil.rmtree(half)
            yield Said("remark", str(error))
            return None
        _settle(half, shared)
    yield Said("note", f"{what}: those that are installed here, by each package's own list of files")
    return shared


def _fetch(release: Release, required: list[str], place: Path) -> Generator[Said, None, bool]:
    options = ("--quiet", "--no-compile", "--no-warn-conflicts", "--target")
    half = _half(place)
    done = yield from call(release, python("-m", "pip", "install", *options, half, *required), {"PIP_RETRIES": "2"})
    if done.code == 0:
        _settle(half, place)
        return True
    shutil.rmtree(half)
    if not lacks_network(done):
        raise failure(release, done, "pip")
    return False


def _half(place: Path) -> Path:
    """A folder to fill beside its later place, so that nobody ever uses half of it."""
    half = place.with_name(f".{place.name}-{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    return half


def _settle(half: Path, place: Path) -> None:
    """Give a finished folder its place, and clear away what has grown old."""
    for old in place.parent.iterdir():
        if time.time() - old.stat().st_mtime > _KEPT:
            shutil.rmtree(old, ignore_errors=True)
    os.utime(half)  # its age counts from now, whatever was unpacked into it
    try:
        half.rename(place)
    except OSError:  # another release was faster with the same packages
        shutil.rmtree(half, ignore_errors=True)


def _place(required: list[str], how: str) -> Path:
    """Where packages for these requirements and this Python are kept."""
    words = [*sorted(required), sys.version, platform.machine(), sys.prefix if how == _SHARED else ""]
    if how == _SHARED:  # another version of anything here is another folder
        words += sorted(f"{one.name}{one.version}" for one in metadata.distributions())
    key = hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]
    return cache_folder() / "rooms" / f"{how}-{key}"


def _is_fresh(place: Path) -> bool:
    return place.is_dir() and time.time() - place.stat().st_mtime < _KEPT
