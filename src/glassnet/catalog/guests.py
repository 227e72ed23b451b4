"""Plugins that are not ours: which are installed, and what happened when each was loaded.

A guest is one installed distribution, or one local file. Each is loaded alone and kept apart: whatever it
raises costs that guest, and no part of it stays behind.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from .. import process
from ..errors import GlassnetError
from ..hooks import ENTRY_POINT_GROUP, PROJECT
from ..installs import edited_folder, may_have, origin_of
from ..wording import listed, visible
from .faults import LOADING, Fault, NoModule, explain, raised_by_hand, resolve
from .parts import GIVEN, Part
from .plugins import read_plugin, refuse_repeats

if TYPE_CHECKING:
    from importlib import metadata

LOCAL = "local"
_RESERVED = (PROJECT, LOCAL, GIVEN)
_NO_METADATA = "its installation has no readable METADATA"
PATIENCE = "GLASSNET_PATIENCE"  # the variable with the seconds after which people are told what they wait for


@dataclass(frozen=True)
class Guest:
    """One plugin package or file. `state` is ok, quarantined, incompatible, blocked, or None if not loaded.

    `reason` is one line with file and line, `remedy` what to do about it, `ms` the time that loading took. A guest
    that is ok has a reason where something that it changed had to be put back.
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
    damage: str = ""

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
    if not may_have(ENTRY_POINT_GROUP):
        return []
    from importlib import metadata

    packages: dict[str, Package] = {}
    for distribution in metadata.distributions():
        text = _entry_point_text(distribution)
        if ENTRY_POINT_GROUP not in text:  # most packages are not plugins of ours
            continue
        points = [point for point in _entry_points(distribution) if point.group == ENTRY_POINT_GROUP]
        damage = "" if points else _damage(text)
        if points or damage:
            package = _package(distribution, points, damage)
            # The first on the path is the one that Python imports.
            packages.setdefault(package.name, package)
    return [packages[name] for name in sorted(packages)]


def near_miss_groups() -> list[NearMiss]:
    """Entry-point groups of installed distributions that nearly say glassnet: nobody ever reads those."""
    from difflib import SequenceMatcher
    from importlib import metadata

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
    except UnicodeDecodeError as error:  # a damaged file: what can be read says whether it was meant for us
        return error.object.decode("utf-8", "replace")
    except Exception:
        return ""


def _damage(text: str) -> str:
    """Why nothing is found in an entry_points.txt that has a section of ours; empty where it holds no entry."""
    ours = False
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if words.startswith("["):
            ours = words == f"[{ENTRY_POINT_GROUP}]"
        elif "\ufffd" in words:
            return f"its entry_points.txt is damaged: line {number} holds bytes that are no UTF-8"
        elif ours and words and not words.startswith("#") and "=" not in words:
            return f"its entry_points.txt is damaged: line {number} is {words[:80]!r} instead of NAME = MODULE"
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


def _package(distribution: metadata.Distribution, points: list[metadata.EntryPoint], damage: str) -> Package:
    points = sorted(set(points), key=lambda point: (point.name, point.value))
    name, version = _name_of(distribution), ""
    try:
        version = distribution.version or ""
    except Exception:  # nor a version
        damage = damage or _NO_METADATA
    if not name:
        folder = getattr(distribution, "_path", None)  # lost-1.0.dist-info: importlib has no public word for it
        name = canonical(folder.name.partition("-")[0]) if folder else points[0].value.partition(":")[0]
        damage = damage or _NO_METADATA
    return Package(name or "?", version, tuple(points), _requires(distribution), damage)


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
        with _loading(f"{package.name} {package.version}".strip()) as changed:
            parts = _named(package.name, lambda: _parts_of(manager, package, labels))
    except BaseException as error:
        _unregister(manager, labels)
        _let_through(error, package.name)
        return package.guest("quarantined", *explain(error, package.name), ms=_since(begin)), []
    return package.guest("ok", *_remark(changed, package.name), ms=_since(begin)), parts


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
        with _loading(str(path)) as changed:
            module = _named(path.name, lambda: _execute(name, path, source))
            parts = read_plugin(manager, module, label, LOCAL, "")
            _refuse_nothing(parts)
            refuse_repeats([*others, *parts])
    except BaseException as error:
        _unregister(manager, [label])
        sys.modules.pop(name, None)
        _let_through(error, path.name)
        reason, remedy = explain(error, LOCAL)
        return Guest(LOCAL, "", (), "quarantined", reason, remedy, _since(begin), **about), []
    return Guest(LOCAL, "", (), "ok", *_remark(changed, LOCAL), ms=_since(begin), **about), parts


def _parts_of(manager: pluggy.PluginManager, package: Package, labels: list[str]) -> list[Part]:
    if package.name in _RESERVED:
        raise Fault(f"{package.name!r} is a name that glassnet keeps for itself", "give the distribution another name")
    if damage := package.damage or ("" if package.version else _NO_METADATA):
        raise Fault(damage, "install it again, or remove what is left of it")
    parts: list[Part] = []
    for point, label in zip(package.points, labels, strict=True):
        parts += read_plugin(manager, _resolved(package.name, point), label, package.name, package.version)
    _refuse_nothing(parts)
    refuse_repeats(parts)
    return parts  # in the order of its lists: that of lessons is the order of the course


def _resolved(name: str, point: Any) -> Any:
    """What an entry point names. An editable install whose folder was moved has lost its modules: no line is wrong."""
    try:
        return resolve(point)
    except NoModule as fault:
        folder = edited_folder(origin_of(name))
        if folder is None or folder.is_dir():
            raise
        raise Fault(
            f"it was installed from {folder}, and that folder is not there any more",
            f"install it from where it lies now, pip install -e FOLDER, or take it off: pip uninstall {name}",
        ) from fault


def _refuse_nothing(parts: list[Part]) -> None:
    if not parts:
        raise GlassnetError("its hooks return empty lists, so it provides no part")


def _read(path: Path) -> bytes:
    from ..files import read_bytes  # it brings NumPy, which metadata alone don't need

    try:
        return read_bytes(path)
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
def _loading(name: str) -> Iterator[list[str]]:
    """Other people's code runs inside: contained, and known by name where it hangs or crashes.

    Yields what it changed of the process, which has been put back by then.
    """
    waiting = threading.Timer(_patience(), _tell, [f"loading {name} ..."])
    waiting.daemon = True
    waiting.start()
    try:
        with process.contained(_ended) as changed:
            yield changed
    finally:
        waiting.cancel()


def _patience() -> float:
    try:
        return float(os.environ.get(PATIENCE, ""))
    except ValueError:
        return 1.0


def _tell(words: str) -> None:
    import logging  # a warning, so that it is seen on stderr where nobody has set up anything else

    logging.getLogger(PROJECT).warning("%s", visible(words))


def _ended(call: str) -> Fault:
    return Fault(f"it called {call}", "tell its author, or remove it: a plugin must not end the program")


def _named(name: str, load: Callable[[], Any]) -> Any:
    """Call `load` from a frame that bears the guest's name, which is all that a crash of Python itself still tells."""
    told: dict[str, Any] = {"load": load}
    exec(compile("loaded = load()", f"{LOADING}{name}>", "exec"), told)
    return told["loaded"]


def _let_through(error: BaseException, name: str) -> None:
    """Ctrl-C is not the guest's fault, unless it raised that itself."""
    if isinstance(error, KeyboardInterrupt) and not raised_by_hand(error):
        raise KeyboardInterrupt(f"while loading {name}") from error


def _remark(changed: list[str], owner: str) -> tuple[str, str]:
    """(reason, remedy) of a guest that works but does not leave the process as it was."""
    if not changed:
        return "", ""
    mend = "correct the file" if owner == LOCAL else "tell its author"
    return f"it changed {listed(changed)} while it was loaded; that was put back", mend


def _unregister(manager: pluggy.PluginManager, labels: list[str]) -> None:
    # Before pluggy 1.7 a plugin whose registration failed stays registered, half of it.
    for label in labels:
        if manager.has_plugin(label):
            manager.unregister(name=label)


def _since(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 1)
