"""A Python that has imported what commands need, and forks for each command: it starts in milliseconds.

A command is what it would be in a Python of its own: it has its folder, environment, arguments, input, output and exit
code, and its `__main__` ends as that of any program. Only the imports are done before; nothing of ours has run. What is
installed in the environment of whoever asks is found as at each start. Where a variable is another that Python reads
when it starts, or Python is asked for something else than a file or a line, the command gets a Python of its own.
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import site
import socket
import sys
import threading
import types
from pathlib import Path
from typing import NoReturn

HAS_FORK = hasattr(os, "fork") and hasattr(socket, "AF_UNIX")
GLASSNET = "from glassnet.cli import main\n\nmain()\n"
#: What most commands load. Whoever forks must not have computed: threads of libraries don't survive it.
LOADED = (
    "glassnet.cli glassnet.experiment glassnet.pages glassnet.plotting glassnet.sweeps glassnet.checks jinja2 joblib "
    "matplotlib.backends.backend_agg matplotlib.backends.backend_svg matplotlib.figure numpy pandas rich.console "
    "rich.progress rich.table scipy.optimize scipy.special scipy.stats sklearn.datasets sklearn.linear_model "
    "sklearn.metrics sklearn.model_selection sklearn.neural_network sklearn.preprocessing"
)
AT_START = ("PYTHON", "OMP_", "OPENBLAS_", "MKL_", "MPL", "LC_", "LANG")


def start_variables() -> dict[str, str]:
    """The variables that Python and its libraries read when they start."""
    return {name: value for name, value in os.environ.items() if name.startswith(AT_START)}


# --- who asks: a script that imports nothing heavy -----------------------------------------------------------


def ask(home: str, script: str, words: list[str]) -> None:
    """Have a command run and end as it ended: `script` is a file of Python, or `-c` with the code as the first word.

    `home` is the environment of whoever asks: a folder with bin/python.
    """
    about = json.loads(Path(home, "forks.json").read_text(encoding="utf-8"))
    python = str(Path(home, "bin", "python"))
    if start_variables() != about["variables"] or (script.startswith("-") and script != "-c"):
        os.execv(python, [python, script, *words])
    asked = {"script": script, "words": words, "folder": str(Path.cwd()), "python": python, "site": about["site"]}
    asked["variables"] = dict(os.environ)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(about["address"])
        ends = array.array("i", [0, 1, 2])
        line.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, ends)])
        line.sendall(json.dumps(asked).encode())
        line.shutdown(socket.SHUT_WR)
        code = int(_all(line))
    sys.exit(code if code >= 0 else 128 - code)


def _all(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))


# --- who forks -----------------------------------------------------------------------------------------------


def serve(address: str) -> None:
    """Import, then fork for everybody who asks."""
    for name in LOADED.split():
        __import__(name)
    gc.freeze()  # what was imported stays: no fork need look through it
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    while True:
        line, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _attend(line)
        line.close()
        with contextlib.suppress(ChildProcessError):  # there is none
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _attend(line: socket.socket) -> NoReturn:
    """Fork the command, wait for it, and tell how it ended."""
    _, ancillary, *_ = line.recvmsg(1, socket.CMSG_SPACE(12))
    ends = array.array("i", ancillary[0][2])
    asked = json.loads(_all(line))
    command = os.fork()
    if command == 0:
        line.close()
        _become(asked, ends)
    with contextlib.suppress(BrokenPipeError):
        line.sendall(b"%d" % os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]))
    os._exit(0)


def _become(asked: dict, ends: array.array) -> NoReturn:
    """Take over folder, variables, input and output, run the program, and end as Python ends."""
    encoding = sys.stdout.encoding
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    sys.stdin = open(0, encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding, "backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["variables"])
    sys.executable = asked["python"]
    sys.prefix = sys.exec_prefix = str(Path(asked["python"]).parent.parent)
    site.addsitedir(asked["site"])
    importlib.invalidate_caches()
    sys.modules["numpy"].random.seed()  # as at each start
    _end(_run(asked["script"], asked["words"]))


def _run(script: str, words: list[str]) -> int:
    """The exit code of a program."""
    program = types.ModuleType("__main__")
    if script == "-c":
        sys.argv, sys.path[0], source, name = ["-c", *words[1:]], "", words[0], "<string>"
    else:
        sys.argv, sys.path[0], name = [script, *words], str(Path(script).parent), script
        source, program.__file__ = Path(script).read_text(encoding="utf-8"), script
    sys.modules["__main__"] = program
    try:
        exec(compile(source, name, "exec"), vars(program))
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """What Python does at its end, without taking every module to pieces, which takes longer than most commands."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
