"""How bytes go between page, server and a tab's process: frames with a head in words, and messages with their length.

It stands apart from NumPy, which the server never loads.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any


def framed(head: Mapping[str, Any], *arrays: bytes) -> bytes:
    """A frame as the page reads it: two lengths, the head in JSON, and what belongs to it one behind the other."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join((text, *arrays))
    return struct.pack("<II", 4 + len(body), len(text)) + body


def send(line: IO[bytes], message: bytes) -> None:
    """Put a message on the line, its length first."""
    line.write(struct.pack("<I", len(message)) + message)
    line.flush()


def received(line: IO[bytes]) -> bytes:
    """The next message, whole; `EOFError` where the other end is gone."""
    if len(head := line.read(4)) < 4:
        raise EOFError
    (size,) = struct.unpack("<I", head)
    if len(message := line.read(size)) < size:
        raise EOFError
    return message
