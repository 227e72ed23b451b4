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
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path, PurePath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...errors import GlassnetError
from ...hooks import PROJECT
from ...installs import edited_folder
from ..project import read_project

#: What an installer writes down about the machine.
_OF_THIS_PLACE = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
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


def pack_installed(installed: metadata.Distribution, folder: Path) -> Path | None:
    """A wheel of what is installed, by its own list of files; None where there is no such list or no wheel was."""
    told = installed.read_text("WHEEL")
    if not installed.files or told is None:
        return None
    tags = [line.removeprefix("Tag:").strip().split("-") for line in told.splitlines() if line.startswith("Tag:")]
    kept = {target.as_posix(): source for source, target in _files(installed) if target.name not in _OF_THIS_PLACE}
    info = next((name.partition("/")[0] for name in kept if name.endswith(".dist-info/METADATA")), None)
    if info is None or not tags or any(len(tag) != 3 for tag in tags):
        return None
    tag = "-".join(".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))
    content = {name: source.read_bytes() for name, source in kept.items()}
    return _write_wheel(folder / f"{info.removesuffix('.dist-info')}-{tag}.whl", content, f"{info}/RECORD")


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


def installed_here(required: list[str]) -> list[metadata.Distribution]:
    """These requirements and all that they require, as they are installed here; an error where one is missing."""
    waiting, there = [Requirement(line) for line in required], {}
    while waiting:
        requirement = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in there or key[0] == PROJECT:  # which each room gets as a wheel of its own
            continue
        there[key] = _installed(requirement)
        waiting += [Requirement(line) for line in requirements_of(there[key], key[1])]
    return list({name: one for (name, _), one in there.items()}.values())


def share(installed: metadata.Distribution, folder: Path) -> None:
    """Link each file of a package into the folder, or copy it where a link can't be made."""
    for source, target in _files(installed):
        place = folder / target
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            continue
        try:
            os.link(source, place)
        except OSError:
            shutil.copyfile(source, place)


def content_of(installed: metadata.Distribution) -> str:
    """What tells a package from every other, wherever it is installed: name, version and its files' checksums."""
    if edited_in(installed):
        lines = [f"{target},{_digest(source.read_bytes())}" for source, target in _files(installed)]
    else:  # what lies outside names the environment, and the rest was not in the wheel
        rows = (installed.read_text("RECORD") or "").splitlines()
        lines = [row for row in rows if "sha256=" in row and not row.startswith("..") and "INSTALLER" not in row]
    return "\n".join([f"{installed.name} {installed.version}", *sorted(lines)])


def _files(installed: metadata.Distribution) -> Iterator[tuple[Path, PurePath]]:
    """Each file of a package and its place below a folder of packages; one that is edited is taken from its sources."""
    sources = edited_in(installed)
    for file in installed.files or []:
        source = Path(str(file.locate()))
        if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
            continue  # commands and man pages lie outside, and a compiled file is made anew
        if sources is None or (".dist-info" in file.parts[0] and file.name not in ("RECORD", "direct_url.json")):
            yield source, file
    for package in read_project(sources).packages() if sources else []:
        for source in [package] if package.is_file() else package.rglob("*"):
            if source.is_file() and "__pycache__" not in source.parts:
                yield source, source.relative_to(package.parent)


def edited_in(installed: metadata.Distribution) -> Path | None:
    """The folder of an editable install, None for any other."""
    return edited_folder(installed.read_text("direct_url.json") or "")


def _installed(requirement: Requirement) -> metadata.Distribution:
    try:
        found = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        raise GlassnetError(f"{requirement} is not installed in this environment") from None
    if not requirement.specifier.contains(found.version, prereleases=True):
        raise GlassnetError(f"{requirement} is wanted, and {found.version} is installed in this environment")
    if not found.files:
        raise GlassnetError(f"{found.name} was not installed by pip: nothing says which files are its own")
    return found
