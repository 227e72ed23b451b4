"""Where a server of ours listens."""

from __future__ import annotations

import socket
import sys

from .errors import GlassnetError


def listening(host: str, *ports: int, waiting: int = 128) -> socket.socket:
    """A listening socket on the first of these ports that is free; 0 is any. `waiting` is how many may queue up."""
    for port in ports:
        # the protocol by its name: only then does asyncio send what there is at once, which saves an answer 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # where it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(waiting)
            return listener
        except (OSError, OverflowError) as error:
            listener.close()
            refusal = error
    raise GlassnetError(f"port {ports[0]} of {host} can't be used ({refusal}). Leave --port out to get a free one")
