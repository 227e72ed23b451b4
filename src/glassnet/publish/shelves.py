"""What an index has to give: what was published here, else a wheelhouse, else a hint where to ask.

In that order, and a name that was ever published here is asked for nowhere else: nobody slips in a stranger's package
under a student's name, however high its version.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from packaging.metadata import parse_email
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from ..errors import GlassnetError
from ..files import parse_json, read_text, write_text
from ..schemas import COUNTS, PASSED
from ..wording import bounded, visible
from .rules import read_metadata
from .store import Published, Store

if TYPE_CHECKING:
    from .classroom.students import Students

DOWNLOADS, REPORTS = "downloads.json", "reports.json"


class Downloads:
    """How often each file was fetched, by its checksum: a name may be a new group's."""

    def __init__(self, folder: Path) -> None:
        self._path, self._one_at_a_time = folder / DOWNLOADS, threading.Lock()
        self.of: Counter[str] = Counter()
        if self._path.is_file():
            try:
                self.of.update(parse_json(read_text(self._path), COUNTS))
            except (ValueError, GlassnetError):
                self.of.clear()

    def count(self, entry: Published) -> None:
        """One more; each twentieth time they are written down, so that a kill costs few."""
        self.of[entry.sha256] += 1
        if self.of.total() % 20 == 0:
            self.keep()

    def times(self, files: Iterable[Published]) -> int:
        """How often these were fetched."""
        return sum(self.of[entry.sha256] for entry in files)

    def keep(self) -> None:
        """Write them down."""
        with self._one_at_a_time:
            if self.of and self._path.parent.is_dir():
                write_text(self._path, json.dumps(self.of))


class Wheelhouse:
    """A folder of wheels, for rooms without a network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> dict[str, list[Path]]:
        """Canonical name -> its wheels."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self.folder.glob("*.whl")):
            try:
                found.setdefault(parse_wheel_filename(path.name)[0], []).append(path)
            except InvalidWheelFilename:
                continue
        return found

    def files(self, project: str) -> list[Published]:
        """The wheels of one project as an index lists them."""
        listed = (_entry(path, path.stat().st_size, path.stat().st_mtime) for path in self.paths().get(project, []))
        return [entry for entry in listed if entry is not None]


@lru_cache(maxsize=4096)
def _entry(path: Path, size: int, changed: float) -> Published | None:
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
        metadata = read_metadata(path)
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except (GlassnetError, BadZipFile, OSError):
        return None  # half a wheel, which a download is still writing
    raw: Any = parse_email(metadata)[0]
    return Published(
        file=path.name,
        name=name,
        version=str(version),
        size=size,
        sha256=digest,
        uploaded=datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        requires_python=raw.get("requires_python"),
        metadata_sha256=hashlib.sha256(metadata).hexdigest(),
    )


def _nothing() -> None:
    """What happens when nobody asked to be told."""


class Reports:
    """What releases told of themselves: which checks have passed."""

    def __init__(self, folder: Path) -> None:
        self._path, self._one_at_a_time = folder / REPORTS, threading.Lock()

    def all(self) -> dict[str, list[str]]:
        """`project version` -> what passed, in words."""
        try:
            return dict(parse_json(read_text(self._path), PASSED)) if self._path.is_file() else {}
        except ValueError:
            return {}

    def keep(self, project: str, version: str, passed: list[str]) -> None:
        """Write one down."""
        with self._one_at_a_time:
            told = self.all() | {f"{project} {version}": [bounded(visible(line), 200) for line in passed[:20]]}
            write_text(self._path, json.dumps(told))


@dataclass(frozen=True)
class Clash:
    """An upload that was refused: when, whose token it came with, what was said."""

    at: datetime
    who: str
    id: str
    words: str


@dataclass
class Index:
    """All that one server answers from. `token` is the index's own; `students` have theirs, where it is a class's.

    `elsewhere` is the simple index that pip is sent to for what is not here; empty for nowhere. `names` are those under
    which it may be asked.
    """

    store: Store
    token: str
    started: str = ""
    stop: Callable[[], None] = _nothing
    names: tuple[str, ...] = ()
    students: Students | None = None
    wheels: Wheelhouse | None = None
    elsewhere: str = ""
    clashes: deque[Clash] = field(default_factory=lambda: deque(maxlen=200))
    downloads: Downloads = field(init=False)
    reports: Reports = field(init=False)

    def __post_init__(self) -> None:
        self.downloads, self.reports = Downloads(self.store.folder), Reports(self.store.folder)

    def wipe(self) -> int:
        """Remove all that a group has left; how many files that was."""
        self.downloads.of.clear()
        self.clashes.clear()
        return self.store.wipe()

    def files(self, project: str) -> list[Published]:
        """What there is of a project: published here, or in the wheelhouse for a name that never was."""
        here = self.store.projects().get(project, [])
        if here or self.wheels is None or project in self.store.owners():
            return here
        return self.wheels.files(project)

    def path(self, entry: Published) -> Path:
        """Where a file lies."""
        path = self.store.path(entry)
        return path if path.is_file() or self.wheels is None else self.wheels.folder / entry.file

    def metadata(self, entry: Published) -> bytes:
        """The metadata of a wheel."""
        path = self.store.metadata_path(entry)
        return path.read_bytes() if path.is_file() else read_metadata(self.path(entry))

    def further(self, project: str) -> str:
        """Where pip may ask for a name that nobody here ever owned; empty for nowhere."""
        if not self.elsewhere or project in self.store.owners() or canonicalize_name(project) != project:
            return ""
        return f"{self.elsewhere}{project}/"
