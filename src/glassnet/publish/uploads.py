"""Read what twine and uv send: one form with text fields and one file (multipart/form-data, RFC 7578).

The file goes to the disk while it arrives, so that thirty of them at once cost no more memory than one.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ..errors import GlassnetError, join
from .rules import Problem

MOST_FIELDS = 2000
LARGEST_FILE = 100 * 1024 * 1024  # bytes, as on PyPI
LARGEST_FIELDS = 4 * 1024 * 1024  # bytes of all text fields together; a README is sent once more as one of them
_LARGEST_FORM = LARGEST_FILE + LARGEST_FIELDS


class Refused(GlassnetError):
    """An upload that breaks rules: all of them, the first of which PyPI would have named."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Upload:
    """An upload form: text fields by name (the last one of a name); the file's name, where it lies, its checksum."""

    fields: dict[str, str]
    file: str
    content: Path
    sha256: str


async def receive(content_type: str, body: AsyncIterator[bytes], place: Path) -> Upload:
    """The form that arrives in `body`, its file kept in the folder `place`; raises `Refused` for anything else.

    What is refused is heard out all the same: a client that still sends never sees the answer.
    """
    refused, form = None, None
    try:
        form = _Form(content_type, place)
    except Refused as error:
        refused = error
    size = 0
    try:
        async for piece in body:
            size += len(piece)
            if size > _LARGEST_FORM:
                refused = _too_large()
            if size > 2 * _LARGEST_FORM:
                break
            if form is not None and refused is None:
                try:
                    await run_in_threadpool(form.feed, piece)
                except Refused as error:
                    refused = error
        if refused is not None or form is None:
            raise refused or _not_a_form("nothing came")
        return form.upload()
    finally:
        if form is not None:
            form.close()


async def heard_out(body: AsyncIterator[bytes]) -> None:
    """Read what was sent and keep nothing of it."""
    size = 0
    async for piece in body:
        size += len(piece)
        if size > 2 * _LARGEST_FORM:
            return


async def small(request: Request, most: int = 64 * 1024) -> bytes:
    """The body of a request that has no reason to be long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise HTTPException(413, f"that is more than {most} bytes")
    return bytes(body)


class _Form:
    """A form that is fed piece by piece."""

    def __init__(self, content_type: str, place: Path) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise _not_a_form("it is no multipart/form-data")
        self._fields: dict[str, bytearray] = {}
        self._held = self._parts = self._size = 0
        self._place = place / "content"
        self._file: IO[bytes] | None = None
        self._name, self._sha256, self._whole = "", hashlib.sha256(), False
        self._field: bytearray | None = None
        self._header, self._value, self._headers = bytearray(), bytearray(), dict[bytes, bytes]()
        try:
            self._parser = MultipartParser(boundary, {
                "on_part_begin": self._part, "on_header_field": self._header_name,
                "on_header_value": self._header_value, "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end, "on_part_data": self._data, "on_end": self._end,
            })  # fmt: skip
        except FormParserError:
            raise _not_a_form("its boundary is too long") from None

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the body; raises `Refused` where it can't be part of a form."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _not_a_form(str(error)) from None

    def upload(self) -> Upload:
        """The whole form, when the body has ended."""
        if not self._whole:
            raise _not_a_form("its end is missing")
        self.close()
        if self._file is None:
            raise Refused(
                [Problem("upload-form", "Upload payload does not have a file.", "Use twine or uv to upload.")]
            )
        fields = {name: bytes(value).decode("utf-8", "replace") for name, value in self._fields.items()}
        return Upload(fields, self._name, self._place, self._sha256.hexdigest())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _part(self) -> None:
        self._parts += 1
        if self._parts > MOST_FIELDS:
            raise _not_a_form(f"it has more than {MOST_FIELDS} parts")
        self._headers.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        """From here on comes the content of a part: the file's, or a field's."""
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self._field = None
        if name == "content":
            self.close()
            self._file, self._size, self._sha256 = self._place.open("wb"), 0, hashlib.sha256()
            self._name = options.get(b"filename", b"").decode("utf-8", "replace")
        else:
            self._held += len(name)
            self._field = self._fields[name] = bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = memoryview(data)[start:end]
        if self._field is not None:
            self._held += len(piece)
            if self._held > LARGEST_FIELDS:
                raise _too_large()
            self._field += piece
        elif self._file is not None:
            self._size += len(piece)
            if self._size > LARGEST_FILE:
                raise _too_large()
            self._file.write(piece)
            self._sha256.update(piece)

    def _end(self) -> None:
        self._whole = True


def _too_large() -> Refused:
    message = f"File too large. Limit is {LARGEST_FILE // 1024**2} MB."
    return Refused([Problem("upload-size", message, "Leave data sets out and fetch them when they are used.")])


def _not_a_form(why: str) -> Refused:
    message = f"The upload can't be read: {why.rstrip('.')}."
    return Refused([Problem("upload-form", message, "Use twine or uv to upload; what they send is right.")])
