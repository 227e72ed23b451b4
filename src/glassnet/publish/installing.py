"""The one line by which a package is installed from an index: the release proves it, everybody is shown the same.

The guests that it needs stand in the line with their versions, so that nothing is left for pip to choose.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from packaging.version import Version


def line_words(simple: str, packages: Mapping[str, str]) -> list[str]:
    """What pip is told: these packages, name -> version, from one index, whatever the person's own settings add.

    Without `--isolated` a second index of those settings takes part, and pip installs the higher version, whoever
    uploaded that.
    """
    return ["install", "--isolated", "--no-deps", *trusting(simple), "--index-url", simple, *pinned(packages)]


def install_words(simple: str, name: str, version: str, guests: Mapping[str, str] | None = None) -> list[str]:
    """The same for one package and the guests that it needs."""
    return line_words(simple, {name: version} | dict(guests or {}))


def install_line(simple: str, name: str, version: str, guests: Mapping[str, str] | None = None) -> str:
    """The same as a person types it."""
    return shlex.join(["python", "-m", "pip", *install_words(simple, name, version, guests)])


def pinned(packages: Mapping[str, str]) -> list[str]:
    """Each package with its version, as pip takes it."""
    return [f"{name}=={version}" for name, version in packages.items()]


def trusting(simple: str) -> list[str]:
    """What pip wants to hear before it speaks plain HTTP with another machine."""
    there = urlsplit(simple)
    host = there.hostname or ""
    return ["--trusted-host", host] if there.scheme == "http" and not is_this_machine(host) else []


def is_this_machine(host: str) -> bool:
    """Whether a name or address is this machine's own, where nobody listens in."""
    return host in ("localhost", "::1") or host.startswith("127.")


def short_lines(simple: str) -> list[str]:
    """What makes the line short for the rest of a course: two settings of one environment."""
    settings = {"global.index-url": simple, "global.trusted-host": " ".join(trusting(simple)[1:])}
    return [f"python -m pip config --site set {name} {value}" for name, value in settings.items() if value]


def newest(versions: Iterable[str]) -> str:
    """The highest of these versions."""
    return max(versions, key=Version)
