"""The one line by which a package is installed from an index: the release proves it, everybody is shown the same.

The guests that it needs stand in the line with their versions, so that nothing is left for pip to choose.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from packaging.version import Version


def line_words(simple: str, packages: Mapping[str, str]) -> list[str]:
    """What pip is told: these packages, name -> version, from one index, whatever the person's own settings add.

    Without `--isolated` a second index of those settings takes part, and pip installs the higher version, whoever
    uploaded that.
    """
    return ["install", "--isolated", "--no-deps", "--index-url", simple, *pinned(packages)]


def install_words(simple: str, name: str, version: str, guests: Mapping[str, str] | None = None) -> list[str]:
    """The same for one package and the guests that it needs."""
    return line_words(simple, {name: version} | dict(guests or {}))


def install_line(simple: str, name: str, version: str, guests: Mapping[str, str] | None = None) -> str:
    """The same as a person types it."""
    return shlex.join(["python", "-m", "pip", *install_words(simple, name, version, guests)])


def pinned(packages: Mapping[str, str]) -> list[str]:
    """Each package with its version, as pip takes it."""
    return [f"{name}=={version}" for name, version in packages.items()]


def newest(versions: Iterable[str]) -> str:
    """The highest of these versions."""
    return max(versions, key=Version)
