"""Fetch a publisher's file once, check that it is the very file that was meant, and keep it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import GlassnetError, join, need

MIRROR = "GLASSNET_DATA_MIRROR"
CACHE = "GLASSNET_CACHE"
TIMEOUT = 30  # seconds of silence after which the next address is tried


class NotFetched(GlassnetError):
    """No address gave the file. `answered`: at least one was asked and gave something else, or knows no such file.

    Otherwise nothing is known about the addresses: there was no connection, or a server had a fault of its own.
    """

    def __init__(self, message: str, answered: bool) -> None:
        super().__init__(message)
        self.answered = answered


@dataclass(frozen=True)
class _Trouble:
    """Why a place did not give the file, and whether the place itself said so."""

    where: str
    words: str
    answered: bool = True

    def __str__(self) -> str:
        return f"{self.where} ({self.words})"


def fetch(
    folder: str,
    file: str,
    *,
    sha256: str,
    urls: Sequence[str],
    member: str | None = None,
    archive_sha256: str | None = None,
) -> Path:
    """The path of a publisher's file, downloaded when it isn't here yet.

    Looked for in this order, and believed only if its SHA-256 is `sha256`:
    the mirror named by GLASSNET_DATA_MIRROR when that is a folder, `<mirror>/<folder>/<file>`, used in place;
    the cache, `<cache>/<folder>/<file>`, where the cache is GLASSNET_CACHE or the system's usual place;
    the mirror when that is a base URL, else `urls` in order.

    With `member`, the publisher's addresses give a tar archive of the checksum `archive_sha256`, and the file
    is that member of it. A mirror holds the unpacked file.

    Raises `GlassnetError` when no address gives the file, in one line that names them all, and the checksum of what
    was found in its place.
    """
    for given in (folder, file):
        need(given, str, "fetch wants the names of a folder and of a file in it")
    sys.audit("glassnet.fetch", folder, file)
    mirror = os.environ.get(MIRROR, "").strip()
    remote = mirror.startswith(("http://", "https://"))
    troubles: list[_Trouble] = []
    if mirror and not remote:
        urls = ()
        path = Path(mirror).expanduser() / folder / file
        held = _sha256(path) if path.is_file() else ""
        if held == sha256:
            return path
        troubles.append(
            _Trouble(str(path), _another(held), True) if held else _Trouble(str(path), "no such file", False)
        )
    elif remote:
        urls, member = [f"{mirror.rstrip('/')}/{folder}/{file}"], None
    cached = cache_folder() / folder / file
    if cached.is_file() and _sha256(cached) == sha256:
        return cached
    for url in urls:
        trouble = _download(url, cached, sha256, member, archive_sha256 or "")
        if trouble is None:
            return cached
        troubles.append(trouble)
    answered = any(trouble.answered for trouble in troubles) or not (troubles or urls)
    raise NotFetched(_nothing_found(f"{folder}/{file}", troubles, answered), answered)


def cache_folder() -> Path:
    """Where downloads are kept: GLASSNET_CACHE, or the system's usual place for caches."""
    chosen = os.environ.get(CACHE, "").strip()
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("glassnet"))


def _another(found: str) -> str:
    return f"another checksum: {found}"


def _nothing_found(file: str, troubles: Sequence[_Trouble], answered: bool) -> str:
    todo = "Correct the address or the checksum in the part that fetches it" if answered else "Go online and try again"
    return (
        f"{file} could not be fetched. Tried: {join(troubles) or 'no address'}. "
        f"{todo}, or set {MIRROR} to a folder or an address that holds {file}."
    )


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(url: str, target: Path, sha256: str, member: str | None, archive_sha256: str) -> _Trouble | None:
    """Put the file in its place, or say what went wrong with this address."""
    import logging
    import tempfile

    import pooch
    import requests

    logging.getLogger("glassnet").info("fetching %s", url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as beside:
            came = Path(beside) / target.name
            pooch.HTTPDownloader(timeout=TIMEOUT)(url, str(came), None)
            words = (
                _put(came, target, sha256) if member is None else _unpack(came, member, target, sha256, archive_sha256)
            )
            return _Trouble(url, words) if words else None
    except requests.exceptions.HTTPError as error:
        status = getattr(error.response, "status_code", None)
        busy = status is None or status >= 500 or status == 429
        return _Trouble(url, f"answered {status}" if status else "answered with an error", not busy)
    except requests.exceptions.Timeout:
        return _Trouble(url, f"no answer within {TIMEOUT} seconds", False)
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
        return _Trouble(url, "no address of http or https")
    except requests.exceptions.RequestException:
        return _Trouble(url, "no connection", False)
    except OSError as error:
        raise GlassnetError(
            f"can't write {target}: {error.strerror or error}. Set {CACHE} to a folder with room to write."
        ) from error


def _put(came: Path, target: Path, sha256: str) -> str:
    """Rename what came, if it is what was meant; else say what it is."""
    found = _sha256(came)
    if found != sha256:
        return _another(found)
    came.replace(target)
    return ""


def _unpack(came: Path, member: str, target: Path, sha256: str, archive_sha256: str) -> str:
    """Copy one member out of a tar archive; nothing else in it is touched."""
    import tarfile

    found = _sha256(came)
    if found != archive_sha256:
        return _another(found)
    with tarfile.open(came) as tar:
        stream = tar.extractfile(member) if member in tar.getnames() else None
        content = stream.read() if stream else None
    if content is None:
        return f"no {member} inside"
    unpacked = came.with_name("member")
    unpacked.write_bytes(content)
    words = _put(unpacked, target, sha256)
    return words.replace("checksum:", f"checksum of {member} inside:")
