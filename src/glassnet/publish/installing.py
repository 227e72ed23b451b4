"""The one line by which a package is installed from an index: the release proves it, everybody is shown the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from packaging.version import Version


def install_words(simple: str, name: str, version: str) -> list[str]:
    """What pip is told: one version of one package from one index, whatever the person's own settings add.

    Without `--isolated` a second index of those settings takes part, and pip installs the higher version, whoever
    uploaded that.
    """
    return ["install", "--isolated", "--no-deps", "--index-url", simple, f"{name}=={version}"]


def install_line(simple: str, name: str, version: str) -> str:
    """The same as a person types it."""
    return shlex.join(["python", "-m", "pip", *install_words(simple, name, version)])


def newest(versions: Iterable[str]) -> str:
    """The highest of these versions."""
    return max(versions, key=Version)
