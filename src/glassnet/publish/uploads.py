"""Read what twine and uv send: one form with text fields and one file (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from .rules import Problem
from .store import Refused

MOST_FIELDS = 2000


@dataclass(frozen=True)
class Upload:
    """An upload form: text fields by name (the last one of a name), and the file."""

    fields: dict[str, str]
    file: str
    content: bytes


def read_upload(content_type: str, body: bytes) -> Upload:
    """The form in `body`; raises `Refused` for anything that is not an upload form with a file."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise _not_a_form("it is no multipart/form-data")
    fields: dict[str, str] = {}
    file: tuple[str, bytes] | None = None
    for part, content in _parts(boundary, body):
        name = part.get_param("name", header="content-disposition")
        if name == "content":
            file = (part.get_filename() or "", content)
        elif isinstance(name, str):
            fields[name] = content.decode("utf-8", "replace")
    if file is None:
        raise Refused([Problem("upload-form", "Upload payload does not have a file.", "Use twine or uv to upload.")])
    return Upload(fields, *file)


def _parts(boundary: str, body: bytes) -> list[tuple[Message, bytes]]:
    """Headers and content of each part.

    The standard library's parser reads the headers; contents are cut out as they are, byte for byte, because
    it would go through a binary file of 100 MB line by line.
    """
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark, MOST_FIELDS + 1)
    if len(pieces) < 2 or len(pieces) > MOST_FIELDS or not pieces[-1].startswith(b"--"):
        raise _not_a_form("its end is missing")
    found = []
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not gap:
            raise _not_a_form("a part of it has no end of headers")
        found.append((BytesParser().parsebytes(head.lstrip() + b"\r\n\r\n", headersonly=True), content))
    return found


def _not_a_form(why: str) -> Refused:
    message = f"The upload can't be read: {why}."
    return Refused([Problem("upload-form", message, "Use twine or uv to upload; what they send is right.")])
