"""What the practice index keeps: published files, and a ledger of every file name that ever was.

The ledger only grows, so a name stays used up after its file is gone, whoever deleted it. A line in it is
what makes a file published: a kill in between leaves nothing that anybody sees.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import GlassnetError, did_you_mean, join
from ..files import beside, parse_json, read_text
from ..schemas import PUBLISHED
from .rules import Problem, archive_problems, metadata_problems, name_problems, read_metadata

LARGEST_FILE = 100 * 1024 * 1024  # bytes, as on PyPI
OPEN_FOR = timedelta(days=14)  # how long a release takes new files
LEDGER = "ledger.jsonl"
LONGEST_NAME = 200  # of a project, as a folder

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,199}")


@dataclass(frozen=True)
class Published:
    """One line of the ledger. `name` is written as its author does; `uploaded` is UTC in ISO 8601."""

    file: str
    name: str
    version: str
    size: int
    sha256: str
    uploaded: str
    requires_python: str | None = None
    metadata_sha256: str | None = None

    @property
    def project(self) -> str:
        return canonicalize_name(self.name)


class Refused(GlassnetError):
    """An upload that breaks rules: all of them, the first of which PyPI would have named."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(join(problems))
        self.problems = problems


class Store:
    """The published files below one folder. Everything is read from disk each time it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._one_at_a_time = threading.Lock()

    def history(self) -> list[Published]:
        """Every file that ever was published here, in order."""
        ledger = self.folder / LEDGER
        lines = read_text(ledger, errors="replace").splitlines() if os.path.lexists(ledger) else []
        return [entry for entry in map(_entry, lines) if entry]

    def files(self) -> list[Published]:
        """The files that are still there."""
        return [entry for entry in self.history() if self.path(entry).is_file()]

    def projects(self) -> dict[str, list[Published]]:
        """Canonical name -> its files, sorted by name."""
        found: dict[str, list[Published]] = {}
        for entry in self.files():
            found.setdefault(entry.project, []).append(entry)
        return dict(sorted(found.items()))

    def path(self, entry: Published) -> Path:
        return self.folder / "files" / entry.project / entry.file

    def metadata_path(self, entry: Published) -> Path:
        return self.folder / "files" / entry.project / f"{entry.file}.metadata"

    def accept(self, file: str, content: bytes) -> bool:
        """Publish a file: True when it is new, False when the same bytes are there already; else `Refused`."""
        _refuse(_name_of_file(file))
        digest = hashlib.sha256(content).hexdigest()
        with self._one_at_a_time:
            history, there = self.history(), self.files()
            if any(entry.file == file and entry.sha256 == digest for entry in there):
                return False
            _refuse(_used_up(file, content, digest, there, history))
            self.folder.mkdir(parents=True, exist_ok=True)
            with _incoming(self.folder) as incoming:
                path = incoming / file
                path.write_bytes(content)
                _refuse(archive_problems(path))
                metadata = read_metadata(path)
                _refuse(_identity(metadata, there, history) + metadata_problems(metadata))
                self._publish(path, metadata, digest, there)
        return True

    def _publish(self, path: Path, metadata: bytes, digest: str, there: list[Published]) -> None:
        raw: Any = parse_email(metadata)[0]
        wheel = path.name.endswith(".whl")
        entry = Published(
            file=path.name,
            name=raw["name"],
            version=str(Version(raw["version"])),
            size=path.stat().st_size,
            sha256=digest,
            uploaded=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            requires_python=raw.get("requires_python"),
            metadata_sha256=hashlib.sha256(metadata).hexdigest() if wheel else None,
        )
        _refuse(_closed(entry, there))
        self.path(entry).parent.mkdir(parents=True, exist_ok=True)
        if wheel:
            self.metadata_path(entry).write_bytes(metadata)
        path.replace(self.path(entry))
        self._write(entry)

    def _write(self, entry: Published) -> None:
        with (self.folder / LEDGER).open("a+b") as ledger:
            if ledger.seek(0, os.SEEK_END):
                ledger.seek(-1, os.SEEK_END)
                if ledger.read(1) != b"\n":  # a line that a kill cut off must not swallow this one
                    ledger.write(b"\n")
            ledger.write(json.dumps(asdict(entry)).encode() + b"\n")
            ledger.flush()
            os.fsync(ledger.fileno())

    def remove(self, file: str) -> Published:
        """Delete a published file. Its name stays used up."""
        there = {entry.file: entry for entry in self.files()}
        if file not in there:
            known = did_you_mean(file, there) or f" Published here: {join(there) or 'nothing'}."
            raise GlassnetError(f"no file {file!r} is published in {self.folder}.{known}")
        self.path(there[file]).unlink()
        self.metadata_path(there[file]).unlink(missing_ok=True)
        return there[file]


@contextmanager
def _incoming(folder: Path) -> Iterator[Path]:
    """A place to look at an upload before it is published; those of processes that were killed are removed."""
    place = beside(folder / "incoming")
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _entry(line: str) -> Published | None:
    try:
        entry = Published(**parse_json(line, PUBLISHED))
        canonicalize_name(entry.name, validate=True)  # it becomes a folder's name
        Version(entry.version)
        datetime.fromisoformat(entry.uploaded)
    except (ValueError, TypeError):
        return None  # a line that a kill cut off, or that nobody here wrote: that file was never published
    return entry if not _name_of_file(entry.file) and len(entry.name) < LONGEST_NAME else None


def _refuse(problems: Iterable[Problem]) -> None:
    refused = [problem for problem in problems if problem.refused]
    if refused:
        raise Refused(refused)


def _name_of_file(file: str) -> list[Problem]:
    """Nothing that could be read as a path gets any further than this."""
    remedy = "Upload only what `python -m build` wrote, under the name it gave."
    if "/" in file or "\\" in file:
        return [Problem("file-name", "Cannot upload a file with '/' or '\\' in the name.", remedy)]
    if not file.endswith((".whl", ".tar.gz")):
        return [Problem("file-extension", "Invalid file extension: Use .tar.gz or .whl extension.", remedy)]
    if not _FILE_NAME.fullmatch(file):
        return [Problem("file-name", "Cannot upload a file with such characters in the name.", remedy)]
    return []


def _used_up(file: str, content: bytes, digest: str, there: list[Published], history: list[Published]) -> list[Problem]:
    """A name means the same bytes for ever."""
    bump = "Bump the version in pyproject.toml and build again: a published file can never be replaced."
    if any(entry.file == file or entry.sha256 == digest for entry in there):
        blake = hashlib.blake2b(content, digest_size=32).hexdigest()
        return [Problem("file-exists", f"File already exists ({file!r}, with blake2_256 hash {blake!r}).", bump)]
    if any(entry.file == file for entry in history):
        message = "This filename was previously used by a file that has since been deleted. Use a different version."
        return [Problem("file-burnt", message, "Bump the version in pyproject.toml and build again.")]
    return []


def _identity(metadata: bytes, there: list[Published], history: list[Published]) -> list[Problem]:
    """The rules of names, for a project that was never here before; similar to what is here now."""
    raw: Any = parse_email(metadata)[0]
    name = raw.get("name", "")
    if not name or canonicalize_name(name) in {entry.project for entry in history}:
        return []
    return name_problems(name, sorted({entry.name for entry in there}))


def _closed(entry: Published, there: list[Published]) -> list[Problem]:
    """One source archive a release, and no new file after two weeks."""
    version = Version(entry.version)  # 1.0 and 1.0.0 are one release
    release = [other for other in there if other.project == entry.project and Version(other.version) == version]
    bump = "Bump the version in pyproject.toml and publish a new release."
    if entry.file.endswith(".tar.gz") and any(other.file.endswith(".tar.gz") for other in release):
        return [Problem("second-sdist", "Only one sdist may be uploaded per release.", bump)]
    if release and datetime.fromisoformat(min(other.uploaded for other in release)) < datetime.now(UTC) - OPEN_FOR:
        message = f"Uploading new files to releases older than {OPEN_FOR.days} days is not allowed."
        return [Problem("release-closed", message, bump)]
    return []
