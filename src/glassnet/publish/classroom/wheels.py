"""A wheelhouse: glassnet, the plugins that are installed here, and all that they require, as wheels in one folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import GlassnetError
from ...files import writing
from ...hooks import PROJECT
from ...wording import count
from ..release.packing import installed_here, pack_host, pack_installed, requirements_of

#: What a student's environment holds: glassnet, and the tools of a release.
WANTED = f"{PROJECT}[publish]"


def collect(folder: Path) -> Iterator[str]:
    """Fill the folder; what is there already stays. Says what it does."""
    with writing(folder, "choose another folder"):
        folder.mkdir(parents=True, exist_ok=True)
    guests = _guests()
    yield f"{pack_host(folder).name}: the glassnet that runs here"
    for guest in guests:
        packed = pack_installed(guest, folder)
        yield f"{packed.name}: as it is installed here" if packed else f"{guest.name} can't be packed and is left out"
    ours = {PROJECT, *(canonicalize_name(guest.name) for guest in guests)}
    named = [line for one in (None, *guests) for line in _required(one) if _name(line) not in ours]
    required = sorted(set(named))
    done = _pip("download", "--only-binary", ":all:", "--dest", str(folder), *required)
    if done.returncode == 0:
        yield f"{count(len(required), 'requirement')}, and what these require: fetched from the index that pip asks"
        return
    last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1].removeprefix("ERROR: ")
    yield f"pip can't fetch what they require ({last}): packed from what is installed here"
    for installed in installed_here([*required]):
        if canonicalize_name(installed.name) not in ours and pack_installed(installed, folder) is None:
            raise GlassnetError(
                f"{installed.name} was not installed from a wheel, so that it can't be packed: try again with a "
                f"network; what is in {folder} stays"
            )


def _guests() -> list[metadata.Distribution]:
    """The installed packages with parts for glassnet."""
    points = metadata.entry_points(group=PROJECT)
    found = {point.dist.name: point.dist for point in points if point.dist is not None}
    return [found[name] for name in sorted(found)]


def _required(guest: metadata.Distribution | None) -> list[str]:
    wanted = Requirement(WANTED)
    if guest is None:
        return requirements_of(metadata.distribution(wanted.name), frozenset(wanted.extras))
    return requirements_of(guest)


def _name(line: str) -> str:
    return canonicalize_name(Requirement(line).name)


def _pip(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "pip", *words, "--quiet", "--disable-pip-version-check"]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
