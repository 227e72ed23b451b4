"""What a release carries from step to step, and how a step says what it does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ...errors import GlassnetError
from ..chains import Chain
from ..project import Project

_KEPT = "kept.pth"  # names the folders of packages that a room may look into

Manner = Literal["step", "why", "command", "note", "remark", "problem", "done", "skipped"]


@dataclass(frozen=True)
class Said:
    """One line for a person: what a step does, why, the command it runs, or what it found."""

    manner: Manner
    text: str


#: What a step function is: it says lines while it works, and raises `StepFailed`.
Saying = Iterator[Said]


class StepFailed(GlassnetError):
    """A step of a release failed: the rule that was broken and the way out; `output` is what the tool said."""

    exit_code = 1

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


@dataclass(frozen=True)
class Target:
    """An index to publish to. `waits` are the seconds between looks for what was uploaded.

    `student` is who the token makes of us on a class index, empty for the teacher; None on any other index.
    """

    name: str
    simple: str
    upload: str
    token: str = field(default="", repr=False)
    pypirc: Path | None = None
    waits: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0)
    student: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a server on this machine, which no proxy may come between."""
        return "://127.0.0.1" in self.simple or "://localhost" in self.simple

    @property
    def is_near(self) -> bool:
        """Whether it is on this machine or in this room: no proxy comes between, and it lists all that it holds."""
        return self.is_local or self.student is not None


@dataclass(frozen=True)
class Room:
    """An environment of its own, without pip: pip works on it from outside."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter, which is always started with `-I`: no variable and no folder of ours gets in."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def site(self) -> Path:
        """Where packages are installed."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    @property
    def paths(self) -> list[Path]:
        """Where it finds packages: its own and the kept ones, in the order in which they are looked through."""
        kept = self.site / _KEPT
        lines = kept.read_text("utf-8").splitlines() if kept.is_file() else []
        return [self.site, *map(Path, lines)]

    def see(self, packages: Path) -> None:
        """Make a kept folder of packages importable in this room."""
        with (self.site / _KEPT).open("a", encoding="utf-8") as file:
            file.write(f"{packages}\n")


@dataclass
class Release:
    """One release on its way. The steps fill in `target`, `files`, `needed` and `room`.

    `to` is local, testpypi, pypi, an address, or a name in ~/.pypirc; `ask` puts a question to the person at the
    terminal and returns the answer, None when `--yes` was given. `files` are the wheel and the sdist, and nothing else
    is ever uploaded; `notes` are what the steps found, each with its step's title.
    """

    project: Project
    to: str
    scratch: Path
    dry_run: bool = False
    resume: bool = False
    ask: Callable[[str], str] | None = None
    target: Target | None = None
    files: list[Path] = field(default_factory=list)
    room: Room | None = None
    needed: Chain | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def dist(self) -> Path:
        """Where the files are built, and where `release.json` remembers them."""
        return self.project.folder / "dist"

    @property
    def title(self) -> str:
        """Name and version, as a person types them to confirm."""
        return f"{self.project.canonical_name} {self.project.version}"

    @property
    def index(self) -> Target:
        """The target, which the first step found."""
        if self.target is None:
            raise StepFailed("no index was found to publish to")
        return self.target

    @property
    def wheel(self) -> Path:
        """The one wheel."""
        return next(file for file in self.files if file.suffix == ".whl")
