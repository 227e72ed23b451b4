"""A worker, seen from the server: a process that is begun, spoken to, listened to, and ended.

It can begin before there is a server to talk to: a worker loads its libraries while the server still loads its own.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .wire import received, send

Heard = Callable[[bytes, bytes], None]
_HOME = Path(__file__).parents[2]  # where glassnet is, also where it is not installed
_BEGIN = f"import sys; sys.path.append({str(_HOME)!r}); from glassnet.playground.worker import main; main()"


class Process:
    """A worker that has begun. Once somebody attends, all methods belong to the event loop."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BEGIN, json.dumps(start)],  # no module from the folder that it stands in
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the server's, which ends this process
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self.process.stdin and self.process.stdout
        self.asking, self.answering = self.process.stdin, self.process.stdout
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
                send(self.asking, message)

    def _listen(self) -> None:
        with suppress(EOFError, OSError, ValueError):
            while True:
                message = received(self.answering)
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
        self.process.wait()
        for thread in self.threads:
            thread.join()
        for line in (self.asking, self.answering):
            with suppress(OSError):  # what it was not told any more
                line.close()


@contextmanager
def early(start: Mapping[str, Any]) -> Iterator[Process]:
    """A worker that begins now; it is gone afterwards if nobody came to attend to it."""
    process = Process(start)
    try:
        yield process
    finally:
        if not process.threads:
            process.gone()
