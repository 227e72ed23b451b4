"""Guests on guests: which other packages of glassnet a package needs, and at which index each is asked for.

A name is asked for at one index alone. What is called `glassnet-...` and is on the index of the release comes from
there; every other name comes from the ordinary index, whatever anybody has uploaded under it beside the guests.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from .. import __version__
from ..errors import GlassnetError, join
from ..hooks import PROJECT
from .store import Store

#: The versions of a package that an index has, each with a way to read what it requires; None: it has no such package.
Look = Callable[[str], Mapping[str, Callable[[], list[str]]] | None]

_GUEST = f"{PROJECT}-"
_REMEDY = (
    "What to do: widen the versions under dependencies in pyproject.toml, or release the guest that is wanted first"
)
_MOST_TRIES = 1000  # versions that are looked at before a knot counts as one that can't be undone


@dataclass(frozen=True)
class Chain:
    """What a package needs: `guests`, name -> version, from its own index; `others` from the ordinary one."""

    guests: dict[str, str]
    others: tuple[str, ...]


@dataclass(frozen=True)
class _Need:
    """One requirement and whose it is."""

    owner: str
    wanted: Requirement

    @property
    def name(self) -> str:
        return canonicalize_name(self.wanted.name)


@dataclass(frozen=True)
class _Taken:
    """A version that was decided for, what it requires, and the extras that were asked of it."""

    version: str
    requires: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()


class Unmet(GlassnetError):
    """No version of a guest fits."""


def chain(name: str, version: str, requires: Iterable[str], look: Look) -> Chain:
    """All that this package needs: the highest versions of its guests that fit it, each other and this glassnet.

    Raises `Unmet` where there are none, with what is wanted and what is there.
    """
    me = _Taken(version, tuple(requires))
    tries, taken = count(1), {canonicalize_name(name): me, PROJECT: _Taken(__version__)}
    taken = _decide(_needs(name, me, frozenset({""})), taken, look, tries)
    guests = {one: taken[one].version for one in sorted(taken) if one not in (PROJECT, canonicalize_name(name))}
    needs = [need for one in taken for need in _needs(one, taken[one], taken[one].extras | {""})]
    others = dict.fromkeys(str(need.wanted) for need in needs if need.name not in taken)
    return Chain(guests, tuple(others))


def _needs(owner: str, taken: _Taken, extras: frozenset[str]) -> list[_Need]:
    """The requirements that count on this machine, for these of its extras."""
    needs = []
    for line in taken.requires:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue  # which pip will say, and better
        marker = wanted.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            wanted.marker = None
            needs.append(_Need(owner, wanted))
    return needs


def _decide(needs: list[_Need], taken: dict[str, _Taken], look: Look, tries: count[int]) -> dict[str, _Taken]:
    """Decide for a version of each guest that is needed; where one leads nowhere, the next lower one is tried."""
    if not needs:
        return taken
    need, *rest = needs
    if need.name in taken:
        return _agree(need, rest, taken, look, tries)
    offers = look(need.name) if need.name.startswith(_GUEST) else None
    if offers is None:  # of the ordinary index
        return _decide(rest, taken, look, tries)
    trouble = None
    for version in need.wanted.specifier.filter(sorted([*offers], key=Version, reverse=True)):
        if next(tries) > _MOST_TRIES:
            raise Unmet(f"{need.owner} and the guests that it requires can't agree on versions. {_REMEDY}")
        one = _Taken(version, tuple(offers[version]()), frozenset(need.wanted.extras))
        try:
            further = _needs(need.name, one, one.extras | {""})
            return _decide([*rest, *further], taken | {need.name: one}, look, tries)
        except Unmet as error:
            trouble = trouble or error
    there = join(map(str, sorted(map(Version, offers)))) or "no version for this Python"
    raise trouble or Unmet(f"{need.owner} requires {need.wanted}, and what the index has is {there}. {_REMEDY}")


def _agree(
    need: _Need, rest: list[_Need], taken: dict[str, _Taken], look: Look, tries: count[int]
) -> dict[str, _Taken]:
    """A guest that has been decided for has to fit whoever else requires it."""
    one = taken[need.name]
    if not need.wanted.specifier.contains(one.version, prereleases=True):
        role = "runs here" if need.name == PROJECT else "goes with it"
        raise Unmet(f"{need.owner} requires {need.wanted}, and {need.name} {one.version} is what {role}. {_REMEDY}")
    fresh = frozenset(need.wanted.extras) - one.extras
    if fresh:
        one = _Taken(one.version, one.requires, one.extras | fresh)
        rest = [*rest, *_needs(need.name, one, fresh)]
    return _decide(rest, taken | {need.name: one}, look, tries)


def required_by(metadata: bytes) -> list[str]:
    """What a METADATA text requires, as it is written."""
    return list(parse_email(metadata)[0].get("requires_dist", []))


def _requires(metadata: Path) -> list[str]:
    return required_by(metadata.read_bytes())


def offers_of(store: Store) -> Look:
    """What the practice index has, read from its folder: no connection is needed for that."""

    def look(name: str) -> Mapping[str, Callable[[], list[str]]] | None:
        files = store.projects().get(canonicalize_name(name))
        if files is None:
            return None
        wheels = [
            entry
            for entry in store.offered(files)
            if entry.file.endswith(".whl") and fits_python(entry.requires_python)
        ]
        return {one.version: partial(_requires, store.metadata_path(one)) for one in wheels}

    return look


def guests_of(store: Store, name: str, version: str) -> dict[str, str]:
    """The guests that a published version needs, for the line that installs it; none where they are not all there."""
    look = offers_of(store)
    read = (look(name) or {}).get(version, list)
    with suppress(Unmet):
        return chain(name, version, read(), look).guests
    return {}


def fits_python(specifier: str | None) -> bool:
    """Whether this Python is one that a file takes; what can't be read is for pip to refuse."""
    try:
        return SpecifierSet(specifier or "").contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        return True
