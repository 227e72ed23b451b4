"""Where a package that is missing can be had again, as far as this machine knows.

pip writes nothing down about the index that something came from, and of what is gone nothing is left. But the practice
index keeps its files, and whoever has joined a class has its address.
"""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from .chains import guests_of
from .installing import install_line
from .pypirc import places
from .serving import index_folder, is_started, last_simple
from .store import Store

#: One package with its version; a line with several, or with an index of its own, is complete as it is.
_ADVICE = re.compile(
    r"\bpip install (?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[0-9](?:[A-Za-z0-9.!+_-]*[A-Za-z0-9])?)"
    r"(?![A-Za-z0-9])(?! [A-Za-z0-9._-]+==)"
)
CLASS = "class"  # what `glassnet index join` calls an index, unless it is told another name


def with_index(words: str) -> str:
    """The same advice with the line that installs from the index that has it, the practice index or a class's."""
    return _ADVICE.sub(lambda found: _practised(*found.groups()) or f"{found[0]}{_of_class(*found.groups())}", words)


def _practised(name: str, version: str) -> str:
    """The line for what the practice index has; empty where it has no such version."""
    store, project = Store(index_folder()), canonicalize_name(name)
    simple = last_simple()
    if not simple or not any(one.project == project and one.version == version for one in store.files()):
        return ""
    line = install_line(simple, project, version, guests_of(store, project, version))
    return line if is_started() else f"glassnet index start && {line}"


def _of_class(name: str, version: str) -> str:
    """The other way, where somebody has joined a class: its index is not asked, for it may be out of reach."""
    joined = next((place for place in places() if place.name == CLASS), None)
    return f", or from the index of your class: {install_line(joined.simple, name, version)}" if joined else ""
