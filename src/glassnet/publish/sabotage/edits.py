"""How a plant changes the files of a generated package: in one place, or not at all and with an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ...errors import GlassnetError

_HATCH_WHEEL = "[tool.hatch.build.targets.wheel]\n"
_UV = "[tool.uv.build-backend]\n"


def project_of(folder: Path) -> Path:
    """Its pyproject.toml."""
    return folder / "pyproject.toml"


def package_of(folder: Path) -> Path:
    """The importable package: the folder in src/ that holds the plugin."""
    return next(path for path in sorted((folder / "src").iterdir()) if (path / "plugin.py").is_file())


def module_of(folder: Path) -> Path:
    """The plugin itself."""
    return package_of(folder) / "plugin.py"


def backend_of(folder: Path) -> str:
    """What builds it: hatchling, uv_build or setuptools."""
    tables = {"hatchling": _HATCH_WHEEL, "uv_build": _UV}
    return next((name for name, table in tables.items() if table in _read(project_of(folder))), "setuptools")


def substitute(file: Path, pattern: str, new: str | Callable[[re.Match[str]], str]) -> None:
    """Change the first place that fits the pattern; without one this failure can't be planted."""
    changed, count = re.subn(pattern, new, _read(file), count=1, flags=re.MULTILINE)
    if not count:
        raise GlassnetError(f"this failure has no place in {file.name}: plant another one (glassnet sabotage --list)")
    write(file, changed)


def replace(file: Path, old: str, new: str) -> None:
    """Change the first place that reads exactly so."""
    substitute(file, re.escape(old), lambda found: new)


def append(file: Path, text: str) -> None:
    """Write more at the end."""
    write(file, _read(file) + text)


def write(file: Path, text: str) -> None:
    """Write a whole file, with the same line ends on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


def set_name(folder: Path, new: str) -> None:
    """Give the distribution another name, and nothing else."""
    substitute(project_of(folder), r'(?<=^name = ")[^"]+', new)


def set_version(folder: Path, pattern: str) -> None:
    r"""Give it another version, in which `\1` stands for the old one."""
    substitute(project_of(folder), r'(?<=^version = ")([^"]+)', pattern)


def add_classifier(folder: Path, new: str) -> None:
    """Put one more in front of its classifiers."""
    replace(project_of(folder), "classifiers = [", f'classifiers = [\n    "{new}",')


def add_to_wheel_table(folder: Path, line: str) -> None:
    """Tell hatchling or uv one more thing about the wheel."""
    table = _UV if backend_of(folder) == "uv_build" else _HATCH_WHEEL
    replace(project_of(folder), table, f"{table}{line}\n")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
