"""Tiny wheels and source archives, written by hand so that a test can bend any detail of them."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

README = "# Bent\n\nA part for glassnet.\n"


def metadata(name: str = "glassnet-bent", version: str = "0.1.0", *lines: str, readme: str = README) -> str:
    """A METADATA text that breaks no rule, with further header lines."""
    head = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {version}",
        "Summary: Bent identity for glassnet",
        "Requires-Python: >=3.11",
        "License-Expression: MIT",
        "License-File: LICENSE",
        "Description-Content-Type: text/markdown",
        *lines,
    ]
    return "\n".join(head) + "\n\n" + readme


def wheel(
    folder: Path,
    name: str = "glassnet-bent",
    version: str = "0.1.0",
    *lines: str,
    file: str | None = None,
    text: str | None = None,
    more: Mapping[str, bytes] | None = None,
    without: tuple[str, ...] = (),
    code: str = "x = 1\n",
) -> Path:
    """A wheel; `more` adds members, `without` leaves out those whose names end so, RECORD stays right."""
    module = name.replace("-", "_").lower()
    path = folder / (file or f"{module}-{version}-py3-none-any.whl")
    info = "-".join(path.name.split("-")[:2]) + ".dist-info"
    members = {
        f"{module}/__init__.py": code.encode(),
        f"{info}/METADATA": (text or metadata(name, version, *lines)).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/licenses/LICENSE": b"MIT\n",
    } | dict(more or {})
    members = {member: content for member, content in members.items() if not member.endswith(without)}
    if not f"{info}/RECORD".endswith(without):
        members[f"{info}/RECORD"] = _record(members, f"{info}/RECORD").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def _record(members: Mapping[str, bytes], record: str) -> str:
    rows = []
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        rows.append(f"{member},sha256={digest},{len(content)}")
    return "\n".join([*rows, f"{record},,"]) + "\n"


def sdist(
    folder: Path,
    name: str = "glassnet-bent",
    version: str = "0.1.0",
    *lines: str,
    file: str | None = None,
    top: str | None = None,
    more: Mapping[str, bytes] | None = None,
    without: tuple[str, ...] = (),
) -> Path:
    """A source archive; member names in `more` are taken as they are."""
    path = folder / (file or f"{name.replace('-', '_').lower()}-{version}.tar.gz")
    top = top or path.name.removesuffix(".tar.gz")
    members = {
        f"{top}/PKG-INFO": metadata(name, version, *lines).encode(),
        f"{top}/LICENSE": b"MIT\n",
        f"{top}/pyproject.toml": b"[project]\n",
    } | dict(more or {})
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members.items():
            if not member.endswith(without):
                header = tarfile.TarInfo(member)
                header.size = len(content)
                archive.addfile(header, io.BytesIO(content))
    return path
