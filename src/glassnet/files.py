"""Files written whole under another name and then renamed, and read without pickle: nothing is left half-written."""

from __future__ import annotations

import errno
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .errors import GlassnetError
from .wording import memory

Array = NDArray[Any]


ELSEWHERE = "choose another folder with --runs DIR or GLASSNET_RUNS"


@contextmanager
def writing(path: Path, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Turn what the disk says into one clear line; `elsewhere` is what to do where nothing may be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = "there is no space left" if full else (error.strerror or str(error))
        remedy = "make room" if full else elsewhere
        raise GlassnetError(f"can't write to {path}: {why}; {remedy}") from error


def refuse_existing(path: Path | None, flag: str) -> None:
    """What a person named with a flag is written anew and never over something; said before the work begins."""
    if path is not None and os.path.lexists(path):
        raise GlassnetError(f"{path} exists already and is left as it is: give another {flag}")


def write_bytes(path: Path, write: Callable[[IO[bytes]], Any], elsewhere: str = ELSEWHERE) -> None:
    """Write a file whole or not at all: a temporary neighbour, flushed, then renamed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path.parent, elsewhere):
        try:
            with temporary.open("wb") as file:
                write(file)
                file.flush()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of a process that was killed while it wrote."""
    with writing(folder):
        for path in folder.glob(".*"):
            if path.suffix[1:].isdecimal() and path.is_file():
                path.unlink()


def write_text(path: Path, text: str, elsewhere: str = ELSEWHERE) -> None:
    write_bytes(path, lambda file: file.write((text.rstrip("\n") + "\n").encode()), elsewhere)


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    def write(file: IO[bytes]) -> None:
        np.savez(file, **arrays)  # type: ignore[arg-type]

    write_bytes(path, write)


def read_arrays(path: Path) -> dict[str, Array]:
    """Arrays of an .npz file; nothing in it can run code."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            if changed := archive.testzip():
                raise ValueError(f"the checksum of {changed} is not that of its bytes")
            return {name.removesuffix(".npy"): _array(archive, name) for name in archive.namelist()}
    except FileNotFoundError as error:
        remedy = f"finish the run first: glassnet train --resume {path.parent}"
        raise GlassnetError(f"{path} is missing: {remedy}") from error
    except MemoryError as error:
        raise GlassnetError(f"{path} asks for more memory than there is, or is damaged") from error
    except Exception as error:  # bytes that were changed can make zipfile raise nearly anything
        words = " ".join(str(error).split()) or type(error).__name__
        raise GlassnetError(f"{path} is damaged and can't be read: {words}") from error


def _array(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(name) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def read_bytes(path: Path, most: int = 10 << 20) -> bytes:
    """A file of words that a person has written: of at most so many bytes, and no pipe or device, which have no end.

    Raises `OSError` where it can't be read.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise GlassnetError(f"{path} is a pipe or a device: give a file")
    if status.st_size > most:
        raise GlassnetError(f"{path} has {memory(status.st_size)}, and such a file has at most {memory(most)}")
    return path.read_bytes()


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise GlassnetError(f"can't read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error


def read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    if not isinstance(found, dict):
        raise GlassnetError(f"{path} is damaged: it holds no JSON object")
    return found
