"""What a process has only one of: its streams, warning filters, working folder, signals, random state, settings.

Threads share all of them. So each is borrowed in this room alone, by one thread at a time, and put back; a test looks
for every other place that swaps one.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

# Held by whoever swaps something. It is taken again by its own thread, as where a check reads the catalog.
_lock = threading.RLock()


_ends_soon = False  # what `short_lived` was told
_OBJECTS_BETWEEN_LOOKS = 20_000  # new ones, of some 100 bytes; Python's own habit is 700


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()  # the thread that held the old one does not exist in the child


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def alone() -> Iterator[None]:
    """No other thread swaps anything meanwhile."""
    with _lock:
        yield


def short_lived() -> None:
    """For a process that ends after one command: garbage is looked for rarely, and not at all in the end.

    Python would walk through all that NumPy, matplotlib and we have made to free what is freed anyway.
    """
    global _ends_soon
    _ends_soon = True
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)


def load_matplotlib() -> None:
    """Load what figures are made of; in a short-lived process without tables for its help, a fifth of the time."""
    if "matplotlib.figure" in sys.modules:
        return
    with _lock:
        artist: Any = import_module("matplotlib.artist")
        tabled = artist.kwdoc
        if _ends_soon:
            artist.kwdoc = lambda _: ""
        try:
            import_module("matplotlib.figure")
        finally:
            artist.kwdoc = tabled


@contextmanager
def unwarned() -> Iterator[None]:
    """Nothing is warned of inside. Other threads go unwarned meanwhile too: only for what is rare and short."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def raising(category: type[Warning]) -> Iterator[None]:
    """A warning of that category is an error inside, in other threads as well: only for what is short."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("error", category)
        yield


@contextmanager
def warning_with(say: Callable[[str], object], category: type[Warning]) -> Iterator[None]:
    """Warnings of that category are said, each once; all others go as always."""
    others, said = warnings.showwarning, dict[str, object]()

    def show(message: Any, kind: type[Warning], *place: Any) -> None:
        if not issubclass(kind, category):
            others(message, kind, *place)
        elif (words := str(message)) not in said:
            said[words] = say(words)

    warnings.showwarning = show  # type: ignore[assignment]  # nobody names its arguments
    try:
        yield
    finally:
        warnings.showwarning = others


@contextmanager
def drawing(**settings: Any) -> Iterator[None]:
    """matplotlib's settings inside, such as `svg_hashsalt="a"`; what it warns of there is nobody's to put right.

    matplotlib reads them from one table for all threads, and has no other way to take them.
    """
    from matplotlib import rc_context

    table: Any = {name.replace("_", ".", 1): value for name, value in settings.items()}
    with unwarned(), rc_context(table):
        yield


@contextmanager
def contained(ended: Callable[[str], BaseException] = SystemExit) -> Iterator[list[str]]:
    """Run other people's code: what it prints and warns of is swallowed, what it changes of the process is put back.

    Yields a list that in the end names what was put back, as `shared()` calls it. Other threads print as always.
    `ended` makes what is raised in place of `os._exit`, which would end the process without a word.
    """
    import numpy as np  # every part needs it

    changed: list[str] = []
    with _lock, warnings.catch_warnings(), np.errstate(), _swallowed(), _no_exit(ended):
        warnings.simplefilter("ignore")
        before = shared()
        try:
            yield changed
        finally:
            changed += put_back(before)


_WRITING = ("write", "writelines", "flush", "buffer", "reconfigure")


class _Swallowing:
    """A stream that keeps from its owner's thread what it writes, and is the stream itself to all other threads."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._thread = stream, threading.get_ident()
        self._sink = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._goes_to(name), name)

    def _goes_to(self, name: str) -> Any:
        mine = threading.get_ident() == self._thread and name in _WRITING
        return self._sink if mine or self._stream is None else self._stream

    def __iter__(self) -> Any:
        return iter(self._stream)

    def text(self) -> str:
        """What was kept so far."""
        self._sink.flush()
        return bytes(self._sink.buffer.getvalue()).decode("utf-8", "replace")


@contextmanager
def _swallowed() -> Iterator[list[_Swallowing]]:
    before = sys.stdout, sys.stderr
    swallowing = [_Swallowing(stream) for stream in before]
    sys.stdout, sys.stderr = swallowing
    try:
        yield swallowing
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def heard() -> Iterator[list[str]]:
    """What this thread prints inside is swallowed, and the list holds it in the end."""
    said: list[str] = []
    with _lock, _swallowed() as streams:
        yield said
        said += [text for stream in streams if (text := stream.text())]


@contextmanager
def _no_exit(ended: Callable[[str], BaseException]) -> Iterator[None]:
    """`os._exit` raises, in this thread of this process; a forked child ends as it means to."""
    real, me = os._exit, (os.getpid(), threading.get_ident())

    def refuse(status: int) -> None:
        if (os.getpid(), threading.get_ident()) != me:
            real(status)
        raise ended(f"os._exit({status!r})")

    os._exit = refuse  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = real


@contextmanager
def output_kept() -> Iterator[None]:
    """Nothing reaches the process's own output inside, not even from a library in C: JSON stays whole.

    For a command, whose process is its own: other threads' output is lost as well.
    """
    with _lock:
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
            kept = os.dup(1)
        except (OSError, ValueError):  # it was closed before we came
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            _flush_c()
            os.dup2(kept, 1)
            os.close(nowhere)
            os.close(kept)


def _flush_c() -> None:
    """What C has written with printf waits in a buffer of its own, and would come out at the end."""
    if ctypes := sys.modules.get("ctypes"):  # NumPy has loaded it
        with suppress(Exception):
            ctypes.CDLL(None).fflush(None)


# --- what all threads share ------------------------------------------------------------------------------------


def shared() -> dict[str, Any]:
    """Everything that belongs to the whole process, by name, as plain values that can be compared and put back."""
    return {name: read() for name, (read, _) in _SHARED.items()}


def put_back(before: Mapping[str, Any]) -> list[str]:
    """Make all of it what it was; returns the names of what had been changed."""
    changed = []
    for name, (read, put) in _SHARED.items():
        old, now = before[name], read()
        if old is not None and now is not None and now != old:
            changed.append(name)
            with suppress(Exception):  # a folder that is gone by now, or a handler that C installed
                put(old, now)
    return changed


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - the text is enough, and pathlib is slower
    except OSError:
        return None


#: What libraries set for themselves when they are loaded, and go on needing.
_LIBRARIES = ("KMP_", "TF_", "TF2_", "TPU_", "QT_", "CUDA_MODULE_")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_LIBRARIES)}


def _put_environment(old: dict[str, str], now: dict[str, str]) -> None:
    for name in now.keys() - old.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in old.items() if now.get(name) != value})


def _put_path(old: list[str], _now: Any) -> None:
    sys.path[:] = old


#: The signals that mean something to a program; asking for all 64 takes a third of a millisecond.
_SIGNALS = (
    "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGALRM", "SIGCHLD", "SIGPIPE", "SIGUSR1", "SIGUSR2",
    "SIGSEGV", "SIGFPE", "SIGTSTP", "SIGCONT", "SIGWINCH", "SIGBREAK",
)  # fmt: skip


def _handlers() -> dict[Any, Any]:
    import signal

    if threading.current_thread() is not threading.main_thread():  # elsewhere nobody can change them
        return {}
    return {name: signal.getsignal(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)}


def _put_handlers(old: dict[Any, Any], now: dict[Any, Any]) -> None:
    import signal

    for name, handler in old.items():
        if handler is not now[name] and handler is not None:
            signal.signal(getattr(signal, name), handler)


def _random() -> Any:
    module = sys.modules.get("random")
    return module.getstate() if module else None


def _numpy_random() -> Any:
    import numpy as np

    state: Any = np.random.get_state()  # noqa: NPY002 - it is looked at, not used
    name, keys, *rest = state
    return name, keys.tobytes(), *rest


def _put_numpy_random(old: Any, _now: Any) -> None:
    import numpy as np

    name, keys, *rest = old
    np.random.set_state((name, np.frombuffer(keys, np.uint32), *rest))  # noqa: NPY002


def _print_options() -> Any:
    import numpy as np

    return {name: value for name, value in np.get_printoptions().items() if name != "override_repr"}


def _put_print_options(old: Any, _now: Any) -> None:
    import numpy as np

    np.set_printoptions(**old)


def _filters() -> list[Any]:
    return list(warnings.filters)


def _put_filters(old: list[Any], _now: Any) -> None:
    warnings.filters[:] = old  # type: ignore[index]


def _hooks() -> tuple[Any, ...]:
    return sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook


def _put_hooks(old: tuple[Any, ...], _now: Any) -> None:
    sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook = old


def _locale() -> Any:
    module = sys.modules.get("locale")
    return module.setlocale(module.LC_ALL) if module else None


def _put_locale(old: str, _now: Any) -> None:
    module = sys.modules["locale"]
    module.setlocale(module.LC_ALL, old)


def _logging() -> Any:
    module = sys.modules.get("logging")
    return (module.root.level, module.root.manager.disable, list(module.root.handlers)) if module else None


def _put_logging(old: Any, _now: Any) -> None:
    root = sys.modules["logging"].root
    root.setLevel(old[0])
    root.manager.disable, root.handlers[:] = old[1], old[2]


def _matplotlib() -> Any:
    module = sys.modules.get("matplotlib")
    table = getattr(module, "rcParams", None)
    # Read as a plain dict: asking for the backend by name would choose and load one.
    return {name: value for name, value in dict.items(table) if "backend" not in name} if table is not None else None


def _put_nothing(_old: Any, _now: Any) -> None:
    """It is of this thread alone, and `contained` has it put back."""


#: name -> (read it, put it back: of what it was and what it is now). The names are those that people read.
_SHARED: Mapping[str, tuple[Callable[[], Any], Callable[[Any, Any], None]]] = {
    "the working folder": (_folder, lambda old, _now: os.chdir(old)),
    "the environment": (_environment, _put_environment),
    "sys.path": (lambda: list(sys.path), _put_path),
    "the recursion limit": (sys.getrecursionlimit, lambda old, _now: sys.setrecursionlimit(old)),
    "the signal handlers": (_handlers, _put_handlers),
    "the state of Python's random module": (_random, lambda old, _now: sys.modules["random"].setstate(old)),
    "the state of np.random": (_numpy_random, _put_numpy_random),
    "np.seterr": (lambda: import_module("numpy").geterr(), _put_nothing),
    "NumPy's print options": (_print_options, _put_print_options),
    "the warning filters": (_filters, _put_filters),
    "the hooks of sys": (_hooks, _put_hooks),
    "the locale": (_locale, _put_locale),
    "the root logger": (_logging, _put_logging),
    "matplotlib's settings": (_matplotlib, lambda old, _now: dict.update(sys.modules["matplotlib"].rcParams, old)),
}  # fmt: skip
