"""The server's side of the tabs: a process for each, what was asked of it, and its latest frame.

A tab that trains, hangs or breaks down is its own process and nobody else's trouble: the server only hands on bytes.
It imports neither NumPy nor a guest.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from ..errors import GlassnetError
from . import worker
from .guard import Refusal
from .processes import Process
from .wire import framed

MOST = 3  # tabs at a time
SLOW = 2.0  # seconds without a sign of life after which it is said
ENDED = "the process of this tab has ended, by itself or because a plugin brought it down: it begins anew"


class Session:
    """One tab: its process, the questions that wait for an answer, and where its frames go."""

    def __init__(
        self, start: Mapping[str, Any], opening: Callable[[], dict[str, Any]], process: Process | None = None
    ) -> None:
        self.id, self.start, self.opening = secrets.token_urlsafe(12), start, opening
        self.seen, self.address = monotonic(), ""
        self.numbers, self.waiting = 0, dict[int, asyncio.Future[dict[str, Any]]]()
        self.stream: Stream | None = None
        self.entering: asyncio.Task[None] | None = None
        self.closed = False
        self.set_up: bool | None = None  # whether anything ever was; None before it is asked for
        self.plain = False  # whether it was no address that was asked for last
        self.guests: list[str] = []
        self._begin(process or Process(start))

    def _begin(self, process: Process) -> None:
        self.process = process
        process.attend(lambda letter, content: self._hear(process, letter, content))
        self.spoke, self.asked, self.dead, self.last_word = monotonic(), False, False, ""
        self.ready = False  # its libraries and plugins are loaded

    async def ask(self, words: Mapping[str, Any], content: bytes = b"") -> dict[str, Any]:
        """Hand a question on and wait for its answer; `Refusal` where the process ends meanwhile."""
        if self.closed:
            raise Refusal(404, "this tab's session has ended: reload the page", gone=True)
        if self.dead:
            raise Refusal(503, ENDED + self.last_word, ended=True)
        self.numbers += 1
        self.seen = monotonic()
        if not self.waiting and not self.asked:
            self.spoke = monotonic()  # the time before was nobody's
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.waiting[self.numbers] = future
        self.process.say({**words, "number": self.numbers}, content)
        answer = await future
        if "error" in answer:
            raise Refusal(422, **answer["error"])
        if isinstance(state := answer.get("state"), dict):
            self.address = str(state.get("address", ""))
            self.guests = _guests(state)
            self.set_up = True
        return answer

    async def open(self, address: str = "") -> dict[str, Any]:
        """Set up an address, or what the command line said where there is none."""
        self.set_up, self.plain = self.set_up or False, not address
        words: dict[str, Any] = {"address": address} if address else self.opening()
        content: bytes = words.pop("content", b"")
        return await self.ask({"ask": "open"} | words, content)

    async def enter(self, address: str = "", words: Sequence[str] = ()) -> None:
        """Set up an address, or find what is there; where the process has ended, begin another with the same. The
        stream is told what came of it."""
        words, old = list(words), self.process if self.dead else None
        try:
            if old is not None:
                words += self._begin_anew()
                answer = await self.open(self.address)
            elif self.set_up is None or address not in ("", self.address):
                answer = await self.open(address)
            else:
                answer = await self.ask({"ask": "again"})
            news = {"opened": answer | {"words": [*answer.get("words", ()), *words]}}
        except GlassnetError as error:
            news = {"refused": {"words": str(error)}}
        except Refusal as error:  # of an end the stream is told anyway
            news = {} if error.more else {"refused": {"words": error.words}}
        if self.stream and news:
            self.stream.tell(framed(news))
            self.want(anew=True)
        if old is not None:
            await asyncio.to_thread(old.gone)

    def _begin_anew(self) -> list[str]:
        """Another process, and what is to be said of it. What nothing could be set up with is left out: the address
        first, and then the plugins."""
        words = []
        if not self.ready or (self.plain and not self.set_up):
            self.start = {**self.start, "files": [], "guests": False}
            words = ["plugins are left out: with them it did not come to an end"]
        elif not self.set_up:
            words = ["what the address asks for did not come to an end: here is something else"]
        self._begin(Process(self.start))
        return words

    def want(self, anew: bool = False) -> None:
        """There is room for a frame."""
        if not self.asked:
            self.spoke = monotonic()
        self.asked = True
        self.process.say({"ask": "frame", "anew": anew})

    def _hear(self, process: Process, letter: bytes, content: bytes) -> None:
        if process is not self.process:
            return  # of one that was stopped
        self.spoke = monotonic()
        if letter == worker.ALIVE:
            self.ready = True
        elif letter == worker.ANSWER:
            answer = json.loads(content)
            future = self.waiting.pop(answer.pop("number"), None)
            if future is not None and not future.done():
                future.set_result(answer)
        elif letter == worker.FRAME:
            self.asked = False
            if self.stream:
                self.stream.put(content)
        elif letter == worker.ENDED:
            self.last_word = f" ({content.decode('utf-8', 'replace')})"
        elif not letter:
            self._ended()

    def _ended(self) -> None:
        """The process is gone, and nobody had told it to go."""
        self.dead = True
        if not self.closed:
            words = ENDED + self.last_word
            self._fail(503, words, ended=True)
            if self.stream:
                self.stream.tell(framed({"ended": {"words": words}}))

    def _fail(self, status: int, words: str, **more: Any) -> None:
        waiting, self.waiting = self.waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(Refusal(status, words, **more))

    def stop(self) -> None:
        """End the process, whatever it is doing; `enter` begins another."""
        self.dead = True
        self.process.kill()
        self._fail(503, "it was stopped", ended=True)

    def late(self) -> str:
        """What takes long, in words; empty while there are signs of life."""
        if self.dead or not (self.waiting or self.asked) or monotonic() - self.spoke < SLOW:
            return ""
        what = "this" if self.set_up or self.plain else "what the address asks for"
        if not self.ready:
            what = "loading libraries and plugins"
        return f"{self.guests[0] if len(self.guests) == 1 else what} takes long"

    def attach(self) -> Stream:
        """A stream that is told all from now on; an older one ends."""
        if self.stream:
            self.stream.end(framed({"replaced": True}))
        self.stream, self.seen = Stream(framed({"session": self.id})), monotonic()
        return self.stream

    def detach(self, stream: Stream) -> None:
        if self.stream is stream:
            self.stream, self.seen, self.asked = None, monotonic(), False

    def end(self, head: Mapping[str, Any]) -> None:
        """No more of it; its stream is told why."""
        self.closed = True
        self.process.kill()
        self._fail(404, "this tab's session has ended: reload the page", gone=True)
        if self.stream:
            self.stream.end(framed(head))


def _guests(state: Mapping[str, Any]) -> list[str]:
    """The parts of other packages that take part, as people call them."""
    found = []
    for part in state.get("parts", {}).values():
        for one in part if isinstance(part, list) else [part]:
            if one and one.get("package"):
                found.append(f"{one['name']} ({one['package']})")
    return list(dict.fromkeys(found))


class Stream:
    """What goes to one reader: all news in turn, the latest frame, and at the end why it ends."""

    def __init__(self, *news: bytes) -> None:
        self.news, self.latest, self.ended = list(news), b"", False
        self.ready = asyncio.Event()

    def tell(self, news: bytes) -> None:
        self.news.append(news)
        self.ready.set()

    def put(self, frame: bytes) -> None:
        self.latest = frame
        self.ready.set()

    def end(self, news: bytes) -> None:
        self.ended, self.latest = True, b""
        self.tell(news)

    @property
    def over(self) -> bool:
        """Whether everything was told, and nothing more comes."""
        return self.ended and not self.news

    async def next(self, seconds: float) -> tuple[bytes, bool]:
        """What comes next, and whether it is a frame; empty if nothing has come in time."""
        if not self.news and not self.latest:
            self.ready.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ready.wait(), seconds)
        if self.news:
            return self.news.pop(0), False
        frame, self.latest = self.latest, b""
        return frame, bool(frame)


class Sessions:
    """All tabs. One more than there is room for takes the place of the one that was not seen for longest."""

    def __init__(self, start: Mapping[str, Any], opening: Callable[[], dict[str, Any]]) -> None:
        self.start, self.opening = start, opening
        self.all: dict[str, Session] = {}
        self.spare: Session | None = None
        self._going: set[asyncio.Task[None]] = set()

    def prepare(self, process: Process) -> Session:
        """Begin a session that nobody has asked for yet: the first tab finds it at work."""
        self.spare = Session(self.start, self.opening, process)
        return self.spare

    def find(self, number: str) -> Session:
        """The session of that id; `Refusal` where there is none any more."""
        session = self.all.get(number)
        if session is None:
            raise Refusal(404, "this tab's session has ended or gave way to another tab: reload the page", gone=True)
        return session

    def new(self) -> tuple[Session, list[str]]:
        """A new one, and what to say of another that gave way."""
        words = []
        if len(self.all) >= MOST:
            oldest = min(self.all.values(), key=lambda one: (one.stream is not None, one.seen))
            self.close(oldest, {"ended": {"words": "a newer tab has taken this one's place: reload to take it back"}})
            words = [f"there is room for {MOST} tabs: the one that was not looked at for longest gave way"]
        spare, self.spare = self.spare, None
        session = spare if spare is not None and not spare.dead else Session(self.start, self.opening)
        self.all[session.id] = session
        return session, words

    def close(self, session: Session, head: Mapping[str, Any]) -> None:
        """End one, and clean up after it without waiting."""
        self.all.pop(session.id, None)
        session.end(head)
        task = asyncio.ensure_future(asyncio.to_thread(session.process.gone))
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    def close_all(self, words: str) -> None:
        """End all of them, at once."""
        spare, self.spare = self.spare, None
        if spare:
            self.close(spare, {})
        for session in list(self.all.values()):
            self.close(session, {"closing": {"words": words}})

    async def gone(self) -> None:
        """Until every process that was ended is gone."""
        await asyncio.gather(*self._going)
