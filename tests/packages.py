"""Real packages for tests: made from the template, built and installed the way a person would."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from guests import environment, python
from waiting import PATIENCE

from glassnet.publish.template import Answers, new_project

#: No index and no settings of the person who runs the tests: what these packages need is installed already.
ALONE = {
    "GLASSNET_DATA_MIRROR": os.environ.get("GLASSNET_DATA_MIRROR") or os.devnull,  # nor are data sets fetched
    "PIP_NO_INDEX": "1",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
_OPTIONS = ("-q", "-ra", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")


def make(folder: Path, kind: str = "activation", backend: str = "hatchling", name: str = "bent") -> Path:
    """A generated package with its example part."""
    return new_project(Answers(name, kind, backend, author="Ada Lovelace"), folder)


def command(*words: str | Path, cwd: Path, path: tuple[Path, ...] = (), **more: str) -> subprocess.CompletedProcess:
    """Run `python -m ...` in a folder; stdout and stderr come as one text."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=cwd,
        env=environment(*path, **ALONE | more),
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


# What `pip wheel` does with each of them, in one process: starting Python and a backend takes longer than building.
_WHEELS = """
import importlib, os, sys
backend, target, *projects = sys.argv[1:]
build = importlib.import_module(backend)
for project in projects:
    os.chdir(project)
    print(build.build_wheel(target))
"""


def wheels(target: Path, backend: str, *projects: Path) -> tuple[list[Path], str]:
    """The wheels of packages with the same backend, built into a folder, and all that was said meanwhile."""
    module = {"hatchling": "hatchling.build", "setuptools": "setuptools.build_meta"}.get(backend, backend)
    target.mkdir(exist_ok=True)
    built = subprocess.run(
        [sys.executable, "-c", _WHEELS, module, str(target), *map(str, projects)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return sorted(target.glob("*.whl")), built.stdout + built.stderr


def unpack(target: Path, found: Iterable[Path]) -> Path:
    """Wheels of plain Python, laid into a folder as pip would: all but the notes that it keeps for itself."""
    for wheel in found:
        zipfile.ZipFile(wheel).extractall(target)
    return target


def install(target: Path, *what: Path) -> Path:
    """Install wheels or folders of projects, without their dependencies, into a folder of its own."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-compile", "--target")
    installed = command("pip", "install", *options, target, *what, cwd=target.parent)
    assert installed.returncode == 0, installed.stdout
    return target


def own_tests(installed: Path, *tests: Path | str, **more: str) -> subprocess.CompletedProcess:
    """Run packages' own tests against what is installed in that folder; further options of pytest come after them."""
    folder = Path(tests[0]).parent
    return command("pytest", *_OPTIONS, *tests, cwd=folder, path=(installed,), COLUMNS="200", **more)


def uses(project: Path) -> list[str]:
    """The commands in a README's Use section, as somebody would copy them."""
    section = (project / "README.md").read_text(encoding="utf-8").partition("\n## Use\n")[2].partition("\n## ")[0]
    return re.findall(r"^    (glassnet .*)$", section, re.MULTILINE)


# Typed line by line in one process: starting Python forty times would take longer than what the lines do.
_TYPED = """
import os, shlex
from click.testing import CliRunner
from glassnet.cli import main

for folder, lines in {typed!r}.items():
    os.makedirs(folder)
    os.chdir(folder)
    for line in lines:
        done = CliRunner().invoke(main, shlex.split(line)[1:])
        assert done.exit_code == 0, f"{{line}}: {{done.output}} {{done.exception!r}}"
        print(line)
"""


def type_lines(typed: Mapping[str, list[str]], folder: Path, installed: Path, **more: str) -> None:
    """Type each one's lines, in a new folder of its own inside `folder`, where `installed` is all that is installed."""
    own = {str(folder / f"typed-{number}"): lines for number, lines in enumerate(typed.values())}
    done = python(_TYPED.format(typed=own), installed, GLASSNET_REPORT="off", **more)
    assert done.stdout.splitlines() == [line for lines in typed.values() for line in lines], done.stderr
