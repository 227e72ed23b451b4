"""A process that has imported NumPy and glassnet and forks a student's process for each file, in milliseconds.

It runs nothing of a student's itself. It waits for those that it has forked, so that it knows how they ended, and ends
them as a group, with everything that they have started.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import student


def serve(number: int) -> None:
    """Fork, and end what was forked, as the line says; the end of the line is the end of all."""
    import ctypes

    import numpy  # noqa: F401 - each file finds it loaded

    import glassnet  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: what a student's process leaves comes to us
    gc.collect()
    gc.freeze()
    students: set[int] = set()
    with socket.socket(fileno=number) as line:
        while True:
            data, numbers, _, _ = socket.recv_fds(line, 1 << 16, 1)
            if not data:
                break
            asked = json.loads(data)
            line.send(json.dumps(_fork(line, numbers, asked, students) if numbers else _end(asked, students)).encode())
    for pid in students:
        _kill(pid)


def _fork(line: socket.socket, numbers: list[int], asked: dict[str, Any], students: set[int]) -> dict[str, int]:
    """One student's process, with its own line."""
    own = socket.socket(fileno=numbers[0])
    own.set_inheritable(False)
    pid = os.fork()
    if pid == 0:
        line.close()
        student.begin(own, **asked)
    own.close()
    students.add(pid)
    return {"pid": pid}


def _end(asked: dict[str, Any], students: set[int]) -> dict[str, int | None]:
    """End one with its group and tell how it ended; `patience` is for one that is about to end by itself.

    None is the answer about one that another server has begun, which is not there any more.
    """
    pid = asked["pid"]
    if pid not in students:
        return {"status": None}
    until = time.monotonic() + asked["patience"]
    while time.monotonic() < until and not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.002)
    _kill(pid)
    _, status = os.waitpid(pid, 0)
    students.discard(pid)
    _bury(students)
    return {"status": os.waitstatus_to_exitcode(status)}


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):  # it had no time to found its group
        os.kill(pid, signal.SIGKILL)


def _bury(students: set[int]) -> None:
    """What students' processes have left behind, in groups of their own as well."""
    me = os.getpid()
    with suppress(OSError):
        for _ in range(1000):  # those that the killed ones have started become ours in turn
            left = {int(word) for word in Path(f"/proc/{me}/task/{me}/children").read_text("ascii").split()} - students
            if not left:
                return
            for pid in left:
                _kill(pid)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
