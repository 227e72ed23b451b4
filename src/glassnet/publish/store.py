"""What the practice index keeps: published files, and a ledger of every file name that ever was.

The ledger only grows, so a name stays used up after its file is gone, whoever deleted it, and belongs to whoever
published it first. A line in it is what makes a file published: a kill in between leaves nothing that anybody sees.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.metadata import parse_email
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from ..errors import GlassnetError, did_you_mean, join
from ..files import aside, beside, parse_json, read_text, write_text
from ..schemas import PUBLISHED, YANKS
from .rules import Problem, archive_problems, metadata_problems, name_problems, read_metadata
from .uploads import Refused, Upload

OPEN_FOR = timedelta(days=14)  # how long a release takes new files
LEDGER = "ledger.jsonl"
YANKED = "yanked.json"
#: What belongs to one group of students, and goes before the next.
OF_A_GROUP = (LEDGER, YANKED, "students.json", "reports.json", "downloads.json")
LONGEST_NAME = 200  # of a project, as a folder
OWN = ""  # the owner of what comes with the index's own token
MOST_FILES, MOST_BYTES = 200, 300 * 1024 * 1024  # that one student may publish

_ELSEWHERE = "choose another folder with GLASSNET_INDEX"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,199}")


@dataclass(frozen=True)
class Published:
    """One line of the ledger. `name` is written as its author does; `uploaded` is UTC in ISO 8601.

    `owner` is the student who uploaded it, empty for whoever runs the index.
    """

    file: str
    name: str
    version: str
    size: int
    sha256: str
    uploaded: str
    requires_python: str | None = None
    metadata_sha256: str | None = None
    owner: str = OWN

    @property
    def project(self) -> str:
        return canonicalize_name(self.name)


class Store:
    """The published files below one folder. Everything is read from disk each time it is asked for.

    `reserved` are names that others depend on, which no student may take.
    """

    def __init__(self, folder: Path, reserved: Collection[str] = ()) -> None:
        self.folder, self.reserved = folder, reserved
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

    def owners(self) -> dict[str, str]:
        """Canonical name -> who published the first file of that name, if it is still there or not."""
        return {entry.project: entry.owner for entry in reversed(self.history())}

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A place for an upload before it is published; those of processes that were killed are removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._one_at_a_time:
            all_of_them = beside(self.folder / "incoming")
            all_of_them.mkdir(exist_ok=True)
            place = Path(tempfile.mkdtemp(dir=all_of_them))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
            with self._one_at_a_time, suppress(OSError):  # others are still arriving
                all_of_them.rmdir()

    def accept(self, upload: Upload, owner: str = OWN) -> bool:
        """Publish a file: True when it is new, False when the same bytes are there already; else `Refused`."""
        _refuse(_name_of_file(upload.file))
        with self._one_at_a_time:
            history, there = self.history(), self.files()
            _refuse(self._taken(_project_of(upload.file), owner, history))
            if any(entry.file == upload.file and entry.sha256 == upload.sha256 for entry in there):
                return False
            _refuse(_used_up(upload, there, history))
            path = upload.content.rename(upload.content.with_name(upload.file))
            _refuse(archive_problems(path))
            metadata = read_metadata(path)
            raw: Any = parse_email(metadata)[0]
            _refuse(_identity(metadata, there, history) + metadata_problems(metadata))
            _refuse(self._taken(canonicalize_name(raw["name"]), owner, history))
            _refuse(_too_much(path.stat().st_size, owner, there))
            self._publish(path, metadata, upload.sha256, owner, there)
        return True

    def _taken(self, project: str, owner: str, history: list[Published]) -> list[Problem]:
        """A name belongs to whoever published it first."""
        first = next((entry.owner for entry in history if entry.project == project), None)
        if first == owner or (first is None and (owner == OWN or project not in self.reserved)):
            return []
        message = (
            f"The user {owner or 'who runs this index'!r} isn't allowed to upload to project {project!r}. "
            "See https://pypi.org/help/#project-name for more information."
        )
        whose = "Is it yours? Then use the token that it was first uploaded with." if first is not None else ""
        remedy = f"{whose} Else choose another name in pyproject.toml, such as {another_name(project, owner)}."
        return [Problem("not-yours", message, remedy.strip())]

    def _publish(self, path: Path, metadata: bytes, digest: str, owner: str, there: list[Published]) -> None:
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
            owner=owner,
        )
        _refuse(_closed(entry, there))
        self.path(entry).parent.mkdir(parents=True, exist_ok=True)
        if wheel:
            self.metadata_path(entry).write_bytes(metadata)
            _on_the_disk(self.metadata_path(entry))
        _on_the_disk(path)
        path.replace(self.path(entry))
        _on_the_disk(self.path(entry).parent)
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
        _on_the_disk(self.folder)

    def yanked(self) -> dict[str, str]:
        """File name -> why it was yanked."""
        path = self.folder / YANKED
        if not path.is_file():
            return {}
        try:
            found: dict[str, str] = parse_json(read_text(path), YANKS)
        except ValueError:
            return {}
        return found

    def offered(self, files: list[Published]) -> list[Published]:
        """Those of these files that are not yanked; all where each is."""
        yanked = self.yanked()
        return [entry for entry in files if entry.file not in yanked] or files

    def yank(self, project: str, version: str, reason: str = "", *, undo: bool = False) -> list[Published]:
        """Hide a release from all who don't ask for it by number, or show it again."""
        files = self.projects().get(canonicalize_name(project), [])
        release = [entry for entry in files if entry.version == version]
        if not release:
            versions = join(dict.fromkeys(entry.version for entry in files)) or "nothing"
            raise GlassnetError(f"no release {version} of {project!r} is published in {self.folder}, but {versions}")
        with self._one_at_a_time:
            yanked = self.yanked()
            for entry in release:
                yanked.pop(entry.file, None)
                if not undo:
                    yanked[entry.file] = reason
            write_text(self.folder / YANKED, json.dumps(yanked), _ELSEWHERE)
        return release

    def remove_all_of(self, owner: str) -> int:
        """Delete all files of one student; their names stay used up, and theirs. How many they were."""
        files = [entry for entry in self.files() if entry.owner == owner]
        for entry in files:
            self.remove(entry.file)
        return len(files)

    def export(self, folder: Path) -> list[Published]:
        """Copy all wheels into a new folder."""
        wheels = [entry for entry in self.files() if entry.file.endswith(".whl")]
        with aside(folder, "choose another folder") as half:
            for entry in wheels:
                shutil.copyfile(self.path(entry), half / entry.file)
        return wheels

    def wipe(self) -> int:
        """Remove all that was published, with names, students, reports and counts; how many files it was."""
        with self._one_at_a_time:
            count = len(self.files())
            for name in OF_A_GROUP:
                (self.folder / name).unlink(missing_ok=True)
            shutil.rmtree(self.folder / "files", ignore_errors=True)
        return count

    def remove(self, file: str) -> Published:
        """Delete a published file. Its name stays used up."""
        there = {entry.file: entry for entry in self.files()}
        if file not in there:
            known = did_you_mean(file, there) or f" Published here: {join(there) or 'nothing'}."
            raise GlassnetError(f"no file {file!r} is published in {self.folder}.{known}")
        self.path(there[file]).unlink()
        self.metadata_path(there[file]).unlink(missing_ok=True)
        return there[file]


def another_name(project: str, owner: str) -> str:
    """A name that is most likely still free: with the owner's behind it."""
    return f"{project}-{canonicalize_name(owner) or 'yourname'}"


def _on_the_disk(path: Path) -> None:
    """Wait until a file, or what a folder lists, would survive a loss of power."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except OSError:  # Windows opens no folders
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _project_of(file: str) -> str:
    """The project that a file's name tells; empty where it tells none."""
    try:
        return parse_wheel_filename(file)[0] if file.endswith(".whl") else parse_sdist_filename(file)[0]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return ""


def _too_much(size: int, owner: str, there: list[Published]) -> list[Problem]:
    """One student must not fill the teacher's disk."""
    mine = [entry.size for entry in there if entry.owner == owner]
    if owner == OWN or (len(mine) < MOST_FILES and sum(mine) + size <= MOST_BYTES):
        return []
    message = f"Project size too large. Limit is {MOST_FILES} files and {MOST_BYTES // 1024**2} MB for each student."
    return [Problem("quota", message, "Ask your teacher to remove old files of yours.")]


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


def _used_up(upload: Upload, there: list[Published], history: list[Published]) -> list[Problem]:
    """A name means the same bytes for ever."""
    file = upload.file
    bump = "Bump the version in pyproject.toml and build again: a published file can never be replaced."
    if any(entry.file == file or entry.sha256 == upload.sha256 for entry in there):
        with upload.content.open("rb") as content:
            blake = hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
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
