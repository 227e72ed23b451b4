"""Run the practice index: in the foreground, or in the background until it is told to stop.

One folder holds all of it: the published files, the configuration for twine with this start's token, and
the lock that only a living server holds. A process is never judged or ended by its number: whoever claims to
be the server must name this start, and is asked over HTTP to end itself.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from ..errors import GlassnetError
from ..files import parse_json
from ..ports import listening
from ..schemas import SERVER, STARTED
from . import extra
from .classroom.opening import HERE, PORT, Opening
from .installing import install_line

FOLDER = "GLASSNET_INDEX"
SECTION = "local"  # the name for `twine upload -r`
PATIENCE = 60.0  # seconds for a server to come up or go down, on a busy machine too
ALONE = Opening()
_LONGEST_ANSWER = 10_000  # bytes: ours are shorter, and another server may have the port by now

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Served:
    """A running practice index: its address, this start's token, the file for twine, the process; the names by which a
    class reaches it.
    """

    url: str
    token: str
    pypirc: Path
    pid: int
    names: tuple[str, ...] = ()

    @property
    def public(self) -> str:
        """The address that students type; the same as `url` where there are none."""
        there = urlsplit(self.url)
        return f"{there.scheme}://{self.names[0]}:{there.port}" if self.names else self.url

    @property
    def simple_url(self) -> str:
        """What pip takes as --index-url."""
        return f"{self.url}/simple/"

    @property
    def upload_url(self) -> str:
        """What twine and uv upload to."""
        return f"{self.url}/legacy/"

    @property
    def folder(self) -> Path:
        return self.pypirc.parent

    def install_command(self, name: str, version: str, guests: Mapping[str, str] | None = None) -> str:
        """What a person types to install a package from here, and nothing but the guests it needs."""
        return install_line(f"{self.public}/simple/", name, version, guests)


def index_folder(folder: Path | None = None) -> Path:
    """Where the index is kept: `folder`, else GLASSNET_INDEX, else beside the downloads in the system's cache."""
    chosen = os.environ.get(FOLDER, "").strip()
    if folder is None and not chosen:
        from ..data.downloads import cache_folder

        return cache_folder() / "index"
    return Path(chosen if folder is None else folder).expanduser().absolute()


def serve(
    folder: Path | None = None,
    port: int = 0,
    ready: Callable[[Served], None] | None = None,
    opening: Opening = ALONE,
) -> None:
    """Run the index here until it is told to stop; `ready` is called once it can be asked.

    Without a port it takes the one that it had last time, so that commands typed before still work, or any
    free one. Raises `GlassnetError` when another server works on the same folder.
    """
    extra("trove_classifiers")  # better now than at the first upload
    from .running import app_of, server_of

    place = index_folder(folder)
    with _alone(place), _listen(opening, port, _last_port(place)) as listener:
        host = opening.names[0] if opening.tls else opening.local
        served = Served(
            url=f"{opening.scheme}://{host}:{listener.getsockname()[1]}",
            token=f"practice-{secrets.token_urlsafe(24)}",
            pypirc=place / "practice.pypirc",
            pid=os.getpid(),
            names=opening.names,
        )
        started, state = secrets.token_hex(16), place / "server.json"

        def end() -> None:
            server.should_exit = True

        app = app_of(place, served.token, opening, started, end, lambda: state.unlink(missing_ok=True))
        server = server_of(app, opening.tls)
        _write_privately(served.pypirc, _pypirc(served))
        about = {"url": served.url, "pid": served.pid, "started": started, "at": opening.local, "names": opening.names}
        _write_privately(state, json.dumps(about))
        if ready is not None:
            ready(served)
        with suppress(KeyboardInterrupt):  # Ctrl-C is how a person ends it; uvicorn has closed everything by then
            server.run(sockets=[listener])


def start(folder: Path | None = None, port: int = 0, opening: Opening = ALONE) -> Served:
    """Start the index in the background, where it outlives this process, and wait until it answers.

    Where one runs already, that one is returned.
    """
    place = index_folder(folder)
    there = running(place)
    if there is not None:
        if port not in (0, urlsplit(there.url).port) or opening.names != there.names:
            raise GlassnetError(f"the practice index already runs at {there.url}. First: glassnet index stop")
        return there
    extra("trove_classifiers")
    with _writing(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = (place / "server.log").open("wb")
    with log:
        child = _spawn(place, ["--port", str(port), *opening.words()], log)
    _children[child.pid] = child
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        gone = child.poll() is not None and _is_free(place)  # else somebody was faster and is about to answer
        there = running(place)
        if there is not None:
            if sys.platform != "win32" and there.pid != child.pid:  # there a launcher has another number
                child.terminate()  # somebody was faster: ours must not begin when theirs is stopped
            return there
        if gone:
            break
        time.sleep(0.05)
    said = (place / "server.log").read_text(errors="replace").strip().splitlines()
    why = said[-1].removeprefix("Error: ").rstrip(".") if said else f"it said nothing within {PATIENCE:g} seconds"
    raise GlassnetError(f"the practice index did not start: {why}. Watch it with: glassnet index serve")


def _spawn(place: Path, words: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """The same program once more. Its own folder is its working directory, so that no file here shadows a module."""
    paths = [str(Path(path).absolute()) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    environment = os.environ | {FOLDER: str(place), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-P", "-m", "glassnet", "--no-plugins", "index", "serve", *words]
    apart = 0
    if sys.platform == "win32":
        apart = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        creationflags=apart,
    )


def running(folder: Path | None = None) -> Served | None:
    """The index that works on this folder now, if there is one that proves to be it."""
    place = index_folder(folder)
    state = _read_state(place)
    token = _configured(place, "password")
    if state is None or token is None:
        return None
    answer = _ask(state, "GET", "/-/started") or b""
    try:
        known = parse_json(answer.decode("utf-8", "replace"), STARTED)["started"] == state["started"]
    except ValueError:
        known = False  # some other server has that port now
    pypirc, names = place / "practice.pypirc", tuple(state["names"])
    return Served(state["url"], token, pypirc, state["pid"], names) if known else None


def stop(folder: Path | None = None) -> Served | None:
    """End the index that works on this folder, after what it is doing; returns what was ended, None if nothing ran."""
    there, state = running(folder), _read_state(index_folder(folder))
    if there is None or state is None:
        return None
    login = base64.b64encode(f"__token__:{there.token}".encode()).decode()
    _ask(state, "POST", "/-/stop", {"Authorization": f"Basic {login}"})
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if _is_free(there.folder):
            _reap(there.pid)
            return there
        time.sleep(0.05)
    raise GlassnetError(f"the practice index at {there.url} (process {there.pid}) was told to stop and still runs")


def class_address() -> str:
    """The address that students type for the class index that runs, or ran last, on the folder."""
    state = _read_state(index_folder()) or {}
    pypirc = index_folder() / "practice.pypirc"
    served = Served(state["url"], "", pypirc, 0, tuple(state["names"])) if state else None
    if served is None or not served.names:
        raise GlassnetError(
            "no class index runs, so that nobody can say its address. First: glassnet index serve --class --name HOST"
        )
    return f"{served.public}/"


def is_started() -> bool:
    """Whether an index has begun on the folder and not yet ended, as far as it is written down there."""
    return _read_state(index_folder()) is not None


def last_simple() -> str:
    """The address that pip takes of the index that runs, or ran last, on the folder; empty where none ever did."""
    upload = _configured(index_folder(), "repository") or ""
    return f"{upload.removesuffix('/legacy/')}/simple/" if upload else ""


def _is_free(place: Path) -> bool:
    try:
        with _alone(place):
            return True
    except GlassnetError:
        return False


def _reap(pid: int) -> None:
    """Take note of the end of our own children, which the system keeps until then."""
    if pid in _children:
        _children[pid].wait(PATIENCE)
    for ended in [other for other, child in _children.items() if child.poll() is not None]:
        del _children[ended]


def _ask(state: dict[str, Any], method: str, path: str, headers: dict[str, str] | None = None) -> bytes | None:
    """One request to this machine, past every proxy; None when nobody answers well.

    A certificate is for a name, and this machine is asked by its address: who answers is known by this start's word.
    """
    there = urlsplit(state["url"])
    if there.scheme == "https":
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            state["at"], there.port, timeout=20, context=trusting
        )
    else:
        connection = http.client.HTTPConnection(state["at"], there.port, timeout=20)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read(_LONGEST_ANSWER)
        return content if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _read_state(place: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = parse_json((place / "server.json").read_text(), SERVER)
    except (OSError, ValueError):
        return None
    return {"at": HERE, "names": []} | found


def _configured(place: Path, key: str) -> str | None:
    """One value of the last start's practice.pypirc."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(place / "practice.pypirc")
        return parser.get(SECTION, key)
    except ConfigError:
        return None


def _last_port(place: Path) -> int:
    try:
        return urlsplit(_configured(place, "repository") or "").port or 0
    except ValueError:
        return 0


def _pypirc(served: Served) -> str:
    return (
        f"[distutils]\nindex-servers =\n    {SECTION}\n\n[{SECTION}]\nrepository = {served.upload_url}\n"
        f"username = __token__\npassword = {served.token}\n"
    )


def _listen(opening: Opening, port: int, preferred: int) -> socket.socket:
    """A listening socket: on this machine's own address only, if it is not for a class."""
    preferred = preferred or (PORT if opening.is_class else 0)
    return listening(opening.bind, *((port,) if port else (preferred, 0)), waiting=512)  # a class comes at once


def _write_privately(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with _writing(path.parent):
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        temporary.replace(path)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise GlassnetError(
            f"the practice index can't write to {place}: {why}. Set {FOLDER} to another folder."
        ) from error


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system gives back however a server ends."""
    with _writing(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (place / "server.lock").open("a+b")
    with file:
        try:
            _lock(file)
        except OSError as error:
            state = _read_state(place) or {"url": "an address not yet known"}
            raise GlassnetError(
                f"a practice index already works on {place}, at {state['url']}. Use it, or first: glassnet index stop"
            ) from error
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
