"""Run other people's tools as a person would type them: shown first, without our secrets, with the output kept."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ...data.downloads import CACHE, MIRROR, cache_folder
from .state import Release, Said

#: Where a token for an index is looked for; no child sees them, save the upload.
TOKENS = {"testpypi": "TESTPYPI_TOKEN", "pypi": "PYPI_TOKEN"}
INDEX_TOKEN = "GLASSNET_INDEX_TOKEN"  # for any other index
_TOKEN = re.compile(r"pypi-[A-Za-z0-9_-]{8,}")


@dataclass(frozen=True)
class Done:
    """How a command ended; `output` is all that it printed, with tokens masked."""

    code: int
    output: str


def python(*arguments: str | Path) -> list[str]:
    """A command of the Python that is running: `python -P -m ...` finds its tools where a bare name may not.

    With `-P` the project's own folder is not searched, where a `getpass.py` would be imported by what holds the token.
    """
    return [sys.executable, "-P", *map(str, arguments)]


def call(
    release: Release, command: Sequence[str], extra: Mapping[str, str] | None = None, folder: Path | None = None
) -> Generator[Said, None, Done]:
    """Show a command, run it in the project's folder, return how it ended: `done = yield from call(...)`."""
    yield Said("command", mask(release, typed(release, command)))
    return quietly(release, command, extra, folder)


def quietly(
    release: Release, command: Sequence[str], extra: Mapping[str, str] | None = None, folder: Path | None = None
) -> Done:
    """Run a command without a word and return how it ended."""
    done = subprocess.run(
        command,
        cwd=folder or release.project.folder,
        env=environment(release) | dict(extra or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    return Done(done.returncode, mask(release, done.stdout))


def environment(release: Release) -> dict[str, str]:
    """The variables that a tool may see: no token, no leftover TWINE_*, and no way out for a dry run."""
    hidden = {*TOKENS.values(), INDEX_TOKEN, "GLASSNET_PLUGINS", "PIP_REQUIRE_VIRTUALENV", "PIP_USER", "PIP_TARGET"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden and not leftover(name)}
    kept |= {"PYTHONIOENCODING": "utf-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "NO_COLOR": "1"}
    kept["PYTHONSAFEPATH"] = "1"  # as -P, for the processes that a tool starts
    # A backend may look for its program by name, which is beside this Python, also where nobody has activated it.
    kept["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), kept.get("PATH", os.defpath)])
    if release.dry_run:
        kept.setdefault(MIRROR, str(cache_folder()))  # a data set that is fetched has what is here, and no more
        kept |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        if "://" in kept.get("PIP_FIND_LINKS", "").replace("file://", ""):
            del kept["PIP_FIND_LINKS"]
    elif not release.project.is_host:
        kept[CACHE] = str(release.scratch / "data")  # fetched once in a release, whatever an earlier day left here
    if release.target is not None and release.target.is_near:
        for name in ("NO_PROXY", "no_proxy"):  # a proxy knows no server on this machine or in this room
            there = urlsplit(release.target.simple).hostname
            kept[name] = ",".join(filter(None, [kept.get(name), "127.0.0.1", "localhost", there]))
    return kept


def leftover(name: str) -> bool:
    """Whether a variable would silently override what twine is told."""
    return name.startswith("TWINE_")


def offline(release: Release) -> bool:
    """Whether packages may only come from this machine."""
    return release.dry_run or os.environ.get("PIP_NO_INDEX", "").lower() not in ("", "0", "false", "no", "off")


def typed(release: Release, command: Sequence[str]) -> str:
    """The command as a person types it in the project's folder."""
    words = []
    for word in command:
        if word == sys.executable:
            word = "python"
        elif Path(word).is_absolute() and Path(word).is_relative_to(release.project.folder):
            word = Path(word).relative_to(release.project.folder).as_posix()
        words.append(word)
    return shlex.join(words)


def mask(release: Release, text: str) -> str:
    """The text without any token: ours, and whatever looks like one."""
    secret = release.target.token if release.target else ""
    text = text.replace(secret, "***") if secret else text
    return _TOKEN.sub("pypi-***", text)
