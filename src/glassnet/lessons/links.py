"""Links from lesson to lesson: `[words](xor)` on a page leads there in a browser and is plain words everywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable

Address = Callable[[str], str]  # from the name of a lesson to where it lies, or to nothing
CODE = re.compile(r"^```.*?^```\s*$|`[^`\n]+`", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[([^\]\n]+(?:\n[^\]\n]+)?)\]\(([A-Za-z_][\w-]*(?:/\w+)?)\)")


def code_kept(text: str, change: Callable[[str], str]) -> str:
    """The text with `change(words)` in place of all that is no code."""
    pieces, end = [], 0
    for code in [*CODE.finditer(text), None]:
        start, stop = (code.start(), code.end()) if code else (len(text), len(text))
        pieces += [change(text[end:start]), text[start:stop]]
        end = stop
    return "".join(pieces)


def linked(text: str, address: Address) -> str:
    """A Markdown text whose links to lessons have their addresses; where one has none, its words remain."""

    def written(link: re.Match[str]) -> str:
        place = address(link[2])
        return f"[{link[1]}]({place})" if place else link[1]

    return code_kept(text, lambda words: _LINK.sub(written, words))


def nowhere(name: str) -> str:
    """The address of every lesson where none can be reached."""
    return ""


def unlinked(text: str) -> str:
    """The text with the words of its links alone."""
    return linked(text, nowhere)
