"""Files of a run: written whole under another name and then renamed, read without pickle."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError

Array = NDArray[Any]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk says into one clear line."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = "there is no space left" if full else (error.strerror or str(error))
        remedy = "make room" if full else "choose another folder with --runs DIR or GLASSNET_RUNS"
        raise GlassnetError(f"can't write to {path}: {why}; {remedy}") from error


def write_bytes(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file whole or not at all: a temporary neighbour, flushed, then renamed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path.parent):
        try:
            with temporary.open("wb") as file:
                write(file)
                file.flush()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_text(path: Path, text: str) -> None:
    write_bytes(path, lambda file: file.write((text.rstrip("\n") + "\n").encode()))


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    def write(file: IO[bytes]) -> None:
        np.savez(file, **arrays)  # type: ignore[arg-type]

    write_bytes(path, write)


def read_arrays(path: Path) -> dict[str, Array]:
    """Arrays of an .npz file; nothing in it can run code."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError as error:
        remedy = f"finish the run first: glassnet train --resume {path.parent}"
        raise GlassnetError(f"{path} is missing: {remedy}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise GlassnetError(f"{path} is damaged and can't be read: {error}") from error


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GlassnetError(f"can't read {path}: {error}") from error


def read_json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(read_text(path))
    except ValueError as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    return found
