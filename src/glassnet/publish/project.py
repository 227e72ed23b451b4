"""What a project says about itself in its pyproject.toml, read without running any of its code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import quote
from pathlib import Path
from typing import Any

from ..errors import GlassnetError
from ..hooks import ENTRY_POINT_GROUP, PROJECT

#: What a README is called where pyproject.toml doesn't say so.
CONTENT_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain"}
#: Folders beside pyproject.toml that are no packages; inside src/ they would be.
_BESIDE = {"build", "dist", "docs", "node_modules", "test", "tests"}


@dataclass(frozen=True)
class Project:
    """A folder with a pyproject.toml. `document` is the whole file, `text` as it was written."""

    folder: Path
    text: str
    document: dict[str, Any]

    @property
    def table(self) -> dict[str, Any]:
        """The `[project]` table."""
        return _table(self.document, "project")

    @property
    def name(self) -> str:
        """The distribution's name, as written."""
        return _text(self.table, "name")

    @property
    def version(self) -> str:
        """The version, as written; empty when a backend is to find it (`dynamic`)."""
        return _text(self.table, "version")

    @property
    def canonical_name(self) -> str:
        """The name as packaging tools compare it: `Glassnet_Bent` is `glassnet-bent`."""
        return re.sub(r"[-_.]+", "-", self.name).lower()

    @property
    def is_host(self) -> bool:
        """Whether this is glassnet itself, which has no entry point for glassnet."""
        return self.canonical_name == PROJECT

    @property
    def groups(self) -> dict[str, Any]:
        """Every entry-point group; each should be a table of strings."""
        return _table(self.table, "entry-points")

    @property
    def entry_points(self) -> dict[str, str]:
        """The entry points that glassnet will read."""
        found = _table(self.groups, ENTRY_POINT_GROUP)
        return {name: value for name, value in found.items() if isinstance(value, str)}

    @property
    def backend(self) -> str:
        """The module that builds the package, such as `hatchling.build`."""
        return _text(self.build_system, "build-backend") or "setuptools.build_meta:__legacy__"

    @property
    def build_system(self) -> dict[str, Any]:
        """The `[build-system]` table."""
        return _table(self.document, "build-system")

    @property
    def build_requirements(self) -> list[str]:
        """What the backend needs, as requirements."""
        wanted = self.build_system.get("requires", ["setuptools"])
        return [str(line) for line in wanted] if isinstance(wanted, list) else []

    @property
    def readme(self) -> Path | None:
        """The README that pyproject.toml declares, there or not; None when it declares none."""
        declared = self.table.get("readme")
        file = declared.get("file") if isinstance(declared, dict) else declared
        return self.folder / file if isinstance(file, str) else None

    @property
    def readme_type(self) -> str:
        """The README's content type: the declared one, else that of its ending."""
        declared = self.table.get("readme")
        given = declared.get("content-type") if isinstance(declared, dict) else None
        return str(given) if given else CONTENT_TYPES.get(self.readme.suffix.lower() if self.readme else "", "")

    def line_of(self, key: str) -> int:
        """The first line of pyproject.toml that sets that key, counted from 1; 0 when none does."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if re.match(rf"\s*{re.escape(key)}\s*=", line):
                return number
        return 0

    def shown(self, path: Path) -> str:
        """A path as seen from the project's folder."""
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else str(path)

    def roots(self) -> list[Path]:
        """The folders that top-level modules may lie in: `src` where there is one, and what the backend is told."""
        tool = _table(self.document, "tool")
        setuptools = _table(tool, "setuptools")
        told = list(_table(setuptools, "package-dir").values())
        told += _list(_table(_table(setuptools, "packages"), "find").get("where"))
        wheel = _table(_table(_table(_table(tool, "hatch"), "build"), "targets"), "wheel")
        told += [Path(package).parent.as_posix() for package in _list(wheel.get("packages"))]
        usual = ["src"] if (self.folder / "src").is_dir() else ["."]
        return [
            self.folder / root for root in dict.fromkeys([*map(str, told), *usual]) if (self.folder / root).is_dir()
        ]

    def packages(self) -> list[Path]:
        """The importable top-level packages and modules, as folders and files."""
        return [path for root in self.roots() for path in _importable(root)]

    def find_module(self, dotted: str) -> Path | None:
        """The file of a module, found by its place alone; None when there is none."""
        for root in self.roots():
            path = root.joinpath(*dotted.split("."))
            for file in (path.with_suffix(".py"), path / "__init__.py"):
                if file.is_file():
                    return file
        return None

    def modules(self) -> list[str]:
        """The dotted names of all modules, for a guess at what was meant."""
        return sorted(name for root in self.roots() for name in _dotted_names(root))

    def metadata(self) -> bytes:
        """The METADATA that a backend will make of this, as far as pyproject.toml alone tells."""
        return "\n".join([*_headers(self), "", self._readme_text()]).encode()

    def _readme_text(self) -> str:
        if self.readme is None or not self.readme.is_file():
            return ""
        return self.readme.read_text("utf-8", errors="replace")


def read_project(folder: Path) -> Project:
    """The project of that folder; without a readable pyproject.toml that is one clear error."""
    path = folder / "pyproject.toml"
    if not path.is_file():
        raise GlassnetError(
            f"{folder} has no pyproject.toml, so it is no package: name the folder that has one, "
            f"or make a package of your file with `glassnet new NAME --from FILE.py`"
        )
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise GlassnetError(f"{path} is not UTF-8 ({error}): save it as UTF-8 in your editor") from None
    except tomllib.TOMLDecodeError as error:
        raise GlassnetError(f"{path} is not TOML: {error}. Texts need quotes, and each name stands once") from None
    project = Project(folder.resolve(), text, document)
    if not project.name:
        raise GlassnetError(f'{path} has no name: write name = "glassnet-something" under [project]')
    return project


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _text(table: dict[str, Any], key: str) -> str:
    found = table.get(key)
    return found if isinstance(found, str) else ""


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _importable(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        beside = root.name != "src" and path.name in _BESIDE
        if beside or path.name.startswith((".", "_")) or not path.stem.isidentifier():
            continue
        if (path.is_dir() and any(path.rglob("*.py"))) or (path.suffix == ".py" and root.name == "src"):
            yield path


def _dotted_names(root: Path) -> Iterator[str]:
    for top in _importable(root):
        for file in [top] if top.is_file() else top.rglob("*.py"):
            names = file.relative_to(root).with_suffix("").parts
            yield ".".join(names[:-1] if names[-1] == "__init__" else names)


def _headers(project: Project) -> Iterator[str]:
    table = project.table
    yield "Metadata-Version: 2.4"
    yield f"Name: {project.name}"
    yield f"Version: {project.version}"
    if isinstance(table.get("description"), str):
        yield f"Summary: {_one_line(table['description'])}"
    if isinstance(table.get("license"), str):
        yield f"License-Expression: {_one_line(table['license'])}"
    for key, field in (("authors", "Author"), ("maintainers", "Maintainer")):
        yield from (
            f'{field}-email: "{quote(_one_line(_text(person, "name")))}" <{_one_line(person["email"])}>'
            for person in _tables(table.get(key))
            if _text(person, "email")
        )
    if _list(table.get("keywords")):
        yield f"Keywords: {','.join(map(_one_line, _list(table.get('keywords'))))}"
    yield from (f"Classifier: {_one_line(line)}" for line in _list(table.get("classifiers")))
    yield from (f"Project-URL: {label}, {url}" for label, url in _table(table, "urls").items())
    yield from (f"Requires-Dist: {_one_line(line)}" for line in _list(table.get("dependencies")))
    for name, needs in _table(table, "optional-dependencies").items():
        yield f"Provides-Extra: {_one_line(name)}"
        yield from (f"Requires-Dist: {_one_line(line)}" for line in _list(needs))
    if _text(table, "requires-python"):
        yield f"Requires-Python: {table['requires-python']}"
    if project.readme_type:
        yield f"Description-Content-Type: {project.readme_type}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
