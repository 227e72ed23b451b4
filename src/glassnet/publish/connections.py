"""One connection to the practice index, held to bounds: nobody keeps a place by sending half of a request."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import h11

from .reasons import ReasonProtocol

# A client that sends nonsense is told so, and is nothing to write down.
log = logging.Logger("glassnet.index.connections", logging.ERROR)
log.parent = logging.getLogger("glassnet.index")


@dataclass(frozen=True)
class Bounds:
    """What one client may take: seconds for the head of a request, for a pause in its body, for all until the answer
    has gone out; and how many connections are open at once, beyond which the one that has waited longest has to go.
    """

    head: float = 20.0
    pause: float = 60.0
    whole: float = 900.0
    connections: int = 400


class BoundedProtocol(ReasonProtocol):
    """uvicorn's protocol within `bounds`."""

    bounds = Bounds()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger = log
        self._began = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there; it has not asked for anything yet."""
        super().connection_made(transport)
        known = [one for one in self.connections if isinstance(one, BoundedProtocol)]
        there = [one for one in known if not one.transport.is_closing()]
        waiting = [one for one in there if not one.is_at_work]
        if len(there) > self.bounds.connections and waiting:
            min(waiting, key=lambda one: one._began).transport.abort()
        self._watch()

    @property
    def is_at_work(self) -> bool:
        """Whether a request has come in and is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Some bytes: of the head of a request, of its body, or of nothing that is HTTP."""
        if self._timer is None:  # the first of a further request
            self._began = self.loop.time()
        try:
            super().data_received(data)
        except Exception:  # h11 and uvicorn meet bytes that they never expected: an address that is no ASCII
            self.transport.abort()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_watching()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """An answer has gone out; a body that nobody waits for any more may still come in."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._watch()
        else:
            self._stop_watching()

    def _watch(self) -> None:
        """Set the clock for what is expected next of this client."""
        self._stop_watching()
        if self.transport.is_closing():
            return
        state, most = self.conn.their_state, self.bounds.whole
        if state is h11.IDLE:
            if self.timeout_keep_alive_task is not None:  # uvicorn's own clock runs
                return
            most = min(most, self.bounds.head)
        until = self._began + most
        if state is h11.SEND_BODY:
            until = min(until, self.loop.time() + self.bounds.pause)
        self._timer = self.loop.call_at(until, self._too_late)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self._timer = None
        if self.flow.read_paused and self.loop.time() < self._began + self.bounds.whole:
            self._watch()  # it is we who don't listen
        else:
            self.transport.abort()


def within(bounds: Bounds) -> type[BoundedProtocol]:
    """The protocol with other bounds."""
    return type("BoundedProtocol", (BoundedProtocol,), {"bounds": bounds})
