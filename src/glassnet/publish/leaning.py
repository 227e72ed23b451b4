"""What a one-file plugin leans on beside itself: packages that it imports, and files that it reads.

On the author's machine all of it is there; in a package only what was brought along or is required.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ..hooks import PROJECT
from ..wording import memory, visible

_READERS = ("page", "from_markdown")
_LARGEST = 20 * 2**20  # bytes of a file that a package may well hold


@dataclass(frozen=True)
class Leaning:
    """`requires` are lines for dependencies, `files` what it reads from beside itself, as it names them.

    `remarks` are sentences about what stays behind, or is looked for elsewhere.
    """

    requires: tuple[str, ...]
    files: tuple[str, ...]
    remarks: tuple[str, ...]


def leaning(path: Path) -> Leaning:
    """What the file leans on, read and not run."""
    tree = ast.parse(path.read_bytes())
    files, remarks = [], []
    for name in dict.fromkeys(_named(tree)):
        remark = _stays_behind(path, name)
        if remark:
            remarks.append(remark)
        elif remark is not None:
            files.append(name)
    opened = [name for name in files if name not in _pages(tree)]
    if opened and "__file__" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        remarks.append(
            f"{path.name} opens {opened[0]} from wherever Python is started: in plugin.py write "
            f"Path(__file__).parent / {opened[0]!r}"
        )
    modules = sorted(set(_imported(tree)) - sys.stdlib_module_names - {PROJECT})
    providers = metadata.packages_distributions()
    remarks += [_unprovided(path, module) for module in modules if module not in providers]
    return Leaning(tuple(_requirements(modules, providers)), tuple(files), tuple(remarks))


def _stays_behind(path: Path, name: str) -> str | None:
    """Why a file that is named can't come along, empty where it can; None for a text that names none."""
    try:
        found = path.parent / name
        if not found.is_file() or found.suffix == ".py" or found.resolve() == path.resolve():
            return None
        size, inside = found.stat().st_size, found.resolve().is_relative_to(path.parent.resolve())
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return None
    if not inside or Path(name).is_absolute():
        return f"{path.name} reads {name}, which lies elsewhere and stays behind: put it beside {path.name} first"
    if not re.fullmatch(r"[\w ./-]+", name):  # it is written into pyproject.toml
        return f"{path.name} reads {visible(name)}, which stays behind: give it a name of letters and digits"
    if size > _LARGEST:
        return f"{path.name} reads {name}, which stays behind, as it has {memory(size)}: fetch it when it is used"
    return ""


def _named(tree: ast.AST) -> Iterator[str]:
    """Texts that may name a file: by themselves, and joined as `folder / "data" / "a.csv"` or as arguments are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield "/".join(_texts(node))
        elif isinstance(node, ast.Call):
            yield "/".join(text for one in node.args for text in _texts(one))


def _pages(tree: ast.AST) -> set[str]:
    """Pages of lessons, which glassnet itself looks for beside the file."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    readers = [node for node in calls if getattr(node.func, "id", getattr(node.func, "attr", "")) in _READERS]
    return {text for node in readers for text in _texts(node.args[0])}


def _texts(node: ast.AST) -> list[str]:
    """The texts at the end of a path that is put together with `/`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [*_texts(node.left), *_texts(node.right)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _requirements(modules: Iterable[str], providers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A line for each package that provides these, at least as new as the first release of what is installed here."""
    for name in sorted({providers[module][0] for module in modules if module in providers}, key=str.lower):
        yield f"{name.lower()}{_at_least(name)}"


def _unprovided(path: Path, module: str) -> str:
    """What to say of a module that no installed package provides: its name alone is no package to be trusted."""
    if (path.parent / f"{module}.py").is_file() or (path.parent / module / "__init__.py").is_file():
        return f"{path.name} imports {module}, which lies beside it and stays behind: move what it needs into plugin.py"
    return (
        f"{path.name} imports {module}, which is not installed here: write its package into dependencies yourself, by "
        f"the name that its own page gives"
    )


def _at_least(name: str) -> str:
    """`>=2.0` of 2.3.1, and `>=0.12` of 0.12.1, where each release may change everything."""
    try:
        major, minor = [*Version(metadata.version(name)).release, 0][:2]
    except (metadata.PackageNotFoundError, InvalidVersion):
        return ""
    return f">={major}.{0 if major else minor}"


def _imported(tree: ast.AST) -> Iterator[str]:
    """Modules that have to be there: what a `try` looks for may be missing."""
    trying = [one for node in ast.walk(tree) if isinstance(node, ast.Try) for one in node.body]
    tried = {id(inner) for one in trying for inner in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in tried:
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and id(node) not in tried:
            yield node.module.partition(".")[0]
