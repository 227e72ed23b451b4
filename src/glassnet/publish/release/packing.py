"""What is installed here, handed on: glassnet as a wheel again, and its requirements file by file.

No index and no backend is needed for that, so a clean room can be had in a class without a network, and holds
the very glassnet that is running.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import zipfile
from importlib import import_module, metadata
from pathlib import Path

from packaging.requirements import Requirement

from ...errors import GlassnetError
from ...hooks import PROJECT

_WHEEL = "Wheel-Version: 1.0\nGenerator: glassnet release\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def pack_host(folder: Path) -> Path:
    """The running glassnet as a wheel in that folder, whether it is installed from a wheel or editable."""
    try:
        installed = metadata.distribution(PROJECT)
    except metadata.PackageNotFoundError:
        raise GlassnetError("glassnet runs from a folder without being installed: python -m pip install -e .") from None
    source = Path(str(import_module(PROJECT).__file__)).parent
    info = f"{PROJECT}-{installed.version}.dist-info"
    files = {
        f"{PROJECT}/{path.relative_to(source).as_posix()}": path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    files[f"{info}/METADATA"] = (installed.read_text("METADATA") or installed.read_text("PKG-INFO") or "").encode()
    files[f"{info}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    folder.mkdir(parents=True, exist_ok=True)
    return _write_wheel(folder / f"{PROJECT}-{installed.version}-py3-none-any.whl", files, f"{info}/RECORD")


def _write_wheel(path: Path, files: dict[str, bytes], record: str) -> Path:
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    with zipfile.ZipFile(path, "w") as wheel:  # not compressed: it only travels to the next folder
        for name, content in files.items():
            wheel.writestr(name, content)
        wheel.writestr(record, "\n".join([*rows, f"{record},,", ""]))
    return path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def requirements_of(installed: metadata.Distribution, extras: frozenset[str] = frozenset()) -> list[str]:
    """What a distribution requires on this machine, its optional groups left out unless they are named."""
    wanted = []
    for line in installed.requires or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            requirement.marker = None
            wanted.append(str(requirement))
    return wanted


def share_installed(required: list[str], folder: Path) -> None:
    """Fill a folder with these requirements and all that they require, as they are installed here."""
    waiting, seen = [Requirement(line) for line in required], set()
    while waiting:
        requirement = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        key = (requirement.name.lower().replace("_", "-"), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        installed = _installed(requirement)
        _share(installed, folder)
        waiting += [Requirement(line) for line in requirements_of(installed, key[1])]


def _installed(requirement: Requirement) -> metadata.Distribution:
    try:
        found = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        raise GlassnetError(f"{requirement} is not installed in this environment") from None
    if not requirement.specifier.contains(found.version, prereleases=True):
        raise GlassnetError(f"{requirement} is wanted, and {found.version} is installed in this environment")
    return found


def _share(installed: metadata.Distribution, folder: Path) -> None:
    """Link each file of a package into the folder, or copy it where a link can't be made."""
    if not installed.files:
        raise GlassnetError(f"{installed.name} was not installed by pip: nothing says which files are its own")
    for file in installed.files:
        source, target = Path(str(file.locate())), folder / file
        if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
            continue  # commands and man pages lie outside, and a compiled file is made anew
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            continue
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
