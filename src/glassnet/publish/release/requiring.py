"""Put what a package requires into a room, each name from the one index that it may come from.

Guests come from the index of the release by the line that others are shown; libraries come from the ordinary index, and
where that can't be reached, from this environment.
"""

from __future__ import annotations

import re
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import join
from ...hooks import PROJECT
from ..chains import Chain, Unmet, chain, offers_of, required_by
from ..installing import line_words, pinned
from ..rules import read_metadata
from ..store import Store
from .asking import offers
from .commands import Done, call, offline, python
from .explanations import failure, is_unreachable
from .keeping import share_packages
from .state import Release, Room, Said, Saying, StepFailed

_QUIETLY = ("--quiet", "--no-compile", "--no-warn-script-location")


def required(release: Release) -> Chain:
    """What the package needs: of what was built where that is there, and decided once; else as pyproject.toml says."""
    if release.needed is None or not release.files:
        release.needed = _required(release)
    return release.needed


def _required(release: Release) -> Chain:
    project = release.project
    lines = (
        required_by(read_metadata(release.wheel))
        if release.files
        else [str(line) for line in project.table.get("dependencies", [])]
    )
    if project.is_host:
        return Chain({}, tuple(lines))
    if not release.dry_run:
        look = offers(release)
    elif release.to == "local":
        look = offers_of(practice_store())
    else:
        look = _nothing
    try:
        return chain(project.canonical_name, project.version, lines, look)
    except Unmet as error:
        raise StepFailed(str(error)) from None


def practice_store() -> Store:
    """What was published on the practice index, read from its folder."""
    from ..serving import index_folder

    return Store(index_folder())


def _nothing(_name: str) -> None:
    """An index that may not be asked."""


def tell(release: Release) -> Saying:
    """Say which guests go with the package, before anything is built."""
    needed = _required(release)
    if needed.guests:
        yield Said("note", f"it needs {join(pinned(needed.guests))}, which {release.to} has")
    absent = [line for line in needed.others if _is_guest(line)]
    if absent:
        yield Said("note", f"{release.to} does not have {join(absent)}: asked for at the ordinary index")


def furnish(release: Release, room: Room) -> Saying:
    """Everything that the package requires, and not yet the package."""
    needed = required(release)
    yield from furnish_others(release, room, needed)
    if not needed.guests:
        return
    if release.dry_run:
        store = practice_store()
        there = {(one.project, one.version): store.path(one) for one in store.files() if one.file.endswith(".whl")}
        words = ["install", "--no-deps", *(str(there[guest]) for guest in needed.guests.items())]
    else:
        words = line_words(release.index.simple, needed.guests)
    done = yield from call(release, python("-m", "pip", "--python", room.python, *words, *_QUIETLY))
    if done.code:
        raise failure(release, done, "installing the guests that it needs")


def furnish_others(release: Release, room: Room, needed: Chain) -> Saying:
    """The libraries that it requires and that glassnet has not brought: from the ordinary index, else from here."""
    missing = [line for line in needed.others if not _is_there(room, Requirement(line))]
    if not missing:
        return
    if not offline(release):
        command = python("-m", "pip", "--python", room.python, "install", *_QUIETLY, *missing)
        done = yield from call(release, command)
        if done.code == 0:
            return
        if not is_unreachable(done):
            raise _on_no_index(release, missing, done)
        yield Said("remark", f"{join(missing)} could not be fetched: taken from this environment")
    kept = yield from share_packages(release, missing, "what the package requires")
    if kept is None:
        raise StepFailed(
            f"{release.project.canonical_name} requires {join(missing)}, which can be had neither from an index nor "
            f"from this environment. What to do: {_get(missing)}"
        )
    room.see(kept)


def _is_there(room: Room, wanted: Requirement) -> bool:
    found = metadata.distributions(name=wanted.name, path=[str(path) for path in room.paths])
    versions = [one.version for one in found][:1]  # of two, Python imports the first
    return not wanted.extras and any(wanted.specifier.contains(one, prereleases=True) for one in versions)


def _on_no_index(release: Release, missing: list[str], done: Done) -> StepFailed:
    guests = [line for line in missing if _is_guest(line) and Requirement(line).name in done.output]
    if not guests or not re.search("No matching distribution|Could not find a version", done.output):
        return failure(release, done, "pip")
    return StepFailed(
        f"{release.project.canonical_name} requires {join(guests)}, which {release.to} does not have, and neither has "
        f"the ordinary index. What to do: {_get(guests)}",
        done.output,
    )


def _get(missing: list[str]) -> str:
    if any(map(_is_guest, missing)):
        return "release that guest first, from its own folder, or correct the name under dependencies in pyproject.toml"
    return f"python -m pip install {' '.join(map(repr, missing))}, or release with a network"


def _is_guest(line: str) -> bool:
    return canonicalize_name(Requirement(line).name).startswith(f"{PROJECT}-")
