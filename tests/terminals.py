"""A command at a real terminal of a chosen width, without a Python of its own: the three streams are turned to it."""

import os
import re
import shlex
import struct
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from waiting import wait_until

from glassnet.cli import main

ENDS = (0, 1, 2)


@contextmanager
def terminal(columns: int, keys: Iterable[str] = (), asked: str = "") -> Iterator[list[bytes]]:
    """What is read, written and warned of inside belongs to a pseudo-terminal; what it showed is in the list.

    Each time the words `asked` are shown the next key is pressed.
    """
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    streams, kept, shown = (sys.stdin, sys.stdout, sys.stderr), [os.dup(end) for end in ENDS], []
    for stream in streams[1:]:
        stream.flush()
    for end in ENDS:
        os.dup2(theirs, end)
    os.close(theirs)
    reader = threading.Thread(target=_read, args=(ours, shown, iter(keys), asked.encode()))
    reader.start()
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(end, "w", encoding="utf-8", closefd=False) for end in ENDS[1:])  # noqa: SIM115
    try:
        yield shown
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdin, sys.stdout, sys.stderr = streams
        for end, old in zip(ENDS, kept, strict=True):
            os.dup2(old, end)
            os.close(old)
        reader.join()
        os.close(ours)


def _read(ours: int, shown: list[bytes], keys: Iterator[str], asked: bytes) -> None:
    answered = 0
    try:
        while piece := os.read(ours, 65536):
            shown.append(piece)
            while asked and b"".join(shown).count(asked) > answered:
                answered += 1
                wait_until(lambda: _listens(ours))
                os.write(ours, next(keys).encode())
    except OSError:  # how a pseudo-terminal says that its other end is closed
        pass


def _listens(ours: int) -> bool:
    """Whether single keys are read: what is pressed before is thrown away with the turn to that."""
    import termios

    return not termios.tcgetattr(ours)[3] & termios.ICANON


def screen(words: str, columns: int, keys: Iterable[str] = (), asked: str = "") -> tuple[int, list[str]]:
    """How a command ends, and the lines that its terminal shows, without colours; of a rewritten line, the last."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "NO_COLOR"):
            patch.delenv(name, raising=False)
        patch.setenv("TERM", "xterm")
        with terminal(columns, keys, asked) as shown, pytest.raises(SystemExit) as ended:
            main(["--no-plugins", *shlex.split(words)], prog_name="glassnet")
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", b"".join(shown).decode()).replace("\r\n", "\n")
    code = ended.value.code
    return code if isinstance(code, int) else int(code is not None), [
        line.rpartition("\r")[2] for line in text.split("\n")
    ]
