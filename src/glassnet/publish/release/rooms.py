"""Clean rooms: environments that hold glassnet, the package and what both require, and nothing else.

Most of the time goes into glassnet and what it requires (SciPy, pandas, ...), so these are kept, and only looked at by
each room through a `.pth` file. The room itself is new every time, and the negative control shows that nothing of the
package was in it before.
"""

from __future__ import annotations

from collections.abc import Generator
from importlib import metadata

from ...hooks import PROJECT
from .commands import call, python
from .explanations import failure
from .keeping import keep_host, kept_packages
from .packing import requirements_of
from .state import Release, Room, Said, Saying, StepFailed


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


def furnish_host(release: Release, room: Room) -> Saying:
    """The glassnet that is running, from its files here: it may be on no index yet, or be newer than what is."""
    yield Said("note", "glassnet itself is taken from its files here: it may be on no index yet")
    room.see(keep_host(release))
