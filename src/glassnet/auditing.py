"""What Python does it tells by events, such as `socket.connect`: who listens may refuse what must not be."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import process

_watchers: list[Callable[[str, tuple[Any, ...]], None]] = []
_watched = False


@contextmanager
def watched(watcher: Callable[[str, tuple[Any, ...]], None]) -> Iterator[None]:
    """`watcher(event, arguments)` is told what this thread does inside, and stops it by raising: see `sys.audit`."""
    global _watched
    me = threading.get_ident()

    def tell(event: str, arguments: tuple[Any, ...]) -> None:
        if threading.get_ident() == me:
            watcher(event, arguments)

    with process.alone():
        if not _watched:  # Python keeps such a hook for good
            sys.addaudithook(lambda event, arguments: [one(event, arguments) for one in _watchers] and None)
            _watched = True
        _watchers.append(tell)
        try:
            yield
        finally:
            _watchers.remove(tell)
