"""Where a playground is found and how much it takes, which can be said before what serves it is loaded."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass

HOST = "127.0.0.1"
LARGEST_TABLE = 20_000_000  # bytes of a table of one's own


@dataclass(frozen=True)
class Serving:
    """The address of a playground and the token that goes with it."""

    port: int
    token: str

    @classmethod
    def at(cls, listener: socket.socket) -> Serving:
        """That of a listening socket, with a token of its own."""
        return cls(listener.getsockname()[1], secrets.token_urlsafe(24))

    def address(self, present: bool = False) -> str:
        """What to open."""
        return f"http://{HOST}:{self.port}/{'?present' if present else ''}#token={self.token}"
