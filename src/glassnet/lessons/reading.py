"""A page as blocks: prose, cells, places for exercises and questions, in the order in which they stand.

A page is Markdown. A fenced block of `python`, `plot` or `console` is a cell that runs; after `plot` stand the words
for those who can't see the picture. A fence of `play` holds settings, one a line: an experiment to be tried by hand.
Any other fence is shown as it is. Between `:::` marks stand exercises:

    :::exercise NAME             an exercise of the lesson's module
    :::choice NAME               a question, then `- [x] text => words` for each answer, `? a hint`
    :::number NAME               a question, then `= 0.75`, `+- 0.004`, `unit: share of rows`, `~ 0.5 => words`
    :::question                  a question, then `=> ` and its answer, which is folded away

each ends with `:::`. Before the title may stand a header between `---` marks: minutes, seconds, after, data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import GlassnetError, did_you_mean, join
from .filling import KEPT

CELLS = ("python", "plot", "console")
PLAY = "play"
PLACES = ("exercise", "choice", "number", "question")
HEADER = ("minutes", "seconds", "after", "data", "help")
_FENCE = re.compile(r"^(`{3,})(\w*)[ \t]*(.*)$")
_PLACE = re.compile(r"^:::(\w+)[ \t]*(\S*)[ \t]*$")


@dataclass(frozen=True)
class Prose:
    """Markdown as it stands on the page, formulas between dollar signs; `line` counts from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """Code that is run when the page is played. `words` describe its picture."""

    language: str
    text: str
    line: int
    words: str = ""


@dataclass(frozen=True)
class Play:
    """An experiment to be tried by hand: its settings as `--set` takes them, one a line."""

    text: str
    line: int

    @property
    def settings(self) -> list[str]:
        """`["dataset=xor", "hidden=2"]`."""
        return [line.strip() for line in self.text.split("\n") if line.strip()]

    def command(self, word: str = "train") -> str:
        """The same as a command, `glassnet train xor --hidden 2`, or `glassnet play xor --hidden 2`."""
        from ..experiment import Experiment, command_of  # here: a list of all lessons trains nothing

        try:
            command = command_of(Experiment().with_settings(self.settings), short=True)
        except GlassnetError as error:
            raise GlassnetError(f"line {self.line}: {error}") from error
        return command.replace("glassnet train", f"glassnet {word}", 1)


@dataclass(frozen=True)
class Place:
    """Where an exercise stands; `text` is what the page itself says of it, for those without a module."""

    sort: str
    name: str
    text: str
    line: int


@dataclass(frozen=True)
class Question:
    """A question that one asks oneself, with its answer."""

    text: str
    answer: str
    line: int


Block = Prose | Cell | Play | Place | Question


@dataclass(frozen=True)
class Page:
    """A page that was read: its title, its header and its blocks."""

    title: str
    header: Mapping[str, str]
    blocks: Sequence[Block] = field(default_factory=tuple)

    @property
    def cells(self) -> list[Cell]:
        """What is run."""
        return [block for block in self.blocks if isinstance(block, Cell)]

    @property
    def places(self) -> list[Place]:
        """Where exercises stand."""
        return [block for block in self.blocks if isinstance(block, Place)]


def read_page(text: str) -> Page:
    """The page in a Markdown text; what can't be read is an error with its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    header, first = _header(lines)
    blocks = tuple(_blocks(lines, first))
    return Page(_title(blocks), header, blocks)


def _title(blocks: Sequence[Block]) -> str:
    """The first heading of the first level; a comment in code is none."""
    prose = (KEPT.sub("", block.text) for block in blocks if isinstance(block, Prose))
    found = (re.search(r"^# (.*)$", text, re.M) for text in prose)
    return next((heading[1].strip() for heading in found if heading), "")


def _header(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """What stands between the `---` marks at the top, and the number of the first line after them."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise GlassnetError("line 1: the header begins with --- and never ends: close it with a line ---")
    return dict(_said(lines[number], number + 1) for number in range(1, end) if lines[number].strip()), end + 1


def _said(line: str, number: int) -> tuple[str, str]:
    """The name and the value of a line of the header."""
    name, colon, value = (piece.strip() for piece in line.partition(":"))
    if not colon:
        raise GlassnetError(f"line {number}: {line.strip()!r} is no line of a header: write `minutes: 20`")
    if name not in HEADER:
        guess = did_you_mean(name, HEADER)
        raise GlassnetError(f"line {number}: a page's header has no {name!r}.{guess} It may have {join(HEADER)}")
    return name, value


def _blocks(lines: Sequence[str], first: int) -> Iterator[Block]:
    prose: list[str] = []
    start = at = first

    def said() -> Iterator[Block]:
        if "".join(prose).strip():
            gap = next(i for i, line in enumerate(prose) if line.strip())
            yield Prose("\n".join(prose).strip("\n"), start + gap + 1)
        prose.clear()

    while at < len(lines):
        fence, place = _FENCE.match(lines[at]), _PLACE.match(lines[at])
        if fence and fence[2] in CELLS:
            yield from said()
            end = _closing(lines, at, fence[1])
            _refuse_words(fence[2], fence[3].strip(), at + 1)
            yield Cell(fence[2], "\n".join(lines[at + 1 : end]), at + 2, fence[3].strip())
            start = at = end + 1
        elif fence and fence[2] == PLAY:
            yield from said()
            end = _closing(lines, at, fence[1])
            yield _play(lines[at + 1 : end], at + 2)
            start = at = end + 1
        elif fence:
            _refuse_slip(fence[2], at + 1)
            end = _closing(lines, at, fence[1])
            prose += lines[at : end + 1]
            at = end + 1
        elif place:
            yield from said()
            end = _closing(lines, at, ":::")
            yield _place(place[1], place[2], "\n".join(lines[at + 1 : end]), at + 1)
            start = at = end + 1
        elif lines[at].startswith(":::"):
            raise GlassnetError(
                f"line {at + 1}: {lines[at]!r} opens nothing: write `:::exercise NAME`, and `:::` ends it"
            )
        else:
            prose.append(lines[at])
            at += 1
    yield from said()


def _play(lines: Sequence[str], first: int) -> Play:
    for number, line in enumerate(lines, first):
        if line.strip() and "=" not in line:
            raise GlassnetError(f"line {number}: {line.strip()!r} is no setting: write one a line, such as hidden=2")
    return Play("\n".join(lines), first)


def _refuse_words(language: str, words: str, line: int) -> None:
    """Only a plot has words behind it; `python plot ...` would pass them over."""
    if language != "plot" and words not in ("", "error"):
        raise GlassnetError(
            f"line {line}: behind `{language}` may stand `error`, for a cell that fails, and nothing else: a picture is"
            " a cell that begins with `plot` in its place, and its words stand there"
        )


def _closing(lines: Sequence[str], opened: int, mark: str) -> int:
    for number in range(opened + 1, len(lines)):
        if lines[number].rstrip() == mark:
            return number
        if mark == ":::" and _PLACE.match(lines[number]):
            break
    raise GlassnetError(f"line {opened + 1}: {lines[opened]!r} is never closed: end it with a line {mark}")


def _refuse_slip(language: str, line: int) -> None:
    """A fence of another language is shown as it is; one that was meant to run must not become such a fence."""
    if guess := did_you_mean(language, (*CELLS, PLAY)):
        raise GlassnetError(f"line {line}: a fence of {language!r} does not run.{guess}")


def _place(sort: str, name: str, text: str, line: int) -> Block:
    if sort not in PLACES:
        raise GlassnetError(f"line {line}: there is no :::{sort}.{did_you_mean(sort, PLACES)} There are {join(PLACES)}")
    if sort == "question":
        question, arrow, answer = text.partition("\n=> ")
        if not arrow:
            raise GlassnetError(f"line {line}: a question has its answer on a line that begins with `=> `")
        return Question(question.strip(), answer.strip(), line)
    if not name.isidentifier():
        raise GlassnetError(f"line {line}: :::{sort} needs a name that Python could use, such as `:::{sort} best`")
    if sort == "exercise" and text.strip():
        said = repr(text.strip().split("\n")[0][:60])
        raise GlassnetError(
            f"line {line}: the question of {name!r} stands in its module, and here is {said}: close it with `:::` first"
        )
    return Place(sort, name, text.strip(), line)


# --- exercises that stand on the page alone -------------------------------------------------------------------------


def asked(place: Place) -> dict[str, Any]:
    """What a `:::choice` or `:::number` says, as arguments of the function of that name."""
    asked_for = _choice if place.sort == "choice" else _number
    try:
        return {"name": place.name} | asked_for(place.text)
    except (ValueError, GlassnetError) as error:
        raise GlassnetError(f"line {place.line}, :::{place.sort} {place.name}: {error}") from None


def _sorted(text: str, marks: Sequence[str]) -> tuple[str, dict[str, list[str]]]:
    """The question, and the lines behind each mark; a line that is indented goes on with the one before."""
    question: list[str] = []
    found: dict[str, list[str]] = {mark: [] for mark in marks}
    latest: list[str] | None = None
    for line in text.split("\n"):
        mark = next((mark for mark in marks if line.startswith(mark)), None)
        if mark:
            latest = found[mark]
            latest.append(line[len(mark) :].strip())
        elif latest and line.startswith("  "):
            latest[-1] += " " + line.strip()
        elif line.strip() and latest:
            raise ValueError(f"what is {line!r}? The question comes first, and what goes on is indented")
        else:
            question.append(line)
    return "\n".join(question).strip(), found


def _choice(text: str) -> dict[str, Any]:
    question, found = _sorted(text, ("- [", "? "))
    options: dict[str, str] = {}
    right = []
    for line in found["- ["]:
        ticked, bracket, rest = line.partition("]")
        option, arrow, words = rest.partition(" => ")
        if not bracket or not arrow:
            raise ValueError(
                f"an answer is written `- [ ] text => words`, the right one `- [x]`, and not {'- [' + line!r}"
            )
        if option.strip() in options:
            raise ValueError(f"two of its answers are {option.strip()!r}")
        options[option.strip()] = words.strip()
        if ticked.strip().lower() == "x":
            right.append(option.strip())
    if not right:
        raise ValueError("none of its answers is right: mark one as `- [x] text => words`")
    return {"question": question, "options": options, "right": right, "hints": found["? "]}


def _number(text: str) -> dict[str, Any]:
    question, found = _sorted(text, ("= ", "+- ", "unit:", "~ ", "? "))
    if len(found["= "]) != 1 or len(found["+- "]) != 1:
        raise ValueError("a number has one line `= 0.75` and one `+- 0.004`")
    near: dict[float, str] = {}
    for line in found["~ "]:
        value, arrow, words = line.partition(" => ")
        if not arrow:
            raise ValueError(f"a wrong number is written `~ 0.5 => words`: {line!r}")
        near[float(value)] = words.strip()
    unit = found["unit:"][0] if found["unit:"] else ""
    close = found["+- "][0]
    allowed = {"relative": float(close[:-1]) / 100} if close.endswith("%") else {"absolute": float(close)}
    return {"question": question, "right": float(found["= "][0]), "unit": unit, "near": near, **allowed,
            "hints": found["? "]}  # fmt: skip
