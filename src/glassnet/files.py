"""Files written whole under another name and then renamed, and read without pickle: nothing is left half-written."""

from __future__ import annotations

import errno
import glob
import json
import math
import os
import re
import shutil
import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .errors import GlassnetError
from .schemas import EXPERIMENT, Arrays, Rule, trouble_with
from .wording import amount, memory

Array = NDArray[Any]


MOST_WORDS = 4 << 20  # bytes of JSON that belong to one run
A_DAY = 24 * 60 * 60  # seconds
DEEPEST = 60  # brackets inside one another
PLAIN_KINDS = "biufcUSmM"  # what arrays may hold: numbers, texts, dates; nothing that runs
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


def alive(pid: int) -> bool:
    """Whether a process of this machine is still there. Where that can't be asked, it is taken to be."""
    if os.name == "nt":  # there a signal 0 is Ctrl-C
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def remove_leftovers(folder: Path, name: str = "*") -> None:
    """Remove what a process that was killed has left half-written, files and folders; nothing of a living one.

    Its number is the ending of their names. Numbers are used again, so that a day later nobody is believed. In a folder
    of a person's own, `name` is the one thing that is looked for.
    """
    with writing(folder):
        for path in folder.glob(f".{name if name == '*' else glob.escape(name)}.*"):
            pid = path.suffix[1:]
            if not pid.isdecimal():
                continue
            with suppress(FileNotFoundError):  # its process was quicker
                if alive(int(pid)) and time.time() - path.lstat().st_mtime < A_DAY:
                    continue
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def beside(path: Path) -> Path:
    """Where something is made before it gets its name; what a killed process left there is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path.parent, path.name)
    return path.with_name(f".{path.name}.{os.getpid()}")


@contextmanager
def aside(folder: Path, elsewhere: str) -> Iterator[Path]:
    """A folder whole or not at all: it is filled beside, under another name, and gets its own when all is in it.

    It may be there already, if it is empty.
    """
    with writing(folder, elsewhere):
        if folder.exists() and not folder.is_dir():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        temporary = beside(folder)
        temporary.mkdir()
    try:
        yield temporary
        with writing(folder, elsewhere):
            if folder.is_dir():
                folder.rmdir()
            temporary.rename(folder)
    except GlassnetError as error:
        raise GlassnetError(str(error).replace(str(temporary), str(folder))) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: Path, text: str, elsewhere: str = ELSEWHERE) -> None:
    write_bytes(path, lambda file: file.write((text.rstrip("\n") + "\n").encode()), elsewhere)


def plain(value: Any) -> Any:
    """JSON has no NaN: an undefined score is written as null."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    def write(file: IO[bytes]) -> None:
        np.savez(file, **arrays)  # type: ignore[arg-type]

    write_bytes(path, write)


def is_plain(path: Path) -> bool:
    """Whether it is a file with an end that may be looked at: no pipe, no device, no folder, nor a link to one."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a folder that may not be entered; a name that no disk takes
        return False


def may_hold(folder: Path, mark: str) -> bool:
    """Whether a folder is what a file in it tells; one that may not be entered is, so that somebody names it."""
    try:
        return (folder / mark).is_file()
    except PermissionError:
        return True
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # no folder that was found has such a name
            raise
        return False


def _refuse_devices(path: Path) -> None:
    """Reading a pipe waits for ever, and /dev/zero has no end."""
    if path.exists() and not path.is_file():
        raise GlassnetError(f"{path} is damaged: it is no plain file")


def read_arrays(path: Path, table: Arrays | None = None, other: str = "is damaged") -> dict[str, Array]:
    """Arrays of an .npz file, as its schema allows; nothing in it can run code.

    Names, shapes and dtypes are looked at before anything is unpacked. Arrays are stored as they are, so a file that
    claims to hold more than its own size was not written here. `other` is what a file does that holds other arrays.
    """
    try:
        _refuse_devices(path)
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            headers = _headers(archive, path.stat().st_size)
            if trouble := trouble_with(headers, table or {}):
                raise GlassnetError(f"{path} {other}: {trouble}")
            if changed := archive.testzip():
                raise ValueError(f"the checksum of {changed} is not that of its bytes")
            return {name: _array(archive, f"{name}.npy") for name in headers}
    except GlassnetError:
        raise
    except FileNotFoundError as error:
        remedy = f"finish the run first: glassnet train --resume {path.parent}"
        raise GlassnetError(f"{path} is missing: {remedy}") from error
    except MemoryError as error:
        raise GlassnetError(f"{path} asks for more memory than there is, or is damaged") from error
    except Exception as error:  # bytes that were changed can make zipfile raise nearly anything
        words = " ".join(str(error).split()) or type(error).__name__
        raise GlassnetError(f"{path} is damaged and can't be read: {words}") from error


def array_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes that an .npz file tells, without its arrays; none where it can't be read."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return {name: shape for name, (shape, _) in _headers(archive, path.stat().st_size).items()}
    except Exception:  # whoever needs the arrays will say what is wrong with them
        return {}


def _headers(archive: zipfile.ZipFile, size: int) -> dict[str, tuple[tuple[int, ...], np.dtype[Any]]]:
    """Shape and dtype of each array. Their sizes are held against that of the file: a bomb is small."""
    members = archive.infolist()
    if (claimed := sum(member.file_size for member in members)) > size:
        raise ValueError(f"it claims to hold {amount(claimed)} bytes and has {amount(size)}")
    found = {}
    for member in members:
        with archive.open(member) as file:
            version = np.lib.format.read_magic(file)
            read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
            shape, _, dtype = read(file)
            held = member.file_size - file.tell()
        name = member.filename.removesuffix(".npy")
        if dtype.hasobject:
            raise ValueError(f"Object arrays cannot be loaded, as they may run code: {name}")
        if dtype.kind not in PLAIN_KINDS or not dtype.itemsize or any(length < 0 for length in shape):
            raise ValueError(f"{name} holds {dtype} in the shape {shape}")
        if math.prod(shape) * dtype.itemsize != held or (shape and shape[0] > size):
            raise ValueError(f"{name} has the shape {shape} and {amount(held)} bytes")
        found[name] = (shape, dtype)
    return found


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


def read_text(path: Path, most: int | None = None, errors: str = "strict") -> str:
    """The text of a file of at most so many bytes; `errors` is what bytes come to that are no UTF-8."""
    try:
        _refuse_devices(path)
        if most is not None and (size := path.stat().st_size) > most:
            sizes = f"it has {amount(size)} bytes, and no such file has more than {amount(most)}"
            raise GlassnetError(f"{path} is damaged: {sizes}")
        return path.read_text(encoding="utf-8", errors=errors)
    except OSError as error:
        raise GlassnetError(f"can't read {path}: {error.strerror}") from error
    except MemoryError as error:
        raise GlassnetError(f"{path} is larger than there is memory for") from error
    except ValueError as error:  # what is no UTF-8, and a name that no disk takes
        raise GlassnetError(f"{path} is damaged: {error}") from error


def read_json(path: Path, rule: Rule = EXPERIMENT) -> dict[str, Any]:
    """A JSON object, as its schema allows."""
    try:
        found: dict[str, Any] = parse_json(read_text(path, MOST_WORDS), rule)
    except ValueError as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    return found


def parse_json(text: str, rule: Rule, *, finite: bool = True) -> Any:
    """A value from JSON, as its schema allows; `ValueError` for all that is wrong, however deep, long or large.

    JSON has no NaN and no Infinity; Python writes them, and reads 1e999 as one.
    """
    if _depth(text) > DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    try:
        found = json.loads(text, parse_constant=_refuse_constant if finite else None)
        if "\\u" in text:  # half of a pair of surrogates can't be printed
            json.dumps(found, ensure_ascii=False).encode()
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deep, or too large") from error
    if finite and not _all_finite(found):
        raise ValueError("a number in it is larger than any float")
    rule(found, "")
    return found


def _depth(text: str) -> int:
    """How deep it is nested at most: brackets inside of texts count as well, which is rare and does no harm."""
    depth = deepest = 0
    for bracket in re.finditer(r"[][{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _all_finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_all_finite, value.values()))
    if isinstance(value, list):
        return all(map(_all_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
