"""The process of one tab: it hears what the server hands on, trains in between, and sends frames that are asked for.

Between it and the server go messages of bytes, by its standard input and output: to it a line of JSON and what belongs
to it, from it a letter and its content. A thread hears the server, and ends the process when there is none any more,
whatever a guest is doing then. What a guest prints goes into the session's words: the process has no terminal.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, process_time
from typing import IO, Any

from .wire import received, send

ANSWER, FRAME, ALIVE, ENDED = b"A", b"F", b"L", b"X"
HEARD = 0.5  # seconds after which it says that it lives, where a reader waits for a frame
SOONEST, SHARE = 0.05, 40  # seconds between frames, at least; and so many times what the last one cost
REST = 1.0  # seconds without a question after which there is time for all rules
GLANCES = 2.0  # seconds between two looks for what stands out, at least
PRINTED, LINE = 20, 500  # lines of a guest's output that are kept, and letters of each
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


Heard = queue.SimpleQueue[tuple[dict[str, Any], bytes]]


def main() -> None:
    """The whole life of a worker. The first argument says which plugins there are."""
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    asking, answering = (os.fdopen(os.dup(number), mode) for number, mode in ((0, "rb"), (1, "wb")))
    heard: Heard = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(asking, heard), daemon=True).start()
    printed = _caught()

    def say(message: bytes) -> None:
        send(answering, message)

    try:
        Worker(say, heard, printed, json.loads(sys.argv[1])).work()
    except Exception as error:  # the last word of this process
        say(ENDED + f"{type(error).__name__}: {error}".encode())


def _hear(line: IO[bytes], heard: Heard) -> None:
    """Take in what comes; without a server there is nothing left to do."""
    try:
        while True:
            words, _, content = received(line).partition(b"\n")
            heard.put((json.loads(words), content))
    except (EOFError, OSError):
        os._exit(0)


def _caught() -> list[str]:
    """What is printed from now on, by whatever means, as lines of this list; the oldest go. Nobody types anything."""
    lines: list[str] = []
    reading, writing = os.pipe()
    os.dup2(nothing := os.open(os.devnull, os.O_RDONLY), 0)
    os.close(nothing)
    for stream in (1, 2):
        os.dup2(writing, stream)
    os.close(writing)
    for name in ("stdout", "stderr"):
        setattr(sys, name, open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False))  # noqa: SIM115

    def read() -> None:
        with open(reading, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
            while text := stream.readline(LINE):
                if text.strip():
                    lines.append(text.strip())
                    del lines[:-PRINTED]

    threading.Thread(target=read, daemon=True).start()
    return lines


class Worker:
    """A session with the line to its server."""

    def __init__(self, say: Callable[[bytes], object], heard: Heard, printed: list[str], start: dict[str, Any]) -> None:
        from ..catalog import Catalog
        from .moments import Reader
        from .session import Session

        self.say, self.heard, self.start = say, heard, start
        self.talking = threading.Lock()
        files = [Path(file) for file in start.get("files", ())]
        self.catalog = Catalog.discover(files, start.get("without", ()), start.get("guests", True))
        self.session = Session(self.catalog)
        self.session.printed, self.session.may_open = printed, bool(start.get("open"))
        self.reader = Reader()
        self.wanted = False  # whether the server has room for a frame
        self.sent: tuple[Any, ...] = ()  # what the last frame showed
        self.next_frame = self.paid = self.spoke = self.asked = 0.0
        self.warming: threading.Thread | None = None
        self.next_glance = monotonic() + GLANCES

    def work(self) -> None:
        """Until the server is gone, which hears first that all is loaded."""
        self._say(ALIVE, b"")
        while True:
            if message := self._next():
                self._answer(*message)
                self.asked = monotonic()
            elif self.session.wait() == 0.0:
                self.session.advance()
                self._glance()
            elif self.session.unlooked() and monotonic() - self.asked >= REST and self._warm():
                self.session.find(all_of_it=True, asked=lambda: not self.heard.empty())
            if self.wanted:
                self._show()

    def _next(self) -> tuple[dict[str, Any], bytes] | None:
        """What was heard; waits for it as long as there is nothing to do."""
        wait = self.session.wait()
        if wait is None and not self.wanted and not self.session.unlooked():
            return self.heard.get()
        pause = min(HEARD if wait is None else wait, HEARD)
        if pause and self.wanted and self._stands() != self.sent:
            pause = min(pause, max(0.0, self.next_frame - monotonic()))
        with suppress(queue.Empty):
            return self.heard.get(timeout=pause) if pause else self.heard.get_nowait()
        return None

    def _glance(self) -> None:
        """While it runs, look now and then for what stands out at a glance."""
        now = monotonic()
        if now >= self.next_glance:
            self.session.find(all_of_it=False)
            self.next_glance = now + max(GLANCES, 2 * SHARE * (monotonic() - now))

    def _stands(self) -> tuple[Any, ...]:
        """What a frame would show: the same things need no second one. Before anything is built there is none."""
        session = self.session
        if not session.generation:
            return self.sent
        return session.version, session.generation, session.step, session.epoch, len(session.printed), session.looked_at

    def _show(self) -> None:
        """Send a frame, no sooner than is good for the training; else, now and then, that there is somebody."""
        now = monotonic()
        if self._may_show(now) and self._stands() != self.sent:
            self.sent, began = self._stands(), process_time()
            frame = self.reader.frame(self.session)
            self.wanted = False
            self._say(FRAME, frame)
            cost = process_time() - began
            self.next_frame, self.paid = now + SOONEST, began + SHARE * cost
        elif now - self.spoke >= HEARD:
            self._say(ALIVE, b"")

    def _may_show(self, now: float) -> bool:
        """Whether a frame takes a small share of what this process works; where it waits, it has the time."""
        return now >= self.next_frame and (self.session.wait() != 0.0 or process_time() >= self.paid)

    def _warm(self) -> bool:
        """Load what tables and rules need, beside; whether it is there."""
        if self.warming is None:
            self.warming = threading.Thread(target=_load, daemon=True)
            self.warming.start()
        return not self.warming.is_alive()

    def _say(self, letter: bytes, content: bytes) -> None:
        with self.talking:
            self.spoke = monotonic()
            self.say(letter + content)

    def _answer(self, words: dict[str, Any], content: bytes) -> None:
        """Do what a message says. A frame that is asked for is no question, all others are answered."""
        if words["ask"] == "frame":
            self.wanted = True
            if words.get("anew"):
                from .moments import Reader

                self.reader, self.sent = Reader(), ()
            return
        try:
            if words.get("do") == "warm":
                self._warm()
            if words.get("do") in ("lesson", "answer"):
                self._ask_aside(words)
                return
            answer = self._carried_out(words, content)
        except Exception as error:  # also what a guest raises: the session is as it was
            answer = {"error": _told(error)}
        self._reply(answer, words["number"])

    def _reply(self, answer: dict[str, Any], number: int) -> None:
        answer["number"] = number
        self._say(ANSWER, json.dumps(answer, ensure_ascii=False, allow_nan=False).encode())

    def _ask_aside(self, words: dict[str, Any]) -> None:
        """Answer a question about a lesson when another process has: training goes on meanwhile."""
        from .lessons import answer

        ask = answer(self.session, self.start, words)

        def reply() -> None:
            try:
                self._reply(ask(), words["number"])
            except Exception as error:
                self._reply({"error": _told(error)}, words["number"])

        threading.Thread(target=reply, daemon=True).start()

    def _carried_out(self, words: dict[str, Any], content: bytes) -> dict[str, Any]:
        """What a question comes to."""
        from .actions import do
        from .address import Refused
        from .state import state_of

        session, asked = self.session, words["ask"]
        if asked in ("open", "again"):
            return self._opened(words, content)
        if not session.generation and asked != "table":
            raise Refused("nothing is set up yet: reload the page")
        if asked == "table":
            from .tables import told

            found = told(str(words["name"]), content)
            session.tables[found["name"]] = content
            return found
        found = do(session, str(words.get("do")), words)
        return {"state": state_of(session)} | found

    def _opened(self, words: dict[str, Any], content: bytes) -> dict[str, Any]:
        """All that a page begins with."""
        from .menus import menus_of
        from .presets import presets
        from .session import SEEN
        from .state import state_of

        refused: list[str] = []
        self.session.look |= SEEN
        if "typed" in words:
            self.session.open_typed(words["typed"], content)
        elif words["ask"] == "open" or not self.session.generation:
            refused = self.session.open(words.get("address") or "")
        guests = [f"{guest}: {guest.reason}" for guest in self.catalog.guests if guest.state == "quarantined"]
        return {
            "state": state_of(self.session), "menus": menus_of(self.catalog), "presets": presets(),
            "words": [*refused, *guests],
        }  # fmt: skip


def _load() -> None:
    """What tables, data sets and rules need, while a person still looks."""
    import pandas  # noqa: F401
    import sklearn.datasets  # noqa: F401


def _told(error: Exception) -> dict[str, Any]:
    """A refusal as the page gets it."""
    from .controls import in_words

    return {"words": in_words(error), "field": getattr(error, "field", "") or None}
