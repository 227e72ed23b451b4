"""The file in which twine keeps the addresses of indexes and the tokens for them, `~/.pypirc`."""

from __future__ import annotations

import os
import re
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import GlassnetError
from ..files import read_text

PYPIRC = "GLASSNET_PYPIRC"
_SECTION = re.compile(r"^\[(?P<name>[^\]]*)\][ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """An index that somebody has written down: its name there, where to upload to, the token."""

    name: str
    upload: str
    token: str = field(repr=False)

    @property
    def simple(self) -> str:
        """Where it is installed from, for an index as ours."""
        return f"{base_of(self.upload)}simple/"


def pypirc() -> Path:
    """The file of the person at the keyboard; the variable GLASSNET_PYPIRC names another."""
    return Path(os.environ.get(PYPIRC, "").strip() or "~/.pypirc").expanduser()


def base_of(url: str) -> str:
    """The address of an index without /legacy/ or /simple/, which people copy along."""
    return re.sub(r"(legacy|simple)/?$", "", url.rstrip("/") + "/").rstrip("/") + "/"


def places() -> list[Place]:
    """The indexes in that file; none where there is no file or none that can be read."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(pypirc(), encoding="utf-8")
    except (ConfigError, OSError, UnicodeError) as error:
        raise GlassnetError(f"{pypirc()} can't be read: {' '.join(str(error).split())}. Put that line right") from None
    found = []
    for name in parser.sections():
        section = parser[name]
        if section.get("repository", "").startswith(("http://", "https://")):
            found.append(Place(name, section["repository"], section.get("password", "").strip()))
    return found


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are of one server."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def write_place(place: Place) -> Path:
    """Put an index into the file, in place of one of the same name; all else in it stays as it is."""
    path = pypirc()
    text = read_text(path) if path.is_file() else ""
    lines = [f"[{place.name}]", f"repository = {place.upload}", "username = __token__", f"password = {place.token}"]
    ours = "\n".join(lines) + "\n"
    starts = list(_SECTION.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    for match, end in zip(starts, ends, strict=False):  # none of both where there is no section
        if match["name"].strip() == place.name:
            text = text[: match.start()] + ours + ("\n" if end < len(text) else "") + text[end:]
            break
    else:
        known = (
            text.rstrip() or f"[distutils]\nindex-servers =\n    {place.name}"
        )  # without it `twine -r` asks PyPI alone
        text = f"{known}\n\n{ours}"
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        raise GlassnetError(f"can't write to {path}: {error.strerror or error}. The token was not kept") from error
    return path
