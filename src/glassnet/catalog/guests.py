"""Plugins that are not ours: which are installed, and what happened when each was loaded.

A guest is one installed distribution, or one local file. Each is loaded alone and kept apart: whatever it
raises costs that guest, and no part of it stays behind.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from time import perf_counter
from types import ModuleType

import pluggy

from ..errors import GlassnetError
from ..hooks import ENTRY_POINT_GROUP, PROJECT
from .faults import Fault, explain, resolve
from .parts import GIVEN, Part
from .plugins import read_plugin, refuse_repeats

LOCAL = "local"
_RESERVED = (PROJECT, LOCAL, GIVEN)


@dataclass(frozen=True)
class Guest:
    """One plugin package or file. `state` is ok, quarantined, incompatible, blocked, or None if not loaded.

    `reason` is one line with file and line, `remedy` what to do about it, `ms` the time that loading took.
    `file` and `sha256` are those of a one-file plugin.
    """

    distribution: str
    version: str
    entry_points: tuple[str, ...]
    state: str | None = None
    reason: str = ""
    remedy: str = ""
    ms: float = 0.0
    file: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        if self.file:
            return f"{LOCAL} ({self.file})"
        return f"{self.distribution} {self.version}".strip()


@dataclass(frozen=True)
class Package:
    """An installed distribution that has entry points of ours, from its metadata alone."""

    name: str
    version: str
    points: tuple[metadata.EntryPoint, ...]
    requires: tuple[str, ...]

    def guest(self, state: str | None = None, reason: str = "", remedy: str = "", ms: float = 0.0) -> Guest:
        """What the list of guests says about it."""
        points = tuple(f"{point.name} = {point.value}" for point in self.points)
        return Guest(self.name, self.version, points, state, reason, remedy, ms)


@dataclass(frozen=True)
class NearMiss:
    """A distribution with an entry-point group that was probably meant to be ours."""

    distribution: str
    group: str


def canonical(name: str) -> str:
    """A distribution's name as packaging tools compare it: lower case, dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> list[Package]:
    """Every distribution with an entry point of our group, sorted by name."""
    packages: dict[str, Package] = {}
    for distribution in metadata.distributions():
        if ENTRY_POINT_GROUP not in _entry_point_text(distribution):  # most packages are not plugins of ours
            continue
        points = [point for point in _entry_points(distribution) if point.group == ENTRY_POINT_GROUP]
        if points:
            package = _package(distribution, points)
            # The first on the path is the one that Python imports.
            packages.setdefault(package.name, package)
    return [packages[name] for name in sorted(packages)]


def near_miss_groups() -> list[NearMiss]:
    """Entry-point groups of installed distributions that nearly say glassnet: nobody ever reads those."""
    from difflib import SequenceMatcher

    found = set()
    for distribution in metadata.distributions():
        for group in {point.group for point in _entry_points(distribution)} - {ENTRY_POINT_GROUP}:
            words = re.findall(r"[a-z]+", group.lower())
            near = SequenceMatcher(None, "".join(words[:1]), ENTRY_POINT_GROUP).ratio() >= 0.8
            if near or "".join(words).startswith(ENTRY_POINT_GROUP):
                found.add((_name_of(distribution) or "?", group))
    return [NearMiss(*pair) for pair in sorted(found)]


def _entry_point_text(distribution: metadata.Distribution) -> str:
    try:
        return distribution.read_text("entry_points.txt") or ""
    except Exception:
        return ""


def _entry_points(distribution: metadata.Distribution) -> list[metadata.EntryPoint]:
    try:
        return list(distribution.entry_points)
    except Exception:  # one unreadable entry_points.txt in an environment must not hide all others
        return []


def _name_of(distribution: metadata.Distribution) -> str:
    try:
        return canonical(distribution.metadata["Name"])
    except Exception:  # a half-removed installation has no METADATA
        return ""


def _package(distribution: metadata.Distribution, points: list[metadata.EntryPoint]) -> Package:
    points = sorted(set(points), key=lambda point: (point.name, point.value))
    name = _name_of(distribution)
    if not name:
        return Package(canonical(points[0].value.partition(":")[0]), "", tuple(points), ())
    return Package(name, distribution.version or "", tuple(points), _requires(distribution))


def _requires(distribution: metadata.Distribution) -> tuple[str, ...]:
    try:
        return tuple(distribution.requires or ())
    except Exception:
        return ()


def excluded(package: Package, version: str) -> str:
    """The requirement of the package that rules out this version of glassnet; empty if there is none."""
    for line in package.requires:
        if not re.match(rf"{PROJECT}\s*(\[|[<>=!~;(]|$)", line, re.IGNORECASE):
            continue
        if version == "0+unknown" or not re.search(r"[<>=!~]", line):
            continue
        from packaging.requirements import Requirement

        wanted = Requirement(line)
        applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if applies and not wanted.specifier.contains(version, prereleases=True):
            return f"{PROJECT}{wanted.specifier}"
    return ""


def load_package(manager: pluggy.PluginManager, package: Package, version: str) -> tuple[Guest, list[Part]]:
    """Load one installed guest in quarantine; on any fault it has no parts."""
    labels = [f"{package.name}: {point.name}" for point in package.points]
    begin = perf_counter()
    try:
        wanted = excluded(package, version)
        if wanted:
            upgrade = f"pip install --upgrade {package.name}, or install a glassnet that it accepts"
            return package.guest("incompatible", f"it needs {wanted}, and this is glassnet {version}", upgrade), []
        with _contained():
            parts = _parts_of(manager, package, labels)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        _unregister(manager, labels)
        return package.guest("quarantined", *explain(error, package.name), ms=_since(begin)), []
    return package.guest("ok", ms=_since(begin)), parts


def load_file(manager: pluggy.PluginManager, path: Path, others: list[Part]) -> tuple[Guest, list[Part]]:
    """Load one local file in quarantine; `others` are the parts of the local files before it."""
    import hashlib  # 3 ms that only one-file plugins need

    label = f"{LOCAL}: {path}"
    source = _read(path)
    digest = hashlib.sha256(source).hexdigest()
    name = f"{PROJECT}_local_{digest[:12]}_{re.sub(r'[^A-Za-z0-9_]', '_', path.stem)}"
    about = {"file": str(path), "sha256": digest}
    begin = perf_counter()
    try:
        with _contained():
            parts = read_plugin(manager, _execute(name, path, source), label, LOCAL, "")
            _refuse_nothing(parts)
            refuse_repeats([*others, *parts])
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        _unregister(manager, [label])
        sys.modules.pop(name, None)
        reason, remedy = explain(error, LOCAL)
        return Guest(LOCAL, "", (), "quarantined", reason, remedy, _since(begin), **about), []
    return Guest(LOCAL, "", (), "ok", ms=_since(begin), **about), parts


def _parts_of(manager: pluggy.PluginManager, package: Package, labels: list[str]) -> list[Part]:
    if package.name in _RESERVED:
        raise Fault(f"{package.name!r} is a name that glassnet keeps for itself", "give the distribution another name")
    if not package.version:
        raise Fault("its installation has no readable METADATA", "install it again, or remove what is left of it")
    parts: list[Part] = []
    for point, label in zip(package.points, labels, strict=True):
        parts += read_plugin(manager, resolve(point), label, package.name, package.version)
    _refuse_nothing(parts)
    refuse_repeats(parts)
    return sorted(parts, key=lambda part: part.name)


def _refuse_nothing(parts: list[Part]) -> None:
    if not parts:
        raise GlassnetError("its hooks return empty lists, so it provides no part")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise GlassnetError(f"there is no plugin file {str(path)!r}: give the path of an existing .py file") from None
    except OSError as error:
        raise GlassnetError(f"the plugin file {str(path)!r} can't be read: {error.strerror}") from None


def _execute(name: str, path: Path, source: bytes) -> ModuleType:
    """The file's module. It stays in `sys.modules`: dataclasses with postponed annotations look there."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    return module


@contextmanager
def _contained() -> Iterator[None]:
    """What a guest prints, and what it does to warning filters and NumPy's error state, stays here."""
    import numpy as np  # every guest needs it; without one this is not reached

    with warnings.catch_warnings(), np.errstate(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _unregister(manager: pluggy.PluginManager, labels: list[str]) -> None:
    # Before pluggy 1.7 a plugin whose registration failed stays registered, half of it.
    for label in labels:
        if manager.has_plugin(label):
            manager.unregister(name=label)


def _since(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 1)
