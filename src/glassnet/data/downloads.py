"""Fetch a publisher's file once, check that it is the very file that was meant, and keep it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ..errors import GlassnetError, join, need

MIRROR = "GLASSNET_DATA_MIRROR"
CACHE = "GLASSNET_CACHE"
TIMEOUT = 30  # seconds of silence after which the next address is tried


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

    Raises `GlassnetError` when no address gives the file, in one line that names them all.
    """
    for given in (folder, file):
        need(given, str, "fetch wants the names of a folder and of a file in it")
    sys.audit("glassnet.fetch", folder, file)
    mirror = os.environ.get(MIRROR, "").strip()
    remote = mirror.startswith(("http://", "https://"))
    troubles: list[str] = []
    if mirror and not remote:
        urls = ()
        path = Path(mirror).expanduser() / folder / file
        if path.is_file() and _sha256(path) == sha256:
            return path
        troubles.append(f"{path} ({'another checksum' if path.is_file() else 'no such file'})")
    elif remote:
        urls, member = [f"{mirror.rstrip('/')}/{folder}/{file}"], None
    cached = cache_folder() / folder / file
    if cached.is_file() and _sha256(cached) == sha256:
        return cached
    for url in urls:
        trouble = _download(url, cached, sha256, member, archive_sha256 or "")
        if trouble is None:
            return cached
        troubles.append(f"{url} ({trouble})")
    raise GlassnetError(_nothing_found(f"{folder}/{file}", troubles))


def cache_folder() -> Path:
    """Where downloads are kept: GLASSNET_CACHE, or the system's usual place for caches."""
    chosen = os.environ.get(CACHE, "").strip()
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("glassnet"))


def _nothing_found(file: str, troubles: Sequence[str]) -> str:
    return (
        f"{file} could not be fetched. Tried: {join(troubles) or 'no address'}. "
        f"Go online and try again, or set {MIRROR} to a folder or an address that holds {file}."
    )


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(url: str, target: Path, sha256: str, member: str | None, archive_sha256: str) -> str | None:
    """Put the file in its place, or say what went wrong with this address."""
    import logging
    import tempfile

    import requests

    logging.getLogger("glassnet").info("fetching %s", url)
    try:
        if member is None:
            _retrieve(url, target, sha256)
            return None
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "archive"
            _retrieve(url, archive, archive_sha256)
            return _unpack(archive, member, target, sha256)
    except requests.exceptions.HTTPError as error:
        status = getattr(error.response, "status_code", None)
        return f"answered {status}" if status else "answered with an error"
    except requests.exceptions.Timeout:
        return f"no answer within {TIMEOUT} seconds"
    except requests.exceptions.RequestException:
        return "no connection"
    except ValueError:
        return "another checksum"
    except OSError as error:
        raise GlassnetError(
            f"can't write {target}: {error.strerror or error}. Set {CACHE} to a folder with room to write."
        ) from error


def _retrieve(url: str, path: Path, sha256: str) -> None:
    """Through pooch: a temporary file beside the target, the checksum, then the rename."""
    import logging

    import pooch

    logger, me = pooch.get_logger(), threading.get_ident()

    def of_others(record: logging.LogRecord) -> bool:
        return record.thread != me or record.levelno >= logging.WARNING

    logger.addFilter(of_others)  # what is printed is for the command to decide
    try:
        downloader = pooch.HTTPDownloader(timeout=TIMEOUT)
        pooch.retrieve(url, f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=downloader)
    finally:
        logger.removeFilter(of_others)


def _unpack(archive: Path, member: str, target: Path, sha256: str) -> str | None:
    """Copy one member out of a tar archive; nothing else in it is touched."""
    import tarfile
    import tempfile

    with tarfile.open(archive) as tar:
        stream = tar.extractfile(member) if member in tar.getnames() else None
        content = stream.read() if stream else None
    if content is None:
        return f"no {member} inside"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        unpacked = Path(beside) / target.name
        unpacked.write_bytes(content)
        if _sha256(unpacked) != sha256:
            return f"another checksum of {member} inside"
        unpacked.replace(target)
    return None
