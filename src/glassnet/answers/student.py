"""The student's process: it runs a file statement by statement, tells what names came to, and calls their functions.

It only computes. What it reads and writes are plain values, and nothing that it does reaches the process which judges
them: that one holds the limits, and ends it when one is hit.
"""

from __future__ import annotations

import ast
import faulthandler
import linecache
import math
import os
import signal
import socket
import sys
import threading
import types
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from .frames import Incoming, receive, send
from .plain import Packing, Unsendable, unpacked, value_of
from .raised import line_of, one_line, too_long, words_of
from .sources import Source
from .statements import Statement, statements

_KEPT: list[Any] = []  # files that stay open as long as the process
LOST, BROKEN = 117, 118  # how it ends when the line to us is gone, and when our own code can't go on in it
BIGGEST_FILE = 256 << 20  # bytes that it may write
#: `__future__` features among the flags of a compiled code.
_FUTURE = 0
for _name in __import__("__future__").all_feature_names:
    _FUTURE |= getattr(__import__("__future__"), _name).compiler_flag


class Student:
    """One file, loaded once, and what its names came to."""

    def __init__(self, line: socket.socket, printed: str) -> None:
        self._line, self._printed = line, printed
        self._pid, self._threads = os.getpid(), 1
        self._faults: dict[int, tuple[int, str]] = {}
        self._statements: list[Statement] = []
        self._flags, self._letters, self._megabytes = 0, 0, 0
        self._memory = _Memory()

    def serve(self) -> None:
        """Answer until the line ends."""
        incoming = Incoming()
        while (message := receive(self._line, incoming)) is not None:
            words = unpacked(message)
            getattr(self, f"_{words.pop('do')}")(message[1:], **words)

    def _tell(self, packing: Packing | None = None, **words: Any) -> None:
        if os.getpid() != self._pid:  # a fork of the student's came back to our code: it isn't asked anything
            os._exit(0)
        _flush()
        try:
            send(self._line, (packing or Packing()).message(**words))
        except OSError:  # os.closerange(3, 256)
            os._exit(LOST)

    # --- loading

    def _load(
        self, _arrays: Sequence[bytes], source: dict[str, Any], skipped: dict[str, str], limits: dict[str, Any]
    ) -> None:
        self._source = whole = Source(**source)
        self._filename, self._letters, self._megabytes = whole.name, limits["letters"], limits["megabytes"]
        self._module = types.ModuleType(_free_name(whole.name.partition(".")[0]))
        self._module.__file__ = whole.name
        sys.modules[self._module.__name__] = self._module
        linecache.cache[whole.name] = (len(whole.text), None, whole.text.splitlines(keepends=True), whole.name)
        _seconds(limits["loading"])
        broken = self._read(whole)
        plan = [[one.line, list(one.names), one.source] for one in self._statements]
        self._tell(plan=plan, broken=broken)
        self._memory.allow(self._megabytes)
        for at, statement in enumerate(self._statements):
            if (words := skipped.get(str(at))) is not None:
                self._faults[at] = (statement.line, words)
                continue
            self._tell(at=at)
            self._run(at, statement)
        self._threads = threading.active_count()
        faults = [[at, line, words] for at, (line, words) in self._faults.items()]
        self._tell(loaded=True, faults=faults)

    def _read(self, whole: Source) -> list[tuple[int, str]]:
        """Find the statements; what of the file is no Python comes back as lines with words."""
        broken = []
        for first, text in whole.parts():
            try:
                self._statements += statements(text, first, self._filename)
            except (SyntaxError, ValueError) as error:
                line = (line_of(error, self._filename) or 1) + first - 1
                if isinstance(error, ValueError):  # so Python until 3.11.3 calls a byte 0
                    error = SyntaxError(str(error))
                broken.append((line, words_of(error, self._megabytes)))
            except (RecursionError, MemoryError):  # the parser's, which has a stack of its own
                broken.append((first, "it is nested too deep for Python"))
        return broken

    def _run(self, at: int, statement: Statement) -> None:
        imports = isinstance(statement.node, ast.Import | ast.ImportFrom)
        before = self._size()
        if imports:
            self._memory.lift()
        try:
            tree = ast.Module([statement.node], [])
            code = compile(tree, self._filename, "exec", flags=self._flags, dont_inherit=True)
            self._flags |= code.co_flags & _FUTURE
            exec(code, self._module.__dict__)
            if self._size() > self._letters:
                os.truncate(self._printed, before)  # the statements that follow have their own room
                self._faults[at] = (statement.line, too_long(self._letters))
        except BaseException as error:  # sys.exit and what else a student raises
            self._memory.lift()
            line = line_of(error, self._filename) or statement.line
            self._faults[at] = (line, self._words(error))
            del error
            self._memory.allow(self._megabytes)
        if imports:
            self._memory.measure()
            self._memory.allow(self._megabytes)

    def _words(self, error: BaseException) -> str:
        words = words_of(error, self._megabytes)
        if isinstance(error, NameError):
            for at, (line, _) in self._faults.items():
                if error.name in self._statements[at].names:
                    return f"{words}, because {self._source.place(line)} failed"
        return words

    def _size(self) -> int:
        _flush()
        return os.stat(self._printed).st_size  # noqa: PTH116 - pathlib may be patched by now

    # --- names and calls

    def _value(self, _arrays: Sequence[bytes], name: str, seconds: float) -> None:
        _seconds(seconds)
        namespace = self._module.__dict__
        last = next((one for one in reversed(self._statements) if name in one.names), None)
        if name not in namespace or name.startswith("__"):
            self._tell(state="missing")
            return
        value = namespace[name]
        if value is ... or (last is not None and last.stub):
            self._tell(state="open")
            return
        packing = Packing()
        try:
            tree = packing.tree(value)
        except Unsendable as error:
            state = "function" if callable(value) else "error"
            self._tell(state=state, words="" if callable(value) else f"{name} is {one_line(str(error))}")
        except BaseException as error:  # a class of the student's that breaks when it is looked at
            self._tell(state="error", words=words_of(error, self._megabytes))
        else:
            self._tell(packing, state="value", value=tree)

    def _call(
        self, arrays: Sequence[bytes], name: str, arguments: Sequence[Any], seconds: float, megabytes: int
    ) -> None:
        given = [value_of(tree, arrays) for tree in arguments]
        _seconds(seconds)
        self._memory.allow(megabytes)
        try:
            value = self._module.__dict__[name](*given)
            packing, words = _packed(value, given)
        except BaseException as error:
            self._memory.lift()
            memory, line = isinstance(error, MemoryError), line_of(error, self._filename)
            fault = words_of(error, megabytes)
            del error
            where: dict[str, Any] = {"line": line} if line else {}  # none of theirs: it can't be called like that
            self._tell(fault=fault, spoilt=memory or self._busy(), **where)
        else:
            self._memory.lift()
            self._tell(packing, spoilt=self._busy(), **words)

    def _busy(self) -> bool:
        """Whether a call left threads running, which would take from the next one's seconds."""
        return threading.active_count() > self._threads


def _free_name(stem: str) -> str:
    """A name for the student's module that is nobody's, whatever the file is called: `numpy.py` as well."""
    taken = not stem or stem in sys.modules or stem in sys.stdlib_module_names
    return f"answers_{stem}" if taken else stem


def _packed(value: Any, given: Sequence[Any]) -> tuple[Packing, dict[str, Any]]:
    """Value and arguments for the line, or what is wrong with them in words."""
    packing = Packing()
    try:
        tree = packing.tree(value)
    except Unsendable as error:
        return Packing(), {"fault": f"returned {one_line(str(error))}", "line": 0}
    try:
        after = [packing.tree(one) for one in given]
    except Unsendable as error:
        return Packing(), {"fault": f"its arguments hold {one_line(str(error))} afterwards", "line": 0}
    return packing, {"value": tree, "arguments": after}


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # it was closed, or is something else by now
            continue


# --- the process ---------------------------------------------------------------------------------------------------


class _Memory:
    """Memory above what imports took, held where the system can hold it (Linux)."""

    def __init__(self) -> None:
        self._before = 0
        self.measure()

    def measure(self) -> None:
        """What is in use now belongs to the imports."""
        try:
            with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - called between statements
                self._before = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            self._before = 0

    def allow(self, megabytes: int) -> None:
        if self._before:
            _limit("RLIMIT_AS", self._before + (megabytes << 20))

    def lift(self) -> None:
        """None for the moment: for imports, and to say what happened."""
        if self._before:
            _limit("RLIMIT_AS", None)


def _limit(name: str, most: int | None) -> None:
    try:
        import resource

        _, hard = resource.getrlimit(getattr(resource, name))
        soft = hard if most is None else most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(getattr(resource, name), (soft, hard))
    except (ImportError, AttributeError, OSError, ValueError):  # another system: the one who asks watches
        pass


def _seconds(more: float) -> None:
    """A net below: whoever asks counts the seconds, but may be gone."""
    used = os.times()
    _limit("RLIMIT_CPU", math.ceil(used.user + used.system + more) + 5)


def begin(line: socket.socket, home: str, printed: str, traced: str) -> NoReturn:
    """Make this process a student's: own group, empty folder, no input, output into a file; then serve."""
    code = BROKEN
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=line.close)  # or we would not see when the student's process has ended
    try:
        _settle(home, printed, traced)
        Student(line, printed).serve()
        code = 0
    except BaseException:  # what the student has changed of Python keeps our own code from working
        pass
    finally:
        os._exit(code)


def _settle(home: str, printed: str, traced: str) -> None:
    if hasattr(os, "setsid"):
        with suppress(PermissionError):  # it leads a group already
            os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["HOME"] = os.environ["USERPROFILE"] = home
    os.chdir(home)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", BIGGEST_FILE)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(printed, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, number)
    os.close(nothing)
    os.close(output)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = [""]
    where = open(traced, "ab", buffering=0)  # noqa: PTH123, SIM115 - kept open, for the moment in which it crashes
    faulthandler.enable(where, all_threads=False)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, where, all_threads=False)
    sys.unraisablehook = lambda _: None
    _KEPT.append(where)
