"""Let a refusal travel in the first line of an HTTP answer, where PyPI puts it and upload tools print it.

uvicorn writes a fixed phrase for each status. Its h11 connection is a public class and the last to see an
answer: there the header `x-reason` becomes the phrase. On any other server it would stay a harmless header.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REASON = b"x-reason"
LONGEST_REASON = 1000  # characters; a status line must stay far below the 64 kB that clients read


def reason_header(text: str) -> dict[str, str]:
    """The header that becomes the reason phrase: one line, in the alphabet that HTTP allows there."""
    line = " ".join(text.split())[:LONGEST_REASON]
    return {REASON.decode(): line.encode("latin-1", "replace").decode("latin-1")}


class ReasonConnection(h11.Connection):
    """An h11 connection that moves `x-reason` into the status line."""

    def send(self, event: Any) -> bytes | None:  # type: ignore[override]  # overloads of one and the same thing
        """Bytes for the wire of one event."""
        if isinstance(event, h11.Response):
            reason = dict(event.headers).get(REASON)
            if reason is not None:
                headers = [(name, value) for name, value in event.headers if name != REASON]
                event = h11.Response(status_code=event.status_code, headers=headers, reason=reason)
        return super().send(event)


class ReasonProtocol(H11Protocol):
    """uvicorn's own protocol over such a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio for each new connection."""
        self.conn = ReasonConnection(h11.SERVER)
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it
