"""Where a table's text comes from: a plain or packed file, or standard input; which letters its bytes stand for.

What is no table, a picture or a page of the web, is called what it is, with the way to make a table of it.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from ..errors import GlassnetError, join, nearest
from ..wording import count, memory
from .reading import Reading

STANDARD_INPUT = "-"
TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
PARQUET_SUFFIXES = (".parquet", ".pq")
ARRAY_SUFFIXES = (".npy",)
PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
#: The endings by which the path of a table is told from the name of a data set.
TABLE_SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, *PARQUET_SUFFIXES, *ARRAY_SUFFIXES, *PACKED_SUFFIXES)

AS_CSV = "Save it as CSV from its program"
#: How files begin that hold no text: what they are, and what to do.
BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "Parquet", "Call it .parquet"),
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls)", "Save it as .xlsx or CSV from its program"),
    (b"SQLite format 3\0", "a database", "Export the table as CSV: sqlite3 -header -csv FILE 'select * from TABLE'"),
    (b"%PDF", "a PDF", "Ask for the table itself, as CSV"),
    (b"\x89PNG", "a picture", AS_CSV),
    (b"\xff\xd8\xff", "a picture", AS_CSV),
    (b"GIF8", "a picture", AS_CSV),
    (b"\x89HDF", "HDF5", "Write it as CSV: pandas.read_hdf(FILE).to_csv(...)"),
    (b"\x93NUMPY", "an array of NumPy", "Call it .npy"),
    (b"$FL2", "data of SPSS", AS_CSV),
    (b"7z\xbc\xaf\x27\x1c", "a packed archive", "Unpack it"),
    (b"Rar!", "a packed archive", "Unpack it"),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd", "Unpack it: zstd -d FILE"),
)
#: How text begins that is no table.
OTHER_TEXT: tuple[tuple[str, str, str], ...] = (
    (r"(<!doctype html|<html)", "a page of the web", "Download the file itself, not the page that shows it"),
    (r"<\?xml", "XML", AS_CSV),
    (r'(\{\s*"|\[\s*[{\[])', "JSON", "Write it as CSV: pandas.read_json(FILE).to_csv(...)"),
    (r"(%[^\n]*\s+)*@relation\b", "ARFF", "Save it as CSV from Weka"),
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The text of a table: what its file is called, for people, and what was found out about its bytes."""

    file: str
    text: str
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """The file of a table in memory, such as one that a browser has sent: what it is called, and its bytes."""

    name: str
    content: bytes

    def refuse_others(self) -> None:
        """Text and workbooks are read from bytes; the libraries for the rest want a file."""
        suffix = Path(self.name).suffix.lower()
        if suffix in (*PARQUET_SUFFIXES, *ARRAY_SUFFIXES):
            raise GlassnetError(f"{self.name} is read from a file, not from memory: give its path, or save it as CSV.")


def is_table_path(given: str) -> bool:
    """Whether words are the path of a table, by their ending, or `-` for standard input."""
    return given == STANDARD_INPUT or Path(given).suffix.lower() in TABLE_SUFFIXES


def stem(given: str) -> str:
    """What a table is called without its folder and endings: `a:b` of `tables/a:b.csv.gz`."""
    if given == STANDARD_INPUT:
        return "standard-input"
    path = Path(given)
    inner = path.with_suffix("") if path.suffix.lower() in PACKED_SUFFIXES else path
    return inner.stem if inner.suffix.lower() in TABLE_SUFFIXES else inner.name


def existing(path: str | Path) -> Path:
    """The path of a file that is there; near names are offered if it isn't."""
    path = Path(path)
    if path.is_dir():
        raise GlassnetError(f"{path} is a folder, not a file.")
    if not path.is_file():
        try:
            others = sorted(other.name for other in path.parent.iterdir() if other.is_file())
        except OSError:
            others = []
        guess = nearest(path.name, others)
        hint = f" Did you mean {str(path.with_name(guess))!r}?" if guess else " Check the name and the folder."
        raise GlassnetError(f"there is no file {str(path)!r}.{hint}")
    return path


def contents(path: str | Path | Held) -> tuple[str, bytes]:
    """What a file is called, and its bytes, unpacked; `-` is standard input."""
    if isinstance(path, Held):
        refuse_too_large(path.name, len(path.content))
        file, content = path.name, path.content
    elif str(path) == STANDARD_INPUT:
        file, content = "standard input", _standard_input()
    else:
        path = existing(path)
        file = path.name
        refuse_too_large(file, path.stat().st_size)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise GlassnetError(f"can't read {path}: {error.strerror}.") from error
    return file, _unpacked(file, content)


def decoded(file: str, content: bytes, reading: Reading) -> Source:
    """The text of a table's bytes: in the encoding that is given, else in the one that fits."""
    if not content.strip():
        raise GlassnetError(f"{file} is empty.")
    for begin, what, remedy in BINARY:
        if content.startswith(begin):
            raise GlassnetError(f"{file} holds {what}, not a text table. {remedy}.")
    encoding, notes = (reading.encoding, ()) if reading.encoding else encoding_of(file, content)
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise GlassnetError(_undecodable(file, content, encoding, error)) from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise GlassnetError(f"{file} holds binary data, not a text table: line {line} has a byte 0. {AS_CSV}.")
    for pattern, what, remedy in OTHER_TEXT:
        if re.match(pattern, text[:2000].lstrip(), re.IGNORECASE):
            raise GlassnetError(f"{file} holds {what}, not a table. {remedy}.")
    if not text.strip():
        raise GlassnetError(f"{file} is empty.")
    return Source(file, text, encoding, notes)


@cache
def _standard_input() -> bytes:
    """All of it; it can be read only once, and a command may ask for its rows twice."""
    if sys.stdin is None or sys.stdin.isatty():
        raise GlassnetError("- is standard input, and nothing is piped into it: cat FILE | glassnet ... -")
    stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
    content = stream.read()
    return content.encode() if isinstance(content, str) else bytes(content)


_PACKED = (
    OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip


def _unpacked(file: str, content: bytes) -> bytes:
    """Packed by gzip, bzip2, xz or zip, as its first bytes tell."""
    ways: dict[bytes, Callable[[IO[bytes]], Any]] = {
        b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
        b"BZh": bz2.BZ2File,
        b"\xfd7zXZ": lzma.LZMAFile,
        b"PK\x03\x04": lambda stream: _member(file, stream),
        b"PK\x05\x06": lambda stream: _member(file, stream),  # without a file in it
    }
    way = next((way for begin, way in ways.items() if content.startswith(begin)), None)
    if way is None or is_workbook(content):
        return content
    try:
        with way(io.BytesIO(content)) as stream:
            found = stream.read(free_memory() // 4 + 1)
    except _PACKED as error:
        raise GlassnetError(f"{file} can't be unpacked: {error}. Fetch or write it again.") from error
    refuse_too_large(file, len(found))
    if found[257:262] == b"ustar":
        raise GlassnetError(f"{file} holds an archive of files (tar), not a table. Unpack it and give one of them.")
    return found


def _member(file: str, stream: IO[bytes]) -> IO[bytes]:
    """The one file of a zip archive."""
    archive = zipfile.ZipFile(stream)
    members = [
        member for member in archive.namelist() if not member.endswith("/") and not member.startswith("__MACOSX")
    ]
    if "mimetype" in members or "[Content_Types].xml" in members:
        raise GlassnetError(f"{file} is a document, and no table that can be read. Save it as CSV or .xlsx.")
    if len(members) != 1:
        which = f": {join(members)}" if members else ""
        raise GlassnetError(f"{file} holds {count(len(members), 'file')}{which}. Unpack it and give one of them.")
    return archive.open(members[0])


def is_workbook(content: bytes) -> bool:
    """Whether bytes are those of an .xlsx file, which is a zip archive of sheets."""
    return content.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in content


def encoding_of(file: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """By the mark at its start, by where bytes are 0, else UTF-8; else cp1252, in which Windows writes."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            unusual = encoding != "utf-8-sig"
            return encoding, (_read_as(encoding, "the mark at its start says so"),) * unusual
    if content.isascii() and b"\0" not in content:
        return "utf-8", ()
    sample = content[:4000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(zeros) > 1 and zeros.count(0) * 3 > 2 * len(zeros):
            return encoding, (_read_as(encoding, "every second byte is 0"),)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_a_few_odd_bytes(file, content, error)
    else:
        return "utf-8", ()
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1", (_read_as("latin-1", "it is not UTF-8"),)
    return "cp1252", (_read_as("cp1252", "it is not UTF-8"),)


def _read_as(encoding: str, why: str) -> str:
    return f"Letters are read as {encoding}, since {why} (--encoding overrules)."


def _refuse_a_few_odd_bytes(file: str, content: bytes, error: UnicodeDecodeError) -> None:
    """A file of UTF-8 but for a byte or two is a damaged one: in another encoding all its letters would be wrong."""
    text = content.decode("utf-8", errors="replace")
    odd = text.count("\ufffd")
    right = sum(letter > "\x7f" for letter in text) - odd
    if right > 5 * odd:
        line = content.count(b"\n", 0, error.start) + 1
        raise GlassnetError(
            f"{file}, line {line}: the byte 0x{content[error.start]:02x} is not UTF-8, but {right} other letters of "
            "the file are. Correct it, or say how letters are written, such as --encoding cp1252."
        )


def _undecodable(file: str, content: bytes, encoding: str, error: UnicodeError) -> str:
    where = ""
    if isinstance(error, UnicodeDecodeError):
        line = content.count(b"\n", 0, error.start) + 1
        where = f": line {line} holds the byte 0x{content[error.start]:02x}"
    return f"{file} is not written in {encoding}{where}. Give another --encoding, or none, to have it found out."


def refuse_too_large(file: str, size: int) -> None:
    """A file that does not fit into memory is refused before it is read."""
    if size * 4 > (room := free_memory()):
        raise GlassnetError(
            f"{file} has {memory(size)}, and reading it takes about {memory(4 * size)} of memory, of which "
            f"{memory(room)} are free. Take a part of its rows or columns."
        )


@contextmanager
def within_memory(path: str | Path) -> Iterator[None]:
    """What nobody could foresee is said in a line as well."""
    try:
        yield
    except MemoryError as error:
        raise GlassnetError(
            f"{Path(path).name} does not fit into memory, of which {memory(free_memory())} are free. "
            "Take a part of its rows or columns."
        ) from error


def free_memory() -> int:
    """Bytes of memory that may be taken: what the machine has free, and what this process is allowed."""
    room = 1 << 62
    try:
        free = re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
        room = int(free[1]) << 10 if free else os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
            room = min(room, max(most - used, 0))
    except (OSError, ValueError, ImportError, AttributeError):  # another system: nobody can be asked
        pass
    return room
