"""Wheels and source archives, each with the verdict of PyPI and the place where the rule is written.

The verdicts are those of PyPI's server (github.com/pypi/warehouse as of August 2026, by file) and of the specifications
at packaging.python.org. Two are stricter than the server, and say so. An id is that of the rule of ours that has to
refuse; an empty one stands for an archive that an index takes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archives import metadata, sdist, wheel

ZIPS = "warehouse/utils/zipfiles.py, described at docs.pypi.org/archives (August 2025)"
FILES = "warehouse/forklift/legacy.py, _is_valid_dist_file"
TAGS = "warehouse/forklift/legacy.py, _valid_platform_tag"
POINTS = "warehouse/utils/wheel.py, validate_entrypoints: the entry points specification"
RECORDS = "warehouse/utils/wheel.py, validate_record"
SDISTS = "the source distribution format (PEP 625), and _is_valid_dist_file"

_INFO = "glassnet_bent-0.1.0.dist-info"
_TOP = "glassnet_bent-0.1.0"


@dataclass(frozen=True)
class Made:
    """An archive that is made when it is asked for; the same words as a family of texts."""

    what: str
    source: str
    id: str
    make: Callable[[Path], Path]


def _edited(edit: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A good wheel whose bytes are changed."""

    def make(folder: Path) -> Path:
        path = wheel(folder)
        path.write_bytes(edit(path.read_bytes()))
        return path

    return make


def _rezipped(change: Callable[[zipfile.ZipFile], None], method: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], Path]:
    """A good wheel, packed once more in another way."""

    def make(folder: Path) -> Path:
        path = wheel(folder)
        with zipfile.ZipFile(path) as old:
            members = {member.filename: old.read(member) for member in old.infolist()}
        with zipfile.ZipFile(path, "w", method) as new:
            for name, content in members.items():
                new.writestr(name, content)
            change(new)
        return path

    return make


def _streamed(folder: Path) -> Path:
    """Written to something that can't go back, so the sizes follow after each member."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.bytes = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.bytes += data
            return len(data)

    path = wheel(folder)
    stream = OneWay()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
    path.write_bytes(bytes(stream.bytes))
    return path


def _central(content: bytes) -> int:
    return content.index(b"PK\x01\x02")


def _end(content: bytes) -> int:
    return content.rindex(b"PK\x05\x06")


def _other_name_inside(content: bytes) -> bytes:
    """The first member has one name where it lies and another in the list."""
    return content.replace(b"glassnet_bent/__init__.py", b"glassnet_bent/__evil__.py", 1)


def _between(content: bytes) -> bytes:
    """Five bytes between the members and the list, with the end told of them."""
    start = _central(content)
    content = content[:start] + b"extra" + content[start:]
    end = _end(content)
    return content[: end + 16] + struct.pack("<L", start + 5) + content[end + 20 :]


def _counted(content: bytes) -> bytes:
    end = _end(content)
    return content[: end + 8] + struct.pack("<HH", 2, 2) + content[end + 12 :]


def _torn(content: bytes) -> bytes:
    """Two different numbers of entries in the end of the list."""
    end = _end(content)
    return content[: end + 8] + struct.pack("<H", 1) + content[end + 10 :]


def _other_size(content: bytes) -> bytes:
    """The first member says another size than the list does."""
    return content[:22] + struct.pack("<L", 4000) + content[26:]


def _commented(archive: zipfile.ZipFile) -> None:
    archive.infolist()[0].comment = b"hello"


def _archive_comment(archive: zipfile.ZipFile) -> None:
    archive.comment = b"hello"


def _twice(archive: zipfile.ZipFile) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("glassnet_bent/__init__.py", "y = 2\n")


def _extra(fields: bytes) -> Callable[[Path], Path]:
    """A wheel whose last member has these extra fields where it lies and in the list."""

    def add(archive: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo(f"{_INFO}/RECORD.jws")
        member.extra = fields
        archive.writestr(member, "{}")

    return _rezipped(add)


def _field(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _large_end(content: bytes, length: int = 44, where: int = 0) -> bytes:
    """The list's end with room for more than 4 GiB, as some tools always write it."""
    end, start = _end(content), _central(content)
    count = struct.unpack_from("<H", content, end + 10)[0]
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", length, 45, 45, 0, 0, count, count, end - start, start)
    record += b"\0" * (length - 44)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end + where, 1)
    return content[:end] + record + locator + content[end:]


def _unicode_name(text: bytes) -> bytes:
    return _field(0x7075, b"\x01\0\0\0\0" + text)


def _with(**change) -> Callable[[Path], Path]:
    return lambda folder: wheel(folder, **change)


def _points(text: bytes) -> Callable[[Path], Path]:
    return _with(more={f"{_INFO}/entry_points.txt": text})


def _sdist(**change) -> Callable[[Path], Path]:
    return lambda folder: sdist(folder, **change)


def _tarred(change: Callable[[tarfile.TarFile], None], mode: str = "w:gz") -> Callable[[Path], Path]:
    """A source archive with members that are no plain files."""

    def make(folder: Path) -> Path:
        path = folder / f"{_TOP}.tar.gz"
        with tarfile.open(path, mode) as archive:
            change(archive)
            _add(archive, f"{_TOP}/PKG-INFO", metadata().encode())
            _add(archive, f"{_TOP}/LICENSE", b"MIT\n")
        return path

    return make


def _add(archive: tarfile.TarFile, name: str, content: bytes, **fields) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    archive.addfile(member, io.BytesIO(content))


def _sparse(archive: tarfile.TarFile) -> None:
    _add(archive, f"{_TOP}/holes.bin", b"x", pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": "1"})


def _packed_again(pack: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A tar in another packing under the name of a .tar.gz."""

    def make(folder: Path) -> Path:
        path = sdist(folder)
        path.write_bytes(pack(gzip.decompress(path.read_bytes())))
        return path

    return make


def _both(folder: Path) -> Path:
    path = sdist(folder)
    path.write_bytes(path.read_bytes() + wheel(folder).read_bytes())
    return path


def _tar_as_wheel(folder: Path) -> Path:
    path, source = wheel(folder), sdist(folder)
    path.write_bytes(source.read_bytes() + path.read_bytes())
    return path


_PLATFORMS = (
    *("any", "win32", "win_amd64", "win_arm64", "win_ia64", "linux_armv6l", "linux_armv7l", "manylinux1_x86_64"),
    *("manylinux1_i686", "manylinux2010_x86_64", "manylinux2014_aarch64", "manylinux2014_s390x", "manylinux2014_ppc64"),
    *("manylinux_2_17_x86_64", "manylinux_2_28_riscv64", "manylinux_2_31_armv7l", "manylinux_2_17_ppc64"),
    *("musllinux_1_2_x86_64", "musllinux_1_1_aarch64", "macosx_10_9_x86_64", "macosx_10_16_universal2"),
    *(
        "macosx_11_0_arm64",
        "macosx_15_0_x86_64",
        "macosx_26_0_arm64",
        "ios_13_0_arm64_iphoneos",
        "android_21_arm64_v8a",
    ),
    *("ios_13_0_x86_64_iphonesimulator", "pyemscripten_2025_0_wasm32", "manylinux1_x86_64.manylinux_2_5_x86_64"),
)
_NO_PLATFORMS = (
    *("linux_x86_64", "linux_aarch64", "linux_i686", "manylinux_x86_64", "manylinux1_aarch64", "manylinux2010_ppc64le"),
    *("manylinux_2_17_sparc", "musllinux_1_2_ppc64", "musllinux_x86_64", "macosx_11_1_arm64", "macosx_16_0_arm64"),
    *("macosx_10_9_riscv", "macosx_x86_64", "macosx_27_0_arm64", "win_x86", "win64", "windows", "freebsd_14_amd64"),
    *("ios_13_0_arm64", "ios_13_0_armv7_iphoneos", "android_21_mips", "android_arm64_v8a", "emscripten_3_1_wasm32"),
    *("solaris_2_11_sun4v", "none", "all", "cygwin_3_x86_64", "manylinux1_x86_64.linux_x86_64", "wasi_0_wasm32"),
)
_COMMANDS = (
    b"[console_scripts]\nbent = glassnet_bent:main\n",
    b"[console_scripts]\nbe-nt.2_x = a:b\n[gui_scripts]\nBent = a:b\n",
    b"[glassnet]\nbent = glassnet_bent.plugin\n",
    b"# a remark\n[glassnet]\nbent=glassnet_bent\n",
    b"[some.group]\na b c = x:y\n",
    b"",
    b"[glassnet]\n",
    b"[console_scripts]\nBent = a:b\nbent = a:b\n",
    b"[glassnet]\nbent = a:b [fast]\n",
)
_NO_COMMANDS = (
    b"[console_scripts]\n../bent = a:b\n",
    b"[console_scripts]\nbe nt = a:b\n",
    b"[gui_scripts]\n/usr/bin/bent = a:b\n",
    b"[console_scripts]\nbent\\x = a:b\n",
    b"bent = a:b\n",
    b"[console_scripts]\nbent\n",
    b"[console_scripts]\nbent: a:b\n",
    b"[glassnet]\nbent = a\nbent = b\n",
    b"[glassnet]\nbent = a\n[glassnet]\nx = b\n",
    b"[glassnet\nbent = a\n",
    b"[glassnet]\nbent = \xff\xfe\n",
    b"\xff[glassnet]\n",
    b"[console_scripts]\n$(rm) = a:b\n",
    b"[gui_scripts]\nbent! = a:b\n",
)

ARCHIVES = (
    Made("a wheel", FILES, "", wheel),
    Made("a wheel with a build number", FILES, "", _with(file="glassnet_bent-0.1.0-1-py3-none-any.whl")),
    Made("packed without deflating", FILES, "", _rezipped(lambda new: None, zipfile.ZIP_STORED)),
    Made("packed with bz2", FILES, "archive-broken", _rezipped(lambda new: None, zipfile.ZIP_BZIP2)),
    Made("packed with lzma", FILES, "archive-broken", _rezipped(lambda new: None, zipfile.ZIP_LZMA)),
    Made("bytes before the zip", ZIPS, "archive-broken", _edited(lambda content: b"#!/bin/sh\n" + content)),
    Made("bytes after the zip", ZIPS, "archive-broken", _edited(lambda content: content + b"hello")),
    Made("a line after the zip", ZIPS, "archive-broken", _edited(lambda content: content + b"\n")),
    Made("bytes between members and list", ZIPS, "archive-broken", _edited(_between)),
    Made("two zips, one after the other", ZIPS, "archive-broken", _edited(lambda content: content + content)),
    Made("a member twice", ZIPS, "archive-broken", _rezipped(_twice)),
    Made("another name where the member lies", ZIPS, "archive-broken", _edited(_other_name_inside)),
    Made("another size where the member lies", ZIPS, "archive-broken", _edited(_other_size)),
    Made("sizes after the member", ZIPS, "archive-broken", _streamed),
    Made("a comment at a member", ZIPS, "archive-broken", _rezipped(_commented)),
    Made("a comment at the end", ZIPS, "", _rezipped(_archive_comment)),
    Made("an end that counts too few", ZIPS, "archive-broken", _edited(_counted)),
    Made("an end that counts twice in two ways", ZIPS, "archive-broken", _edited(_torn)),
    Made("a name with a tab", ZIPS, "archive-broken", _with(more={"glassnet_bent/a\tb.py": b""})),
    Made("a name with a line break", ZIPS, "archive-broken", _with(more={"glassnet_bent/a\nb.py": b""})),
    Made("a name with DEL", ZIPS, "archive-broken", _with(more={"glassnet_bent/a\x7fb.py": b""})),
    Made("a name with an escape", ZIPS, "archive-broken", _with(more={"glassnet_bent/\x1b[31m.py": b""})),
    Made("a name in another alphabet", ZIPS, "", _with(more={"glassnet_bent/наклон.py": b""})),
    Made("an unknown extra field", ZIPS, "", _extra(_field(0x5455, b"\x01\0\0\0\0"))),
    Made("an unknown extra field twice", ZIPS, "", _extra(_field(0x5455, b"\x01\0\0\0\0") * 2)),
    Made("a second name", ZIPS, "", _extra(_unicode_name(b"RECORD.jws"))),
    Made("a second name, twice", ZIPS, "archive-broken", _extra(_unicode_name(b"RECORD.jws") * 2)),
    Made("a second name with a line break", ZIPS, "archive-broken", _extra(_unicode_name(b"a\nb"))),
    Made("a second name that is not UTF-8", ZIPS, "archive-broken", _extra(_unicode_name(b"\xff"))),
    Made("an end for large files", ZIPS, "", _edited(_large_end)),
    Made("such an end with more in it", ZIPS, "archive-broken", _edited(lambda content: _large_end(content, 48))),
    Made(
        "such an end that is elsewhere",
        "APPNOTE.TXT 4.3.15; the server looks over it",
        "archive-broken",
        _edited(lambda content: _large_end(content, where=4)),
    ),
    Made("half a wheel", FILES, "archive-broken", _edited(lambda content: content[: len(content) // 2])),
    Made("a zip without members", FILES, "archive-broken", _edited(lambda content: b"PK\x05\x06" + bytes(18))),
    Made("a tar and a wheel in one", FILES, "archive-broken", _tar_as_wheel),
    Made("no WHEEL", FILES, "archive-broken", _with(without=("WHEEL",))),
    Made("no METADATA", FILES, "archive-broken", _with(without=("METADATA",))),
    Made("no RECORD", RECORDS, "record", _with(without=("RECORD",))),
    Made("a file that RECORD does not name", RECORDS, "record", _rezipped(lambda new: new.writestr("x.py", ""))),
    Made(
        "a signature that RECORD does not name",
        RECORDS,
        "",
        _rezipped(lambda new: new.writestr(f"{_INFO}/RECORD.jws", "")),
    ),
    Made("no licence file that METADATA name", FILES, "licence-file", _with(without=("LICENSE",))),
    Made("another name", FILES, "file-name", _with(file="glassnet_bnet-0.1.0-py3-none-any.whl")),
    Made("a name that is not normal", FILES, "file-name", _with(file="Glassnet_Bent-0.1.0-py3-none-any.whl")),
    Made("another version", FILES, "file-name", _with(file="glassnet_bent-0.2.0-py3-none-any.whl")),
    Made("the same version in other words", FILES, "", _with(file="glassnet_bent-0.1-py3-none-any.whl")),
    Made("too few dashes", FILES, "file-name", _with(file="glassnet_bent-0.1.0-any.whl")),
    Made("a build number that is none", FILES, "file-name", _with(file="glassnet_bent-0.1.0-x-py3-none-any.whl")),
    *(Made(f"for {tag}", TAGS, "", _with(file=f"glassnet_bent-0.1.0-py3-none-{tag}.whl")) for tag in _PLATFORMS),
    *(
        Made(f"for {tag}", TAGS, "platform-tag", _with(file=f"glassnet_bent-0.1.0-py3-none-{tag}.whl"))
        for tag in _NO_PLATFORMS
    ),
    *(Made(f"entry points {text!r}", POINTS, "", _points(text)) for text in _COMMANDS),
    *(Made(f"entry points {text!r}", POINTS, "entry-points", _points(text)) for text in _NO_COMMANDS),
    Made("an sdist", SDISTS, "", sdist),
    Made("an sdist without PKG-INFO", SDISTS, "archive-broken", _sdist(without=("PKG-INFO",))),
    Made("PKG-INFO at the top", SDISTS, "archive-broken", _sdist(without=("PKG-INFO",), more={"PKG-INFO": b""})),
    Made("a second folder at the top", SDISTS, "archive-broken", _sdist(more={"other/x": b""})),
    Made("a file at the top", SDISTS, "archive-broken", _sdist(more={"setup.py": b""})),
    Made("an absolute name", SDISTS, "archive-broken", _sdist(more={"/etc/x": b""})),
    Made(
        "another name for the folder",
        "the source distribution format; the server looks over it",
        "archive-broken",
        _sdist(top="bent"),
    ),
    Made("the name with a dash", SDISTS, "file-name", _sdist(file="glassnet-bent-0.1.0.tar.gz")),
    Made("the name with capitals", SDISTS, "file-name", _sdist(file="Glassnet_Bent-0.1.0.tar.gz")),
    Made("the version in other words", SDISTS, "file-name", _sdist(file="glassnet_bent-0.1.tar.gz")),
    Made("another version", SDISTS, "file-name", _sdist(file="glassnet_bent-0.2.0.tar.gz")),
    Made("no licence file that PKG-INFO name", SDISTS, "licence-file", _sdist(without=("LICENSE",))),
    Made("a member with holes", SDISTS, "archive-broken", _tarred(_sparse)),
    Made(
        "a folder as member",
        SDISTS,
        "",
        _tarred(lambda archive: _add(archive, f"{_TOP}/src", b"", type=tarfile.DIRTYPE)),
    ),
    Made("bz2 under the name of gz", SDISTS, "archive-broken", _packed_again(bz2.compress)),
    Made("xz under the name of gz", SDISTS, "archive-broken", _packed_again(lzma.compress)),
    Made("not packed at all", SDISTS, "archive-broken", _packed_again(lambda content: content)),
    Made("an sdist and a wheel in one", FILES, "archive-broken", _both),
    Made("an empty tar", SDISTS, "archive-broken", _packed_again(lambda content: b"")),
    Made("half an sdist", SDISTS, "archive-broken", lambda folder: _half(sdist(folder))),
)


def _half(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path
