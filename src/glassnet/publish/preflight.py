"""Look at a package before anything is built: all that can be seen in its files is said at once.

A problem stops a release; a remark is worth knowing and stops nothing. Nothing here runs the project's code,
and nothing here needs a network.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from ..errors import did_you_mean, join
from ..hooks import ENTRY_POINT_GROUP, PROJECT
from .declaring import declaration_problems
from .project import Project
from .readme import readme_problems
from .repository import git
from .rules import Problem, name_problems, version_problems
from .shadowing import shadowing

#: How every token of PyPI and TestPyPI begins.
_TOKEN = re.compile(r"pypi-Ag[A-Za-z0-9_-]{16,}")
_SCANNED = {".py", ".toml", ".md", ".rst", ".txt", ".cfg", ".ini", ".yml", ".yaml", ".json", ".sh", ""}
_UNSCANNED = {".git", ".venv", "venv", "dist", "build", "node_modules", "__pycache__"}
_UNSCANNED |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}  # pytest keeps what a test was called with


@dataclass(frozen=True)
class Findings:
    """What pre-flight found: `problems` stop a release, `remarks` do not."""

    problems: list[Problem]
    remarks: list[Problem]


def preflight(project: Project, target: str) -> Findings:
    """Every problem of the project that its files show; `target` is local, testpypi or pypi."""
    problems = [
        *_naming(project),
        *declaration_problems(project),
        *_building(project),
        *_layout(project),
        *_entry_points(project),
        *readme_problems(project),
        *_licence(project),
        *_bump(project),
        *_secrets(project),
    ]
    advice = [problem for problem in name_problems(project.name) if not problem.refused]
    remarks = [*advice, *_aged(project), *_habits(project), *_leftovers(project), *shadowing(project)]
    # What only matters to strangers is no reason to refuse practice.
    strict = [*_changelog(project), *_uncommitted(project)]
    if target == "pypi":
        problems += strict
    else:
        remarks += strict
    return Findings(_once(problems), _once(remarks))


def _once(found: list[Problem]) -> list[Problem]:
    return list({(problem.id, problem.message): problem for problem in found}.values())


def _naming(project: Project) -> Iterator[Problem]:
    yield from (problem for problem in name_problems(project.name, _neighbours(project)) if problem.refused)
    if project.version:
        yield from version_problems(project.version)
    elif "version" in project.table.get("dynamic", []):
        yield Problem(
            "version-dynamic",
            "the version is dynamic, and a release compares it with the index before anything is built",
            'write version = "0.1.0" under [project] and take "version" out of dynamic',
        )
    else:
        yield Problem("version-missing", "pyproject.toml has no version", 'write version = "0.1.0" under [project]')
    yield from _second_version(project)


def _neighbours(project: Project) -> list[str]:
    """Projects that surely exist: glassnet, and what this one requires."""
    needs = project.table.get("dependencies", [])
    return [PROJECT, *(found.group() for line in needs if (found := re.match(r"[A-Za-z0-9._-]+", str(line))))]


def _second_version(project: Project) -> Iterator[Problem]:
    for package in project.packages():
        file = package / "__init__.py" if package.is_dir() else package
        found = _assigned_text(file, "__version__")
        if found and project.version and found != project.version:
            yield Problem(
                "version-twice",
                f"{project.shown(file)} says __version__ = {found!r}, and pyproject.toml says {project.version!r}",
                f"write the version once: __version__ = importlib.metadata.version({project.name!r})",
            )


def _assigned_text(file: Path, name: str) -> str:
    tree = _parsed(file)
    for node in tree.body if isinstance(tree, ast.Module) else []:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            value = node.value
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
    return ""


def _building(project: Project) -> Iterator[Problem]:
    if not project.build_system:
        yield Problem(
            "no-build-system",
            "pyproject.toml has no [build-system], so an old way of building is guessed",
            'write [build-system] with requires = ["hatchling>=1.27"] and build-backend = "hatchling.build"',
        )
    elif "build-backend" not in project.build_system:
        yield Problem(
            "no-backend",
            "[build-system] names no build-backend, so the oldest one of setuptools is guessed",
            'add build-backend = "setuptools.build_meta" (or "hatchling.build" for hatchling)',
        )


def _layout(project: Project) -> Iterator[Problem]:
    packages = project.packages()
    expected = project.canonical_name.replace("-", "_")
    names = [package.stem for package in packages]
    if not packages:
        yield Problem(
            "no-package",
            f"no Python package was found in {join(project.shown(root) for root in project.roots())}",
            f"put your modules in src/{expected}/, with an __init__.py",
        )
    elif len(packages) > 1:
        yield Problem(
            "several-packages",
            f"there are several top-level packages: {join(names)}; pip would install each of them for everybody",
            f"keep one, src/{expected}/, and move the others into it or out of {project.shown(packages[0].parent)}",
        )
    yield from _missing_packages(project)


def _missing_packages(project: Project) -> Iterator[Problem]:
    """Hatchling is told the package's folder: a misspelt one is a wheel without the package."""
    table: Any = project.document
    for key in ("tool", "hatch", "build", "targets", "wheel"):
        table = table.get(key, {}) if isinstance(table, dict) else {}
    told = table.get("packages", []) if isinstance(table, dict) else []
    for package in told if isinstance(told, list) else []:
        if not (project.folder / str(package)).exists():
            there = [project.shown(path) for path in project.packages()]
            yield Problem(
                "package-path",
                f"pyproject.toml tells hatchling to pack {package}, and there is no such folder",
                f"write the folder that is there: {join(there) or 'none yet'}",
            )


def _entry_points(project: Project) -> Iterator[Problem]:
    yield from _bad_groups(project)
    if project.is_host:
        return
    points = project.entry_points
    if not points:
        yield from _no_group(project)
    for name, value in points.items():
        yield from _bad_target(project, name, value)


def _bad_groups(project: Project) -> Iterator[Problem]:
    for group, points in project.groups.items():
        nested = isinstance(points, dict) and any(isinstance(value, dict) for value in points.values())
        if nested or not isinstance(points, dict):
            inner = next(iter(points), "") if isinstance(points, dict) else ""
            ours = f"; glassnet's own group has no dot: [project.entry-points.{ENTRY_POINT_GROUP}]"
            yield Problem(
                "group-unquoted",
                f"[project.entry-points.{group}.{inner}] is read as a table inside a table, because of its dot",
                f'quote the group, [project.entry-points."{group}.{inner}"]{ours}',
            )
        elif group != ENTRY_POINT_GROUP and _nearly_ours(group):
            yield Problem(
                "group-near-miss",
                f"the entry-point group {group!r} is one that nobody reads: all would be green, and the part invisible",
                f"write [project.entry-points.{ENTRY_POINT_GROUP}]",
            )


def _nearly_ours(group: str) -> bool:
    words = re.findall(r"[a-z]+", group.lower())
    near = SequenceMatcher(None, "".join(words[:1]), ENTRY_POINT_GROUP).ratio() >= 0.8
    return near or "".join(words).startswith(ENTRY_POINT_GROUP)


def _no_group(project: Project) -> Iterator[Problem]:
    near = any(_nearly_ours(group) for group in project.groups)
    if not near and project.canonical_name.startswith(f"{PROJECT}-"):
        module = project.packages()[0].stem if project.packages() else "your_module"
        yield Problem(
            "no-entry-point",
            f"no entry point says to glassnet that {project.name} is a plugin, so it would never be listed",
            f'add [project.entry-points.{ENTRY_POINT_GROUP}] with a line such as {module} = "{module}"',
        )


def _bad_target(project: Project, name: str, value: str) -> Iterator[Problem]:
    module, _, attribute = value.partition(":")
    module, attribute = module.strip(), attribute.partition("[")[0].strip()
    point = f'the entry point {name} = "{value}"'
    file = project.find_module(module)
    if file is None:
        guess = did_you_mean(module, project.modules())
        yield Problem(
            "entry-point-module",
            f"{point} names the module {module!r}, which this project does not have.{guess}",
            f"write one of its modules: {join(project.modules()) or 'there is none yet'}",
        )
        return
    tree = _parsed(file)
    if isinstance(tree, SyntaxError):
        yield Problem(
            "syntax",
            f"{project.shown(file)} is not Python: {tree.msg}, in line {tree.lineno}",
            f"open line {tree.lineno} in your editor",
        )
    elif attribute:
        yield from _bad_attribute(project, point, file, attribute, tree)


def _bad_attribute(project: Project, point: str, file: Path, attribute: str, tree: ast.Module) -> Iterator[Problem]:
    first = attribute.partition(".")[0]
    names = _top_level_names(tree)
    if names is not None and first not in names:
        yield Problem(
            "entry-point-attribute",
            f"{point} names {first!r}, and {project.shown(file)} has no such thing.{did_you_mean(first, names)}",
            "leave out the colon and what follows: the module itself is the plugin",
        )


def _top_level_names(tree: ast.Module) -> set[str] | None:
    """The names that a module defines; None where `from x import *` hides them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return None if "*" in names else names


def _licence(project: Project) -> Iterator[Problem]:
    declared = project.table.get("license-files")
    patterns = [str(pattern) for pattern in declared] if isinstance(declared, list) else []
    if isinstance(declared, list):
        missing = [pattern for pattern in patterns if not any(project.folder.glob(pattern))]
    else:
        missing = [] if any(project.folder.glob("LICEN[CS]E*")) else ["LICENSE"]
    for pattern in missing:
        yield Problem(
            "licence-file",
            f"there is no {pattern}: without a licence nobody may use what you publish",
            "put the text of a licence beside pyproject.toml: https://choosealicense.com",
        )


def _secrets(project: Project) -> Iterator[Problem]:
    for file in _project_files(project.folder):
        if file.name == ".pypirc":
            yield _secret(f"{project.shown(file)} holds passwords of an index")
        elif file.suffix in _SCANNED and file.stat().st_size < 1 << 20:
            text = file.read_text("utf-8", errors="replace")
            if _TOKEN.search(text):
                yield _secret(f"{project.shown(file)} holds what looks like a token of PyPI")


def _secret(message: str) -> Problem:
    way_out = "take it out and revoke the token on the index, since it may have been seen already; "
    return Problem("secret", message, f"{way_out}then keep the new one in the environment or a keyring")


def _project_files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _UNSCANNED)
        yield from (Path(place, file) for file in sorted(files) if Path(place, file).is_file())


def _changelog(project: Project) -> Iterator[Problem]:
    text = _changes(project)
    if not text:
        yield Problem("changelog", "there is no CHANGELOG.md", "write one: a heading a version, a line a change")
    elif project.version and project.version not in text:
        message = f"the CHANGELOG has no entry for version {project.version}"
        yield Problem("changelog", message, "write one line: what changes for those who use it")


def _bump(project: Project) -> Iterator[Problem]:
    """A changelog that is ahead of pyproject.toml: the version was written down and not raised."""
    headings = re.findall(r"^#+\s*\[?v?(\d+(?:\.\d+)+)", _changes(project), re.MULTILINE)
    try:
        ahead = bool(headings) and Version(headings[0]) > Version(project.version)
    except InvalidVersion:
        return
    if ahead:
        yield Problem(
            "version-behind",
            f"the CHANGELOG's newest entry is {headings[0]}, and pyproject.toml still says {project.version}",
            f'write version = "{headings[0]}" in pyproject.toml, line {project.line_of("version")}',
        )


def _changes(project: Project) -> str:
    files = sorted(project.folder.glob("CHANGELOG*"))
    return files[0].read_text("utf-8", errors="replace") if files else ""


def _leftovers(project: Project) -> Iterator[Problem]:
    """What lies in dist/ and is not of this version: `twine upload dist/*` would send it first, and stop there."""
    folder = project.folder / "dist"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    record = folder / "release.json"  # of the last release, which leaves its own files with it
    known = record.read_text("utf-8", errors="replace") if record.is_file() else ""
    stray = [name for name in names if f"-{project.version}" not in name and name != record.name and name not in known]
    if stray:
        message = f"dist/ still holds {join(stray)} from another day, which `twine upload dist/*` would send along"
        yield Problem("stale-dist", message, "nothing: it is cleared before the build, and only named files are sent")


def _uncommitted(project: Project) -> Iterator[Problem]:
    changed = (git(project.folder, "status", "--porcelain", "--", ".") or "").splitlines()
    if changed:
        files = "1 file is" if len(changed) == 1 else f"{len(changed)} files are"
        yield Problem(
            "git-dirty", f"{files} not committed, so no commit will hold what you publish", "git commit first"
        )


def _aged(project: Project) -> Iterator[Problem]:
    """What older course notes and tutorials still show, and what is written today."""
    classifiers = [line for line in project.table.get("classifiers", []) if str(line).startswith("License ::")]
    if classifiers and not isinstance(project.table.get("license"), str):
        way = 'write license = "MIT" and license-files = ["LICENSE"] under [project], and drop the classifier'
        yield Problem("licence-classifier", f"{classifiers[0]!r} is how licences were declared before 2025", way)
    if isinstance(project.table.get("license"), dict):
        way = 'write license = "MIT": setuptools stops reading the table in 2027'
        yield Problem("licence-table", "license = {...} is how licences were declared before 2025", way)
    wanted = project.table.get("requires-python", "")
    if not wanted:
        way = 'write requires-python = ">=3.11"'
        yield Problem("requires-python", "there is no requires-python: pip would offer it to any Python", way)
    elif re.search(r"<|==|~=", wanted):
        way = 'write requires-python = ">=3.11"; a cap keeps people out and protects nobody'
        yield Problem("requires-python", f"requires-python = {wanted!r} has an upper cap", way)
    elif re.search(r">=?\s*(2|3\.([0-9]|10)(\.|$|,))", wanted):
        way = 'write requires-python = ">=3.11", as glassnet itself needs'
        yield Problem(
            "requires-python", f"requires-python = {wanted!r} admits versions that glassnet can't run on", way
        )


def _habits(project: Project) -> Iterator[Problem]:
    needs = [str(line) for line in project.table.get("dependencies", [])]
    if project.entry_points and not any(re.match(rf"{PROJECT}\b(?![-_.])", line) for line in needs):
        way = f'add "{PROJECT}>=0.1" to dependencies'
        yield Problem("needs-glassnet", "it does not depend on glassnet, so pip would install it alone", way)
    if not list(project.folder.glob("test*")):
        yield Problem("no-tests", "there is no tests folder", "one line is enough: test_contract = contract_tests(...)")


def _parsed(file: Path) -> ast.Module | SyntaxError:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, ValueError):
        return ast.Module([], [])
    except SyntaxError as error:
        return error
