"""The project's own tests, where they stand and once more against the finished wheel."""

from __future__ import annotations

import shutil
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from ..project import Project
from .commands import call, python
from .explanations import failure
from .keeping import kept_packages
from .packing import edited_in
from .state import Release, Room, Said, Saying, StepFailed

_NOT_COPIED = {"src", "dist", "build", "node_modules"}
_NO_TESTS = 5  # pytest's own exit code


def tests_here(release: Release) -> Saying:
    """Run pytest where the project is installed from this folder; elsewhere the wheel is tested instead."""
    project = release.project
    if not folders_of_tests(project):
        yield Said("remark", "there are no tests: nothing says that it works, save glassnet's own checks below")
        return
    reason = why_not_here(project)
    if reason and project.is_host:
        raise StepFailed(f"{reason}, so its tests would test something else. What to do: python -m pip install -e .")
    if reason:
        yield Said("note", f"{reason}: the tests run against the finished wheel instead, in step 7")
        return
    workers = ("-n", "auto") if project.is_host and find_spec("xdist") else ()  # glassnet's own take minutes
    yield from _pytest(release, python("-m", "pytest", "-q", *workers), project.folder)


def tests_of_wheel(release: Release, room: Room) -> Saying:
    """Run a copy of the tests in the clean room, where only the wheel can be imported."""
    project = release.project
    if project.is_host or not folders_of_tests(project):
        return
    site = yield from kept_packages(release, what_tests_need(project), "what the tests need")
    if site is None:
        yield Said("remark", "the tests are not run against the wheel: pytest is neither here nor on an index")
        return
    room.see(site)
    copy = release.scratch / "tests-of-the-wheel"
    _copy_without_sources(project.folder, copy)
    command = [str(room.python), "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    yield from _pytest(release, command, copy)


def _pytest(release: Release, command: list[str], folder: Path) -> Saying:
    # Options of the person's own may name pytest plugins that a clean room does not have.
    variables = {"PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "", "PYTHONSAFEPATH": ""}  # tests start scripts of their own
    done = yield from call(release, command, variables, folder)
    if done.code == _NO_TESTS:
        raise StepFailed(
            "pytest found no test in the tests folder, and no test is no proof. What to do: a file tests/test_NAME.py "
            "with functions test_...",
            done.output,
        )
    if done.code and "No module named pytest" in done.output:
        raise failure(release, done, "pytest")
    if done.code:
        last = done.output.strip().splitlines()[-1].strip("= ")
        raise StepFailed(
            f"the tests are red: {last}. What to do: python -m pytest, and put right what it shows",
            "\n".join(done.output.strip().splitlines()[-25:]),
        )
    yield Said("note", done.output.strip().splitlines()[-1].strip("= "))


def folders_of_tests(project: Project) -> list[Path]:
    """Where the tests are."""
    return [path for path in sorted(project.folder.glob("test*")) if path.is_dir() or path.suffix == ".py"]


def why_not_here(project: Project) -> str:
    """Why tests in this environment would not test this folder; empty if they do."""
    try:
        installed = metadata.distribution(project.name)
    except metadata.PackageNotFoundError:
        return f"{project.canonical_name} is not installed in this environment (pip install -e . does that)"
    if edited_in(installed) != project.folder:
        return f"the {project.canonical_name} that is installed here is another copy"
    if installed.version != project.version:
        return (
            f"the installed metadata still say {installed.version} and pyproject.toml says {project.version} "
            f"(an editable install keeps its metadata: pip install -e . again)"
        )
    return ""


def what_tests_need(project: Project) -> list[str]:
    """The group or extra `test` of pyproject.toml, with pytest in any case."""
    from packaging.dependency_groups import resolve_dependency_groups  # the doctor has looked whether it is there

    groups = project.document.get("dependency-groups", {})
    extras = project.table.get("optional-dependencies", {})
    found: list[str] = []
    for name in ("test", "tests"):
        if name in groups:
            found += resolve_dependency_groups(groups, name)
        found += [line for line in extras.get(name, []) if not line.startswith(project.name)]
    return list(dict.fromkeys([*found, *([] if any(line.startswith("pytest") for line in found) else ["pytest"])]))


def _copy_without_sources(folder: Path, copy: Path) -> None:
    def left_out(place: str, names: list[str]) -> set[str]:
        outermost = Path(place) == folder
        caches = {name for name in names if name == "__pycache__" or name.startswith(".")}
        return caches | {name for name in names if outermost and (name in _NOT_COPIED or name.endswith(".egg-info"))}

    shutil.copytree(folder, copy, ignore=left_out)
