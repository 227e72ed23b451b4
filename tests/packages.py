"""Real packages for tests: made from the template, built and installed the way a person would."""

import os
import subprocess
import sys
from pathlib import Path

from guests import environment
from waiting import PATIENCE

from glassnet.publish.template import Answers, new_project

#: No index and no settings of the person who runs the tests: what these packages need is installed already.
ALONE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
_OPTIONS = ("-q", "-ra", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")


def make(folder: Path, kind: str = "activation", backend: str = "hatchling", name: str = "bent") -> Path:
    """A generated package with its example part."""
    return new_project(Answers(name, kind, backend, author="Ada Lovelace"), folder)


def command(*words: str | Path, cwd: Path, path: tuple[Path, ...] = (), **more: str) -> subprocess.CompletedProcess:
    """Run `python -m ...` in a folder; stdout and stderr come as one text."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=cwd,
        env=environment(*path, **ALONE, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
    )


def build(project: Path) -> str:
    """Build both files into dist/ with the backend that is installed here; returns what was said."""
    built = command("build", "--no-isolation", cwd=project)
    assert built.returncode == 0, built.stdout
    return built.stdout


def install(target: Path, *what: Path) -> Path:
    """Install wheels or folders of projects, without their dependencies, into a folder of its own."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-compile", "--target")
    installed = command("pip", "install", *options, target, *what, cwd=target.parent)
    assert installed.returncode == 0, installed.stdout
    return target


def own_tests(installed: Path, *tests: Path | str) -> subprocess.CompletedProcess:
    """Run packages' own tests against what is installed in that folder; further options of pytest come after them."""
    folder = Path(tests[0]).parent
    return command("pytest", *_OPTIONS, *tests, cwd=folder, path=(installed,), COLUMNS="200")
