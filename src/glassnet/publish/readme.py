"""Whether the README is there, says what is meant, and still works on the page that an index makes of it.

`twine check` never looks at the links of Markdown, so a picture that is fine at home is broken on PyPI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import join
from .project import Project
from .rules import Problem

#: Words that a template leaves for a person to replace.
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\bTODO\b|\bFIXME\b|\blorem ipsum\b|\bYOUR[ _-]NAME\b", re.IGNORECASE)
_HTML_LINK = re.compile(r"""<(?:img|a)\b[^>]*?\b(?:src|href)\s*=\s*["']([^"']+)""", re.IGNORECASE)
_RST_LINK = re.compile(r"^\s*\.\.\s+(?:image|figure)::\s*(\S+)|`[^`<]*<([^>`]+)>`__?|^\s*\.\.\s+_[^:]+:\s*(\S+)", re.M)
_WHOLE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")
_SHOWN = 4  # links in one message


def readme_problems(project: Project) -> Iterator[Problem]:
    """What is wrong with the README that pyproject.toml declares."""
    path = project.readme
    if path is None:
        yield Problem(
            "readme-undeclared",
            "pyproject.toml declares no README, so the project's page on the index would be empty",
            'write readme = "README.md" under [project]',
        )
        return
    shown = project.shown(path)
    if not path.is_file():
        yield Problem("readme-missing", f"pyproject.toml declares {shown}, and there is no such file", "write it")
        return
    text = path.read_text("utf-8", errors="replace")
    if not text.strip():
        yield Problem("readme-empty", f"{shown} is empty", "say in three lines what it gives and how to use it")
    if not project.readme_type:
        known = "README.md, README.rst or README.txt"
        yield Problem("readme-type", f"{shown} has an ending that the index can't render", f"call it {known}")
    is_markdown = project.readme_type.startswith("text/markdown")
    yield from _placeholders(shown, _markdown_prose(text) if is_markdown else [(1, text)])
    yield from _relative(shown, _markdown_links(text) if is_markdown else _other_links(text))


def _placeholders(shown: str, prose: list[tuple[int, str]]) -> Iterator[Problem]:
    for line, words in prose:
        left = _PLACEHOLDER.search(words)
        if left:
            line += words.count("\n", 0, left.start())
            message = f"{shown}, line {line}, still says {left.group()!r}"
            yield Problem("readme-placeholder", message, "write what is meant")
            return


def _relative(shown: str, links: list[tuple[int, str]]) -> Iterator[Problem]:
    found = [f"{link!r} (line {line})" for line, link in links if not _WHOLE.match(link)]
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield Problem(
            "readme-link",
            f"{shown} points at {join(found[:_SHOWN])}{more}, beside it: on the index's page that is a broken link",
            "write the whole address, https://..., or the name alone",
        )


def _markdown_prose(text: str) -> list[tuple[int, str]]:
    """The text that a reader sees outside of code, with the line where its paragraph begins."""
    found = []
    for line, kind, words in _tokens(text):
        if kind in ("text", "html_inline", "html_block"):
            found.append((line, words))
    return found


def _markdown_links(text: str) -> list[tuple[int, str]]:
    """The addresses of links and pictures, each with its line."""
    lines = text.splitlines()
    found = []
    for start, kind, words in _tokens(text):
        addresses = _HTML_LINK.findall(words) if kind.startswith("html") else [words] if kind == "link" else []
        for address in addresses:
            later = (number for number, line in enumerate(lines[start - 1 :], start) if address in line)
            found.append((next(later, start), address))
    return found


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, kind, words) of every piece of a Markdown text; the kind `link` has an address for words."""
    from markdown_it import MarkdownIt

    for block in MarkdownIt().enable("table").parse(text):
        line = (block.map or [0])[0] + 1
        for token in block.children or [block]:
            address = token.attrGet("href") or token.attrGet("src")
            if address:
                yield line, "link", str(address)
            elif token.content and token.type != "inline":
                yield line, token.type, token.content


def _other_links(text: str) -> list[tuple[int, str]]:
    found = []
    for match in _RST_LINK.finditer(text):
        address = next(group for group in match.groups() if group)
        found.append((text.count("\n", 0, match.end()) + 1, address))
    return found
