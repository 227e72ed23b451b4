"""Sentences on a terminal, broken where a reader would break them: at words, and never inside what is copied.

A command in the middle of a sentence, or a name in quotes, stays on one line, so that it can be pasted as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..tables import breadth, wrapped
from .table import TABLE

LEAST = 20  # columns of a terminal that sentences are broken for
#: What is copied stays in one piece: commands, and tables, whose columns stand apart by two spaces.
_WHOLE = re.compile(r"\s*(glassnet|pip|python|make|\$|http) |.*\S  +\S.*  +\S")
#: A command with what it is for beside it, behind three blanks or a mark of comments.
_MEANT = re.compile(r"(\s*(?:glassnet|make|pip|python)\b.*?\S)(\s+# |\s{3,})(\S.*)")
_LABEL = re.compile(r"\s*(\S+ {2,})?")


def fitted(text: str, width: int) -> str:
    """Sentences broken at words, under their label if any, where a terminal is too narrow: it breaks them anywhere."""
    lines = []
    for line in text.split("\n"):
        label = _LABEL.match(line)
        indent = len(label[0]) if label else 0
        if breadth(line) > width and (command := _MEANT.fullmatch(line)):
            lines += explained(command[1], command[2], command[3], width)
        elif breadth(line) <= width or _WHOLE.match(line) or width - indent < LEAST:
            lines.append(line)
        else:
            rest = wrapped(line[indent:], width - indent, pieces(line[indent:])).split("\n")
            lines += [line[:indent] + rest[0], *(" " * indent + one for one in rest[1:])]
    return "\n".join(lines)


def explained(command: str, gap: str, meaning: str, width: int) -> list[str]:
    """A command and, beside it or where there is no room below it, what it is for."""
    room, mark = width - breadth(command + gap), "# " if "#" in gap else ""
    if room >= LEAST:
        first, *others = wrapped(meaning, room, pieces(meaning)).split("\n")
        blank = " " * (breadth(command + gap) - len(mark)) + mark
        return [command + gap + first, *(blank + other for other in others)]
    blank = " " * (len(command) - len(command.lstrip()) + 4) + mark
    return [command, *(blank + line for line in wrapped(meaning, width - len(blank), pieces(meaning)).split("\n"))]


#: Where a name in quotes or a command begins. The apostrophe of `Keras's` begins nothing.
_BEGIN = re.compile(
    r"(?<![\w'])'[^'\n]+'(?!\w)|`[^`\n]+`|"
    rf"(?<![\w/.-])(?:glassnet (?:{'|'.join(TABLE)}|--?\w[\w-]*)|(?:uv )?pip install|python (?:-P )?-m)(?!\w)"
)
#: One word of a command: quotes hold blanks.
_WORD = re.compile(r" (?![(`])((?:'[^']*'|\"[^\"]*\"|[^\s'\"])+)")
_PLAIN = re.compile(r"[a-z]+")


def pieces(text: str) -> list[str]:
    """The words of a sentence, where a name in quotes and a command to paste are one word each."""
    held = "".join(_held(text))
    return [word.replace(_BLANK, " ") for word in held.split()]


_BLANK = "\x00"  # for a blank at which nothing may break; `visible` leaves none in a text


def _held(text: str) -> Iterator[str]:
    """The text, its unbreakable blanks replaced."""
    at = 0
    while found := _BEGIN.search(text, at):
        end = found.end() if found[0][0] in "'`" else _end_of_command(text, found.end())
        yield text[at : found.start()]
        yield text[found.start() : end].replace(" ", _BLANK)
        at = end
    yield text[at:]


def _end_of_command(text: str, at: int) -> int:
    """Where the words of a command end: at a mark of the sentence, or where plain words go on with it.

    The first word after the command may be a plain one (`glassnet show adam`), and so may an option's value.
    """
    after_option, first = False, True
    while text[at - 1] not in ",;:)." and (word := _WORD.match(text, at)):
        if _PLAIN.fullmatch(word[1].rstrip(",;:).")) and not (first or after_option):
            break
        at, after_option, first = word.end(), word[1].startswith("-"), False
    return at
