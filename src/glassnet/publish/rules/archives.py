"""What an index looks for inside a wheel or a source archive; nothing is ever unpacked."""

from __future__ import annotations

import base64
import csv
import hashlib
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.metadata import parse_email
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ...errors import GlassnetError, join
from ...wording import memory
from .entry_points import entry_points_fault
from .platforms import is_platform
from .problem import Problem
from .zips import zip_fault

MIB = 1024 * 1024
LARGE = MIB  # bytes of one member
BOMB_SIZE = 64 * MIB  # unpacked, below which no ratio is suspicious
BOMB_RATIO = 50
SECRETS = frozenset({".env", ".netrc", ".pypirc", "id_ed25519", "id_rsa"})

#: What reading a damaged archive raises.
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error)
_REBUILD = "Build again with `python -m build` and upload what it wrote under the name it gave."


@dataclass(frozen=True)
class Archive:
    """A wheel or sdist as listed: sizes of members by name, and the text of METADATA or PKG-INFO.

    `home` is the folder that licence files are looked up in.
    """

    path: Path
    sizes: dict[str, int]
    metadata: bytes
    home: str

    @property
    def is_wheel(self) -> bool:
        return self.path.name.endswith(".whl")

    def names(self) -> tuple[str, str, str] | None:
        """Name as written, name as file names have it, canonical version; None where the metadata lack them."""
        raw: Any = parse_email(self.metadata)[0]
        try:
            return raw["name"], canonicalize_name(raw["name"]).replace("-", "_"), str(Version(raw["version"]))
        except (KeyError, InvalidVersion):
            return None  # `metadata_problems` says so


class Unreadable(GlassnetError):
    """An archive that can't even be listed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def archive_problems(path: Path) -> list[Problem]:
    """What is wrong with the wheel or sdist at `path`: its name, its contents, and whether the two agree."""
    try:
        archive = read_archive(path)
    except Unreadable as error:
        return [error.problem]
    problems: list[Problem] = []
    try:
        for rule in _RULES:
            problems += rule(archive)
    except (*_DAMAGE, tarfile.TarError, OSError) as error:  # a member is looked into here for the first time
        problems.append(_broken(path, f"A file in it can't be read ({error})").problem)
    return problems


def read_metadata(path: Path) -> bytes:
    """The text of METADATA or PKG-INFO inside an archive; raises `GlassnetError` where there is none."""
    return read_archive(path).metadata


def read_archive(path: Path) -> Archive:
    """List an archive; raises `Unreadable` with the broken rule."""
    if path.name.endswith(".whl"):
        return _read_wheel(path)
    if path.name.endswith(".tar.gz"):
        return _read_sdist(path)
    message = "Invalid file extension: Use .tar.gz or .whl extension."
    remedy = f"{path.name!r} is neither a wheel nor an sdist: upload only what `python -m build` wrote."
    raise Unreadable(Problem("file-extension", message, remedy))


def _broken(path: Path, what: str) -> Unreadable:
    return Unreadable(Problem("archive-broken", f"Invalid distribution file. {what}", f"{path.name}: {_REBUILD}"))


def _bomb(path: Path) -> Unreadable:
    message = f"Invalid distribution file. File exceeds compression ratio of {BOMB_RATIO}"
    return Unreadable(Problem("archive-bomb", message, f"Keep huge repetitive files out of {path.name}."))


def _is_bomb(path: Path, unpacked: int) -> bool:
    return unpacked > BOMB_SIZE and unpacked > BOMB_RATIO * path.stat().st_size


def _two_in_one(path: Path) -> Unreadable:
    return _broken(path, "File is both a zip and a tar file")


def _read_wheel(path: Path) -> Archive:
    if not zipfile.is_zipfile(path):
        raise _broken(path, "File is not a zipfile")
    if tarfile.is_tarfile(path):
        raise _two_in_one(path)
    info = "-".join(path.name.split("-")[:2]) + ".dist-info"
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist() if not member.is_dir()}
            if _is_bomb(path, sum(sizes.values())):
                raise _bomb(path)
            for needed in ("WHEEL", "METADATA"):
                if f"{info}/{needed}" not in sizes:
                    raise _broken(path, f"{needed} not found at {info}/{needed}")
            fault = zip_fault(path)
            if fault:
                raise _broken(path, fault)
            metadata = archive.read(f"{info}/METADATA")
    except _DAMAGE as error:
        raise _broken(path, f"File is not a zipfile ({error})") from error
    return Archive(path, sizes, metadata, f"{info}/licenses")


def _read_sdist(path: Path) -> Archive:
    sizes: dict[str, int] = {}
    metadata = None
    top = path.name.removesuffix(".tar.gz")
    if zipfile.is_zipfile(path):
        raise _two_in_one(path)
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                if _is_bomb(path, sum(sizes.values()) + member.size):
                    raise _bomb(path)
                if member.issparse():
                    raise _broken(path, "tar archive not accepted: Sparse members are not allowed")
                if not member.isdir():
                    sizes[member.name] = member.size
                if member.isfile() and member.name == f"{top}/PKG-INFO":
                    stream = archive.extractfile(member)
                    metadata = stream.read() if stream else None
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise _broken(path, f"File is not a tarfile ({error})") from error
    if {name.split("/")[0] for name in sizes} != {top}:
        raise _broken(path, f"Incorrect number of top-level directories in sdist: only {top}/ may be there")
    if metadata is None:
        raise _broken(path, f"PKG-INFO not found at {top}/PKG-INFO")
    return Archive(path, sizes, metadata, top)


def _file_name(archive: Archive) -> Iterator[Problem]:
    names = archive.names()
    message = None
    if names and archive.is_wheel:
        message = _wheel_name(archive.path.name, *names)
    elif names:
        expected = f"{names[1]}-{names[2]}.tar.gz"
        if archive.path.name != expected:
            message = f"Filename {archive.path.name!r} is invalid, should be {expected!r}."
    if message:
        yield Problem("file-name", message, _REBUILD)


def _wheel_name(given: str, name: str, normalised: str, version: str) -> str | None:
    try:
        parsed_name, parsed_version, _, _ = parse_wheel_filename(given)
    except InvalidWheelFilename as error:
        return f"{error}."
    start = given.split("-")[0]
    if parsed_name != canonicalize_name(name):
        return f"Start filename for {name!r} with {normalised!r}."
    if start != normalised:
        return f"Filename {given!r} should contain the normalized project name {normalised!r}, not {start!r}."
    if parsed_version != Version(version):
        return f"Version in filename should be {version!r} not {str(parsed_version)!r}."
    return None


def _platform(archive: Archive) -> Iterator[Problem]:
    for tag in archive.path.stem.rpartition("-")[2].split(".") if archive.is_wheel else ():
        if not is_platform(tag):
            yield Problem(
                "platform-tag",
                f"Binary wheel '{archive.path.name}' has an unsupported platform tag '{tag}'.",
                "Upload the sdist alone, or build portable wheels with cibuildwheel.",
            )


def _paths(archive: Archive) -> Iterator[Problem]:
    for name in archive.sizes:
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            message = f"Invalid distribution file. The member {name!r} leads out of the archive."
            yield Problem("archive-path", message, _REBUILD)
            return


def _record(archive: Archive) -> Iterator[Problem]:
    """The wheel's list of files: there, complete, and with the right checksums."""
    if not archive.is_wheel:
        return
    record = archive.home.removesuffix("licenses") + "RECORD"
    with zipfile.ZipFile(archive.path) as wheel:
        try:
            rows = list(csv.reader(wheel.read(record).decode().splitlines()))
        except (KeyError, UnicodeDecodeError, csv.Error):
            message = f"Wheel '{archive.path.name}' does not contain the required RECORD file: {record}"
            yield Problem("record", message, _REBUILD)
            return
        listed = {_as_stored(row[0], archive): row[1] for row in rows if len(row) > 1}
        signatures = {record, f"{record}.jws", f"{record}.p7s"}
        inside = archive.sizes.keys() - signatures
        wrong = [name for name in archive.sizes if name in inside and not _agrees(wheel, name, listed.get(name, ""))]
    wrong += [name for name in listed if name not in archive.sizes]
    if wrong:
        message = f"Wheel '{archive.path.name}' does not agree with its RECORD file: {join(wrong[:3])}."
        yield Problem("record", message, f"A wheel is never edited by hand. {_REBUILD}")


def _as_stored(name: str, archive: Archive) -> str:
    """A name of RECORD as the archive has it; some tools write paths there as Windows does."""
    return name if name in archive.sizes else name.replace("\\", "/")


def _agrees(wheel: zipfile.ZipFile, name: str, listed: str) -> bool:
    method, _, digest = listed.partition("=")
    if method not in hashlib.algorithms_guaranteed or method.startswith("shake"):
        return False
    found = hashlib.new(method, wheel.read(name)).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=") == digest


def _entry_points(archive: Archive) -> Iterator[Problem]:
    file = archive.home.removesuffix("licenses") + "entry_points.txt"
    if not archive.is_wheel or file not in archive.sizes:
        return
    with zipfile.ZipFile(archive.path) as wheel:
        fault = entry_points_fault(wheel.read(file))
    if fault:
        message = f"Wheel '{archive.path.name}' has invalid entry points defined in the entry_points.txt file: {fault}."
        yield Problem("entry-points", message, "Correct [project.scripts] and [project.entry-points] and build again.")


def _licence_files(archive: Archive) -> Iterator[Problem]:
    raw: Any = parse_email(archive.metadata)[0]
    for file in raw.get("license_files", []):
        target = f"{archive.home}/{file}"
        if target not in archive.sizes:
            yield Problem(
                "licence-file",
                f"License-File {file} does not exist in distribution file {archive.path.name} at {target}.",
                f"Put {file} beside pyproject.toml, let the build include it, and build again.",
            )


def _top_level(archive: Archive) -> Iterator[Problem]:
    if not archive.is_wheel:
        return
    names = {name.split("/")[0] for name in archive.sizes}
    found = sorted(name for name in names if not name.endswith((".dist-info", ".data")))
    if not found:
        yield Problem(
            "no-package",
            f"{archive.path.name} holds no package at all.",
            "Is the folder under src/ called as the build expects? See [tool.hatch.build.targets.wheel] packages.",
            refused=False,
        )
    elif len(found) > 1:
        yield Problem(
            "top-level",
            f"{archive.path.name} installs {len(found)} top-level names: {join(found)}.",
            "Keep one package under src/, and tests beside src/, not inside it.",
            refused=False,
        )


def _secrets(archive: Archive) -> Iterator[Problem]:
    found = sorted(name for name in archive.sizes if PurePosixPath(name).name in SECRETS)
    if found:
        yield Problem(
            "secret",
            f"{archive.path.name} holds what looks like a secret: {join(found)}.",
            "Leave it out of the build (only-include for hatchling, MANIFEST.in for setuptools), and revoke what it "
            "held if it ever was published.",
            refused=False,
        )


def _large_files(archive: Archive) -> Iterator[Problem]:
    for name, size in archive.sizes.items():
        if size > LARGE:
            yield Problem(
                "large-file",
                f"{archive.path.name} holds {name} of {memory(size)}.",
                "Leave it out of the build, or let the part fetch it when it is used (glassnet.fetch).",
                refused=False,
            )


_RULES = (
    _file_name,
    _platform,
    _paths,
    _record,
    _entry_points,
    _licence_files,
    _top_level,
    _secrets,
    _large_files,
)
