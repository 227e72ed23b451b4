"""How a student's process comes to be and ends: forked by a server where the system can, else a fresh Python."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy

from ..errors import GlassnetError

CAN_FORK = sys.platform.startswith("linux")  # elsewhere a fork after NumPy's import may hang
_PASSED = ("PATH", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "MPLCONFIGDIR", "GLASSNET_DATA_MIRROR")
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Started(Protocol):
    """A student's process that runs."""

    pid: int
    line: socket.socket

    def end(self, patience: float = 0) -> int:
        """End it and all that it started; returns its exit code, below 0 the signal that ended it."""
        ...


def environment() -> dict[str, str]:
    """What a student's process may know of ours: an allow-list, and one thread for products of matrices."""
    passed = {name: value for name, value in os.environ.items() if name in _PASSED or name.startswith("LC_")}
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "agg"}
    # Each further arena of malloc takes 64 MB of addresses, which count as memory.
    return {**_fonts(), **passed, **fixed, **dict.fromkeys(_THREADS, "1"), "MALLOC_ARENA_MAX": "1"}


def _fonts() -> dict[str, str]:
    """Where matplotlib has noted this machine's fonts: in an empty home it would look at all of them for each file."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    noted = [folder for folder in (cache / "matplotlib", Path.home() / ".matplotlib") if folder.is_dir()]
    return {"MPLCONFIGDIR": str(noted[0])} if noted else {}


def _command(code: str) -> list[str]:
    """A Python without the working folder and the user's own modules, which finds glassnet and NumPy where we do."""
    homes = [str(Path(module.__file__).parents[1]) for module in (sys.modules["glassnet"], numpy) if module.__file__]
    finding = f"import sys; sys.path += [home for home in {homes!r} if home not in sys.path]"
    return [sys.executable, "-s", "-P", "-c", f"{finding}; {code}"]


class Server:
    """One process that has imported NumPy and glassnet and forks for each file; a context, for any number of threads.

    Where a system can't fork, each file gets a Python of its own, and the server is nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and all students' processes with it."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)  # a fork of ours may hold the line as well
            self._line.close()
        if self._process is not None:
            self._process.wait()
        self._line = self._process = None

    def start(self, folder: Path) -> Started:
        """A student's process for the file whose things lie in that folder."""
        if not CAN_FORK:
            return Alone(folder)
        ours, theirs = socket.socketpair()
        try:
            answer = self._ask(_places(folder), theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return _Forked(self, answer["pid"], ours)

    def ended(self, pid: int, patience: float) -> int:
        """How one of its processes ended, which is over by then; 0 where the server that began it is gone."""
        code: int | None = None
        with suppress(GlassnetError):
            code = self._ask({"pid": pid, "patience": patience}, None)["status"]
        if code is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        return code or 0

    def _ask(self, words: Mapping[str, Any], passed: socket.socket | None) -> dict[str, Any]:
        with self._lock:
            for _ in range(2):  # a student's process may have ended the server
                if self._line is None:
                    if passed is None:
                        break
                    self._begin()
                assert self._line is not None
                with suppress(OSError):
                    numbers = [] if passed is None else [passed.fileno()]
                    socket.send_fds(self._line, [json.dumps(words).encode()], numbers)
                    if answer := self._line.recv(1 << 16):
                        found: dict[str, Any] = json.loads(answer)
                        return found
                self._stop()
        raise GlassnetError("can't start a Python for the answers: is this environment whole? Try `glassnet doctor`")

    def _begin(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                _command(f"from glassnet.answers.serving import serve; serve({number})"),
                pass_fds=(number,),
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is ours
            )


def _places(folder: Path) -> dict[str, str]:
    return {"home": str(folder / "home"), "printed": str(folder / "printed"), "traced": str(folder / "traced")}


class _Forked:
    """A process that a server has forked."""

    def __init__(self, server: Server, pid: int, line: socket.socket) -> None:
        self._server, self.pid, self.line = server, pid, line
        self._code: int | None = None  # how it has ended

    def end(self, patience: float = 0) -> int:
        if self._code is None:  # else its number may be that of another process by now
            self.line.close()
            self._code = self._server.ended(self.pid, patience)
        return self._code


class Alone:
    """A Python of its own for one file, where nothing can be forked."""

    def __init__(self, folder: Path) -> None:
        self.line, theirs = socket.socketpair()
        windows = os.name == "nt"
        taking = "fromshare(sys.stdin.buffer.read())" if windows else f"socket(fileno={theirs.fileno()})"
        places = ", ".join(f"{name}={place!r}" for name, place in _places(folder).items())
        code = f"import socket; from glassnet.answers.student import begin; begin(socket.{taking}, {places})"
        with theirs:
            self._process = subprocess.Popen(
                _command(code),
                pass_fds=() if windows else (theirs.fileno(),),
                env=environment(),
                stdin=subprocess.PIPE if windows else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=not windows,
            )
            if windows and self._process.stdin:
                self._process.stdin.write(theirs.share(self._process.pid))  # type: ignore[attr-defined]
                self._process.stdin.close()
        self.pid = self._process.pid

    def end(self, patience: float = 0) -> int:
        self.line.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)  # also where the leader has ended
        self._process.kill()
        return self._process.wait()
