"""One process at a time works in a folder. Whoever does holds its lock, which the system lets go when the process ends.

Reading needs no lock: files are written whole.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from .errors import GlassnetError
from .files import ELSEWHERE, alive, read_json, write_text, writing
from .schemas import OWNER

LOCK, WHO = ".lock", ".owner"
PATIENCE = 0.3  # seconds for a lock that is being let go just now


@contextmanager
def owning(folder: Path, doing: str, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Hold a folder's lock. `GlassnetError` says who has it; `doing` is what is done with it: "training".

    What a killed owner left is taken over. On a disk without locks there are none.
    """
    from filelock import FileLock, Timeout

    with writing(folder, elsewhere):
        lock = FileLock(folder / LOCK, timeout=PATIENCE, poll_interval=0.02, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise GlassnetError(f"{_owner(folder, doing)}; wait, or stop it") from None
        except NotImplementedError:  # a disk that knows no locks
            yield
            return
        try:
            now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
            who = {"pid": os.getpid(), "host": platform.node(), "since": now, "doing": doing}
            write_text(folder / WHO, json.dumps(who), elsewhere)
            yield
        finally:
            for name in (WHO, LOCK):  # while it is still ours: a later owner makes its own
                with suppress(OSError):
                    (folder / name).unlink()
            lock.release()


def is_owned(folder: Path) -> bool:
    """Whether a process works in that folder now; asked of the lock, since what is written there may be a copy."""
    from filelock import FileLock, Timeout

    if not (folder / LOCK).is_file():
        return False
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (NotImplementedError, OSError):  # a disk without locks, or one that nobody may write to
        return False
    lock.release()
    return False


def _owner(folder: Path, doing: str) -> str:
    """Who has it, as far as it has said so already."""
    try:
        who = read_json(folder / WHO, OWNER)
    except GlassnetError:
        return f"another process is {doing} {folder}"
    elsewhere = "" if who["host"] == platform.node() else f" on {who['host']}"
    if not elsewhere and not alive(who["pid"]):
        return f"another process is {doing} {folder}"
    name = "this process" if who["pid"] == os.getpid() and not elsewhere else f"process {who['pid']}{elsewhere}"
    return f"{name} is {who['doing']} {folder} since {who['since']}"
