"""A worker, seen from the server: a process that is begun, spoken to, listened to, and ended.

It can begin before there is a server to talk to: a worker loads its libraries while the server still loads its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

from . import worker

Heard = Callable[[bytes, bytes], None]


class Process:
    """A worker that has begun. Once somebody attends, all methods belong to the event loop."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=worker.main, args=(theirs, dict(start)), name="glassnet play")
        with _apart():
            self.process.start()
        theirs.close()
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []

    def attend(self, heard: Heard) -> None:
        """Talk with it from now on, by two threads; `heard` is called in the event loop that runs now."""
        import asyncio

        self.loop, self._heard = asyncio.get_running_loop(), heard
        self.threads = [threading.Thread(target=one, daemon=True) for one in (self._talk, self._listen)]
        for thread in self.threads:
            thread.start()

    def say(self, words: Mapping[str, Any], content: bytes = b"") -> None:
        """Put something on the line; it never waits."""
        self._out.put(json.dumps(words, allow_nan=False).encode() + b"\n" + content)

    def _talk(self) -> None:
        with suppress(OSError, ValueError):
            while (message := self._out.get()) is not None:
                self.line.send_bytes(message)

    def _listen(self) -> None:
        with suppress(EOFError, OSError, ValueError):
            while True:
                message = self.line.recv_bytes()
                self._hand_on(message[:1], message[1:])
        self._hand_on(b"", b"")

    def _hand_on(self, letter: bytes, content: bytes) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self._heard, letter, content)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self._out.put(None)

    def gone(self) -> None:
        """Clean up after it; waits until it is gone."""
        self.kill()
        self.process.join()
        for thread in self.threads:
            thread.join()
        self.line.close()
        self.process.close()


@contextmanager
def early(start: Mapping[str, Any]) -> Iterator[Process]:
    """A worker that begins now; it is gone afterwards if nobody came to attend to it."""
    process = Process(start)
    try:
        yield process
    finally:
        if not process.threads:
            process.gone()


@contextmanager
def _apart() -> Iterator[None]:
    """A process that is started now takes no module from the folder that it stands in, loads nothing of the program
    that starts it, and does not hear Ctrl-C before it has said that it won't."""
    safe, program, blocked = os.environ.get(_SAFE), sys.modules["__main__"], None
    os.environ[_SAFE] = "1"
    sys.modules["__main__"] = ModuleType("__main__")  # else spawn runs that of the program once more
    if hasattr(signal, "pthread_sigmask"):
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        sys.modules["__main__"] = program
        if safe is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = safe


_SAFE = "PYTHONSAFEPATH"
