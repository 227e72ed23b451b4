"""Whether every program would find the same files in a wheel.

A zip can be read in two ways: by the list at its end, as pip does, or from its beginning, member after member. A file
made to look different from both sides smuggles in what nobody checked. So PyPI takes those alone that are
nothing but their members, their list and its end, in that order, each saying the same.
"""

from __future__ import annotations

import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_LOCAL = struct.Struct("<4s2xHHxxxxxxxxLLHH")  # mark, flags, way of packing, sizes, lengths of name and extra fields
_LISTED = struct.Struct("<4s24xHHH12x")  # mark, lengths of name, extra fields and comment
_END = struct.Struct("<4s4xHHLLH")  # mark, entries here and in all, size and place of the list, length of the comment
_END64 = struct.Struct("<4sQ12xQQQQ")  # the same with room for more than 4 GiB
_LOCATOR = struct.Struct("<4s4xQ4x")  # mark, place of the former
_STREAMED = 0x08  # the sizes follow after the member
_SIZES64, _NAME_AGAIN = 0x0001, 0x7075  # extra fields that may stand once
_FULL = 0xFFFFFFFF  # "see the extra field"


class _Fault(Exception):
    """What an index says about the file."""


def zip_fault(path: Path) -> str:
    """Why an index takes no such zip, in its own words; empty where it does. `path` can be opened as a zip."""
    with ZipFile(path) as archive:
        if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in archive.infolist()):
            return "File does not use a supported compression type"
        try:
            _tile(archive, path.read_bytes())
        except _Fault as fault:
            return _sentence(str(fault))
        except struct.error:  # it ends in the middle of a piece
            return _sentence("Malformed zip file")
    return ""


def _sentence(fault: str) -> str:
    return f"ZIP archive not accepted: {fault}. See https://docs.pypi.org/archives for more information"


def _tile(archive: ZipFile, content: bytes) -> None:
    """Walk from the first byte to the last: each piece begins where the one before it ended."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if len({member.orig_filename for member in members}) != len(members):
        raise _Fault("Duplicate filename in central directory")
    place = 0
    for member in members:
        place = _after_member(content, place, member)
    if archive.start_dir != place:
        raise _Fault("Unknown record signature")
    for _ in members:
        place = _after_entry(content, place)
    end = _after_end(content, place, archive.start_dir, len(members))
    if end != len(content):
        raise _Fault("Trailing data")


def _after_member(content: bytes, place: int, member: ZipInfo) -> int:
    mark, flags, _, packed, size, name_length, more_length = _LOCAL.unpack_from(content, place)
    if member.header_offset != place or mark != b"PK\x03\x04":
        raise _Fault("Unknown record signature")
    place += _LOCAL.size
    name = content[place : place + name_length]
    place += name_length
    packed, size = _extra_fields(content[place : place + more_length], packed, size)
    _printable(name)
    if flags & _STREAMED:
        raise _Fault("ZIP contains a data descriptor")
    try:
        same = name.decode() == member.orig_filename
    except UnicodeDecodeError:
        raise _Fault("Filename not unicode") from None
    if not same:
        raise _Fault("Filename not in central directory")
    if (packed, size) != (member.compress_size, member.file_size):
        raise _Fault("Mis-matched data size")
    return place + more_length + packed


def _extra_fields(fields: bytes, packed: int, size: int) -> tuple[int, int]:
    """The sizes, from the field that has room for more than 4 GiB where it is there."""
    seen = set()
    while fields:
        kind, length = struct.unpack_from("<HH", fields)
        field, fields = fields[4 : 4 + length], fields[4 + length :]
        if len(field) != length or (kind == _SIZES64 and length not in (0, 8, 16, 24, 28)):
            raise _Fault("Malformed zip file")
        if kind in seen and kind in (_SIZES64, _NAME_AGAIN):
            raise _Fault("Invalid duplicate extra in local file")
        seen.add(kind)
        if kind == _SIZES64 and length >= 16:
            whole, parts = struct.unpack_from("<QQ", field)
            size, packed = whole if size == _FULL else size, parts
        elif kind == _SIZES64 and length == 8:
            (packed,) = struct.unpack("<Q", field)
            size = packed if size == _FULL else size
        elif kind == _NAME_AGAIN:
            _unicode_name(field[5:])
    return packed, size


def _unicode_name(name: bytes) -> None:
    _printable(name)
    try:
        name.decode()
    except UnicodeDecodeError:
        raise _Fault("Filename not valid UTF-8") from None


def _printable(name: bytes) -> None:
    if any(letter < 0x20 or letter == 0x7F for letter in name):
        raise _Fault("Invalid character in filename")


def _after_entry(content: bytes, place: int) -> int:
    mark, name, more, comment = _LISTED.unpack_from(content, place)
    if mark != b"PK\x01\x02":
        raise _Fault("Unknown record signature")
    if comment:
        raise _Fault("Comment in central directory")
    return place + _LISTED.size + name + more


def _after_end(content: bytes, place: int, start: int, entries: int) -> int:
    told = (entries, entries, place - start, start)
    large = content[place : place + 4] == b"PK\x06\x06"
    if large:
        _, length, *said = _END64.unpack_from(content, place)
        if length != _END64.size - 12:
            raise _Fault("ZIP64 extensible data not allowed")
        if tuple(said) != told:
            raise _Fault("Mismatched central directory records")
        mark, where = _LOCATOR.unpack_from(content, place + _END64.size)
        if mark != b"PK\x06\x07" or where != place:
            raise _Fault("Malformed zip file")
        place += _END64.size + _LOCATOR.size
    mark, *said, comment = _END.unpack_from(content, place)
    if mark != b"PK\x05\x06":
        raise _Fault("Unknown record signature")
    if not large and tuple(said) != told:
        raise _Fault("Mismatched central directory records")
    return place + _END.size + comment
