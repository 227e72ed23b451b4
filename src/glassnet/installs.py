"""What is installed, as far as the folders of the path tell it at a glance.

Asking `importlib.metadata` is right and slow: with the parser of e-mails that it brings it took a tenth of the
imports of `glassnet list`, and most starts have no plugin to find. So the folders are looked through by hand first, and
whatever is not a plain folder (an archive, a finder of somebody else's) is left to `importlib.metadata`. A plugin never
vanishes: only "there is none" is said here, and only where everything could be looked into.
"""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

_RECORDS = (".dist-info", ".egg-info")


def may_have(group: str) -> bool:
    """Whether an installed package may have entry points of that group: False is certain, True is not."""
    if not _only_folders_are_searched():
        return True
    heading = f"{group}]".encode()  # as it ends, whatever brackets or marks of the encoding stand before it
    return any(_may_tell(place, heading) for place in sys.path)


def version_of(name: str) -> str:
    """The version of an installed distribution; empty if there is none of that name."""
    found = _record_at_a_glance(name)
    if found and (version := _version_in(found, name)):
        return version
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as told

    try:
        return told(name)
    except PackageNotFoundError:
        return ""


def origin_of(name: str) -> str:
    """What an installer wrote about where an installed distribution came from (PEP 610); empty if it is an index."""
    found = _record_at_a_glance(name)
    if found and _version_in(found, name):
        return _read(found, "direct_url.json").decode("utf-8", "replace")
    from importlib.metadata import distribution

    return distribution(name).read_text("direct_url.json") or ""


def edited_folder(origin: str) -> Path | None:
    """The folder of an editable install, whether or not it is still there; None for any other origin."""
    import json
    from urllib.parse import unquote, urlsplit
    from urllib.request import url2pathname

    told = json.loads(origin) if origin else {}
    if not told.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(unquote(urlsplit(told["url"]).path))).resolve()


def carried(inside: str, beside: str, holds: str) -> Path | None:
    """A folder that comes along: `inside` an installed glassnet, or `beside` the sources of a checkout.

    It `holds` a file of that name, by which it is known; None where there is no such folder.
    """
    package = Path(__file__).parent
    places = [package / inside, *(parent / beside for parent in package.parents)]
    return next((place for place in places if (place / holds).is_file()), None)


def install_line(name: str, version: str = "") -> str:
    """The command that installs a distribution; without the name where a file holds one that none can have."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):  # no option of pip's, no word for a shell
        return "pip install, once it is clear what that is"
    pinned = f"=={version}" if re.fullmatch(r"[0-9][0-9A-Za-z.!+_-]*", version) else ""
    return f"pip install {name}{pinned}"


def possible(words: str) -> str:
    """The same advice where this Python has no pip, as in an environment that uv has made.

    A line with `--isolated` is for everybody, and is left as it was proved.
    """
    if "pip install" not in words or _has_pip():
        return words
    from shutil import which

    instead = "uv pip install" if which("uv") else "python -m ensurepip && python -m pip install"
    return re.sub(r"(?<!uv )(?:\bpython3? (?:-P )?-m )?\bpip install(?! --isolated)", instead, words)


def _has_pip() -> bool:
    return bool(version_of("pip"))


def installed_in(place: str) -> Any:
    """What is installed in a folder of the path: it changes with each installation, and with nothing else."""
    changed = _changed(place)
    return None if changed is None else _stamps(place, changed)


def _only_folders_are_searched() -> bool:
    """Whether Python's own finder alone answers for what is installed: `importlib.metadata` asks all that can."""
    return [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")] == [PathFinder]


def _may_tell(place: str, heading: bytes) -> bool:
    records = _records_of(place)
    found = (os.path.join(place, record) for record in records or ())  # noqa: PTH118
    return records is None or any(heading in _read(folder, "entry_points.txt") for folder in found)


def _read(folder: str, name: str) -> bytes:
    try:
        # pathlib takes longer than the reading, and most have no such file.
        with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
            return file.read()
    except OSError:  # where it can't be read, `importlib.metadata` finds nothing either
        return b""


def _record_at_a_glance(name: str) -> str:
    """The folder with the record of that name where it is a plain one, the first on the path; empty where it takes
    more care."""
    if not _only_folders_are_searched():
        return ""
    for place in sys.path:
        records = _records_of(place)
        if records is None:
            return ""
        own = [record for record in records if record.rpartition(".")[0].split("-")[0].lower() == name]
        if own or any(record.lower() == "egg-info" for record in records):
            return os.path.join(place, own[0]) if len(own) == 1 else ""  # noqa: PTH118
    return ""


def _version_in(folder: str, name: str) -> str:
    """The version in a record that is of that name and no other; empty where it can't be read."""
    head = _read(folder, "METADATA")[:2_000].decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[0]
    fields = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    return fields.get("Version", "") if fields.get("Name") == name else ""


def _records_of(place: Any) -> tuple[str, ...] | None:
    """The names of a folder's records; None where it takes `importlib.metadata` to look into it."""
    if not isinstance(place, str):
        return None
    changed = _changed(place)
    return () if changed is None else _records(place, changed)


def _changed(place: str) -> int | None:
    """When a place of the path was last changed; None if there is no such place."""
    try:
        return os.stat(place or ".").st_mtime_ns  # noqa: PTH116 - a grid of fits asks often, and pathlib is slower
    except (FileNotFoundError, NotADirectoryError):
        return None if not _within_a_file(place) else 0
    except OSError:
        return 0


def _within_a_file(place: str) -> bool:
    """Whether the place lies in an archive: of a path that leads nowhere the first part that exists is a file."""
    while place and not os.path.exists(place):  # noqa: PTH110
        place, last = os.path.split(place)
        if not last:
            break
    return os.path.isfile(place)  # noqa: PTH113


@lru_cache(maxsize=256)
def _records(place: str, changed: int) -> tuple[str, ...] | None:
    try:
        names = os.listdir(place or ".")  # noqa: PTH208
    except OSError:  # an archive, or a folder that nobody may look into
        return None
    egg = place.lower().rstrip("/\\").endswith(".egg")
    return tuple(name for name in names if name.lower().endswith(_RECORDS) or (egg and name.lower() == "egg-info"))


@lru_cache(maxsize=256)
def _stamps(place: str, changed: int) -> Any:
    try:
        with os.scandir(place or ".") as entries:
            found = [entry for entry in entries if entry.name.endswith((*_RECORDS, ".egg-link"))]
            return tuple(sorted((entry.name, entry.stat().st_mtime_ns) for entry in found))
    except OSError:  # an archive
        return changed
