"""What a project and a version may be called."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from .problem import Problem

_VALID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

#: Known to be closed to everybody; PyPI publishes no full list.
PROHIBITED = frozenset({"requirements-txt", "rrequirements-txt"})

#: Python lets go of modules, PyPI keeps their names closed: these left after 3.11.
_FORMER_MODULES = (
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib "
    "ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib"
)
STDLIB = frozenset(
    canonicalize_name(module.strip("_")) for module in (*sys.stdlib_module_names, *_FORMER_MODULES.split())
)

_LOOK_ALIKES = str.maketrans({"l": "1", "i": "1", "o": "0", ".": None, "_": None, "-": None})


def fold(name: str) -> str:
    """A name as PyPI compares it with others: no `. _ -`, l and i read as 1, o as 0."""
    return name.lower().translate(_LOOK_ALIKES)


def name_problems(name: str, others: Iterable[str] = ()) -> list[Problem]:
    """What keeps a new project from being called `name` on an index that already holds `others`."""
    if not _VALID.fullmatch(name):
        return [_invalid(name)]
    problems = [_not_canonical(name), _prohibited(name), _module_of_python(name), _similar(name, others)]
    return [problem for problem in problems if problem]


def _invalid(name: str) -> Problem:
    guess = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return Problem(
        "name-invalid",
        f"The name {name!r} is not allowed. Start and end with a letter or numeral containing only ASCII "
        "numeric and '.', '_' and '-'.",
        f"Call it {guess!r}, for example." if guess else "Choose one of plain letters, digits and hyphens.",
    )


def _not_canonical(name: str) -> Problem | None:
    canonical = canonicalize_name(name)
    if name == canonical:
        return None
    return Problem(
        "name-not-canonical",
        f"The name {name!r} will appear as {canonical!r} in links and commands.",
        f'Write name = "{canonical}" in pyproject.toml.',
        refused=False,
    )


def _prohibited(name: str) -> Problem | None:
    if canonicalize_name(name) not in PROHIBITED:
        return None
    return Problem("name-prohibited", f"The name {name!r} isn't allowed.", "Nobody can have it: choose another.")


def _module_of_python(name: str) -> Problem | None:
    if canonicalize_name(name) not in STDLIB:
        return None
    return Problem(
        "name-stdlib",
        f"The name {name!r} isn't allowed (conflict with Python Standard Library module name).",
        f"Add a word of your own to it, such as 'glassnet-{canonicalize_name(name)}'.",
    )


def _similar(name: str, others: Iterable[str]) -> Problem | None:
    canonical, folded = canonicalize_name(name), fold(name)
    for other in others:
        if canonicalize_name(other) != canonical and fold(other) == folded:
            return Problem(
                "name-similar",
                f"The name {name!r} is too similar to an existing project. It is {other!r}: without . _ - and "
                f"with l and i read as 1 and o as 0, both are {folded!r}.",
                "Change more than such a letter, or add a word; if that project is yours, use its spelling.",
            )
    return None


def version_problems(version: str) -> list[Problem]:
    """What is wrong with a version as it is written: grammar, spelling, local part."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        message = f"{version!r} is an invalid value for Version. Error: it does not follow PEP 440."
        return [Problem("version-invalid", message, "Write numbers and dots, such as 0.1.0, 1.2.0rc1 or 1.2.0.post1.")]
    if parsed.local:
        return [
            Problem(
                "version-local",
                f"The use of local versions in {parsed!r} is not allowed.",
                f"Leave out '+{parsed.local}' and write {parsed.public}: what follows the + is for builds that "
                "stay on one machine.",
            )
        ]
    if str(parsed) != version:
        message = f"The version {version!r} is silently rewritten as {str(parsed)!r} by build tools."
        return [Problem("version-not-canonical", message, f'Write version = "{parsed}".', refused=False)]
    return []
