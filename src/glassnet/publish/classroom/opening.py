"""How far an index is open: to this machine alone, or to a class, under which names and over what."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import GlassnetError, join

PORT = 8000  # of a class index that was not told another
EVERYWHERE = "0.0.0.0"
HERE = "127.0.0.1"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE)


@dataclass(frozen=True)
class Opening:
    """`names` are those by which students reach this machine, none for a practice index of one's own.

    `wheels` is a folder of wheels that answers for what nobody published, `elsewhere` a simple index that pip is sent
    to for the rest. `tls` are the files of a certificate and its key.
    """

    names: tuple[str, ...] = ()
    bind: str = HERE
    wheels: Path | None = None
    elsewhere: str = ""
    tls: tuple[Path, Path] | None = None

    @property
    def is_class(self) -> bool:
        """Whether students may upload to it."""
        return bool(self.names)

    @property
    def scheme(self) -> str:
        """What its addresses begin with."""
        return "https" if self.tls else "http"

    @property
    def local(self) -> str:
        """The address by which this machine itself reaches it."""
        return HERE if self.bind == EVERYWHERE else self.bind

    def words(self) -> list[str]:
        """The same as options of `glassnet index serve`."""
        if not self.is_class:
            return []
        found = ["--class", "--yes", "--bind", self.bind]
        for name in self.names:
            found += ["--name", name]
        if self.wheels:
            found += ["--wheels", str(self.wheels)]
        found += ["--pass-on", self.elsewhere] if self.elsewhere else ["--no-pass-on"]
        return found + (["--tls", *map(str, self.tls)] if self.tls else [])


def opening(
    names: tuple[str, ...],
    bind: str,
    wheels: Path | None,
    elsewhere: str,
    tls: tuple[Path, Path] | None,
) -> Opening:
    """An opening for a class whose every word has been looked at."""
    if not names:
        raise GlassnetError(
            f"say by which name or address students reach this machine: --name HOST, such as {_suggested()}. "
            "More than one: --name A --name B"
        )
    for name in names:
        if not _NAME.fullmatch(name):
            raise GlassnetError(f"{name!r} is no name of a machine: give it without http:// and port, such as "
                                f"{_suggested()}")  # fmt: skip
    try:
        socket.inet_aton(bind)
    except OSError:
        raise GlassnetError(
            f"--bind wants an address of this machine, such as {EVERYWHERE} or {HERE}, not {bind!r}"
        ) from None
    if wheels is not None and not wheels.is_dir():
        raise GlassnetError(f"there is no folder {wheels} of wheels. Make it with: glassnet index wheels {wheels}")
    if elsewhere and (urlsplit(elsewhere).scheme not in ("http", "https") or not urlsplit(elsewhere).hostname):
        raise GlassnetError(f"--pass-on wants the address of a simple index, such as https://pypi.org/simple/, not "
                            f"{elsewhere!r}")  # fmt: skip
    for file in tls or ():
        if not file.is_file():
            raise GlassnetError(f"there is no file {file}: --tls wants a certificate and its key, both PEM")
    place = wheels.expanduser().absolute() if wheels else None
    files = (tls[0].absolute(), tls[1].absolute()) if tls else None
    return Opening(names, bind, place, elsewhere and f"{elsewhere.rstrip('/')}/", files)


def _suggested() -> str:
    """Names and addresses that this machine may have for others."""
    name = socket.gethostname()
    found = [name if "." in name else f"{name}.local"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing: it only asks which way a packet would go
            found.append(asked.getsockname()[0])
        except OSError:
            pass
    return join(found)
