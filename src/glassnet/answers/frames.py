"""Messages over a socket: a few pieces of bytes, each with its length in front, and nothing that could run."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence

_MARK = b"gn01"
_HEAD = struct.Struct(">4sI")
_LENGTH = struct.Struct(">Q")
MOST_PIECES = 10_000
MOST_BYTES = 200 << 20  # of one message: what plain.py lets through, and words around it


class Garbled(Exception):
    """The bytes are no message: somebody else wrote into the socket."""


def send(line: socket.socket, pieces: Sequence[bytes]) -> None:
    """Write one message."""
    head = _HEAD.pack(_MARK, len(pieces)) + b"".join(_LENGTH.pack(len(piece)) for piece in pieces)
    line.sendall(head)
    for piece in pieces:
        line.sendall(piece)


class Incoming:
    """What has arrived so far, and the messages that are whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def add(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> list[bytes] | None:
        """The next message, or None where more has to arrive; `Garbled` for what can't become one."""
        if len(self._buffer) < _HEAD.size:
            return None
        mark, count = _HEAD.unpack_from(self._buffer)
        if mark != _MARK or not 0 < count <= MOST_PIECES:
            raise Garbled
        start = _HEAD.size + count * _LENGTH.size
        if len(self._buffer) < start:
            return None
        lengths = [_LENGTH.unpack_from(self._buffer, _HEAD.size + place * _LENGTH.size)[0] for place in range(count)]
        if sum(lengths) > MOST_BYTES:
            raise Garbled
        if len(self._buffer) < start + sum(lengths):
            return None
        pieces = []
        for length in lengths:
            pieces.append(bytes(self._buffer[start : start + length]))
            start += length
        del self._buffer[:start]
        return pieces


def receive(line: socket.socket, incoming: Incoming) -> list[bytes] | None:
    """Wait for one message; None at the end of the line."""
    while (message := incoming.next()) is None:
        data = line.recv(1 << 20)
        if not data:
            return None
        incoming.add(data)
    return message
