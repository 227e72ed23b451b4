"""What a process has used so far, read from outside: it can neither hide it nor be asked."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LINUX = sys.platform.startswith("linux")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Used:
    """Seconds of computing, with those of its ended children; seconds in which it could have computed, and others did.

    `processes` are the children that it has now. `megabytes` is None where its own system holds the limit.
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
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        if fields[0] in "ZX":
            return None
        queued = _number(Path(f"/proc/{pid}/schedstat"), 1) / 1e9
        children = Path(f"/proc/{pid}/task/{pid}/children")
        processes = len(children.read_text("ascii").split()) if children.exists() else 0
    except OSError:
        return None
    return Used(sum(map(int, fields[11:15])) / _TICKS, queued, processes)


def _number(path: Path, place: int) -> float:
    try:
        return float(path.read_text("ascii").split()[place])
    except (OSError, IndexError, ValueError):  # a kernel that doesn't count them
        return 0.0


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
