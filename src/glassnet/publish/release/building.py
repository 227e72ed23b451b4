"""Clean, build, and look into what was built."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from ...errors import GlassnetError, join
from ...wording import memory
from ..project import Project
from ..rules import Problem, archive_problems, metadata_problems, read_metadata
from .commands import Done, call, offline, python
from .explanations import failure, lacks_network
from .state import Release, Said, Saying, StepFailed

_LARGEST_LISTING = 40  # lines of a file list that a person still reads


def clean(release: Release) -> Saying:
    """Remove what earlier builds left, and nothing outside the project's folder."""
    folder = release.project.folder
    found = [folder / "dist", folder / "build"]
    for root in [folder, *release.project.roots()]:
        found += root.glob("*.egg-info")
    for path in dict.fromkeys(found):
        if path.is_symlink() or not path.resolve().is_relative_to(folder):
            raise StepFailed(
                f"{path.name} is a link that leads out of the project: it is not touched. What to do: remove it"
            )
        if path.is_dir():
            yield Said("command", f"rm -r {path.relative_to(folder).as_posix()}")
            shutil.rmtree(path)


def build(release: Release) -> Saying:
    """The sdist, then the wheel from the sdist, in an environment that holds nothing but the backend."""
    isolated = python("-m", "build", "--outdir", "dist", ".")
    here = [*isolated[:-1], "--no-isolation", "."]
    missing = missing_backend(release.project)
    if offline(release) and not missing:
        yield Said("note", "no index may be asked: the backend that is installed here builds")
        done = yield from call(release, here)
    else:
        done = yield from call(release, isolated, {"PIP_RETRIES": "2"})
        if lacks_network(done) and not missing:
            yield Said("remark", "the backend could not be fetched: the one that is installed here builds")
            done = yield from call(release, here)
    if done.code:
        raise _build_failure(release, done, missing)
    for line in _warnings(done.output):
        yield Said("remark", line)
    release.files = sorted(path for path in release.dist.iterdir() if path.name.endswith((".whl", ".tar.gz")))
    yield Said("note", f"built {join(file.name for file in release.files)}")


def _build_failure(release: Release, done: Done, missing: list[str]) -> StepFailed:
    if lacks_network(done) and missing:
        return StepFailed(
            f"building needs {join(missing)}, which is not installed here and could not be fetched. What to do: "
            f"python -m pip install {' '.join(map(repr, missing))}, or release with a network",
            done.output,
        )
    return failure(release, done, "the build")


def missing_backend(project: Project) -> list[str]:
    """What the backend needs and this environment does not have."""
    missing = []
    for line in project.build_requirements:
        try:
            wanted = Requirement(line)
            there = Version(metadata.version(wanted.name))
        except (InvalidRequirement, metadata.PackageNotFoundError):
            missing.append(line)
            continue
        if not wanted.specifier.contains(there, prereleases=True):
            missing.append(line)
    return missing


def _warnings(output: str) -> list[str]:
    """What setuptools says in passing and should not: a missing README, old ways."""
    found = [line.strip() for line in output.splitlines() if "File '" in line and "cannot be found" in line]
    if "Deprecated" in output and "License" in output:
        found.append("the backend calls the way the licence is declared deprecated: see the pre-flight's remarks")
    return list(dict.fromkeys(found))


def inspect(release: Release) -> Saying:
    """Everything an index would refuse, and what it would let through although nobody can use it."""
    _refuse_other_counts(release)
    yield from _twine_check(release)
    yield from _wheel_contents(release)
    problems = [problem for file in release.files for problem in _rules(release, file)]
    problems = list(dict.fromkeys([*problems, *_left_behind(release)]))
    for problem in problems:
        yield Said("problem", f"{problem.message} What to do: {problem.remedy}")
    if problems:
        raise StepFailed(_count(problems, "what was built"))
    for file in release.files:
        yield Said("note", f"{file.name} ({memory(file.stat().st_size)}) holds")
        yield from _listing(members(file))


def _count(problems: list[Problem], where: str) -> str:
    number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{number} in {where}, above: put {'it' if len(problems) == 1 else 'them'} right and release again"


def _refuse_other_counts(release: Release) -> None:
    wheels = [file for file in release.files if file.suffix == ".whl"]
    sdists = [file for file in release.files if file.suffix != ".whl"]
    if len(wheels) != 1 or len(sdists) != 1:
        found = join(file.name for file in release.files) or "nothing"
        raise StepFailed(
            f"a release is one wheel and one sdist, and dist/ holds {found}. What to do: delete dist/ and release again"
        )


def _twine_check(release: Release) -> Saying:
    done = yield from call(release, python("-m", "twine", "check", "--strict", *_shown(release)))
    if done.code:
        raise failure(release, done, "twine check")


def _wheel_contents(release: Release) -> Saying:
    done = yield from call(release, python("-m", "check_wheel_contents", release.wheel))
    if done.code:
        found = [line.split(f"{release.wheel.name}: ")[-1].strip() for line in done.output.splitlines()]
        raise StepFailed(
            f"the wheel would install something else than was meant: {' '.join(found)}. "
            f"What to do: keep one package, src/NAME/, with modules in it, and name it in pyproject.toml",
            done.output,
        )


def _shown(release: Release) -> list[str]:
    return [f"dist/{file.name}" for file in release.files]


def _rules(release: Release, file: Path) -> Iterator[Problem]:
    yield from archive_problems(file)
    try:
        text = read_metadata(file)
    except GlassnetError:
        return  # archive_problems said so
    yield from metadata_problems(text)
    told = Version(str(parse_email(text)[0].get("version", "0")))
    if told != Version(release.project.version):
        yield Problem(
            "version-differs",
            f"{file.name} says version {told}, and pyproject.toml says {release.project.version}.",
            "Take the version out of every other place (setup.py, setup.cfg, __init__.py).",
        )


def _left_behind(release: Release) -> list[Problem]:
    """Files of the package's folder that did not reach the wheel: data that setuptools drops without a word."""
    inside = set(members(release.wheel))
    missing = []
    for package in release.project.packages():
        for file in sorted(package.rglob("*")) if package.is_dir() else [package]:
            path = file.relative_to(package.parent).as_posix()
            if file.is_file() and "__pycache__" not in path and not file.name.startswith(".") and path not in inside:
                missing.append(path)
    if not missing:
        return []
    return [
        Problem(
            "left-behind",
            f"{join(missing[:5])} did not reach the wheel{f' ({len(missing)} files)' if len(missing) > 5 else ''}.",
            'With setuptools write [tool.setuptools.package-data] and "*" = ["*.json", "*.csv", "py.typed"] under it; '
            'with hatchling name the folder: packages = ["src/NAME"] under [tool.hatch.build.targets.wheel].',
        )
    ]


def members(file: Path) -> list[str]:
    """The names of the files inside a wheel or an sdist."""
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as wheel:
            return sorted(name for name in wheel.namelist() if not name.endswith("/"))
    with tarfile.open(file) as sdist:
        return sorted(member.name for member in sdist if member.isfile())


def _listing(names: list[str]) -> Saying:
    for name in names[:_LARGEST_LISTING]:
        yield Said("note", f"  {name}")
    if len(names) > _LARGEST_LISTING:
        yield Said("note", f"  and {len(names) - _LARGEST_LISTING} more")
