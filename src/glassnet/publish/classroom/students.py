"""The students of a class index: each has a token, which is shown once and kept as a checksum alone."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from ...errors import GlassnetError, did_you_mean, join
from ...files import read_json, read_text, write_text
from ...schemas import STUDENTS

STUDENTS_FILE = "students.json"
MOST_UPLOADS, WITHIN = 60, 600.0  # uploads of one student within so many seconds
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?")
_TEACHERS = ("teacher", "__token__")


class Students:
    """Who may upload to the index in a folder. Read anew when the file has changed: a command may add somebody."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = folder / STUDENTS_FILE, clock
        self._uploads: dict[str, deque[float]] = defaultdict(deque)
        self._one_at_a_time = threading.Lock()

    def names(self) -> list[str]:
        """All of them, sorted."""
        return sorted(self._read())

    def of(self, token: str) -> str | None:
        """The student with that token."""
        return {kept["sha256"]: name for name, kept in self._read().items()}.get(_checksum(token))

    def enrol(self, names: Iterable[str]) -> dict[str, str]:
        """Give each of these a token of their own, a new one to who had one; all of them or none."""
        wanted = [name.strip() for name in names]
        known = self._read()
        for name in wanted:
            _refuse(name, [other for other in (*known, *wanted) if other != name])
        tokens = {name: f"class-{secrets.token_urlsafe(24)}" for name in wanted}
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        known |= {name: {"sha256": _checksum(token), "made": made} for name, token in tokens.items()}
        self._write(known)
        return tokens

    def dismiss(self, name: str) -> None:
        """Make a student's token worthless; what they own stays theirs."""
        known = self._read()
        if name not in known:
            guess = did_you_mean(name, known) or f" Students here: {join(sorted(known)) or 'none'}."
            raise GlassnetError(f"no student {name!r} has a token for this index.{guess}")
        del known[name]
        self._write(known)

    def is_too_fast(self, name: str) -> bool:
        """Count an upload of that student, and say whether there were too many in a short time."""
        now = self._clock()
        with self._one_at_a_time:
            past = self._uploads[name]
            while past and past[0] < now - WITHIN:
                past.popleft()
            if len(past) >= MOST_UPLOADS:
                return True
            past.append(now)
        return False

    def _read(self) -> dict[str, dict[str, str]]:
        if not self._path.is_file():
            return {}
        found: dict[str, dict[str, str]] = read_json(self._path, STUDENTS)
        return found

    def _write(self, known: dict[str, dict[str, str]]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_text(self._path, json.dumps(known, indent=1), "choose another folder with GLASSNET_INDEX")


def names_in(path: Path) -> list[str]:
    """The names in a list: a CSV file with a column `name` or `student`, or else its first column."""
    lines = read_text(path, 1 << 20).removeprefix("\ufeff").splitlines()  # spreadsheets begin with such a mark
    between = ";" if lines and ";" in lines[0] else ","
    rows = [row for row in csv.reader(lines, delimiter=between) if any(cell.strip() for cell in row)]
    if not rows:
        raise GlassnetError(f"{path} names nobody: write one student a line")
    head = [cell.strip().lower() for cell in rows[0]]
    column = next((head.index(word) for word in ("name", "student") if word in head), None)
    found = [row[column or 0].strip() for row in rows[column is not None :] if len(row) > (column or 0)]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise GlassnetError(f"{path} names {join(twice)} more than once: give each student one name")
    return found


def _refuse(name: str, others: list[str]) -> None:
    if not _NAME.fullmatch(name) or name.lower() in _TEACHERS:
        raise GlassnetError(
            f"a student can't be called {name!r}: use letters a-z, digits and . _ - inside, such as ada or "
            "grace-hopper, at most 40 in all"
        )
    same = next((other for other in others if other.lower() == name.lower()), None)
    if same is not None:
        raise GlassnetError(f"{name!r} and {same!r} differ in capital letters alone: give each student another name")


def _checksum(token: str) -> str:
    """A token is 24 random bytes, so that a plain checksum gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()
