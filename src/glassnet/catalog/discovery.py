"""The catalog itself: gather all parts, find one by name, explain what can't be found."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .. import process
from ..errors import GlassnetError, did_you_mean, join, need
from ..faces import Face
from ..hooks import PROJECT
from ..installs import install_line, installed_in
from ..kinds import KINDS
from ..synonyms import colon
from ..synonyms import part as synonym
from ..tables import Table
from ..wording import count
from .guests import LOCAL, Guest, canonical, installed, load_file, load_package
from .parts import GIVEN, Choice, Part, read_part
from .phrases import Phrase
from .plugins import new_manager, read_plugin, refuse_repeats

_SWITCH = "GLASSNET_PLUGINS"
_KEPT = 8  # catalogs that a process remembers: with these files and those, with guests and without
_PHRASES = 500  # that a catalog remembers
_kept: dict[Any, Catalog] = {}


class Catalog(Face):
    """Every part found on this machine, and every guest, whether it could be loaded or not."""

    def __init__(self, parts: Sequence[Part], guests: Sequence[Guest]) -> None:
        """Hold these parts and guests; `Catalog.discover` finds them."""
        order = list(KINDS)
        self._parts = sorted(parts, key=lambda part: order.index(part.kind))
        self._named: dict[tuple[str, str], list[Part]] = {}
        for part in self._parts:
            self._named.setdefault((part.kind, part.name), []).append(part)
        self._chosen: dict[tuple[str, str, str | None], Choice] = {}  # the last phrases, each of which is asked often
        self.guests = list(guests)
        self._told: Mapping[str, tuple[str, str]] = {}

    def remembering(self, told: Mapping[str, tuple[str, str]]) -> Catalog:
        """The same, which knows what was made with distributions: by name `run 4 was trained with ...`, and version."""
        found = Catalog(self._parts, self.guests)
        found._told = told
        return found

    @classmethod
    def discover(
        cls,
        files: Sequence[Path] = (),
        without: Sequence[str] = (),
        guests: bool = True,
        load: bool = True,
        anew: bool = False,
    ) -> Catalog:
        """Our own parts, those of the installed guests, and those of `files` (one-file plugins).

        `without` names distributions that are not to be imported; `guests=False` leaves out all that are
        installed. With `load=False` nothing is imported, and the guests are described by their metadata.

        All who ask in one process, threads too, share what was found first; it is looked for again once something
        was installed or a file has changed, or at any time with `anew=True`.
        """
        paths = tuple(dict.fromkeys(Path(file).resolve() for file in files))
        asked = paths, tuple(without), guests, load, os.environ.get(_SWITCH)
        state = asked, tuple(map(_stamp, paths)), tuple((place, installed_in(place)) for place in sys.path)
        if not anew and state in _kept:
            return _kept[state]
        with process.alone():
            if anew or state not in _kept:  # another thread may have looked for it while this one waited
                found = cls._discover(paths, without, guests, load)
                while len(_kept) >= _KEPT:
                    del _kept[next(iter(_kept))]
                _kept[state] = found
            return _kept[state]

    @classmethod
    def _discover(cls, files: Sequence[Path], without: Sequence[str], guests: bool, load: bool) -> Catalog:
        packages = installed()
        blocked = _blocked([package.name for package in packages], without, guests)
        manager = new_manager()
        parts = _builtin_parts(manager) if load else []
        found: list[Guest] = []
        version = _version()
        for package in packages:
            if package.name in blocked:
                found.append(package.guest("blocked", *blocked[package.name]))
            elif not load:
                found.append(package.guest())
            else:
                guest, more = load_package(manager, package, version)
                found.append(guest)
                parts += more
        local: list[Part] = []
        for path in files:
            guest, more = load_file(manager, path, local) if load else (Guest(LOCAL, "", (), file=str(path)), [])
            found.append(guest)
            local += more
        return cls([*parts, *local], found)

    def parts(self, kind: str | None = None) -> list[Part]:
        """All parts, or those of one kind: ours first, then each guest's in its own order, guests by name."""
        if kind is None:
            return list(self._parts)
        kind = known_kind(kind)
        return [part for part in self._parts if part.kind == kind]

    def find(self, kind: str, name: str, home: str | None = None) -> Part:
        """The part of that short or full name; a short name means `home`'s own part first, then ours."""
        kind = known_kind(kind)
        found = self.matches(kind, name, home)
        if len(found) == 1:
            return found[0]
        if found:
            names = join(part.full_name for part in found)
            raise GlassnetError(f"{kind} {name!r} is provided by {len(found)} plugins: write one of {names}")
        raise GlassnetError(self._unknown(kind, name))

    def matches(self, kind: str, name: str, home: str | None = None) -> list[Part]:
        """The parts that a name may mean: none, one, or the equal ones of several guests."""
        owner, slash, short = name.rpartition("/")
        same = self._named.get((kind, short), [])
        if slash:
            return [part for part in same if part.distribution == canonical(owner)]
        for first in (home, PROJECT):
            own = [part for part in same if part.distribution == first]
            if own:
                return own
        return list(same)

    def kinds_of(self, name: str) -> list[str]:
        """The kinds that have a part of that name; one with a door of its own only where no other has it."""
        found = [kind for kind in KINDS if self.matches(kind, name)]
        return [kind for kind in found if not KINDS[kind].door] or found

    def choose(self, kind: str, given: str | Phrase | Callable[..., Any], home: str | None = None) -> Choice:
        """The part and all its options, from a phrase or from a function in its place."""
        if isinstance(given, str):
            key = kind, given, home
            if key not in self._chosen:
                if len(self._chosen) == _PHRASES:
                    self._chosen.clear()
                self._chosen[key] = self.choose(kind, Phrase.parse(given), home)
            return self._chosen[key]
        kind = known_kind(kind)
        if isinstance(given, Phrase):
            return self.find(kind, given.name, home).choose(dict(given.options))
        for part in self._parts:
            if part.kind == kind and part.function is given:
                return part.choose({})
        return read_part(kind, given, GIVEN).choose({})

    def short_name(self, part: Part) -> str:
        """The shortest name that means this part: the plain one, unless another part has it too."""
        return part.name if self.matches(part.kind, part.name) == [part] else part.full_name

    def __repr__(self) -> str:
        return f"<Catalog of {count(len(self._parts), 'part')} and {count(len(self.guests), 'guest')}>"

    def _face_(self) -> Iterable[Table]:
        """Every part with its help."""
        rows = [(part.kind, self.short_name(part), part.distribution, part.help) for part in self._parts]
        yield Table(("kind", "name", "provider", "help"), rows, count(len(rows), "part"))

    def _unknown(self, kind: str, name: str) -> str:
        if not_here := self._not_here(kind, name):
            return not_here
        choices = [self.short_name(part) for part in self.parts(kind)]
        names = [*choices, *(part.name for part in self.parts(kind))]
        guess = colon(name) or synonym(kind, name, names) or _apart(name, names) or did_you_mean(_last(name), names)
        elsewhere = [other for other in self.kinds_of(name) if other != kind and not KINDS[other].door]
        is_a = f" {name!r} is the name of another kind: {join(elsewhere)}." if elsewhere else ""
        known = f" Known names: {join(choices, f'`glassnet list {KINDS[kind].plural}`')}." if choices else ""
        given = (
            " It was a function given directly, which words can't find again." if name.startswith(f"{GIVEN}/") else ""
        )
        return f"there is no {kind} {name!r}.{given}{is_a}{guess}{known}{self.absent(name)}"

    def _not_here(self, kind: str, name: str) -> str:
        """What to say of a full name whose distribution is not in use; empty for any other name.

        A stranger's package is only advised where it was written down, or bears our name before its own.
        """
        owner = canonical(name.rpartition("/")[0])
        if owner in _present(self) or not (owner in self._told or owner.startswith(f"{PROJECT}-")):
            return ""
        told, version = self._told.get(owner, (f"there is no {kind} {name!r}, a part of {owner}", ""))
        for guest in self.guests:
            if guest.distribution == owner:
                return f"{told}, which is {guest.state} here: {guest.reason}. What to do: {guest.remedy}"
        near = (
            ""
            if owner in self._told
            else did_you_mean(name, [one.full_name for one in self.parts(kind) if one.distribution != PROJECT])
        )
        return f"{told}, which is not installed{f'.{near}' if near else f': {install_line(owner, version)}'}"

    def absent(self, name: str) -> str:
        """Which guests that could not be used may have provided a name; empty if none."""
        owner = canonical(name.rpartition("/")[0])
        lost = [guest for guest in self.guests if guest.state not in ("ok", None)]
        lost = [guest for guest in lost if guest.distribution == owner] or ([] if owner in _present(self) else lost)
        if not lost:
            return ""
        states = join(f"{guest.distribution} is {guest.state}" for guest in lost)
        return f" A plugin that is not in use may provide it: {states} (see `glassnet doctor`)."


def _apart(name: str, known: Collection[str]) -> str:
    """What to say to `relu,tanh`, where both are known."""
    several = [one.strip() for one in name.split(",")]
    all_known = len(several) > 1 and all(one in known for one in several)
    return f" Several are given one by one: {join(map(repr, several))}." if all_known else ""


def _last(name: str) -> str:
    """`Adam` of `torch.optim.Adam`."""
    return name.rpartition(".")[2] or name


def known_kind(given: str) -> str:
    """The kind, from its singular or its plural; an unknown one is an error."""
    need(given, str, "a kind is a word, such as 'activation'")
    for kind in KINDS.values():
        if given in (kind.name, kind.plural):
            return kind.name
    guess = did_you_mean(given, [*KINDS, *(kind.plural for kind in KINDS.values())])
    raise GlassnetError(f"there is no kind {given!r}.{guess} Kinds: {join(KINDS)}")


def ambiguous_names(catalog: Catalog) -> list[list[Part]]:
    """Parts of one kind that share their short name, each group in the catalog's order."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in catalog.parts():
        groups.setdefault((part.kind, part.name), []).append(part)
    return [group for group in groups.values() if len(group) > 1]


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _builtin_parts(manager: Any) -> list[Part]:
    """The parts of `glassnet.builtin`: its modules are plugins like any other."""
    parts: list[Part] = []
    version = _version()
    for name in (kind.plural for kind in KINDS.values() if kind.ours):
        module = import_module(f"{PROJECT}.builtin.{name}")
        parts += read_plugin(manager, module, f"{PROJECT}: {name}", PROJECT, version)
    refuse_repeats(parts)
    return parts


def _blocked(names: list[str], without: Iterable[str], guests: bool) -> dict[str, tuple[str, str]]:
    """(reason, remedy) of every installed guest that must not be imported."""
    switch = os.environ.get(_SWITCH, "")
    if switch.lower() not in ("", "on", "off"):
        raise GlassnetError(f"{_SWITCH} is {switch!r}: it may be 'off', 'on' or not set at all")
    if switch.lower() == "off":
        return dict.fromkeys(names, (f"{_SWITCH}=off is set", f"unset {_SWITCH}"))
    if not guests:
        return dict.fromkeys(names, ("--no-plugins was given", "leave out --no-plugins"))
    blocked = {}
    for name in without:
        if canonical(name) not in names:
            known = f"Installed: {join(names)}" if names else "None is installed"
            raise GlassnetError(f"--without {name}: no such plugin is installed.{did_you_mean(name, names)} {known}")
        blocked[canonical(name)] = (f"--without {canonical(name)} was given", "leave out --without")
    return blocked


def _present(catalog: Catalog) -> set[str]:
    return {PROJECT, LOCAL, GIVEN, *(guest.distribution for guest in catalog.guests if guest.state == "ok")}


def _version() -> str:
    from .. import __version__

    return str(__version__)
