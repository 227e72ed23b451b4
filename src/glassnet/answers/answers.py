"""A student's file and its answers: what names came to, and functions that can be called, in a process of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..errors import GlassnetError
from .asking import Asked, Stopped
from .forms import AnswerFailed, Bound, Limits, Returned
from .plain import Packing, Unsendable, value_of
from .raised import one_line
from .sources import Source, source_of
from .starting import Server

USUAL = Limits()
MOST_STOPPED = 5  # statements for whose sake the file is begun anew


class Answers:
    """The answers of one file; `opened` makes it."""

    def __init__(self, source: Source, limits: Limits, folder: Path, files: Mapping[str, Path], server: Server) -> None:
        self._source, self._limits, self._folder = source, limits, folder
        self._files, self._server = files, server
        self._asked: Asked | None = None
        self._plan: list[tuple[int, Sequence[str], str]] = []  # line, names and text of each statement
        self._broken: list[tuple[int, str]] = []  # what is no Python
        self._faults: dict[int, tuple[int, str]] = {}  # statement: line and words
        self._skipped: dict[int, str] = {}
        self._hopeless = source.fault
        self._bound: dict[str, Bound] = {}
        self.printed = ""
        self._ready()

    @property
    def names(self) -> Sequence[str]:
        """All names that the file binds on its top level, in order."""
        return tuple(dict.fromkeys(name for _, names, _ in self._plan for name in names))

    def bound(self, name: str) -> Bound:
        """What the last statement that binds a name came to; never raises."""
        if name not in self._bound:
            self._bound[name] = self._look(name)
        return self._bound[name]

    def _look(self, name: str) -> Bound:
        if self._hopeless:
            return Bound(name, "error", words=self._hopeless)
        at = max((at for at, (_, names, _) in enumerate(self._plan) if name in names), default=None)
        line, _, source = self._plan[at] if at is not None else (0, (), "")
        if at in self._faults:
            where, words = self._faults[at]
            return Bound(name, "error", words=self._placed(where, words), source=source, line=line)
        try:
            return self._told(Bound(name, "missing", source=source, line=line))
        except Stopped as stopped:
            words = self._placed(stopped.line, stopped.words)
        except (AnswerFailed, GlassnetError) as error:
            words = str(error)
        except Exception:  # no tree: the student's process has made it up
            words = "its value can't be read"
        return Bound(name, "error", words=words, source=source, line=line)

    def _told(self, known: Bound) -> Bound:
        """What the process says of a name."""
        told, arrays = self._ask("value", name=known.name, seconds=self._limits.seconds)
        if told["state"] == "missing" and self._broken:
            return Bound(known.name, "error", words=self._placed(*self._broken[0]))
        words = self._placed(known.line, one_line(told["words"])) if told.get("words") else ""
        return replace(known, state=told["state"], value=value_of(told.get("value"), arrays), words=words)

    def call(self, name: str, *arguments: Any, limits: Limits | None = None) -> Returned:
        """Call a function of the student's with plain values; `AnswerFailed` where it comes to nothing."""
        limits = limits or self._limits
        known = self.bound(name)
        if known.state != "function":
            raise AnswerFailed(known.words or _no_function(known))
        packing = Packing()
        try:
            given = [packing.tree(argument) for argument in arguments]
        except Unsendable as error:
            raise GlassnetError(f"{name} can't be called with {error}") from error
        about = {"name": name, "arguments": given, "seconds": limits.seconds, "megabytes": limits.megabytes}
        try:
            words, arrays = self._ask("call", packing, limits, **about)
        except Stopped as stopped:
            raise AnswerFailed(self._placed(stopped.line, stopped.words)) from None
        printed = self._asked.printed(limits.letters) if self._asked else ""
        if words.get("spoilt"):
            self.close()
        if "fault" in words:
            raise AnswerFailed(self._placed(words.get("line", known.line), one_line(words["fault"])))
        try:
            return Returned(
                value_of(words["value"], arrays), tuple(value_of(one, arrays) for one in words["arguments"]), printed
            )
        except Exception:
            raise AnswerFailed("its value can't be read") from None

    def _placed(self, line: int, words: str) -> str:
        return f"{self._source.place(line)}: {words}" if line else words

    # --- the process

    def _ask(
        self, do: str, packing: Packing | None = None, limits: Limits | None = None, **about: Any
    ) -> tuple[dict[str, Any], Sequence[bytes]]:
        asked = self._ready()
        if asked is None:
            raise AnswerFailed(self._hopeless)
        try:
            return asked.ask((packing or Packing()).message(do=do, **about), about["seconds"], limits or self._limits)
        except Stopped:
            self._asked = None
            raise

    def _ready(self) -> Asked | None:
        """The process with the file loaded, begun anew where it has ended; None for a file that can't be loaded."""
        while self._asked is None and not self._hopeless:
            place = [-1]
            try:
                self._asked = self._load(place)
            except Stopped as stopped:
                self._skip(place[0], stopped)
        return self._asked

    def _load(self, place: list[int]) -> Asked:
        """Run the file; `place` holds the number of the statement at which it is."""
        self._lay_out()
        asked = Asked(self._server, self._folder, self._source)

        def told(words: dict[str, Any]) -> bool:
            if "plan" in words:
                self._plan = [(line, names, source) for line, names, source in words["plan"]]
                self._broken = [(line, text) for line, text in words["broken"]]
            place[0] = words.get("at", place[0])
            return "loaded" not in words

        about = {"source": asdict(self._source), "skipped": self._skipped, "limits": asdict(self._limits)}
        try:
            words, _ = asked.ask(Packing().message(do="load", **about), self._limits.loading, self._limits, told)
        except BaseException as error:
            if not isinstance(error, Stopped):
                asked.close()
            raise
        self._faults = {at: (line, one_line(text)) for at, line, text in words["faults"]} | self._faults
        self.printed = asked.printed(self._limits.letters)
        return asked

    def _skip(self, at: int, stopped: Stopped) -> None:
        """Leave out the statement at which the process ended; after several, all that follow."""
        if not 0 <= at < len(self._plan) or at in self._skipped:
            self._hopeless = stopped.words
            return
        self._skipped[at] = stopped.words
        self._faults[at] = (stopped.line or self._plan[at][0], stopped.words)
        if len(self._skipped) >= MOST_STOPPED:
            for later in range(at + 1, len(self._plan)):
                self._skipped[later] = "not run, because too many statements before it had to be stopped"

    def _lay_out(self) -> None:
        """The empty folder in which the file runs, with the files of its exercises."""
        home = self._folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True)
        for name, path in self._files.items():
            place = home / name
            if not place.resolve().is_relative_to(home.resolve()):
                raise GlassnetError(f"{name} is no name for a file of an exercise: it leads out of its folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)

    def finish(self) -> None:
        """No more is asked; what was looked at is still known."""
        self.close()
        self._hopeless = self._hopeless or "the file is closed again"

    def close(self) -> None:
        """End the process; the next question begins it anew."""
        if self._asked is not None:
            self._asked.close()
        self._asked = None


def _no_function(known: Bound) -> str:
    if known.state == "missing":
        return f"there is no {known.name} in the file"
    if known.state == "open":
        return f"{known.name} is not written yet"
    return f"{known.name} is {one_line(repr(known.value))}, and not a function"


@contextmanager
def opened(
    source: str | Path | Source,
    *,
    limits: Limits = USUAL,
    files: Mapping[str, Path] = {},
    server: Server | None = None,
) -> Iterator[Answers]:
    """The answers of a file, run in a process of its own, which ends with the block.

    `source` is the path of a file or notebook, or its text. `files` are copied into the folder in which it runs, by
    name. With a `server` it starts in milliseconds.
    """
    if isinstance(source, Path):
        source = source_of(source)
    elif isinstance(source, str):
        source = Source(source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    own = Server() if server is None else None
    folder = Path(tempfile.mkdtemp(prefix="glassnet-answers-"))
    answers = None
    try:
        answers = Answers(source, limits, folder, files, server or own or Server())
        yield answers
    finally:
        with suppress(OSError, GlassnetError):
            if answers is not None:
                answers.finish()
            if own is not None:
                own.close()
        shutil.rmtree(folder, ignore_errors=True)
