"""Which guests took part in something that is kept, and whether they are the same here.

A run, a sweep or a saved estimator holds the names of its parts, and the numbers depend on the code behind them. So the
version of each guest is written down with a checksum of its modules, and both are compared when it is opened again.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import GlassnetError, GlassnetWarning
from ..hooks import PROJECT
from ..installs import install_line
from .discovery import Catalog
from .guests import LOCAL, Guest
from .parts import GIVEN, Part


@dataclass(frozen=True)
class Maker:
    """A guest as it was: a distribution, or a one-file plugin by its path, which has no version.

    `sha256` is that of its code, empty where it was not written down.
    """

    name: str
    version: str
    sha256: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is a one-file plugin."""
        return not self.version

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True)
class Made:
    """Something kept and who made its parts; `words` begin a sentence about it: `run 4 was trained with`."""

    words: str
    makers: tuple[Maker, ...]

    def catalog(self, catalog: Catalog) -> Catalog:
        """The same catalog, which says of parts that are missing what they were in; differences are warned of."""
        for remark in self.remarks(catalog):
            warnings.warn(remark, GlassnetWarning, stacklevel=1)  # one place, so that each is said once
        told = {one.name: (f"{self.words} {one}", one.version) for one in self.makers if not one.is_file}
        return catalog.remembering(told) if told else catalog

    def remarks(self, catalog: Catalog) -> list[str]:
        """A sentence for each guest that is another one here."""
        return [words for words, _ in self._differences(catalog)]

    def refuse_others(self, catalog: Catalog, anyway: str) -> None:
        """Raise `GlassnetError` where code differs, which would mix two formulas in one training."""
        for words, other_code in self._differences(catalog):
            if other_code:
                raise GlassnetError(f"{words}; or go on with what is here: {anyway}")

    def _differences(self, catalog: Catalog) -> Iterable[tuple[str, bool]]:
        here = {guest.file or guest.distribution: guest for guest in catalog.guests if guest.state == "ok"}
        for maker in self.makers:
            if guest := here.get(maker.name):
                yield from self._difference(maker, guest, catalog)

    def _difference(self, maker: Maker, guest: Guest, catalog: Catalog) -> Iterable[tuple[str, bool]]:
        """(what to say, whether the code may be another) of a guest that is not what it was; nothing of the same."""
        if guest.file:
            if guest.sha256 != maker.sha256:
                yield f"{self.words} {maker.name}, which has changed since it was used: bring the old one back", True
            return
        code = code_of(guest.distribution, catalog) if maker.sha256 else ""
        same_code, old = bool(code) and code == maker.sha256, install_line(maker.name, maker.version)
        if guest.version != maker.version:
            numbers = "with the same code" if same_code else "so its numbers may be others"
            yield f"{self.words} {maker}, and here is {guest.version}, {numbers}; the old one: {old}", not same_code
        elif code and not same_code:
            yield (
                (
                    f"{self.words} {maker}, whose code has changed since under the same version, so its numbers may be "
                    f"others; bring the old code back, or install what was published: {old} --force-reinstall"
                ),
                True,
            )


def makers_of(parts: Iterable[Part], catalog: Catalog) -> tuple[Maker, ...]:
    """The guests that these parts are of, as they are here; our own parts and functions given by hand have none."""
    files = {guest.file: guest for guest in catalog.guests if guest.file}
    found: dict[str, Maker] = {}
    for part in parts:
        if part.distribution == LOCAL and part.file in files:
            found[part.file] = Maker(part.file, "", files[part.file].sha256)
        elif part.distribution not in (PROJECT, LOCAL, GIVEN) and part.distribution not in found:
            found[part.distribution] = Maker(part.distribution, part.version, code_of(part.distribution, catalog))
    return tuple(found.values())


def told_makers(versions: Mapping[str, str], code: Mapping[str, str]) -> tuple[Maker, ...]:
    """The packages that were written down: their versions, and the checksums of their code where there are any."""
    return tuple(Maker(name, version, code.get(name, "")) for name, version in versions.items() if name != LOCAL)


def code_of(distribution: str, catalog: Catalog) -> str:
    """The SHA-256 of the modules that a guest's parts are written in, each with its package; empty if none is found."""
    parts = [part for part in catalog.parts() if part.distribution == distribution]
    digest, read = hashlib.sha256(), False
    for home in sorted({home for part in parts if (home := _home(part))}):
        for file in sorted(home.rglob("*.py")) if home.is_dir() else [home]:
            try:
                code = file.read_bytes()
            except OSError:
                continue
            name = file.relative_to(home.parent).as_posix()
            digest.update(f"{name}\0{len(code)}\0".encode() + code)
            read = True
    return digest.hexdigest() if read else ""


def _home(part: Part) -> Path | None:
    """The outermost package that holds a part's function, or its module where that stands alone.

    A namespace has no `__init__.py`: what stands in it may be of several distributions.
    """
    home = Path(part.file)
    while (home.parent / "__init__.py").is_file():
        home = home.parent
    return home if home.exists() else None
