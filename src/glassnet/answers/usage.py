"""What a process has used so far, read from outside: it can neither hide it nor be asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST_PROCESSES = 32  # that a student's process may have begun at one time
_LINUX = sys.platform.startswith("linux")
LONGEST_PAUSE = 0.03 if _LINUX else 0.25  # seconds between two looks: `ps` costs more than a file
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Used:
    """Seconds of computing, with those of its children; seconds in which it could have computed, and others did.

    `processes` are those that it has begun and that are there now. `megabytes` is None where the system itself holds
    that limit.
    """

    seconds: float = 0.0
    queued: float = 0.0
    processes: int = 0
    megabytes: float | None = None


def used(pid: int) -> Used | None:
    """What a process has used, or None where it has ended."""
    if _LINUX:
        return _from_proc(pid)
    return _from_ps(pid) if os.name == "posix" else Used()


def _from_proc(pid: int) -> Used | None:
    if (seconds := _seconds(pid)) is None:
        return None
    begun = _descendants(pid)
    seconds += sum(_seconds(one) or 0.0 for one in begun)
    return Used(seconds, _number(Path(f"/proc/{pid}/schedstat"), 1) / 1e9, len(begun))


def _seconds(pid: int) -> float | None:
    """What a process and its ended children have computed; None where it has ended itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else sum(map(int, fields[11:15])) / _TICKS


def _descendants(pid: int) -> list[int]:
    """The processes that one has begun, and theirs; no more than tell that they are too many."""
    found: list[int] = []
    todo = [pid]
    while todo and len(found) <= MOST_PROCESSES:
        one = todo.pop(0)
        with suppress(OSError):
            children = [int(word) for word in Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split()]
            found += children
            todo += children
    return found


def _number(path: Path, place: int) -> float:
    try:
        return float(path.read_text("ascii").split()[place])
    except (OSError, IndexError, ValueError):  # a kernel that doesn't count them
        return 0.0


def listens(pid: int) -> bool:
    """Whether a process does something of its own at SIGUSR1; where nobody can tell, it is taken to."""
    try:
        caught = Path(f"/proc/{pid}/status").read_text("ascii", "replace").partition("SigCgt:")[2].split()[0]
        return bool(int(caught, 16) >> (signal.SIGUSR1 - 1) & 1)
    except (OSError, IndexError, ValueError):
        return True


def _from_ps(pid: int) -> Used | None:
    """The same of a system without /proc, as far as `ps` tells."""
    done = subprocess.run(["ps", "-o", "stat=,time=,rss=", "-p", str(pid)], capture_output=True, text=True)
    fields = done.stdout.split()
    if len(fields) != 3 or fields[0].startswith("Z"):
        return None
    days, _, clock = fields[1].rpartition("-")
    seconds = 0.0
    for part in clock.split(":"):
        seconds = 60 * seconds + float(part)
    return Used(seconds + 86_400 * float(days or 0), megabytes=float(fields[2]) / 1024)
