"""Asking a student's process, and ending it as soon as it hits a limit: which one, and in which line it was."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..wording import significant
from . import student
from .forms import Limits
from .frames import Garbled, Incoming, send
from .plain import unpacked
from .raised import too_large, too_long
from .sources import Source
from .starting import Server, Started
from .usage import LONGEST_PAUSE, MOST_PROCESSES, Used, listens, used

TOO_MANY = f"started more than {MOST_PROCESSES} processes"
PATIENCE = 5.0  # seconds for a process that has closed its line to end by itself


class Stopped(Exception):
    """The process is over: it hit a limit, or ended by itself. `words` say which, `line` is where it was, if known."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(words)
        self.words, self.line = words, line


class Asked:
    """One student's process, which is asked one thing after the other."""

    def __init__(self, server: Server, folder: Path, source: Source) -> None:
        self._folder, self._source = folder, source
        self._read = 0  # bytes of its output
        for name in ("printed", "traced"):
            (folder / name).write_bytes(b"")
        self._started: Started = server.start(folder)
        self._started.line.setblocking(False)
        self._incoming = Incoming()

    def ask(
        self,
        message: Sequence[bytes],
        seconds: float,
        limits: Limits,
        told: Callable[[dict[str, Any]], bool] = lambda words: False,
    ) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Its answer, with the arrays; `told` is asked of each message whether another one follows."""
        watch = _Watch(self._started.pid, seconds, limits, self._folder / "printed", self._read)
        try:
            self._send(message, watch)
            while True:
                pieces = self._next(watch)
                words = unpacked(pieces)
                if not told(words):
                    break
        except (Garbled, ValueError, TypeError, LookupError):
            raise self._stopped(
                "wrote into the line through which glassnet asks it: which file does it write to?"
            ) from None
        if watch.too_long():
            raise self._stopped(too_long(limits.letters))
        return words, pieces[1:]

    def _send(self, message: Sequence[bytes], watch: _Watch) -> None:
        line = self._started.line
        line.settimeout(60)
        try:
            send(line, message)
        except OSError:
            raise self._over() from None
        finally:
            with suppress(OSError):
                line.setblocking(False)

    def _next(self, watch: _Watch) -> list[bytes]:
        while (message := self._incoming.next()) is None:
            ready, _, _ = select.select([self._started.line], [], [], watch.pause())
            if ready:
                try:
                    data = self._started.line.recv(1 << 20)
                except OSError:
                    data = b""
                if not data:
                    raise self._over()
                self._incoming.add(data)
            elif (words := watch.exceeded()) is None:
                raise self._over()
            elif words:
                raise self._stopped(words, interrupt=words != TOO_MANY)  # those are more with each moment
        return message

    def printed(self, letters: int) -> str:
        """What it printed since the last time."""
        with (self._folder / "printed").open("rb") as file:
            file.seek(self._read)
            data = file.read(letters)
            self._read = file.seek(0, 2)
        return data.decode("utf-8", "replace")

    # --- its end

    def close(self) -> None:
        self._started.end()

    def _stopped(self, words: str, interrupt: bool = False) -> Stopped:
        line = self._line_now() if interrupt else 0
        self._started.end()
        return Stopped(words, line)

    def _over(self) -> Stopped:
        """It ended by itself, or has closed its line: in words."""
        code = self._started.end(PATIENCE)
        line = self._traced_line()
        if code == student.LOST:
            return Stopped("closed the line through which glassnet asks it: which file does it close?")
        if code == student.BROKEN:
            return Stopped("crashed: it has changed something of Python or NumPy that its own answer needs")
        if code == -getattr(signal, "SIGXCPU", 0):
            return Stopped("computed longer than it may", line)
        if code < 0:
            return Stopped(f"crashed: {(signal.strsignal(-code) or f'signal {-code}').lower()}", line)
        return Stopped(f"ended its process (exit code {code})", line)

    def _line_now(self) -> int:
        """The line in which it is right now: asked by a signal, which a loop without end can't keep from answering."""
        if not hasattr(signal, "SIGUSR1") or not listens(self._started.pid):
            return 0
        with suppress(OSError):
            os.kill(self._started.pid, signal.SIGUSR1)
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and used(self._started.pid):
                if "student.py" in self._trace():  # our own frames are the outermost, so it is whole
                    return self._traced_line()
                time.sleep(0.002)
        return 0

    def _trace(self) -> str:
        return (self._folder / "traced").read_text("ascii", "replace")

    def _traced_line(self) -> int:
        """The innermost line of the student's file in what `faulthandler` has written."""
        mark = f'File "{ascii(self._source.name)[1:-1]}", line '
        for row in self._trace().splitlines():
            before, found, rest = row.partition(mark)
            if found and not before.strip():
                return int(rest.partition(" ")[0])
        return 0


class _Watch:
    """What one question may take, and what it has taken."""

    def __init__(self, pid: int, seconds: float, limits: Limits, printed: Path, read: int) -> None:
        self._pid, self._seconds, self._limits = pid, seconds, limits
        self._printed, self._read = printed, read
        self._start, self._began = used(pid) or Used(), time.monotonic()
        self._pause = 0.001

    def pause(self) -> float:
        """How long to wait before the next look: longer and longer."""
        self._pause = min(1.5 * self._pause, LONGEST_PAUSE)
        return self._pause

    def too_long(self) -> bool:
        return self._printed.stat().st_size - self._read > self._limits.letters

    def exceeded(self) -> str | None:
        """The limit that was hit, in words; none of them as an empty text, and None for a process that is gone."""
        now = used(self._pid)
        if now is None:
            return None
        if self.too_long():
            return too_long(self._limits.letters)
        if now.processes > MOST_PROCESSES:
            return TOO_MANY
        if now.megabytes is not None and now.megabytes - (self._start.megabytes or 0) > self._limits.megabytes:
            return too_large(self._limits.megabytes)
        computed = now.seconds - self._start.seconds
        if computed > self._seconds:
            return f"stopped after {significant(self._seconds)} s of computing"
        # Seconds in which others had the processor are not its own: on a busy machine nobody is stopped for them.
        waited = time.monotonic() - self._began - computed - (now.queued - self._start.queued)
        if waited > 3 * self._seconds:
            return f"stopped after {significant(3 * self._seconds)} s of waiting"
        return ""
